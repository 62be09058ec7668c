package moyasar_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/moyasar"
	"github.com/paylinks/paylinks-go/providers/moyasar/moyasartest"
)

// receiver reads webhooks, and calls nobody.
func receiver(tb testing.TB, secret paylinks.Secret) *moyasar.Gateway {
	tb.Helper()
	gateway, err := moyasar.New(moyasar.Config{SecretKey: moyasartest.SecretKey, WebhookSecret: secret})
	require.NoError(tb, err)
	return gateway
}

func event(secret string) string {
	return `{"id":"evt-1","type":"payment_paid","secret_token":` + secret + `,"data":{"id":"` + paymentID + `","status":"paid"}}`
}

func TestAWebhookIsProvenByTheSecretInItsBody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   string
		proven bool
	}{
		"right":            {event(`"` + webhookSecret + `"`), true},
		"wrong":            {event(`"guess"`), false},
		"a prefix":         {event(`"` + webhookSecret[:10] + `"`), false},
		"a suffix":         {event(`"` + webhookSecret + `x"`), false},
		"another case":     {event(`"` + strings.ToUpper(webhookSecret) + `"`), false},
		"empty":            {event(`""`), false},
		"null":             {event(`null`), false},
		"a number":         {event(`7`), false},
		"a list":           {event(`["` + webhookSecret + `"]`), false},
		"none":             {`{"id":"evt-1","type":"payment_paid","data":{"id":"` + paymentID + `"}}`, false},
		"in another place": {`{"id":"evt-1","type":"payment_paid","data":{"id":"` + paymentID + `","secret_token":"` + webhookSecret + `"}}`, false},
		"no JSON":          {webhookSecret, false},
		"no body":          {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := paylinks.WebhookRequest{Body: []byte(c.body)}
			got, err := receiver(t, webhookSecret).ReceiveWebhook(t.Context(), req)
			if c.proven {
				require.NoError(t, err)
				assert.Equal(t, paylinks.Notification{Ref: paylinks.Ref{PaymentID: paymentID}, Type: "payment_paid", DedupKey: "evt-1"}, got)
			} else {
				require.ErrorIs(t, err, paylinks.ErrUnproven)
				assert.Zero(t, got)
			}
			_, err = receiver(t, "").ReceiveWebhook(t.Context(), req)
			require.ErrorIs(t, err, paylinks.ErrUnproven, "without a secret nothing is proven")
		})
	}
}

func TestAWebhookNamesItsPayment(t *testing.T) {
	t.Parallel()
	receive := func(kind, data string) (paylinks.Notification, error) {
		return receiver(t, webhookSecret).ReceiveWebhook(t.Context(), paylinks.WebhookRequest{
			Body: []byte(`{"type":"` + kind + `","secret_token":"` + webhookSecret + `","data":` + data + `}`),
		})
	}
	for _, kind := range []string{"payment_paid", "payment_failed", "payment_faild", "payment_refunded", "payment_voided", "payment_new"} {
		got, err := receive(kind, `{"id":"`+paymentID+`"}`)
		require.NoError(t, err)
		assert.Equal(t, paymentID, got.Ref.PaymentID)
		assert.Equal(t, kind, got.Type)
		assert.Len(t, got.DedupKey, 64, "an event without an id goes by its body")
	}
	for _, data := range []string{`{"id":"../../x"}`, `{}`, `null`, `[]`, `{"id":7}`} {
		_, err := receive("payment_paid", data)
		var e *paylinks.ProviderError
		require.ErrorAs(t, err, &e, data)
	}
	for _, kind := range []string{"balance_transferred", "payout_paid", "webhook_verification", "something_new", ""} {
		got, err := receive(kind, `{"id":"`+paymentID+`"}`)
		require.NoError(t, err)
		assert.Zero(t, got.Ref, "%s is about no payment", kind)
	}
}

func TestAVerificationShowsItsCode(t *testing.T) {
	t.Parallel()
	body := `{"id":"evt-2","type":"webhook_verification","secret_token":"` + webhookSecret + `","data":{"webhook_id":"` + paymentID + `","verification_code":"730416"}}`
	id, code, ok := receiver(t, webhookSecret).Verification(paylinks.WebhookRequest{Body: []byte(body)})
	require.True(t, ok)
	assert.Equal(t, paymentID, id)
	assert.Equal(t, "730416", code)

	for name, other := range map[string]string{
		"not proven":    strings.Replace(body, webhookSecret, "guess", 1),
		"another event": strings.Replace(body, "webhook_verification", "payment_paid", 1),
		"no code":       strings.Replace(body, "730416", "", 1),
		"no webhook":    strings.Replace(body, paymentID, "../x", 1),
	} {
		_, _, ok := receiver(t, webhookSecret).Verification(paylinks.WebhookRequest{Body: []byte(other)})
		assert.False(t, ok, name)
	}
}

// Whoever mounts the gateway sees the code in the log: the event isn't repeated.
func TestAVerificationIsTold(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	gateway, err := moyasar.New(moyasar.Config{
		SecretKey: moyasartest.SecretKey, WebhookSecret: webhookSecret, Logger: slog.New(slog.NewTextHandler(&out, nil)),
	})
	require.NoError(t, err)
	body := `{"id":"evt-2","type":"webhook_verification","secret_token":"` + webhookSecret + `","data":{"webhook_id":"` + paymentID + `","verification_code":"730416"}}`
	_, err = gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Body: []byte(body)})
	require.NoError(t, err)
	assert.Contains(t, out.String(), "webhook_id="+paymentID+" code=730416")
	assert.NotContains(t, out.String(), webhookSecret)
}

func TestTheSimulatorsWebhooksAreRead(t *testing.T) {
	t.Parallel()
	gateway, simulator := simulated(t)
	p, err := simulator.Add(moyasartest.Payment{Amount: 100})
	require.NoError(t, err)
	body, err := simulator.Webhook("payment_paid", p.ID)
	require.NoError(t, err)
	got, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Body: body})
	require.NoError(t, err)
	assert.Equal(t, p.ID, got.Ref.PaymentID)
}
