package mispay_test

import (
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/exchangetest"
	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	appID         = "app-7"
	appSecret     = "test_app_secret_0123456789" // testdata/token.json is encrypted with it
	webhookSecret = "a-long-and-random-webhook-secret"
	live          = "https://api.mispay.co/v1/api"
	reference     = "0197c2a4-5b6d-7e8f-9a0b-1c2d3e4f5a6b"
	orderID       = "POS-77_" + reference
	trackID       = "67d1f0c7455f05ea92aa"
	checkoutID    = "67d1f0c7455f05ea92ab"
	// token is the one in testdata/token.json. It ends at the beginning of 2030.
	token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJwYXlsaW5rcy10ZXN0IiwiaWF0IjoxODkzNDUyNDAwLCJleHAiOjE4OTM0NTYwMDB9.jvj9RSqPJOhFjkju-dNtp9L5UOO_EuNcJ4or03Zjow0"
)

// noon is the clock of the tests: half a day before the token ends.
func noon() time.Time { return time.Date(2029, 12, 31, 12, 0, 0, 0, time.UTC) }

// reply is one answer of the far end.
type reply = exchangetest.Reply

// The words that all providers' tests share.
var (
	says          = exchangetest.Says
	providerError = exchangetest.ProviderError
	refused       = exchangetest.Refused
)

// exchange is a provider and the far end of its calls.
type exchange struct {
	*mispay.Provider
	// FarEnd answers below the live base URL, and remembers all calls but those for a token.
	*exchangetest.FarEnd

	mu sync.Mutex
	// tokens counts the token calls.
	tokens int
}

func newExchange(t *testing.T, change ...func(*mispay.Config)) *exchange {
	t.Helper()
	e := &exchange{FarEnd: exchangetest.New(live)}
	config := mispay.Config{
		Environment: mispay.Live, AppID: appID, AppSecret: appSecret, WebhookSecret: webhookSecret,
		HTTPClient: e.Client(), Retries: -1, Now: noon,
	}
	for _, f := range change {
		f(&config)
	}
	provider, err := mispay.New(config)
	require.NoError(t, err)
	e.Provider = provider
	e.giveTokens(t, live)
	return e
}

// giveTokens makes the far end answer the token call at base.
func (e *exchange) giveTokens(t *testing.T, base string) {
	t.Helper()
	body, err := os.ReadFile("testdata/token.json")
	require.NoError(t, err)
	e.Mock.RegisterResponder(http.MethodGet, base+"/token", func(req *http.Request) (*http.Response, error) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.tokens++
		return says(http.StatusOK, string(body)).Respond(req)
	})
}

func sar(tb testing.TB, s string) paylinks.Money {
	tb.Helper()
	return exchangetest.Money(tb, s, paylinks.SAR)
}

// unpaidRef is a link's whose checkoutId isn't known yet, paidRef one whose is.
func unpaidRef(tb testing.TB) paylinks.Ref {
	tb.Helper()
	return paylinks.Ref{Reference: reference, OrderID: "POS-77", SessionID: trackID, Amount: sar(tb, "247.25")}
}

func paidRef(tb testing.TB) paylinks.Ref {
	tb.Helper()
	ref := unpaidRef(tb)
	ref.PaymentID = checkoutID
	return ref
}

const (
	started = `{"status":"success","result":{"url":"https://pay.mispay.example/s/0f3b","trackId":"` + trackID + `"}}`
	ended   = `{"status":"success","result":{"transactionId":"67d142f0f0c7455f05ea9301"}}`
)

// tracked is an answer of track.
func tracked(status string) string {
	return `{"status":"success","result":{"status":"` + status + `","orderId":"` + orderID + `"}}`
}

// trackedWithID is one that shows the checkoutId.
func trackedWithID(status string) string {
	return `{"status":"success","result":{"status":"` + status + `","orderId":"` + orderID + `","checkoutId":"` + checkoutID + `"}}`
}

// refusedBody is an error as MisPay documents it.
func refusedBody(code string) string {
	return `{"status":"error : 400","result":"ExceptionType.` + code + `"}`
}
