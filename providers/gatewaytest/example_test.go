package gatewaytest_test

import (
	"net/http/httptest"
	"testing"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/tap"
	"github.com/paylinks/paylinks-go/providers/tap/taptest"
)

// A gateway of your own passes the suite in a test, against a simulator of its API. The more strings of it the Subject has, the more is checked.
func Example() {
	suite := func(t *testing.T) {
		gatewaytest.Run(t, gatewaytest.Harness{
			Currencies: []paylinks.Currency{paylinks.SAR},
			Statuses:   []paylinks.PaymentStatus{paylinks.PaymentCaptured},
			New: func(t gatewaytest.TB, specs []gatewaytest.Spec) gatewaytest.Subject {
				simulator := taptest.New(taptest.Config{Now: gatewaytest.Now}) // a simulator of yours, here
				api := httptest.NewServer(simulator)
				t.Cleanup(api.Close)
				for _, spec := range specs {
					simulator.Add(taptest.Charge{Reference: spec.Reference, Amount: spec.Amount, CreatedAt: spec.At})
				}
				gateway, err := tap.New(tap.Config{SecretKey: taptest.SecretKey, BaseURL: api.URL, Now: gatewaytest.Now})
				if err != nil {
					t.Errorf("%v", err)
					t.FailNow()
				}
				return gatewaytest.Subject{
					Gateway:  gateway,
					Secrets:  []string{taptest.SecretKey},
					PageSize: taptest.PageSize,
					Ledger: func() (truth []gatewaytest.Truth) {
						for _, charge := range simulator.Charges() {
							truth = append(truth, gatewaytest.Truth{
								ID: charge.ID, Reference: charge.Reference, Status: paylinks.PaymentCaptured,
								Amount: charge.Amount, Captured: charge.Amount, Refunded: charge.Refunded(),
							})
						}
						return truth
					},
				}
			},
		})
	}
	_ = suite // func TestConformance(t *testing.T) { … }
}
