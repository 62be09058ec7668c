package acmepaytest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// Event is one thing that happened to a link, as its webhook tells it.
type Event struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Link Link   `json:"link"`
}

// happened notes an event. s.mu is held.
func (s *Server) happened(l *Link) {
	s.events = append(s.events, Event{ID: s.id("evt"), Type: "link." + l.Status, Link: l.copied()})
}

// Webhook is the webhook of the latest event of a link.
func (s *Server) Webhook(id string) (http.Header, []byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.events) - 1; i >= 0; i-- {
		if s.events[i].Link.ID == id {
			return s.signed(s.events[i])
		}
	}
	return nil, nil, fmt.Errorf("acmepaytest: nothing happened to %q", id)
}

func (s *Server) signed(e Event) (http.Header, []byte, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, nil, err
	}
	seconds := strconv.FormatInt(s.config.Now().Unix(), 10)
	header := http.Header{"Content-Type": {"application/json"}, "Acmepay-Signature": {"t=" + seconds + ",v1=" + Sign(s.config.WebhookSecret, seconds, body)}}
	return header, body, nil
}

// Sign is the signature of a body at a time, for forgeries that are nearly right.
func Sign(secret, seconds string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(seconds + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// Deliver sends the webhooks of all events that weren't sent yet, oldest first. An event of a link without a notify_url has nowhere to go.
func (s *Server) Deliver(ctx context.Context, client *http.Client) error {
	s.mu.Lock()
	events := s.events
	s.events = nil
	s.mu.Unlock()
	for _, e := range events {
		if e.Link.notifyURL == "" {
			continue
		}
		if err := s.deliver(ctx, client, e); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) deliver(ctx context.Context, client *http.Client, e Event) error {
	header, body, err := s.signed(e)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.Link.notifyURL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = header
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("acmepaytest: the webhook %s was answered with %d", e.ID, res.StatusCode)
	}
	return nil
}
