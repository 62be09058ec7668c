package stripe_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/paylinks/paylinks-go/internal/rest/patiencetest"
	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/stripe"
	"github.com/paylinks/paylinks-go/providers/stripe/stripetest"
)

// FuzzRow: whatever a row is, nothing panics, it's a payment or a bad row, and a payment is whole and gives no power over itself.
func FuzzRow(f *testing.F) {
	f.Add(`{"id":"pi_1","object":"payment_intent","amount":10000,"amount_received":10000,"currency":"sar","created":1772409600,"status":"succeeded","client_secret":"pi_1_secret_2","latest_charge":{"amount_refunded":1,"payment_method_details":{"type":"card","card":{"brand":"visa"}}}}`)
	f.Add(`{"id":"pi_1","amount":5,"amount_received":0,"currency":"isk","created":1,"status":"canceled","latest_charge":null,"metadata":{"order_id":1}}`)
	f.Add(`{"id":"pi_1","amount":-5,"latest_charge":"ch_1"}`)
	f.Add(`{"client_secret":"\\","client_secret":"`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, row string) {
		gateway, err := stripe.New(stripe.Config{
			SecretKey: stripetest.SecretKey, CreatedOnly: true, HTTPClient: walktest.Always(http.StatusOK, page(row)),
			Wait: new(patiencetest.Clock).Wait,
		})
		if err != nil {
			t.Fatal(err)
		}
		for p, err := range gateway.Payments(t.Context(), gatewaytest.Query()) {
			var bad *paylinks.BadRow
			var failed *paylinks.ProviderError
			switch {
			case errors.As(err, &bad) || errors.As(err, &failed):
			case err != nil:
				t.Fatalf("%T is neither a *BadRow nor a *ProviderError", err)
			case walktest.Wrong(p) != nil:
				t.Fatal(walktest.Wrong(p))
			case strings.Contains(string(p.Raw), `"client_secret":"`) && strings.Count(string(p.Raw), `"client_secret":"`) != strings.Count(string(p.Raw), `"client_secret":"[redacted]"`):
				t.Fatalf("a client secret stays: %s", p.Raw)
			}
		}
	})
}

// FuzzWebhook: whatever arrives, nothing panics, and only what is signed is believed.
func FuzzWebhook(f *testing.F) {
	f.Add("", `{"id":"evt_1","type":"charge.refunded","data":{"object":{"object":"charge","payment_intent":"pi_2"}}}`)
	f.Add("t=1,v1=00", `{}`)
	f.Add("t=1772788400,v1=", `{"id":"evt_1","data":[]}`)
	gateway := receiver(f, webhookSecret)
	f.Fuzz(func(t *testing.T, header, body string) {
		forged := paylinks.WebhookRequest{Header: http.Header{"Stripe-Signature": {header}}, Body: []byte(body)}
		if got, err := gateway.ReceiveWebhook(t.Context(), forged); !errors.Is(err, paylinks.ErrUnproven) || got.DedupKey != "" {
			t.Fatalf("believed without a signature: %+v, %v", got, err)
		}
		signed := paylinks.WebhookRequest{Header: stripetest.Sign(webhookSecret, []byte(body), gatewaytest.Now()), Body: []byte(body)}
		got, err := gateway.ReceiveWebhook(t.Context(), signed)
		if errors.Is(err, paylinks.ErrUnproven) || (err == nil) != (got.DedupKey != "") {
			t.Fatalf("signed, and: %+v, %v", got, err)
		}
	})
}
