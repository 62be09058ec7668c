package hyperpay_test

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay"
	"github.com/paylinks/paylinks-go/providers/hyperpay/hyperpaytest"
)

func receiver(tb testing.TB, secret string) *hyperpay.Gateway {
	tb.Helper()
	return newFar().gateway(tb, func(c *hyperpay.Config) { c.WebhookSecret = paylinks.Secret(secret) })
}

type vector struct{ Name, Key, IV, Tag, Body, Plain string }

func (v vector) request() paylinks.WebhookRequest {
	header := http.Header{}
	header.Set("X-Initialization-Vector", v.IV)
	header.Set("X-Authentication-Tag", v.Tag)
	return paylinks.WebhookRequest{Header: header, Body: []byte(v.Body)}
}

func TestEncryptedWebhooks(t *testing.T) {
	t.Parallel()
	var vectors []vector
	require.NoError(t, json.Unmarshal([]byte(walktest.File(t, "webhook_vectors.json")), &vectors))
	want := map[string]paylinks.Notification{
		"lower case":           {Ref: paylinks.Ref{PaymentID: id(0x11), Reference: "cart-11"}, Type: "payment", DedupKey: "payment  " + id(0x11) + " 000.000.000"},
		"wrapped":              {Ref: paylinks.Ref{PaymentID: id(0x11), TransactionID: id(0x12)}, Type: "payment", DedupKey: "payment  " + id(0x12) + " 000.000.000"},
		"an IV of 16 bytes":    {Type: "test", DedupKey: "test   "},
		"of the documentation": {Type: "payment", DedupKey: "payment   "},
	}
	require.Len(t, vectors, len(want))
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			note, err := receiver(t, v.Key).ReceiveWebhook(t.Context(), v.request())
			require.NoError(t, err)
			assert.Equal(t, want[v.Name], note)

			for name, forge := range map[string]func(*vector){
				"another key":   func(v *vector) { v.Key = strings.Repeat("0", 64) },
				"another body":  func(v *vector) { v.Body = strings.Replace(v.Body, v.Body[len(v.Body)-6:len(v.Body)-2], "0000", 1) },
				"another tag":   func(v *vector) { v.Tag = strings.Repeat("0", 32) },
				"a shorter tag": func(v *vector) { v.Tag = v.Tag[:24] },
				// Its first half at the end of the body would be the same bytes to the cipher.
				"a tag cut in two": func(v *vector) {
					text, wrapped := strings.CutSuffix(v.Body, `"}`)
					text += v.Tag[:16]
					if wrapped {
						text += `"}`
					}
					v.Body, v.Tag = text, v.Tag[16:]
				},
				"no tag":              func(v *vector) { v.Tag = "" },
				"another IV":          func(v *vector) { v.IV = strings.Repeat("7", len(v.IV)) },
				"no IV":               func(v *vector) { v.IV = "" },
				"a long IV":           func(v *vector) { v.IV = strings.Repeat("00", 65) },
				"no hexadecimal":      func(v *vector) { v.Body = "zz" },
				"a wrapper of nought": func(v *vector) { v.Body = `{"encryptedBody":7}` },
				"no body":             func(v *vector) { v.Body = "" },
				"plain text":          func(v *vector) { v.Body = v.Plain },
			} {
				forged := v
				forge(&forged)
				_, err := receiver(t, forged.Key).ReceiveWebhook(t.Context(), forged.request())
				require.ErrorIs(t, err, paylinks.ErrUnproven, name)
			}
			_, err = receiver(t, "").ReceiveWebhook(t.Context(), v.request())
			assert.ErrorIs(t, err, paylinks.ErrUnproven, "without a secret nothing is proven")
		})
	}
}

func TestTheSimulatorsWebhooksOpen(t *testing.T) {
	t.Parallel()
	simulator, _, _ := simulated(t, hyperpaytest.Config{})
	paid := simulator.Pay(hyperpaytest.Payment{Amount: walktest.Amount(t, "5.00", paylinks.SAR), Reference: "cart-1"})
	refund := simulator.Follow(paid, "RF", walktest.Amount(t, "5.00", paylinks.SAR), today(), "")
	gateway := receiver(t, hyperpaytest.WebhookSecret)
	for _, wrapped := range []bool{false, true} {
		header, body, err := simulator.Webhook(refund, hyperpaytest.WebhookSecret, wrapped)
		require.NoError(t, err)
		note, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Header: header, Body: body})
		require.NoError(t, err)
		assert.Equal(t, paylinks.Ref{PaymentID: paid, TransactionID: refund, Reference: "cart-1"}, note.Ref)
	}
}

func TestProvenTextsThatSayNothing(t *testing.T) {
	t.Parallel()
	gateway := receiver(t, hyperpaytest.WebhookSecret)
	for _, plain := range []string{"", "x", "[]", "{}", `{"type":7}`, `{"type":"PAYMENT","payload":[]}`} {
		header, body, err := hyperpaytest.Encrypt([]byte(plain), hyperpaytest.WebhookSecret, false)
		require.NoError(t, err)
		_, err = gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Header: header, Body: body})
		assert.Equal(t, paylinks.RefusedRequest, providerError(t, err).Refusal, plain)
	}
}

// The operation that was pending is told again with its new code, and that is another event; the same code is the same event.
func TestDedupKeysTellEventsApart(t *testing.T) {
	t.Parallel()
	gateway := receiver(t, hyperpaytest.WebhookSecret)
	key := func(plain string) string {
		header, body, err := hyperpaytest.Encrypt([]byte(plain), hyperpaytest.WebhookSecret, true)
		require.NoError(t, err)
		assert.NotContains(t, string(body), hex.EncodeToString([]byte("PAYMENT")))
		note, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Header: header, Body: body})
		require.NoError(t, err)
		return note.DedupKey
	}
	waiting := `{"type":"PAYMENT","payload":{"id":"a","result":{"code":"000.200.000"}}}`
	first, again := key(waiting), key(waiting)
	assert.Equal(t, first, again)
	assert.NotEqual(t, key(waiting), key(strings.Replace(waiting, "000.200.000", "000.000.000", 1)))
	assert.NotEqual(t, key(waiting), key(strings.Replace(waiting, "PAYMENT", "RISK", 1)))
}
