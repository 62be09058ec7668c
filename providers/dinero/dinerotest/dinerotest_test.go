package dinerotest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero"
	"github.com/paylinks/paylinks-go/providers/dinero/dinerotest"
)

// The hash of the payment known under the simulator's password was computed by another implementation.
const (
	known     = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
	knownHash = "ceaf2ebb71c2df672252aab5cefe0882e316ee98"
	orderHash = "f2dbdc88810cfdbc72d35e2113d357b9e05e72fa"
	goneHash  = "cd4d513d769cf00e549854c1eb8157027098e7e6"
)

func amount(t *testing.T, text string) paylinks.Money {
	t.Helper()
	money, err := paylinks.ParseMoney(text, paylinks.SAR)
	require.NoError(t, err)
	return money
}

func ask(t *testing.T, sim *dinerotest.Server, method, body, contentType string) (int, string) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, "/api/v1/payment/status", strings.NewReader(body))
	req.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	sim.ServeHTTP(w, req)
	answer, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	return w.Code, string(answer)
}

func TestItIsStrict(t *testing.T) {
	t.Parallel()
	body := func(key, field, id, hash string) string {
		return fmt.Sprintf(`{"merchant_key":%q,%q:%q,"hash":%q}`, key, field, id, hash)
	}
	const jsonType = "application/json"
	for name, tt := range map[string]struct {
		method, body, contentType string
		status                    int
		says                      string
	}{
		"a payment":       {"POST", body(dinerotest.MerchantKey, "payment_id", known, knownHash), jsonType, 200, `"status":"settled"`},
		"an order":        {"POST", body(dinerotest.MerchantKey, "order_id", "order-9", orderHash), jsonType, 200, `"payment_id":"` + known},
		"as GET":          {"GET", body(dinerotest.MerchantKey, "payment_id", known, knownHash), jsonType, 405, "Method Not Allowed"},
		"as a form":       {"POST", "payment_id=" + known, "application/x-www-form-urlencoded", 400, "Request data is invalid."},
		"no JSON":         {"POST", "{", jsonType, 400, "Request data is invalid."},
		"another key":     {"POST", body("x", "payment_id", known, knownHash), jsonType, 400, "merchant_key: "},
		"no id":           {"POST", body(dinerotest.MerchantKey, "payment_id", "", knownHash), jsonType, 400, "payment_id: "},
		"a wrong hash":    {"POST", body(dinerotest.MerchantKey, "payment_id", known, orderHash), jsonType, 400, "hash: Hash is not valid."},
		"hash in capital": {"POST", body(dinerotest.MerchantKey, "payment_id", known, strings.ToUpper(knownHash)), jsonType, 400, "hash: Hash is not valid."},
		"not known":       {"POST", body(dinerotest.MerchantKey, "payment_id", "gone", goneHash), jsonType, 400, `"error_code":208001`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := dinerotest.New(dinerotest.Config{})
			sim.Add(dinerotest.Payment{ID: "an-older-attempt", Amount: amount(t, "5.00"), Order: "order-9"})
			sim.Add(dinerotest.Payment{ID: known, Amount: amount(t, "5.00"), Order: "order-9"})
			status, answer := ask(t, sim, tt.method, tt.body, tt.contentType)
			assert.Equal(t, tt.status, status)
			assert.Contains(t, answer, tt.says)
		})
	}
}

// connect is a gateway to a simulator that asks for some payments.
func connect(t *testing.T, sim http.Handler, ids ...string) *dinero.Gateway {
	t.Helper()
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	gateway, err := dinero.New(dinero.Config{
		MerchantKey: dinerotest.MerchantKey, Password: dinerotest.Password, PaymentIDs: ids, BaseURL: server.URL,
	})
	require.NoError(t, err)
	return gateway
}

func look(t *testing.T, gateway *dinero.Gateway) paylinks.Payment {
	t.Helper()
	for payment, err := range gateway.Payments(t.Context(), paylinks.PaymentsQuery{}) {
		require.NoError(t, err)
		return payment
	}
	require.Fail(t, "there's no payment")
	return paylinks.Payment{}
}

// A refund of a part leaves the payment settled, and nothing tells of it. Only the last part shows.
func TestPartialRefundsAreInvisible(t *testing.T) {
	t.Parallel()
	sim := dinerotest.New(dinerotest.Config{})
	id := sim.Add(dinerotest.Payment{Amount: amount(t, "100.00")})
	gateway := connect(t, sim, id)

	require.NoError(t, sim.Refund(id, "30.00"))
	got := look(t, gateway)
	assert.Equal(t, paylinks.PaymentCaptured, got.Status)
	assert.Equal(t, "0.00", got.Refunded.String())
	assert.Equal(t, "30.00", sim.Payments()[0].Refunded.String(), "though it happened")

	require.NoError(t, sim.Refund(id, "70.00"))
	got = look(t, gateway)
	assert.Equal(t, paylinks.PaymentRefunded, got.Status)
	assert.Equal(t, "100.00", got.Refunded.String())
	assert.Error(t, sim.Refund(id, "0.01"), "there's no more to refund")
}

func TestCallbacksProveThePaymentAndNoMore(t *testing.T) {
	t.Parallel()
	sim := dinerotest.New(dinerotest.Config{CallbackURL: "https://shop.example/callback"})
	id := sim.Add(dinerotest.Payment{Amount: amount(t, "10.00"), Status: "prepare", Description: "Two cups"})
	gateway := connect(t, sim, id)
	require.NoError(t, sim.SetStatus(id, "settled"))
	require.NoError(t, sim.SetStatus(id, "decline"))
	require.NoError(t, sim.Refund(id, "1.00"))
	var kinds, hashes []string
	for _, message := range sim.Callbacks.Pending() {
		got, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Header: message.Header, Body: message.Body})
		require.NoError(t, err)
		assert.Equal(t, id, got.Ref.PaymentID)
		kinds = append(kinds, got.Type)
		_, hash, _ := strings.Cut(string(message.Body), "hash=")
		hashes = append(hashes, hash[:40])
	}
	assert.Equal(t, []string{"sale.success", "sale.fail", "refund.success"}, kinds)
	assert.Equal(t, hashes[0], hashes[1], "one hash for all callbacks of a payment")
	assert.Equal(t, hashes[0], hashes[2])

	body, err := sim.Callback(id, "chargeback", "success")
	require.NoError(t, err)
	got, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Body: body})
	require.NoError(t, err)
	assert.Equal(t, "chargeback.success", got.Type)
}

func TestCascadingTellsOfTheLatestAttempt(t *testing.T) {
	t.Parallel()
	sim := dinerotest.New(dinerotest.Config{})
	id := sim.Add(dinerotest.Payment{Amount: amount(t, "10.00")})
	require.NoError(t, sim.Cascade(id, known))
	assert.Equal(t, known, look(t, connect(t, sim, id)).ID)
}

func TestControlsKnowTheirPayments(t *testing.T) {
	t.Parallel()
	sim := dinerotest.New(dinerotest.Config{History: 3})
	_, err := sim.Callback("gone", "sale", "success")
	require.Error(t, err)
	for _, err := range []error{sim.SetStatus("gone", "void"), sim.Refund("gone", "1.00"), sim.Cascade("gone", known), sim.Spoil("gone")} {
		require.Error(t, err)
	}
	assert.Len(t, sim.HistoryIDs(), 3)
}
