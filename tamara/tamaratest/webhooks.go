package tamaratest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// events are the events of orders. Tamara's own lists are shorter, each in another way.
var events = [...]string{
	"order_approved", "order_declined", "order_authorised", "order_canceled", "order_updated", "order_captured", "order_refunded", "order_expired",
	"order_on_hold",
}

const (
	maxHookURL = 255
	// tokenLife is how long a webhook's token is valid (Tamara, transaction authorisation: the sample token).
	tokenLife = 15 * time.Minute
)

// hook is a registered webhook.
type hook struct {
	ID      string
	Type    string
	URL     string
	Events  []string
	Headers map[string]string
}

func (h *hook) answer() object {
	headers := object{}
	for name, value := range h.Headers {
		headers[name] = value
	}
	return object{
		"merchant_id": "6e9f752e-0000-4000-8000-000000000000", "webhook_id": h.ID, "url": h.URL, "events": h.Events, "headers": orNothing(headers),
	}
}

// hook hands the webhook that the path names to next, with s.mu held.
func (s *Server) hook(next func(http.ResponseWriter, *http.Request, *hook)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, h := range s.hooks {
			if h.ID == r.PathValue("id") {
				next(w, r, h)
				return
			}
		}
		errNoHook.write(w)
	}
}

// hookBody decodes a registration. Tamara demands https and was seen to take http in its sandbox.
func (s *Server) hookBody(w http.ResponseWriter, r *http.Request) (*hook, bool) {
	var body struct {
		Type    string            `json:"type"`
		URL     string            `json:"url"`
		Events  []string          `json:"events"`
		Headers map[string]string `json:"headers"`
	}
	if !decode(w, r, &body) {
		return nil, false
	}
	if body.Type == "" {
		body.Type = "order" // Required by the reference, and left out by Tamara's own plugins.
	}
	known := !slices.ContainsFunc(body.Events, func(event string) bool {
		return !slices.Contains(events[:], event) || (s.config.RefuseOnHold && event == "order_on_hold")
	})
	if !address(body.URL, false) || len(body.URL) > maxHookURL || body.Type != "order" || len(body.Events) == 0 || !known {
		apiError{http.StatusBadRequest, "The webhook is invalid", "webhook_invalid", nil}.write(w) // A guess.
		return nil, false
	}
	return &hook{Type: body.Type, URL: body.URL, Events: body.Events, Headers: body.Headers}, true
}

// addHook registers a webhook. That the status for an URL that is registered already is 400 is a guess.
func (s *Server) addHook(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, ok := s.hookBody(w, r)
	if !ok {
		return
	}
	for _, other := range s.hooks {
		if other.URL == h.URL {
			apiError{
				http.StatusBadRequest, "Webhook already registered", "webhook_already_registered", map[string]string{"webhook_id": other.ID},
			}.write(w)
			return
		}
	}
	h.ID = simulator.NewUUID()
	s.hooks = append(s.hooks, h)
	simulator.WriteJSON(w, http.StatusOK, h.answer())
}

func (s *Server) readHook(w http.ResponseWriter, _ *http.Request, h *hook) {
	simulator.WriteJSON(w, http.StatusOK, h.answer())
}

func (s *Server) replaceHook(w http.ResponseWriter, r *http.Request, h *hook) {
	if news, ok := s.hookBody(w, r); ok {
		h.URL, h.Events, h.Headers = news.URL, news.Events, news.Headers
		simulator.WriteJSON(w, http.StatusOK, h.answer())
	}
}

func (s *Server) deleteHook(w http.ResponseWriter, _ *http.Request, h *hook) {
	s.hooks = slices.DeleteFunc(s.hooks, func(other *hook) bool { return other == h })
	w.WriteHeader(http.StatusOK)
}

// notify tells the merchant of an event: the webhooks that are registered for it, and the order's own notification URL, which gets the status
// in place of the event. That the latter is told of every change is a guess. s.mu is held.
func (s *Server) notify(o *order, event string, data map[string]any) {
	o.latest, o.about = event, data
	for _, h := range s.hooks {
		if slices.Contains(h.Events, event) {
			s.Webhooks.Queue(s.message(o, h.URL, h.Headers, "event_type", event))
		}
	}
	if to := o.request.MerchantURL.Notification; to != "" && !o.inStore {
		s.Webhooks.Queue(s.message(o, to, nil, "order_status", o.status))
	}
}

// message is a webhook as Tamara sends it: the token in the query and, unless the merchant registered an Authorization of its own, in the header.
func (s *Server) message(o *order, to string, headers map[string]string, member, word string) simulator.Message {
	number := o.request.Number
	if number == "" {
		number = o.request.Reference
	}
	body, err := json.Marshal(object{
		"order_id": o.id, "order_reference_id": o.request.Reference, "order_number": number, member: word, "data": orNothing(maps.Clone(o.about)),
	})
	if err != nil {
		body = nil // Can't be: it's strings and numbers.
	}
	token := sign(s.config.NotificationToken, s.Clock.Now())
	header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}}
	for name, value := range headers {
		header.Set(name, value)
	}
	separator := "?"
	if strings.Contains(to, "?") {
		separator = "&"
	}
	return simulator.Message{URL: to + separator + "tamaraToken=" + url.QueryEscape(token), Header: header, Body: body, Key: o.id}
}

// sign makes a webhook's token: HS256 over the documented claims, keyed by the bytes of the notification token. The body has no part in it.
func sign(key string, now time.Time) string {
	encode := base64.RawURLEncoding.EncodeToString
	head := encode([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." +
		encode(fmt.Appendf(nil, `{"exp":%d,"iat":%d,"iss":"Tamara"}`, now.Add(tokenLife).Unix(), now.Unix()))
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(head))
	return head + "." + encode(mac.Sum(nil))
}
