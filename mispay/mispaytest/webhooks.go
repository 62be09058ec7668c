package mispaytest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// pushed is what MisPay says of a checkout by webhook, plainly, and by callback, encrypted and without the last two.
type pushed struct {
	CheckoutID      string `json:"checkoutId,omitempty"`
	OrderID         string `json:"orderId"`
	Code            string `json:"code"`
	IsFullyRefunded *bool  `json:"isFullyRefunded,omitempty"`
	AppID           string `json:"appId,omitempty"`
}

// notify queues the webhook of a payment's latest event. s.mu is held.
func (s *Server) notify(p *payment) { s.Webhooks.Queue(s.message(p)) }

// message is a webhook as MisPay sends it: plain JSON, unsigned (MisPay, webhook).
func (s *Server) message(p *payment) simulator.Message {
	said := pushed{CheckoutID: p.checkoutID, OrderID: p.request.OrderID, Code: p.code, AppID: s.config.AppID}
	if p.code == "MP03" {
		full := p.fullyRefunded()
		said.IsFullyRefunded = &full
	}
	body, err := json.Marshal(said)
	if err != nil {
		body = nil // can't be: it's all strings
	}
	return simulator.Message{URL: s.config.WebhookURL, Header: http.Header{"Content-Type": {"application/json"}}, Body: body, Key: p.trackID}
}

// callbackQuery is the query with which the browser comes back: the encrypted result in base64 once more. A failure may lack the checkoutId; here it does.
func (s *Server) callbackQuery(p *payment) (url.Values, error) {
	said := pushed{CheckoutID: p.checkoutID, OrderID: p.request.OrderID, Code: p.code}
	if p.status == failed {
		said.CheckoutID = ""
	}
	content, err := json.Marshal(said)
	if err != nil {
		return nil, err
	}
	sealed, err := s.box.Seal(content)
	if err != nil {
		return nil, err
	}
	return url.Values{"_": {base64.StdEncoding.EncodeToString([]byte(sealed))}}, nil
}
