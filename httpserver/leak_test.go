package httpserver

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Whatever is sent and however it ends, no answer and no line of the log has what is secret or a person's own.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	const phone, email, name, token, key, query = "0512345678", "noura@example.test", "Noura Alqahtani", fullToken, "idem-key-s3cret", "tamara-t0ken"
	private := []string{phone, "512345678", email, "noura", name, token, key, query, "Bearer f"}
	body := `{"provider":"tabby","buyer_phone":"` + phone + `","buyer_email":"` + email + `","buyer_name":"` + name + `"}`
	wrongTypes := `{"provider":1,"buyer_phone":["` + phone + `"],"buyer_email":{"x":"` + email + `"}}`
	for what, err := range map[string]error{
		"a success":    nil,
		"a refusal":    &paylinks.Error{Code: paylinks.CodeValidationFailed, Outcome: paylinks.NotApplied, Message: "m"},
		"a failure":    errors.New("the store is gone"),
		"a rejection":  &paylinks.Error{Code: paylinks.CodeBuyerRejected, Outcome: paylinks.NotApplied, PaylinkID: "plk_1"},
		"no outcome":   &paylinks.Error{Code: paylinks.CodeProviderTimeout, Outcome: paylinks.OutcomeUnknown, Err: context.DeadlineExceeded},
		"the unproven": paylinks.ErrUnproven,
	} {
		svc := &fake{
			create: func(context.Context, paylinks.CreateRequest) (*paylinks.Paylink, error) { return testLink(t), err },
			get:    func(context.Context, string) (*paylinks.Paylink, error) { return testLink(t), err },
			list: func(context.Context, paylinks.ListRequest) (paylinks.Page, error) {
				return paylinks.Page{Paylinks: []*paylinks.Paylink{testLink(t)}}, err
			},
			webhook: func(context.Context, string, string, paylinks.WebhookRequest) error { return err },
			callback: func(context.Context, string, string, url.Values) (paylinks.CallbackResult, error) {
				return paylinks.CallbackResult{Result: "success", Paylink: testLink(t)}, err
			},
		}
		server, out := newTestServer(t, svc)
		var said strings.Builder
		for _, request := range []struct{ method, target, body string }{
			{http.MethodPost, linksPath, body},
			{http.MethodPost, linksPath, wrongTypes},
			{http.MethodPost, linksPath, body + "}"},
			{http.MethodPost, "/api/v1/tabby/paylinks", body},
			{http.MethodGet, linksPath + "/plk_1?token=" + query, ""},
			{http.MethodGet, linksPath + "?order_id=" + query + "&limit=0", ""},
			{http.MethodGet, linksPath, ""},
			{http.MethodGet, linksPath + "/plk_1/qr", ""},
			{http.MethodPost, webhookPath + "/tamara/shop-a?tamaraToken=" + query, body},
			{http.MethodPost, webhookPath + "/mispay/shop-a/" + query, body},
			{http.MethodGet, callbackPath + "/tabby/shop-a?tamaraToken=" + query, ""},
			{http.MethodGet, "/" + query, ""},
		} {
			w := call(t, server, request.method, request.target, request.body, "Idempotency-Key", key)
			for _, values := range w.Header() {
				said.WriteString(strings.Join(values, "\n"))
			}
			said.Write(w.Body.Bytes())
		}
		said.WriteString(out.String())
		for _, secret := range private {
			assert.NotContains(t, said.String(), secret, what)
		}
	}
}
