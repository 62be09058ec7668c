package acmepaytest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// Event is one thing that happened to a link, as its webhook tells it.
type Event struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Link Link   `json:"link"`
}

// happened queues the webhook of an event. s.mu is held.
func (s *Server) happened(l *Link) {
	l.latest = &Event{ID: s.id("evt"), Type: "link." + l.Status, Link: l.copied()}
	header, body := s.signed(l.latest)
	s.Webhooks.Queue(simulator.Message{URL: l.notifyURL, Header: header, Body: body, Key: l.ID})
}

// Webhook is the webhook of the latest event of a link, signed now.
func (s *Server) Webhook(id string) (header http.Header, body []byte, err error) {
	err = s.change(id, func(l *Link) *apiError {
		header, body = s.signed(l.latest)
		return nil
	})
	return header, body, err
}

func (s *Server) signed(e *Event) (http.Header, []byte) {
	body, err := json.Marshal(e)
	if err != nil {
		body = nil // Can't be: it's strings and numbers.
	}
	seconds := strconv.FormatInt(s.Clock.Now().Unix(), 10)
	return http.Header{"Acmepay-Signature": {"t=" + seconds + ",v1=" + Sign(s.config.WebhookSecret, seconds, body)}}, body
}

// Sign is the signature of a body at a time, for forgeries that are nearly right.
func Sign(secret, seconds string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(seconds + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
