package acmepay_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/providertest"

	"example.com/acmepay"
	"example.com/acmepay/acmepaytest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	providertest.Run(t, providertest.Harness{
		Currencies: []paylinks.Currency{paylinks.SAR, paylinks.KWD},
		New:        conforming,
		Down: func(t providertest.TB, _ paylinks.Currency) paylinks.Provider {
			server := httptest.NewServer(http.NotFoundHandler())
			server.Close()
			return provider(t, server)
		},
	})
}

func provider(t require.TestingT, server *httptest.Server) *acmepay.Provider {
	provider, err := acmepay.New(acmepay.Config{
		APIKey: acmepaytest.APIKey, WebhookSecret: acmepaytest.WebhookSecret, BaseURL: server.URL, HTTPClient: server.Client(),
	})
	require.NoError(t, err)
	return provider
}

func conforming(t providertest.TB, currency paylinks.Currency) providertest.Subject {
	simulator := acmepaytest.New(acmepaytest.Config{})
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)

	money := func(units int64) paylinks.Money {
		m, err := paylinks.MoneyFromUnits(units, currency, currency.Exponent())
		require.NoError(t, err)
		return m
	}
	return providertest.Subject{
		Provider:      provider(t, server),
		Secrets:       []string{acmepaytest.APIKey, acmepaytest.WebhookSecret},
		Phone:         "+966500000001",
		RejectedPhone: acmepaytest.RejectedPhone,
		Options:       map[string]string{"plan": "pay_in_3"},

		Pay:     func(ref paylinks.Ref) (paylinks.Ref, error) { return paylinks.Ref{}, simulator.Pay(ref.PaymentID) },
		Decline: func(ref paylinks.Ref) error { return simulator.Decline(ref.PaymentID) },
		Expire:  func(ref paylinks.Ref) error { return simulator.Expire(ref.PaymentID) },
		Dispute: func(ref paylinks.Ref) error { return simulator.Dispute(ref.PaymentID) },
		RefundAtProvider: func(ref paylinks.Ref, amount paylinks.Money) error {
			units, err := amount.Units(currency.Exponent())
			require.NoError(t, err)
			return simulator.RefundAtProvider(ref.PaymentID, units)
		},

		Truth: func(ref paylinks.Ref) providertest.Truth {
			link, err := simulator.Link(ref.PaymentID)
			require.NoError(t, err)
			return providertest.Truth{Amount: money(link.Amount), Captured: money(link.Captured()), Refunded: money(link.Refunded())}
		},
		Calls: func(op providertest.Op) int { return simulator.Calls.Count(string(op)) },
		Break: func(op providertest.Op, fault providertest.Fault) { fault.Strike(simulator.Faults, string(op)) },
		Heal:  simulator.Faults.Clear,
		Hang:  func(op providertest.Op) { simulator.Faults.Hang(string(op), 0) },

		Webhook: func(ref paylinks.Ref) paylinks.WebhookRequest {
			header, body, err := simulator.Webhook(ref.PaymentID)
			require.NoError(t, err)
			return paylinks.WebhookRequest{Header: header, Body: body, Now: simulator.Clock.Now()}
		},
		Forge: forge,
	}
}

// forge makes webhooks that are nearly right.
func forge(genuine paylinks.WebhookRequest) map[string]paylinks.WebhookRequest {
	seconds, signature, _ := strings.Cut(strings.TrimPrefix(genuine.Header.Get(acmepay.SignatureHeader), "t="), ",v1=")
	sign := func(secret, seconds string) string {
		return "t=" + seconds + ",v1=" + acmepaytest.Sign(secret, seconds, genuine.Body)
	}
	at, _ := strconv.ParseInt(seconds, 10, 64)
	forgeries := map[string]paylinks.WebhookRequest{}
	for name, header := range map[string]string{
		"no signature":         "",
		"an empty signature":   "t=" + seconds + ",v1=",
		"no time":              "v1=" + signature,
		"another time":         "t=" + strconv.FormatInt(at+1, 10) + ",v1=" + signature,
		"half a signature":     "t=" + seconds + ",v1=" + signature[:32],
		"another secret":       sign("guess", seconds),
		"no secret":            sign("", seconds),
		"signed long ago":      sign(acmepaytest.WebhookSecret, strconv.FormatInt(at-600, 10)),
		"signed in the future": sign(acmepaytest.WebhookSecret, strconv.FormatInt(at+600, 10)),
	} {
		forged := genuine
		forged.Header = http.Header{acmepay.SignatureHeader: {header}}
		forgeries[name] = forged
	}
	changed := genuine
	changed.Body = append([]byte(" "), genuine.Body...)
	forgeries["another body"] = changed
	late := genuine
	late.Now = genuine.Now.Add(10 * time.Minute)
	forgeries["sent again later"] = late
	return forgeries
}
