package mispay_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/mispay/mispaytest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/providertest"
)

// TestConformance runs the suite for every provider. A refund made at MisPay is left out: its amount shows nowhere, and two of a part look the same.
func TestConformance(t *testing.T) {
	t.Parallel()
	providertest.Run(t, providertest.Harness{
		Currencies: []paylinks.Currency{paylinks.SAR},
		New:        newSubject,
		Down: func(t providertest.TB, _ paylinks.Currency) paylinks.Provider {
			server := httptest.NewServer(http.NotFoundHandler())
			url := server.URL
			server.Close()
			return providerAt(t, url+mispaytest.BasePath)
		},
	})
}

func providerAt(t providertest.TB, baseURL string) *mispay.Provider {
	t.Helper()
	provider, err := mispay.New(mispay.Config{
		BaseURL: baseURL, AppID: mispaytest.AppID, AppSecret: mispaytest.AppSecret, WebhookSecret: mispaytest.WebhookSecret, Retries: -1,
	})
	require.NoError(t, err)
	return provider
}

// ops are the simulator's names for the suite's operations.
var ops = map[providertest.Op]string{
	providertest.OpCreate: mispaytest.OpStart, providertest.OpFetch: mispaytest.OpTrack,
	providertest.OpCapture: mispaytest.OpEnd, providertest.OpRefund: mispaytest.OpRefund,
}

func newSubject(t providertest.TB, _ paylinks.Currency) providertest.Subject {
	t.Helper()
	mis := mispaytest.New(mispaytest.Config{})
	server := httptest.NewServer(mis)
	t.Cleanup(server.Close)

	return providertest.Subject{
		Provider: providerAt(t, server.URL+mispaytest.BasePath),
		Secrets:  []string{mispaytest.AppSecret, mispaytest.WebhookSecret},
		Phone:    "+966512345678",
		Pay: func(ref paylinks.Ref) (paylinks.Ref, error) {
			if err := mis.Pay(ref.SessionID); err != nil {
				return paylinks.Ref{}, err
			}
			payment, err := mis.Payment(ref.SessionID)
			return paylinks.Ref{PaymentID: payment.CheckoutID}, err
		},
		Decline: func(ref paylinks.Ref) error { return mis.Decline(ref.SessionID) },
		Expire:  func(ref paylinks.Ref) error { return mis.Expire(ref.SessionID) },
		Truth: func(ref paylinks.Ref) providertest.Truth {
			payment, err := mis.Payment(ref.SessionID)
			if err != nil {
				return providertest.Truth{}
			}
			captured := paylinks.Zero(paylinks.SAR)
			if payment.Ends > 0 {
				captured = payment.Amount
			}
			return providertest.Truth{Amount: payment.Amount, Captured: captured, Refunded: payment.Refunded()}
		},
		Calls: func(op providertest.Op) int { return mis.Calls.Count(ops[op]) },
		Break: func(op providertest.Op, fault providertest.Fault) {
			fault.Strike(mis.Faults, ops[op])
			if op == providertest.OpCapture {
				// As long as track still shows the payment, a capture that fails counts as done with FinalizePending. Here nothing answers.
				mis.Faults.FailBefore(mispaytest.OpTrack, 0, http.StatusServiceUnavailable)
			}
		},
		Heal: func() { mis.Faults.Clear() },
		Hang: func(op providertest.Op) { mis.Faults.Hang(ops[op], 0) },
		Webhook: func(ref paylinks.Ref) paylinks.WebhookRequest {
			body, err := mis.Webhook(ref.SessionID)
			require.NoError(t, err)
			return paylinks.WebhookRequest{Path: mispaytest.WebhookSecret, Body: body, Header: http.Header{"Content-Type": {"application/json"}}}
		},
		Forge: func(genuine paylinks.WebhookRequest) map[string]paylinks.WebhookRequest {
			forged := map[string]paylinks.WebhookRequest{}
			for name, change := range map[string]func(*paylinks.WebhookRequest){
				"no secret":            func(r *paylinks.WebhookRequest) { r.Path = "" },
				"another secret":       func(r *paylinks.WebhookRequest) { r.Path = "another" },
				"a part of the secret": func(r *paylinks.WebhookRequest) { r.Path = mispaytest.WebhookSecret[:8] },
				"more than the secret": func(r *paylinks.WebhookRequest) { r.Path += "/x" },
				"the secret in the query": func(r *paylinks.WebhookRequest) {
					r.Path, r.Query = "", map[string][]string{"secret": {mispaytest.WebhookSecret}}
				},
				"another app": func(r *paylinks.WebhookRequest) {
					r.Body = []byte(strings.ReplaceAll(string(r.Body), mispaytest.AppID, "another-app"))
				},
				"no app": func(r *paylinks.WebhookRequest) {
					r.Body = []byte(strings.ReplaceAll(string(r.Body), "appId", "app"))
				},
			} {
				request := genuine
				change(&request)
				forged[name] = request
			}
			return forged
		},
	}
}
