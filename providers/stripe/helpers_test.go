package stripe_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest/patiencetest"
	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/stripe"
	"github.com/paylinks/paylinks-go/providers/stripe/stripetest"
)

const webhookSecret = "whsec_a1b2c3d4e5f60718"

// simulated is a gateway on a simulator, whose clock shows [gatewaytest.Now].
func simulated(t *testing.T, change ...func(*stripe.Config)) (*stripe.Gateway, *stripetest.Server) {
	t.Helper()
	simulator := stripetest.New(stripetest.Config{WebhookSecret: webhookSecret, Now: gatewaytest.Now})
	return connect(t, walktest.Serve(t, simulator), change...), simulator
}

// answering is a gateway whose every call gets one answer.
func answering(t *testing.T, status int, body string, change ...func(*stripe.Config)) *stripe.Gateway {
	t.Helper()
	return connect(t, walktest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Request-Id", "req_7")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})), change...)
}

func connect(t require.TestingT, server *httptest.Server, change ...func(*stripe.Config)) *stripe.Gateway {
	config := stripe.Config{
		SecretKey: stripetest.SecretKey, WebhookSecret: webhookSecret, BaseURL: server.URL, HTTPClient: server.Client(), Wait: new(patiencetest.Clock).Wait,
	}
	for _, f := range change {
		f(&config)
	}
	gateway, err := stripe.New(config)
	require.NoError(t, err)
	return gateway
}

// all walks the suite's window and expects that nothing goes wrong.
func all(t *testing.T, gateway *stripe.Gateway) []paylinks.Payment {
	t.Helper()
	return walktest.Of(t, gateway, gatewaytest.Query()).Whole(t)
}

// failure is the error with which a walk ends at once.
func failure(t *testing.T, gateway *stripe.Gateway) *paylinks.ProviderError {
	t.Helper()
	return walktest.Failure(t, walktest.Of(t, gateway, gatewaytest.Query()).Err, stripetest.SecretKey)
}
