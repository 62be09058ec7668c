package httpserver_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const orders = "/api/v1/payments/orders"

func orderFor(orderID, email string) string {
	return `{"providers":["mispay","tabby","zeta"],"order":{"order_id":"` + orderID + `","total_amount":"149.50","currency":"SAR",` +
		`"line_items":[{"sku":"SKU-1","name":"Item A","qty":1,"price":"149.50"}]},"buyer_phone":"0500000001","buyer_email":"` + email + `","lang":"ar"}`
}

// An order over the whole product: the providers that can't be tried are passed over, the link is the order's, and its payment settles it.
func TestAnOrderFromCreationToPayment(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	a := s.call(t, apiToken, http.MethodPost, orders, orderFor("POS-77", "card.success@tabby.ai"), "order-key")
	require.Equal(t, http.StatusCreated, a.status, a.body)
	assert.Contains(t, a.body, `"accepted_gateways":["tabby"],"active_gateway":"tabby","app_slug":"tabby-pos-paylinks"`)
	assert.Contains(t, a.body, `"attempts":[{"provider":"mispay","outcome":"skipped","reason":"no_app"},{"provider":"tabby","outcome":"accepted"`)
	assert.Contains(t, a.body, `"warnings":["unsupported provider \"zeta\" was skipped"]`)
	data, _ := a.fields["data"].(map[string]any)
	link, _ := data["paylink"].(map[string]any)
	paymentID, _ := link["payment_id"].(string)
	require.NotEmpty(t, paymentID)

	again := s.call(t, apiToken, http.MethodPost, orders, orderFor("POS-77", "card.success@tabby.ai"), "order-key")
	assert.Equal(t, a.body, again.body)
	assert.Equal(t, "true", again.header.Get("Idempotent-Replayed"))
	other := s.call(t, apiToken, http.MethodPost, orders, orderFor("POS-77", "card.success@tabby.ai"), "")
	assert.Equal(t, http.StatusConflict, other.status)
	assert.Equal(t, "order_exists", other.code())

	open := s.call(t, apiToken, http.MethodPost, orders+"/POS-77/next", "", "")
	assert.Equal(t, http.StatusConflict, open.status)
	assert.Equal(t, "order_has_open_paylink", open.code())

	require.NoError(t, s.simulator.Pay(paymentID))
	paid := s.call(t, apiToken, http.MethodGet, orders+"/POS-77", "", "")
	assert.Equal(t, http.StatusOK, paid.status)
	assert.Equal(t, "paid", paid.fields["status"])
	assert.Equal(t, "none", paid.fields["next_action"])
	late := s.call(t, apiToken, http.MethodPost, orders+"/POS-77/next", `{"cancel_current":true}`, "")
	assert.Equal(t, "already_paid", late.code())

	for _, token := range []string{otherToken, readerToken} {
		hidden := s.call(t, token, http.MethodGet, orders+"/POS-77", "", "")
		assert.Equal(t, http.StatusNotFound, hidden.status, "an order is its caller's")
		none := s.call(t, token, http.MethodGet, orders, "", "")
		assert.Equal(t, `{"orders":[]}`, strings.TrimSpace(none.body))
	}
}

func TestAnOrderThatIsRejected(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	a := s.call(t, apiToken, http.MethodPost, orders, strings.Replace(orderFor("POS-78", "card.success@tabby.ai"), "0500000001", "0500000002", 1), "order-key")
	require.Equal(t, http.StatusUnprocessableEntity, a.status, a.body)
	assert.Equal(t, "buyer_rejected", a.code())
	failure, _ := a.fields["error"].(map[string]any)
	assert.Equal(t, "POS-78", failure["order_id"])
	assert.Len(t, failure["attempts"], 2)
	assert.NotEmpty(t, failure["messages"])
	again := s.call(t, apiToken, http.MethodPost, orders, strings.Replace(orderFor("POS-78", "card.success@tabby.ai"), "0500000001", "0500000002", 1), "order-key")
	assert.Equal(t, "true", again.header.Get("Idempotent-Replayed"))

	none := s.call(t, apiToken, http.MethodPost, orders, `{"providers":["mispay","stripe"],"order":{"total_amount":"1.00","currency":"SAR"}}`, "")
	assert.Equal(t, http.StatusBadRequest, none.status)
	assert.Equal(t, "no_usable_provider", none.code())
	wrong := s.call(t, apiToken, http.MethodPost, orders, `{"providers":["tabby"],"order":{"total_amount":"1.001","currency":"SAR"}}`, "")
	assert.Equal(t, "validation_failed", wrong.code())
	assert.Contains(t, wrong.body, `"field":"order.total_amount"`)
}
