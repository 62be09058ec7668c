package taptest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// silent are the statuses of which Tap sends nothing (Tap, webhooks: only captured and failed outcomes).
var silent = []string{"INITIATED", "IN_PROGRESS", "ABANDONED", "UNKNOWN"}

// notify queues the news of a charge. s.mu is held.
func (s *Server) notify(c *charge) {
	if s.config.WebhookURL == "" || slices.Contains(silent, c.Status) {
		return
	}
	header, body := s.message(c)
	s.Webhooks.Queue(Message{URL: s.config.WebhookURL, Header: header, Body: body, Key: c.ID})
}

// Webhook is the header and body with which Tap would tell of the present state of a charge, added or made up.
func (s *Server) Webhook(id string) (http.Header, []byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.find(id)
	if !ok {
		return nil, nil, fmt.Errorf("taptest: there's no charge %q", id)
	}
	header, body := s.message(c)
	return header, body, nil
}

// message is a webhook: the charge itself, and the header hashstring (Tap, webhooks).
func (s *Server) message(c *charge) (http.Header, []byte) {
	wire := c.wire(s.live())
	body, err := json.Marshal(wire)
	if err != nil {
		body = nil // Can't be: it's all strings and numbers.
	}
	references, _ := wire.(wireCharge)
	text := "x_id" + c.ID + "x_amount" + c.Amount.String() + "x_currency" + string(c.Amount.Currency()) +
		"x_gateway_reference" + references.Reference.Gateway + "x_payment_reference" + references.Reference.Payment +
		"x_status" + c.Status + "x_created" + strconv.FormatInt(c.CreatedAt.UnixMilli(), 10)
	mac := hmac.New(sha256.New, []byte(s.config.SecretKey))
	mac.Write([]byte(text))
	return http.Header{"Hashstring": {hex.EncodeToString(mac.Sum(nil))}}, body
}
