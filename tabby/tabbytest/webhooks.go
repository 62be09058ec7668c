package tabbytest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// maxHooks is how many webhooks a merchant code can have (Tabby, API reference: webhooks).
const maxHooks = 4

// hook is a registered webhook.
type hook struct {
	code string

	ID     string      `json:"id"`
	URL    string      `json:"url"`
	IsTest bool        `json:"is_test"`
	Header *hookHeader `json:"header"`
}

type hookHeader struct {
	Title string `json:"title"`
	Value string `json:"value"`
}

func newHook(code string, config Config) *hook {
	h := &hook{code: code, ID: simulator.NewUUID(), URL: config.WebhookURL, IsTest: strings.HasPrefix(config.SecretKey, "sk_test_")}
	if config.WebhookHeader != "" {
		h.Header = &hookHeader{Title: config.WebhookHeader, Value: config.WebhookSecret}
	}
	return h
}

// merchant hands the merchant code of the header to next, with s.mu held. Webhooks are per code.
func (s *Server) merchant(next func(http.ResponseWriter, *http.Request, string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		code := r.Header.Get("X-Merchant-Code")
		if _, ok := s.config.MerchantCodes[code]; !ok {
			apiError{status: http.StatusUnauthorized, text: "authorization"}.write(w)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		next(w, r, code)
	}
}

// hooksOf are the webhooks of a merchant code.
func (s *Server) hooksOf(code string) []*hook {
	var hooks []*hook
	for _, h := range s.hooks {
		if h.code == code {
			hooks = append(hooks, h)
		}
	}
	return hooks
}

// readHookBody decodes a registration. Tabby demands a public HTTPS URL; plain http is taken too here, since what the
// simulator can reach is mostly the same machine.
func readHookBody(w http.ResponseWriter, r *http.Request) (*hook, bool) {
	var body struct {
		URL    string      `json:"url"`
		Header *hookHeader `json:"header"`
	}
	if simulator.ReadJSON(r, &body) != nil || body.URL == "" || !absoluteURL(body.URL) || (body.Header != nil && body.Header.Title == "") {
		errBadRequest.write(w)
		return nil, false
	}
	return &hook{URL: body.URL, Header: body.Header}, true
}

// addHook registers. What a second registration of one URL does isn't documented: it makes a second webhook here.
func (s *Server) addHook(w http.ResponseWriter, r *http.Request, code string) {
	h, ok := readHookBody(w, r)
	if !ok {
		return
	}
	if len(s.hooksOf(code)) >= maxHooks {
		errBadRequest.write(w)
		return
	}
	h.code, h.ID, h.IsTest = code, simulator.NewUUID(), s.isTest()
	s.hooks = append(s.hooks, h)
	simulator.WriteJSON(w, http.StatusOK, h)
}

// listHooks answers an array, and null where there are none.
func (s *Server) listHooks(w http.ResponseWriter, _ *http.Request, code string) {
	simulator.WriteJSON(w, http.StatusOK, s.hooksOf(code))
}

func (s *Server) hook(w http.ResponseWriter, r *http.Request, code string) (*hook, bool) {
	for _, h := range s.hooksOf(code) {
		if h.ID == r.PathValue("id") {
			return h, true
		}
	}
	errNoHook.write(w)
	return nil, false
}

func (s *Server) readHook(w http.ResponseWriter, r *http.Request, code string) {
	if h, ok := s.hook(w, r, code); ok {
		simulator.WriteJSON(w, http.StatusOK, h)
	}
}

// replaceHook drops the header where the body has none (a guess: documented for dispute webhooks).
func (s *Server) replaceHook(w http.ResponseWriter, r *http.Request, code string) {
	h, ok := s.hook(w, r, code)
	if !ok {
		return
	}
	if news, ok := readHookBody(w, r); ok {
		h.URL, h.Header = news.URL, news.Header
		simulator.WriteJSON(w, http.StatusOK, h)
	}
}

func (s *Server) deleteHook(w http.ResponseWriter, r *http.Request, code string) {
	if h, ok := s.hook(w, r, code); ok {
		s.hooks = slices.DeleteFunc(s.hooks, func(other *hook) bool { return other == h })
		simulator.WriteJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	}
}

// notify queues the payment's present state for every webhook of its merchant code. s.mu is held.
func (s *Server) notify(p *payment) {
	for _, h := range s.hooksOf(p.request.MerchantCode) {
		s.Webhooks.Queue(s.message(p, h))
	}
}

// message is a webhook as Tabby sends it: no signature, no event name and no id of its own, the registered header as it
// stands, and statuses in lower case (Tabby, webhooks).
func (s *Server) message(p *payment, h *hook) simulator.Message {
	news := map[string]any{
		"id":         p.id,
		"created_at": p.createdAt.Format(time.RFC3339),
		"expires_at": p.expiresAt.Format(time.RFC3339),
		"closed_at":  orNoTime(p.closedAt), // null before the closing is a guess.
		"status":     strings.ToLower(p.status),
		"is_test":    s.isTest(),
		"is_expired": p.status == expired,
		"amount":     trimmed(p.amount),
		"currency":   p.amount.Currency(),
		"order":      map[string]string{"reference_id": p.reference},
		"captures":   p.list(p.captures, false),
		"refunds":    p.list(p.refunds, true),
		"meta":       p.request.Payment.Meta,
		"token":      "",
	}
	if p.status == expired {
		news["expired_at"] = orNoTime(p.expiredAt)
	}
	body, err := json.Marshal(news)
	if err != nil {
		body = nil // Can't be: it's all strings, and meta came from JSON.
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if h.Header != nil {
		header.Set(h.Header.Title, h.Header.Value)
	}
	return simulator.Message{URL: h.URL, Header: header, Body: body, Key: p.id}
}

func orNoTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Format(time.RFC3339)
}
