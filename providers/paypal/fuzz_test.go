package paypal_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal"
)

// FuzzRow: whatever a row says, nothing panics, a walk goes on, and what is yielded is whole.
func FuzzRow(f *testing.F) {
	f.Add(row(f, nil))
	f.Add(row(f, fields{"transaction_event_code": "T1107", "transaction_amount": amount("-5.00")}))
	f.Add(about(f, "8RW00000000000099", "T1201", 9, "-5.00"))
	f.Add(row(f, fields{"transaction_status": "V", "fee_amount": amount("-1.00")}))
	f.Add(row(f, fields{"transaction_amount": map[string]any{"currency_code": 7, "value": []int{}}}))
	f.Add(`{"transaction_info":null}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			t.Skip("a page that isn't JSON has no rows")
		}
		far := newFar()
		far.lists(text, row(t, fields{"transaction_id": "8RW00000000000077", "transaction_initiation_date": "2026-02-27T23:59:59+0000"}))
		w := walktest.Of(t, far.gateway(t, func(c *paypal.Config) { c.Authorizations = true }), february())
		if w.Err != nil {
			t.Fatalf("the walk ended: %v", w.Err)
		}
		last := false
		for _, p := range w.Payments {
			last = last || p.ID == "8RW00000000000077"
			if err := walktest.Wrong(p); err != nil {
				t.Fatal(err)
			}
		}
		if !last {
			t.Fatal("the row after it was lost")
		}
	})
}

// FuzzWebhook: whatever arrives, nothing panics, and what PayPal doesn't confirm is unproven.
func FuzzWebhook(f *testing.F) {
	f.Add("SHA256withRSA", certURL, event, true)
	f.Add("SHA256withRSA", certURL, `{"id":"WH-1","resource":[]}`, true)
	f.Add("", "https://evil.example/", `{`, true)
	f.Add("SHA256withRSA", certURL, event, false)
	f.Fuzz(func(t *testing.T, algorithm, url, body string, confirmed bool) {
		far := newFar()
		far.On("POST /v1/notifications/verify-webhook-signature", 200, map[bool]string{true: `{"verification_status":"SUCCESS"}`, false: `{"verification_status":"FAILURE"}`}[confirmed])
		gateway := far.gateway(t, func(c *paypal.Config) { c.WebhookID = "W" })
		header := http.Header{
			"Paypal-Auth-Algo": {algorithm}, "Paypal-Cert-Url": {url}, "Paypal-Transmission-Id": {"1"}, "Paypal-Transmission-Sig": {"AAAA"},
			"Paypal-Transmission-Time": {"2026-03-01T08:00:00Z"},
		}
		_, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Header: header, Body: []byte(body)})
		asked := len(far.Calls("POST /v1/notifications/verify-webhook-signature")) > 0
		if (!confirmed || !asked) && !errors.Is(err, paylinks.ErrUnproven) {
			t.Fatalf("proven without proof: %v", err)
		}
		if asked && !json.Valid([]byte(body)) {
			t.Fatal("what isn't JSON was sent on")
		}
	})
}
