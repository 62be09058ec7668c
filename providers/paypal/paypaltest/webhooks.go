package paypaltest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// Webhook is the header and body with which PayPal would tell of a payment. Its signature is the simulator's own, which only [Server]'s
// verification knows, as PayPal's simulator's events can't be verified by anybody.
func (s *Server) Webhook(id string) (http.Header, []byte) {
	now := s.Clock.Now().Format(time.RFC3339)
	// The signs that JSON encoders like to escape are there on purpose: the checksum is over bytes.
	body := fmt.Appendf(nil, `{"id":"WH-%s","event_version":"1.0","create_time":%q,"resource_type":"capture","event_type":"PAYMENT.CAPTURE.COMPLETED",`+
		`"summary":"Paid <b>at</b> A&B", "resource":{"id":%q,"status":"COMPLETED"},"links":[]}`, id, now, id)
	header := http.Header{}
	transmission := simulator.NewUUID()
	header.Set("Paypal-Auth-Algo", "SHA256withRSA")
	header.Set("Paypal-Cert-Url", "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-SIMULATED")
	header.Set("Paypal-Transmission-Id", transmission)
	header.Set("Paypal-Transmission-Time", now)
	header.Set("Paypal-Transmission-Sig", s.sign(transmission, now, WebhookID, body))
	return header, body
}

func (s *Server) sign(transmission, at, webhookID string, event []byte) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%d|%s", transmission, at, webhookID, crc32.ChecksumIEEE(event), s.config.ClientSecret))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// verify answers whether a webhook is genuine. The event is taken as its bytes stand in the request.
func (s *Server) verify(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var request struct {
		Algorithm string `json:"auth_algo"`
		CertURL   string `json:"cert_url"`
		ID        string `json:"transmission_id"`
		Signature string `json:"transmission_sig"`
		Time      string `json:"transmission_time"`
		WebhookID string `json:"webhook_id"`
	}
	if err != nil || json.Unmarshal(body, &request) != nil || request.Algorithm == "" || request.CertURL == "" || request.WebhookID == "" {
		failure(http.StatusBadRequest).write(w)
		return
	}
	verdict := "FAILURE"
	if _, event, ok := bytes.Cut(body, []byte(`"webhook_event":`)); ok {
		event = bytes.TrimSuffix(bytes.TrimSpace(event), []byte("}"))
		if same(request.Signature, s.sign(request.ID, request.Time, request.WebhookID, event)) && request.WebhookID == WebhookID {
			verdict = "SUCCESS"
		}
	}
	simulator.WriteJSON(w, http.StatusOK, map[string]string{"verification_status": verdict})
}
