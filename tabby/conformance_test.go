package tabby_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/providertest"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	providertest.Run(t, providertest.Harness{
		Currencies: []paylinks.Currency{paylinks.SAR, paylinks.KWD, paylinks.AED},
		New:        conforming,
		Down: func(t providertest.TB, currency paylinks.Currency) paylinks.Provider {
			server := httptest.NewServer(http.NotFoundHandler())
			server.Close()
			return provider(t, currency, server)
		},
	})
}

const conformanceSecret = "conformance-webhook-secret"

// merchantCodes has a merchant code of the simulator for each currency.
var merchantCodes = map[paylinks.Currency]string{paylinks.SAR: "SA", paylinks.AED: "AE", paylinks.KWD: "KW"}

// phones are the sandbox's numbers: Tabby accepts the first and refuses the second.
var phones = map[paylinks.Currency][2]paylinks.Phone{
	paylinks.SAR: {"+966500000001", "+966500000002"},
	paylinks.AED: {"+971500000001", "+971500000002"},
	paylinks.KWD: {"+96590000001", "+96590000002"},
}

// provider calls the server by a client of its own: closing a test server cuts the idle connections of the shared one.
func provider(t require.TestingT, currency paylinks.Currency, server *httptest.Server) *tabby.Provider {
	provider, err := tabby.New(tabby.Config{
		SecretKey: tabbytest.SecretKey, MerchantCode: merchantCodes[currency], Currency: currency,
		BaseURL: server.URL, HTTPClient: server.Client(), WebhookSecret: conformanceSecret,
	})
	require.NoError(t, err)
	return provider
}

func conforming(t providertest.TB, currency paylinks.Currency) providertest.Subject {
	simulator := tabbytest.New(tabbytest.Config{})
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)

	operations := map[providertest.Op]string{
		providertest.OpCreate: tabbytest.OpCheckout, providertest.OpFetch: tabbytest.OpPayment, providertest.OpCapture: tabbytest.OpCapture,
		providertest.OpCancel: tabbytest.OpCancel, providertest.OpVoid: tabbytest.OpClose, providertest.OpRefund: tabbytest.OpRefund,
		providertest.OpSend: tabbytest.OpSend,
	}
	return providertest.Subject{
		Provider:      provider(t, currency, server),
		Secrets:       []string{tabbytest.SecretKey, conformanceSecret},
		Phone:         phones[currency][0],
		RejectedPhone: phones[currency][1],

		Pay:     func(ref paylinks.Ref) (paylinks.Ref, error) { return paylinks.Ref{}, simulator.Pay(ref.PaymentID) },
		Decline: func(ref paylinks.Ref) error { return simulator.Decline(ref.PaymentID) },
		Expire:  func(ref paylinks.Ref) error { return simulator.Expire(ref.PaymentID) },
		Dispute: func(ref paylinks.Ref) error { return simulator.Dispute(ref.PaymentID, true) },
		RefundAtProvider: func(ref paylinks.Ref, amount paylinks.Money) error {
			return simulator.RefundFromDashboard(ref.PaymentID, amount.String())
		},

		Truth: func(ref paylinks.Ref) providertest.Truth {
			payment, err := simulator.Payment(ref.PaymentID)
			require.NoError(t, err)
			return providertest.Truth{Amount: payment.Amount, Captured: payment.Captured, Refunded: payment.Refunded}
		},
		Calls: func(op providertest.Op) int { return simulator.Calls.Count(operations[op]) },
		Break: func(op providertest.Op, fault providertest.Fault) { fault.Strike(simulator.Faults, operations[op]) },
		Heal:  simulator.Faults.Clear,
		Hang:  func(op providertest.Op) { simulator.Faults.Hang(operations[op], 0) },

		Webhook: func(ref paylinks.Ref) paylinks.WebhookRequest {
			header, body, err := simulator.Webhook(ref.PaymentID, tabby.DefaultWebhookHeader, conformanceSecret)
			require.NoError(t, err)
			return paylinks.WebhookRequest{Header: header, Body: body, Now: simulator.Clock.Now()}
		},
		Forge: func(genuine paylinks.WebhookRequest) map[string]paylinks.WebhookRequest {
			forgeries := map[string]paylinks.WebhookRequest{}
			for name, values := range map[string][]string{
				"no header": nil, "an empty header": {""}, "a wrong secret": {"guess"}, "a prefix": {conformanceSecret[:10]},
				"a suffix": {conformanceSecret + "x"}, "another case": {"Conformance-Webhook-Secret"}, "the secret second": {"guess", conformanceSecret},
			} {
				forged := genuine
				forged.Header = genuine.Header.Clone()
				forged.Header[http.CanonicalHeaderKey(tabby.DefaultWebhookHeader)] = slices.Clone(values)
				forgeries[name] = forged
			}
			return forgeries
		},
	}
}
