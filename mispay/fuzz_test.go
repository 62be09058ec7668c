package mispay_test

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/mispay/internal/blob"
	"github.com/paylinks/paylinks-go/paylinks"
)

func fuzzProvider(f *testing.F, transport http.RoundTripper) *mispay.Provider {
	f.Helper()
	provider, err := mispay.New(mispay.Config{
		Environment: mispay.Live, AppID: appID, AppSecret: appSecret, WebhookSecret: webhookSecret, Now: noon,
		HTTPClient: &http.Client{Transport: transport}, Retries: -1,
	})
	if err != nil {
		f.Fatal(err)
	}
	return provider
}

// checkError fails for an error that isn't what a Provider may return.
func checkError(t *testing.T, err error) {
	t.Helper()
	var known *paylinks.ProviderError
	if err != nil && !errors.Is(err, paylinks.ErrUnproven) && !errors.As(err, &known) {
		t.Fatalf("%T: %v", err, err)
	}
}

func FuzzCallback(f *testing.F) {
	f.Add("", "")
	f.Add("AAAA", `{"orderId":"x_y","checkoutId":"c1","code":"MP00"}`)
	f.Add("SUNFaUl5UWxKaWNvS1NvckxDMHVMekF4TWpNME5UWTNPRGs2TzlRTi9TN2g2", `{"code":{}}`)
	provider := fuzzProvider(f, httpmock.NewMockTransport())
	f.Fuzz(func(t *testing.T, value, content string) {
		if got, err := provider.ReceiveCallback(t.Context(), url.Values{"_": {value}}); err == nil {
			t.Fatalf("what nobody sealed was read: %+v", got)
		} else {
			checkError(t, err)
		}
		// And what MisPay itself sealed, whatever it is.
		outcome, err := mispay.ReadCallback(content)
		if err != nil {
			return
		}
		switch outcome.Result {
		case "", "success", "cancel", "failure":
		default:
			t.Fatalf("result %q", outcome.Result)
		}
		checkRef(t, outcome.Ref)
	})
}

func FuzzWebhook(f *testing.F) {
	f.Add(pushed(f, nil))
	f.Add(pushed(f, map[string]any{"code": "MP03", "isFullyRefunded": true}))
	f.Add([]byte(`{"appId":"app-7","orderId":[1],"checkoutId":{},"code":null,"isFullyRefunded":1e9}`))
	f.Add([]byte("null"))
	provider := fuzzProvider(f, httpmock.NewMockTransport())
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := provider.ReceiveWebhook(t.Context(), webhook(body))
		checkError(t, err)
		if err != nil {
			return
		}
		checkRef(t, got.Ref)
		if got.DedupKey == "" || got.Ref == (paylinks.Ref{}) {
			t.Fatalf("%+v", got)
		}
		if got.Facts != nil && (got.Type == "MP00" || got.Facts.Amount.IsSet() || got.Facts.Refunded.IsSet()) {
			t.Fatalf("a fact that the webhook doesn't say: %+v", got.Facts)
		}
		unproven := webhook(body)
		unproven.Path = "x"
		if _, err := provider.ReceiveWebhook(t.Context(), unproven); !errors.Is(err, paylinks.ErrUnproven) {
			t.Fatalf("unproven, but %v", err)
		}
	})
}

func FuzzTrack(f *testing.F) {
	f.Add([]byte(tracked("success")), 200)
	f.Add([]byte(trackedWithID("success")), 200)
	f.Add([]byte(`{"status":"success","result":{"status":"success","purchaseAmount":1e400,"purchaseCurrency":"SAR"}}`), 200)
	f.Add([]byte(refusedBody("ME05")), 404)
	f.Add([]byte(`{"status":["success"],"result":"\ud800"}`), 500)
	var (
		body   []byte
		status int
		first  = true
	)
	token := tokenBlob(f)
	transport := roundTripper(func(req *http.Request) (*http.Response, error) {
		if req.URL.Path == "/v1/api/token" {
			return httpmock.NewJsonResponse(200, map[string]any{"status": "success", "result": map[string]string{"token": token}})
		}
		res := httpmock.NewBytesResponse(status, body)
		res.Request = req
		return res, nil
	})
	provider := fuzzProvider(f, transport)
	ref := paidRef(f)
	f.Fuzz(func(t *testing.T, answer []byte, code int) {
		body, status = answer, 200+abs(code)%400
		if status == 401 && !first {
			status = 400 // a renewal derives a key: once is enough
		}
		first = false
		got, err := provider.Fetch(t.Context(), ref)
		checkError(t, err)
		if err != nil {
			return
		}
		if status/100 != 2 {
			t.Fatalf("HTTP %d was taken for an answer", status)
		}
		if !got.Status.Valid() && got.Status != paylinks.StatusUnknown {
			t.Fatalf("status %q", got.Status)
		}
		if got.Captured.IsSet() || got.Refunded.IsSet() {
			t.Fatal("track never tells what is captured or refunded")
		}
		if got.Amount.IsSet() && got.Amount.Currency() != paylinks.SAR {
			t.Fatalf("currency %q", got.Amount.Currency())
		}
		checkRef(t, got.Ref)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// tokenBlob is a token for an hour at noon.
func tokenBlob(f *testing.F) string {
	f.Helper()
	text, err := blob.New(appSecret).Seal([]byte(`{"token":"a.b.c","expiration":"2030-01-01T00:00:00Z"}`))
	if err != nil {
		f.Fatal(err)
	}
	return text
}

// checkRef fails for an id that can't be put into a path.
func checkRef(t *testing.T, ref paylinks.Ref) {
	t.Helper()
	for _, id := range []string{ref.Reference, ref.PaymentID} {
		if url.PathEscape(id) != id {
			t.Fatalf("id %q", id)
		}
	}
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}
