package tap_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap"
)

// vectors were computed by another implementation, with the key sk_test_vectors.
var vectors = map[string]struct {
	body string
	hash string
	ref  string
	kind string
}{
	"a charge": {
		`{"id":"chg_A1","object":"charge","status":"CAPTURED","amount":120.5,"currency":"SAR","reference":{"gateway":"gw-1","payment":"pay-1"},"transaction":{"created":"1767225600000"}}`,
		"903704cba549df37bba8f1f7a7745f61036de954ed4ede3b629ea405db6aa022", "chg_A1", "charge.captured",
	},
	"three decimals": {
		`{"id":"chg_A2","object":"charge","status":"DECLINED","amount":7.5,"currency":"KWD","reference":{"gateway":"gw-2","payment":"pay-2"},"transaction":{"created":"1767225600001"}}`,
		"575864687af65ab925a225796ee60ee776cae4ef76deae203e3ab93b5e9ad700", "chg_A2", "charge.declined",
	},
	"no references": {
		`{"id":"chg_A3","status":"CANCELLED","amount":5,"currency":"BHD","reference":{"gateway":null},"transaction":{"created":1767225600002}}`,
		"574d5ea001037efb200497a974784b90a648b9292bd4ecb529beaf17a00b9ef7", "chg_A3", "charge.cancelled",
	},
	"a refund": {
		`{"id":"re_B1","object":"refund","charge_id":"chg_B0","status":"REFUNDED","amount":3.0,"currency":"AED","created":"1767225600003","reference":{"gateway":"gw-3","payment":"pay-3"},"transaction":{"created":"1"}}`,
		"8e3f8923e733b8939e0227d2d81518b87c8bd5e729580c451acf5c78d33eade4", "chg_B0", "refund.refunded",
	},
	"an invoice": {
		`{"id":"inv_C1","object":"invoice","status":"PAID","amount":"9.00","currency":"QAR","created":1767225600004,"updated":1767225600005}`,
		"ffd3eecc954dc809e22627fdca3492d41b620fa2e38c51d8f8af5c61444af393", "inv_C1", "invoice.paid",
	},
	"an authorization": {
		`{"id":"auth_D1","object":"authorize","status":"AUTHORIZED","amount":1.000,"currency":"OMR","reference":{"gateway":"gw-4","payment":"pay-4"},"transaction":{"created":"1767225600006"}}`,
		"6bb643f276c158b8a00d48ac6936a7d2dc50daf6ff0a684d0c4892d1ef9101b0", "auth_D1", "authorize.authorized",
	},
}

func delivery(body, hash string) paylinks.WebhookRequest {
	header := http.Header{}
	header.Set("hashstring", hash)
	return paylinks.WebhookRequest{Header: header, Body: []byte(body)}
}

func webhooks(t require.TestingT) *tap.Gateway {
	gateway, _ := newGateway(t, walktest.Answers{})
	return gateway
}

func TestWebhookVectors(t *testing.T) {
	t.Parallel()
	for name, v := range vectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := webhooks(t).ReceiveWebhook(t.Context(), delivery(v.body, v.hash))
			require.NoError(t, err)
			assert.Equal(t, paylinks.Ref{PaymentID: v.ref}, got.Ref)
			assert.Equal(t, v.kind, got.Type)
			assert.NotEmpty(t, got.DedupKey)
			assert.Nil(t, got.Facts, "the charge is to be asked for")

			again, err := webhooks(t).ReceiveWebhook(t.Context(), delivery(v.body, strings.ToUpper(v.hash)))
			require.NoError(t, err, "capitals are the same hash")
			assert.Equal(t, got, again, "a delivery that is repeated has one key")
		})
	}
}

// Whatever is signed can't be changed, and without a proof nothing is read.
func TestOnlyProvenWebhooksAreRead(t *testing.T) {
	t.Parallel()
	v := vectors["a charge"]
	for name, req := range map[string]paylinks.WebhookRequest{
		"no hash":                   delivery(v.body, ""),
		"no header at all":          {Body: []byte(v.body)},
		"another hash":              delivery(v.body, vectors["a refund"].hash),
		"a part of the hash":        delivery(v.body, v.hash[:32]),
		"more than the hash":        delivery(v.body, v.hash+"0"),
		"the hash in another field": {Body: []byte(v.body), Header: http.Header{"Hash": {v.hash}}},
		"another id":                delivery(strings.Replace(v.body, "chg_A1", "chg_A2", 1), v.hash),
		"another amount":            delivery(strings.Replace(v.body, "120.5", "120.6", 1), v.hash),
		"another currency":          delivery(strings.Replace(v.body, "SAR", "AED", 1), v.hash),
		"another status":            delivery(strings.Replace(v.body, "CAPTURED", "VOID", 1), v.hash),
		"another time":              delivery(strings.Replace(v.body, "1767225600000", "1767225600001", 1), v.hash),
		"another reference":         delivery(strings.Replace(v.body, "gw-1", "gw-9", 1), v.hash),
		"another kind":              delivery(strings.Replace(v.body, `"object":"charge"`, `"object":"invoice"`, 1), v.hash),
		"no amount":                 delivery(`{"id":"chg_A1"}`, v.hash),
		"nothing":                   delivery(``, v.hash),
		"null":                      delivery(`null`, v.hash),
		"no JSON":                   delivery(`<html>`, v.hash),
		"a list":                    delivery(`[]`, v.hash),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := webhooks(t).ReceiveWebhook(t.Context(), req)
			require.ErrorIs(t, err, paylinks.ErrUnproven)
			assert.Zero(t, got)
		})
	}
}

func TestAnotherKeyProvesNothing(t *testing.T) {
	t.Parallel()
	gateway, _ := newGateway(t, walktest.Answers{}, func(c *tap.Config) { c.SecretKey = "sk_live_vectors" })
	_, err := gateway.ReceiveWebhook(t.Context(), delivery(vectors["a charge"].body, vectors["a charge"].hash))
	require.ErrorIs(t, err, paylinks.ErrUnproven)
}

// A refund's charge isn't signed: without one, a proven webhook is of no use.
func TestARefundOfNobody(t *testing.T) {
	t.Parallel()
	v := vectors["a refund"]
	_, err := webhooks(t).ReceiveWebhook(t.Context(), delivery(strings.Replace(v.body, `"chg_B0"`, `null`, 1), v.hash))
	assert.Equal(t, paylinks.RefusedRequest, providerError(t, err).Refusal)
	require.NotErrorIs(t, err, paylinks.ErrUnproven)
}

// One key for a delivery that is repeated, another for each new event.
func TestDedupKeys(t *testing.T) {
	t.Parallel()
	key := func(replace map[string]any) string {
		var body map[string]any
		require.NoError(t, json.Unmarshal([]byte(vectors["a charge"].body), &body))
		maps.Copy(body, replace)
		encoded, err := json.Marshal(body)
		require.NoError(t, err)
		text := "x_idchg_A1x_amount120.50x_currencySARx_gateway_referencegw-1x_payment_referencepay-1x_status" +
			body["status"].(string) + "x_created1767225600000"
		mac := hmac.New(sha256.New, []byte(testKey))
		mac.Write([]byte(text))
		got, err := webhooks(t).ReceiveWebhook(t.Context(), delivery(string(encoded), hex.EncodeToString(mac.Sum(nil))))
		require.NoError(t, err)
		return got.DedupKey
	}
	assert.Equal(t, key(nil), key(map[string]any{"post": map[string]any{"attempt": 2}}))
	assert.NotEqual(t, key(nil), key(map[string]any{"status": "VOID"}))
}
