package providertest_test

import (
	"net/http/httptest"
	"testing"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/providertest"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// A provider of your own passes the suite in a test, against a simulator of its API. The more strings of it the Subject has, the more is checked.
func Example() {
	suite := func(t *testing.T) {
		providertest.Run(t, providertest.Harness{
			Currencies: []paylinks.Currency{paylinks.SAR},
			New: func(t providertest.TB, currency paylinks.Currency) providertest.Subject {
				simulator := tabbytest.New(tabbytest.Config{}) // a simulator of yours, here
				api := httptest.NewServer(simulator)
				t.Cleanup(api.Close)
				provider, err := tabby.New(tabby.Config{
					SecretKey: tabbytest.SecretKey, MerchantCode: "SA", Currency: currency, BaseURL: api.URL, WebhookSecret: "a-long-random-text",
				})
				if err != nil {
					t.Errorf("%v", err)
					t.FailNow()
				}
				return providertest.Subject{
					Provider: provider,
					Secrets:  []string{tabbytest.SecretKey, "a-long-random-text"},
					Phone:    "+966500000001",
					Pay:      func(ref paylinks.Ref) (paylinks.Ref, error) { return paylinks.Ref{}, simulator.Pay(ref.PaymentID) },
					Truth: func(ref paylinks.Ref) providertest.Truth {
						payment, _ := simulator.Payment(ref.PaymentID)
						return providertest.Truth{Amount: payment.Amount, Captured: payment.Captured, Refunded: payment.Refunded}
					},
				}
			},
		})
	}
	_ = suite // func TestConformance(t *testing.T) { … }
}
