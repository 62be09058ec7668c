package dinero_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero"
)

// The hashes of callbacks were computed by another implementation. The café's description has two: with é in capitals, and without.
const (
	callbackHash    = "7c1e0cda67f3d5bf2215e821668443e4ac12552c"
	cafeHashASCII   = "8ac023f1abd9901500fe4332ee1a44904e7dcb23"
	cafeHashUnicode = "6dab7d15f56a3d9278e04b27c8cade437ded7019"
)

// callback is a callback's form, with some fields replaced.
func callback(replace map[string]string) url.Values {
	form := url.Values{
		"id": {paymentID}, "order_number": {"shop-81"}, "order_amount": {"12.500"}, "order_currency": {"KWD"}, "order_description": {"Lamp, blue"},
		"order_status": {"settled"}, "type": {"sale"}, "status": {"success"}, "date": {"2026-01-31 21:15:09"}, "card": {"411111****1111"},
		"hash": {callbackHash},
	}
	for name, value := range replace {
		form.Set(name, value)
	}
	return form
}

func receive(t *testing.T, body string) (paylinks.Notification, error) {
	t.Helper()
	gateway, err := dinero.New(dinero.Config{MerchantKey: merchantKey, Password: password})
	require.NoError(t, err)
	return gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Body: []byte(body)})
}

func TestCallbacks(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		replace map[string]string
		kind    string
	}{
		"a sale":             {nil, "sale.success"},
		"a sale that failed": {map[string]string{"status": "fail"}, "sale.fail"},
		// The hash covers neither type nor status: all of these prove the payment, and none that it's paid.
		"a redirect":         {map[string]string{"type": "redirect"}, "redirect.success"},
		"a refund":           {map[string]string{"type": "refund"}, "refund.success"},
		"a chargeback":       {map[string]string{"type": "CHARGEBACK"}, "chargeback.success"},
		"a hash in capitals": {map[string]string{"hash": strings.ToUpper(callbackHash)}, "sale.success"},
		"é left alone":       {map[string]string{"order_description": "café", "hash": cafeHashASCII}, "sale.success"},
		"é in capitals":      {map[string]string{"order_description": "café", "hash": cafeHashUnicode}, "sale.success"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := receive(t, callback(tt.replace).Encode())
			require.NoError(t, err)
			assert.Equal(t, paylinks.Ref{PaymentID: paymentID, OrderID: "shop-81"}, got.Ref)
			assert.Equal(t, tt.kind, got.Type)
			assert.NotEmpty(t, got.DedupKey)
			assert.Nil(t, got.Facts, "the payment is to be asked for")
		})
	}
}

func TestOnlyProvenCallbacksAreRead(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"no hash":             callback(map[string]string{"hash": ""}).Encode(),
		"a part of the hash":  callback(map[string]string{"hash": callbackHash[:20]}).Encode(),
		"more than the hash":  callback(map[string]string{"hash": callbackHash + "0"}).Encode(),
		"another payment":     callback(map[string]string{"id": otherID}).Encode(),
		"another order":       callback(map[string]string{"order_number": "shop-82"}).Encode(),
		"the amount anew":     callback(map[string]string{"order_amount": "12.5"}).Encode(),
		"another currency":    callback(map[string]string{"order_currency": "BHD"}).Encode(),
		"another description": callback(map[string]string{"order_description": "Lamp, red"}).Encode(),
		"nothing":             "",
		"JSON":                `{"id":"` + paymentID + `","hash":"` + callbackHash + `"}`,
		"no form":             "%zz&hash=" + callbackHash,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := receive(t, body)
			require.ErrorIs(t, err, paylinks.ErrUnproven)
			assert.Zero(t, got)
		})
	}
}

func TestAnotherPasswordProvesNothing(t *testing.T) {
	t.Parallel()
	gateway, err := dinero.New(dinero.Config{MerchantKey: merchantKey, Password: "another"})
	require.NoError(t, err)
	_, err = gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Body: []byte(callback(nil).Encode())})
	require.ErrorIs(t, err, paylinks.ErrUnproven)
}

// The same callback may come twice, to the letter.
func TestDedupKeys(t *testing.T) {
	t.Parallel()
	key := func(form url.Values) string {
		got, err := receive(t, form.Encode())
		require.NoError(t, err)
		return got.DedupKey
	}
	first, again := key(callback(nil)), key(callback(nil))
	assert.Equal(t, first, again)
	seen := map[string]bool{}
	for _, replace := range []map[string]string{nil, {"status": "fail"}, {"type": "refund"}, {"type": "refund", "rrn": "1"}, {"type": "refund", "rrn": "2"}} {
		k := key(callback(replace))
		assert.False(t, seen[k], "%v", replace)
		seen[k] = true
	}
}
