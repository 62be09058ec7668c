package dinero_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero"
)

// FuzzStatus: whatever is answered, nothing panics, and a payment that comes out of it is whole.
func FuzzStatus(f *testing.F) {
	f.Add(200, status(f, map[string]any{"recurring_token": "token"}))
	f.Add(200, `{"payment_id":{},"order":[],"status":7,"date":null}`)
	f.Add(200, status(f, map[string]any{"date": "0001-01-01 00:00:00"}))
	f.Add(400, fieldError("hash: Hash is not valid."))
	f.Add(400, `{"error_code":"x","errors":{"a":1}}`)
	f.Add(200, `null`)
	f.Fuzz(func(t *testing.T, code int, body string) {
		if code < 200 || code > 599 {
			return
		}
		gateway, _ := newGateway(t, walktest.Answers{paymentID: walktest.Says(code, body)}, []string{paymentID})
		w := walktest.Of(t, gateway, query(""))
		if len(w.Payments)+len(w.Bad) > 1 || (w.Err == nil && len(w.Payments)+len(w.Bad) == 0) {
			t.Fatalf("%d payments, %d bad rows, %v", len(w.Payments), len(w.Bad), w.Err)
		}
		var refused *paylinks.ProviderError
		if w.Err != nil && !errors.As(w.Err, &refused) {
			t.Fatalf("%v is no error of a gateway", w.Err)
		}
		for _, p := range w.Payments {
			if err := walktest.Wrong(p); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// FuzzCallback: whatever arrives, nothing panics, and only the right hash proves.
func FuzzCallback(f *testing.F) {
	f.Add(callback(nil).Encode())
	f.Add(callback(map[string]string{"order_description": "café", "hash": cafeHashUnicode}).Encode())
	f.Add("hash=" + callbackHash)
	f.Add("%zz")
	f.Fuzz(func(t *testing.T, body string) {
		gateway, err := dinero.New(dinero.Config{MerchantKey: merchantKey, Password: password})
		require.NoError(t, err)
		got, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Body: []byte(body)})
		if err != nil {
			return
		}
		form, err := url.ParseQuery(body)
		require.NoError(t, err)
		if hash := strings.ToLower(form.Get("hash")); hash != callbackHash && hash != cafeHashASCII && hash != cafeHashUnicode {
			t.Fatalf("%q proves %+v", body, got)
		}
	})
}
