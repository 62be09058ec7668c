package tamara_test

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/jarcoal/httpmock"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara"
)

// FuzzWebhook: whatever body arrives, nothing panics, and a proven notification names an order and has no facts; whatever token arrives but
// the right one, nothing is proven.
func FuzzWebhook(f *testing.F) {
	right, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims()).SignedString([]byte(notifyKey))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(right, approvedBody)
	f.Add("guess", approvedBody)
	f.Add("", ``)
	f.Add("eyJhbGciOiJub25lIn0.eyJleHAiOjQxMDI0NDQ4MDB9.", approvedBody)
	f.Add(right, `{"order_id":"`+orderID+`","order_status":"approved","data":{"refund_id":[]}}`)
	f.Add(right, `{"order_id":7,"data":[[[]]]}`)
	provider, err := tamara.New(tamara.Config{APIToken: testToken, NotificationToken: notifyKey, Environment: tamara.Sandbox})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, token, body string) {
		got, err := provider.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Query: url.Values{"tamaraToken": {token}}, Body: []byte(body), Now: now})
		if unproven := errors.Is(err, paylinks.ErrUnproven); unproven != (token != right) {
			t.Fatalf("token %q: unproven is %v", token, unproven)
		}
		switch {
		case err != nil && (got.DedupKey != "" || got.Ref != paylinks.Ref{}):
			t.Fatalf("an error with a notification: %+v", got)
		case err == nil && (len(got.Ref.PaymentID) != len(orderID) || got.DedupKey == "" || got.Type == "" || got.Facts != nil):
			t.Fatalf("a notification without an order: %+v", got)
		}
	})
}

// FuzzOrder: whatever Tamara answers, nothing panics, and what isn't an error is about our order, with totals that are set and of its currency,
// and nothing refunded that wasn't captured.
func FuzzOrder(f *testing.F) {
	f.Add(200, `{"order_id":"`+orderID+`","status":"fully_captured","total_amount":{"amount":250,"currency":"SAR"},"captured_amount":[{"amount":"250.00","currency":"SAR"}],"transactions":[]}`)
	f.Add(200, `{"order_id":"`+orderID+`","status":"new","total_amount":{"amount":12.505,"currency":"kwd"},"additional_data":[],"transactions":{"captures":[],"refunds":[]}}`)
	f.Add(200, `{"order_id":"`+orderID+`","status":"fully_refunded","total_amount":{"amount":"1","currency":"BHD"},"transactions":{"refunds":[{"total_amount":{"amount":1,"currency":"BHD"},"refund_status":"x"}]}}`)
	f.Add(200, ``)
	f.Add(200, `[]`)
	f.Add(404, `{"message":"Order is not found"}`)
	f.Add(409, conflict("approved", "canceled"))
	f.Add(403, `<html>`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			t.Skip("no HTTP status of an answer")
		}
		mock := httpmock.NewMockTransport()
		mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
			res := httpmock.NewStringResponse(status, body)
			res.Request = req
			return res, nil
		})
		provider, err := tamara.New(tamara.Config{
			APIToken: testToken, NotificationToken: notifyKey, Environment: tamara.Sandbox, HTTPClient: &http.Client{Transport: mock}, Retries: -1,
		})
		if err != nil {
			t.Fatal(err)
		}
		link := ref(t, "250", paylinks.SAR)
		got, err := provider.Fetch(t.Context(), link)
		var known *paylinks.ProviderError
		switch {
		case err != nil && !errors.As(err, &known):
			t.Fatalf("an error of another kind: %T", err)
		case err == nil && (len(got.Ref.PaymentID) != len(orderID) || !got.Amount.IsSet() || !got.Captured.IsSet() || !got.Refunded.IsSet()):
			t.Fatalf("facts without an order: %+v", got)
		case err == nil && (got.Captured.Currency() != got.Amount.Currency() || got.Refunded.Cmp(got.Captured) > 0):
			t.Fatalf("impossible totals: %+v", got)
		}
		// The same answer to the other calls must not bring them down either.
		_, _ = provider.FindByReference(t.Context(), "op-1", link.Amount)
		_, _ = provider.Confirm(t.Context(), link)
		_, _ = provider.Refund(t.Context(), link, paylinks.RefundInput{Reference: "r", Amount: link.Amount})
		_, _ = provider.Cancel(t.Context(), link, paylinks.CancelInput{})
		_, _ = provider.Create(t.Context(), paylinks.CreateInput{Amount: link.Amount, SendTo: "+966544337866"})
		_, _ = provider.PaymentTypes(t.Context(), link.Amount)
	})
}
