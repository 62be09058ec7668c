package tabby_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby"
)

// FuzzWebhook: whatever arrives, nothing panics, only the right header proves, and a proven notification names a payment.
func FuzzWebhook(f *testing.F) {
	f.Add(secret, `{"id":"`+paymentID+`","status":"authorized","captures":null,"meta":{"reference":"op-1"}}`)
	f.Add("guess", `{"id":"`+paymentID+`"}`)
	f.Add("", ``)
	f.Add(secret, `{"dispute_id":"d","payment_id":"`+paymentID+`","status":"pending"}`)
	f.Add(secret, `{"id":"`+paymentID+`","order":[],"captures":[{"id":1}],"meta":[]}`)
	provider, err := tabby.New(tabby.Config{SecretKey: testKey, MerchantCode: "SA", WebhookSecret: secret})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, proof, body string) {
		req := paylinks.WebhookRequest{Header: http.Header{"X-Webhook-Secret": {proof}}, Body: []byte(body)}
		got, err := provider.ReceiveWebhook(t.Context(), req)
		if unproven := errors.Is(err, paylinks.ErrUnproven); unproven != (proof != secret) {
			t.Fatalf("header %q: unproven is %v", proof, unproven)
		}
		switch {
		case err != nil && (got.DedupKey != "" || got.Ref != paylinks.Ref{}):
			t.Fatalf("an error with a notification: %+v", got)
		case err == nil && (len(got.Ref.PaymentID) != len(paymentID) || got.DedupKey == "" || got.Facts != nil):
			t.Fatalf("a notification without a payment: %+v", got)
		}
	})
}

// FuzzPayment: whatever Tabby answers, nothing panics, and what isn't an error is about our payment, with totals that are set.
func FuzzPayment(f *testing.F) {
	f.Add(200, `{"id":"`+paymentID+`","status":"CLOSED","is_test":true,"amount":"250","currency":"SAR","captures":[{"amount":"250"}],"refunds":null}`)
	f.Add(200, `{"id":"`+paymentID+`","status":"AUTHORIZED","amount":12.5,"currency":"kwd","captures":[{"amount":"1"},{"amount":"0.0010"}]}`)
	f.Add(200, ``)
	f.Add(404, `{"errorType":"not_found","error":"no such payment"}`)
	f.Add(400, `{"errors":[{"field":"$.payment.buyer.phone","code":"x"}]}`)
	f.Add(403, `<html>`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			t.Skip("no HTTP status of an answer")
		}
		mock := httpmock.NewMockTransport()
		mock.RegisterResponder(http.MethodGet, saudi+"/api/v2/payments/"+paymentID, func(req *http.Request) (*http.Response, error) {
			res := httpmock.NewStringResponse(status, body)
			res.Request = req
			return res, nil
		})
		provider, err := tabby.New(tabby.Config{
			SecretKey: testKey, MerchantCode: "SA", HTTPClient: &http.Client{Transport: mock}, Retries: -1,
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := provider.Fetch(t.Context(), paylinks.Ref{PaymentID: paymentID, Amount: paylinks.Zero(paylinks.SAR)})
		var refused *paylinks.ProviderError
		switch {
		case err != nil && !errors.As(err, &refused):
			t.Fatalf("%T is no *ProviderError", err)
		case err == nil && (!got.Amount.IsSet() || !got.Captured.IsSet() || !got.Refunded.IsSet() || got.Status == "" || len(got.Raw) == 0):
			t.Fatalf("facts that are missing: %+v", got)
		case err == nil && got.Status == paylinks.StatusCancelled && !got.Captured.IsZero():
			t.Fatalf("cancelled with money captured: %+v", got)
		}
	})
}
