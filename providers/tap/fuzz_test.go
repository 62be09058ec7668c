package tap_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// FuzzCharges: whatever a list has in it, nothing panics, a walk ends, and a payment that comes out of it is whole.
func FuzzCharges(f *testing.F) {
	f.Add(`{"charges":[{"id":"chg_1","status":"CAPTURED","amount":1.0,"currency":"SAR","transaction":{"created":"1767258000000","url":"u"}}]}`,
		`{"refunds":[{"id":"re_1","status":"REFUNDED","amount":0.5,"currency":"SAR","charge_id":"chg_1","created":"1767258000000"}]}`)
	f.Add(`{"has_more":true,"charges":[null,1,{"id":{}},{"id":"x","amount":"1e9","currency":"KWD"}]}`, `{"refunds":[null,{"status":"REFUNDED"}]}`)
	f.Add(`{"has_more":1,"list":[]}`, `[]`)
	f.Fuzz(func(t *testing.T, charges, refunds string) {
		gateway, far := newGateway(t, walktest.Answers{chargesPath: walktest.Says(200, charges), refundsPath: walktest.Says(200, refunds)})
		q := query()
		for payment, err := range gateway.Payments(t.Context(), q) {
			var (
				bad     *paylinks.BadRow
				refused *paylinks.ProviderError
			)
			switch {
			case errors.As(err, &bad):
				if bad.Reason == "" {
					t.Fatal("a bad row without a reason")
				}
				continue
			case errors.As(err, &refused):
				continue
			case err != nil:
				t.Fatalf("%v is no error of a gateway", err)
			}
			if err := walktest.Wrong(payment); err != nil {
				t.Fatal(err)
			}
			if payment.CreatedAt.Before(q.From) || !payment.CreatedAt.Before(q.To) {
				t.Fatalf("%v isn't within the window", payment.CreatedAt)
			}
			if payment.Captured.Cmp(payment.Amount) > 0 {
				t.Fatalf("%s of %s", payment.Captured, payment.Amount)
			}
		}
		if len(far.All()) > 200 {
			t.Fatalf("the walk made %d calls", len(far.All()))
		}
	})
}

// FuzzWebhook: whatever arrives, nothing panics, and what isn't signed proves nothing.
func FuzzWebhook(f *testing.F) {
	signed := map[string]bool{}
	for _, v := range vectors {
		f.Add(v.body, v.hash)
		signed[v.hash] = true
	}
	f.Add(`{"id":"chg_A1","amount":{},"currency":[]}`, "")
	f.Fuzz(func(t *testing.T, body, hash string) {
		got, err := webhooks(t).ReceiveWebhook(t.Context(), delivery(body, hash))
		if err == nil && (!signed[strings.ToLower(hash)] || got.Ref.PaymentID == "") {
			t.Fatalf("%q proves %+v", hash, got)
		}
	})
}
