package stripe_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/stripe"
	"github.com/paylinks/paylinks-go/providers/stripe/stripetest"
)

// receiver reads webhooks, and calls nobody.
func receiver(tb testing.TB, secret paylinks.Secret) *stripe.Gateway {
	tb.Helper()
	gateway, err := stripe.New(stripe.Config{SecretKey: stripetest.SecretKey, WebhookSecret: secret, Now: gatewaytest.Now})
	require.NoError(tb, err)
	return gateway
}

// The signatures were computed apart from this code, with OpenSSL: printf '1790000000.BODY' | openssl dgst -sha256 -hmac SECRET.
const (
	vectorSecret = "whsec_vector"
	vectorBody   = `{"id":"evt_9","object":"event","type":"charge.refunded"}`
	vectorTime   = 1790000000
	right        = "1c10007a7f64f59894f1f0dbcf72b448f1d98d60056b3c23a97593674a64b1f9"
	otherSecret  = "0c1227b6f6c5e5f5518b6dc30147d1e66d7883667fe3e73f9c67198629df784d"
)

func TestAWebhookIsProvenByItsSignature(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header string
		body   string
		age    time.Duration
		proven bool
	}{
		"right":                               {"t=1790000000,v1=" + right, vectorBody, 0, true},
		"spaces after commas":                 {"t=1790000000, v1=" + right, vectorBody, 0, true},
		"a rolled secret, and a scheme of no": {"t=1790000000,v1=" + otherSecret + ",v1=" + right + ",v0=" + otherSecret, vectorBody, 0, true},
		"as old as may be":                    {"t=1790000000,v1=" + right, vectorBody, 300 * time.Second, true},
		"too old":                             {"t=1790000000,v1=" + right, vectorBody, 301 * time.Second, false},
		"from the future":                     {"t=1790000000,v1=" + right, vectorBody, -301 * time.Second, false},
		"another secret's":                    {"t=1790000000,v1=" + otherSecret, vectorBody, 0, false},
		"a body with a space more":            {"t=1790000000,v1=" + right, vectorBody + " ", 0, false},
		"another time":                        {"t=1790000001,v1=" + right, vectorBody, 0, false},
		"the time written otherwise":          {"t=01790000000,v1=" + right, vectorBody, 0, false},
		"only v0":                             {"t=1790000000,v0=" + right, vectorBody, 0, false},
		"a part of it":                        {"t=1790000000,v1=" + right[:32], vectorBody, 0, false},
		"an empty signature":                  {"t=1790000000,v1=", vectorBody, 0, false},
		"no signature":                        {"t=1790000000", vectorBody, 0, false},
		"no time":                             {"v1=" + right, vectorBody, 0, false},
		"no hex":                              {"t=1790000000,v1=zz", vectorBody, 0, false},
		"a time beyond all":                   {"t=9223372036854775807,v1=" + right, vectorBody, 0, false},
		"empty":                               {"", vectorBody, 0, false},
		"junk":                                {",,=,t==,v1", vectorBody, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := paylinks.WebhookRequest{
				Header: http.Header{"Stripe-Signature": {c.header}}, Body: []byte(c.body), Now: time.Unix(vectorTime, 0).Add(c.age),
			}
			_, err := receiver(t, vectorSecret).ReceiveWebhook(t.Context(), req)
			if c.proven {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, paylinks.ErrUnproven)
			}
			_, err = receiver(t, "").ReceiveWebhook(t.Context(), req)
			require.ErrorIs(t, err, paylinks.ErrUnproven, "without a secret nothing is proven")
		})
	}
}

func TestAWebhookNamesItsPayment(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body    string
		payment string
		kind    string
	}{
		"a payment":                  {`{"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"object":"payment_intent","id":"pi_1","latest_charge":"ch_1"}}}`, "pi_1", "payment_intent.succeeded"},
		"a charge":                   {`{"id":"evt_1","type":"charge.refunded","data":{"object":{"object":"charge","id":"ch_1","payment_intent":"pi_2"}}}`, "pi_2", "charge.refunded"},
		"a dispute":                  {`{"id":"evt_1","type":"charge.dispute.closed","data":{"object":{"object":"dispute","id":"dp_1","payment_intent":"pi_3"}}}`, "pi_3", "charge.dispute.closed"},
		"an expanded payment":        {`{"id":"evt_1","type":"refund.created","data":{"object":{"object":"refund","id":"re_1","payment_intent":{"id":"pi_4"}}}}`, "pi_4", "refund.created"},
		"a charge without a payment": {`{"id":"evt_1","type":"charge.updated","data":{"object":{"object":"charge","id":"ch_1","payment_intent":null}}}`, "", "charge.updated"},
		"something else":             {`{"id":"evt_1","type":"customer.created","data":{"object":{"object":"customer","id":"cus_1"}}}`, "", "customer.created"},
		"a thin event":               {`{"id":"evt_1","object":"v2.core.event","type":"v1.billing.meter.no_meter_found","related_object":{"id":"m"}}`, "", "v1.billing.meter.no_meter_found"},
		"an id that can't be one":    {`{"id":"evt_1","type":"payment_intent.created","data":{"object":{"object":"payment_intent","id":"../pi"}}}`, "", "payment_intent.created"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := gatewaytest.Now()
			got, err := receiver(t, webhookSecret).ReceiveWebhook(t.Context(), paylinks.WebhookRequest{
				Header: stripetest.Sign(webhookSecret, []byte(c.body), now), Body: []byte(c.body),
			})
			require.NoError(t, err)
			assert.Equal(t, paylinks.Notification{Ref: paylinks.Ref{PaymentID: c.payment}, Type: c.kind, DedupKey: "evt_1"}, got)
		})
	}
	for _, body := range []string{`{}`, `[]`, ``, `{"id":7}`, `{"type":"charge.refunded"}`} {
		_, err := receiver(t, webhookSecret).ReceiveWebhook(t.Context(), paylinks.WebhookRequest{
			Header: stripetest.Sign(webhookSecret, []byte(body), gatewaytest.Now()), Body: []byte(body),
		})
		var e *paylinks.ProviderError
		require.ErrorAs(t, err, &e, "%s is proven, and no event", body)
	}
}

func TestTheSimulatorsWebhooksAreRead(t *testing.T) {
	t.Parallel()
	gateway, simulator := simulated(t)
	p, err := simulator.Add(stripetest.Payment{Amount: 100, Received: 100})
	require.NoError(t, err)
	keys := map[string]bool{}
	for _, kind := range []string{"payment_intent.succeeded", "charge.refunded"} {
		header, body, err := simulator.Webhook(kind, p.ID)
		require.NoError(t, err)
		got, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Header: header, Body: body, Now: gatewaytest.Now()})
		require.NoError(t, err)
		assert.Equal(t, p.ID, got.Ref.PaymentID)
		assert.Equal(t, kind, got.Type)
		keys[got.DedupKey] = true
	}
	assert.Len(t, keys, 2)
}
