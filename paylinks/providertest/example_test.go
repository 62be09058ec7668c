package providertest_test

import (
	"net/http"
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
				operations := map[providertest.Op]string{ // as the simulator calls them
					providertest.OpCreate: tabbytest.OpCheckout, providertest.OpFetch: tabbytest.OpPayment, providertest.OpCapture: tabbytest.OpCapture,
					providertest.OpCancel: tabbytest.OpCancel, providertest.OpVoid: tabbytest.OpClose, providertest.OpRefund: tabbytest.OpRefund,
					providertest.OpSend: tabbytest.OpSend,
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
					Calls: func(op providertest.Op) int { return simulator.Calls.Count(operations[op]) },
					Break: func(op providertest.Op, fault providertest.Fault) { fault.Strike(simulator.Faults, operations[op]) },
					Heal:  simulator.Faults.Clear,
					Hang:  func(op providertest.Op) { simulator.Faults.Hang(operations[op], 0) },
					Webhook: func(ref paylinks.Ref) paylinks.WebhookRequest {
						header, body, _ := simulator.Webhook(ref.PaymentID, tabby.DefaultWebhookHeader, "a-long-random-text")
						return paylinks.WebhookRequest{Header: header, Body: body, Now: simulator.Clock.Now()}
					},
					Forge: func(genuine paylinks.WebhookRequest) map[string]paylinks.WebhookRequest {
						genuine.Header = http.Header{tabby.DefaultWebhookHeader: {"guess"}}
						return map[string]paylinks.WebhookRequest{"a wrong secret": genuine}
					},
				}
			},
		})
	}
	_ = suite // func TestConformance(t *testing.T) { … }
}
