package wire_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/paylinks/paylinks-go/internal/goldentest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

func order(t *testing.T, status paylinks.OrderStatus, change ...func(*paylinks.Order)) *paylinks.Order {
	t.Helper()
	o := &paylinks.Order{
		ID: "internal", CallerID: "tok_1", OrderID: "TILL-31", Amount: money(t, "420.5", paylinks.SAR), Status: status, Lang: "ar",
		Buyer: paylinks.Buyer{Name: "Noura Q", Email: "noura@example.test", Phone: "+966512345678"},
		Providers: []paylinks.OrderProvider{
			{Provider: "tabby", Kind: paylinks.KindBNPL, OrgAppID: "shop-tabby", AppSlug: "tabby-links"},
			{Provider: "tamara", Kind: paylinks.KindBNPL, OrgAppID: "shop-tamara", AppSlug: "tamara-links"},
		},
		Key: "hash", Fingerprint: "hash", Holder: "call",
		CreatedAt: time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC), UpdatedAt: time.Date(2026, 3, 1, 14, 5, 0, 0, time.FixedZone("AST", 3*60*60)),
	}
	for _, c := range change {
		c(o)
	}
	return o
}

// attempted adds an attempt.
func attempted(provider string, outcome paylinks.AttemptOutcome, reason string) func(*paylinks.Order) {
	return func(o *paylinks.Order) {
		o.Attempts = append(o.Attempts, paylinks.OrderAttempt{
			Provider: provider, OrgAppID: "shop-" + provider, PaylinkID: "plk_" + provider, Outcome: outcome, Reason: reason, Walk: "create",
		})
	}
}

func active(o *paylinks.Order) {
	o.ActiveGateway, o.PaylinkID, o.OpenPaylink = "tabby", "plk_tabby", true
}

// The answers of Payments Orders, byte for byte.
func TestOrderAnswersAreAsPublished(t *testing.T) {
	t.Parallel()
	const public = "https://pay.example.test"
	accepted := attempted("tabby", paylinks.AttemptAccepted, "")
	link := fullLink(t)
	link.Stale = false
	for name, answer := range map[string]any{
		"order_created": wire.FromOrdered(&paylinks.OrderResult{
			Order: order(t, paylinks.OrderPending, active, attempted("mispay", paylinks.AttemptSkipped, "no_app"), accepted), Paylink: link,
			Warnings: []string{`unsupported provider "zeta" was skipped`},
		}, public, []string{`unknown field "colour" was ignored`}),
		"order_sync": wire.FromOrdered(&paylinks.OrderResult{Order: order(t, paylinks.OrderPendingSync, func(o *paylinks.Order) {
			o.Providers = []paylinks.OrderProvider{{Provider: "stripe", Kind: paylinks.KindGatewaySync, OrgAppID: "stripe-main", AppSlug: "stripe-payments"}}
			o.ActiveGateway = "stripe"
		})}, public, nil),
		"order": wire.FromOrder(&paylinks.OrderResult{Order: order(t, paylinks.OrderPaid, active, accepted, func(o *paylinks.Order) {
			o.OpenPaylink, o.PaidBy = false, "plk_tabby"
			o.Attempts[0].Duplicate = true
		}), Paylink: fullLink(t)}, public),
		"order_settled": wire.FromOrder(&paylinks.OrderResult{Order: order(t, paylinks.OrderPaid, func(o *paylinks.Order) {
			o.Payment = &paylinks.OrderPayment{OrgAppID: "stripe-main", ID: "ch_1", Status: paylinks.PaymentCaptured}
		})}, public),
		"orders": wire.FromOrdersPage(paylinks.OrdersPage{
			Orders:     []*paylinks.Order{order(t, paylinks.OrderUnknown, attempted("tabby", paylinks.AttemptUnknown, ""))},
			NextCursor: "c2",
		}),
		"orders_empty": wire.FromOrdersPage(paylinks.OrdersPage{}),
		"error_order": wire.FromError(&paylinks.Error{
			Code: paylinks.CodeBuyerRejected, Outcome: paylinks.NotApplied, Message: "nobody wants this buyer", OrderID: "TILL-31",
			Attempts: order(t, "", attempted("tabby", paylinks.AttemptRejected, "too_high")).Attempts,
		}, "req_1"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := goldentest.JSON(t, name+".json", answer)
			for _, private := range []string{"966512345678", "noura", "Noura", "hash", "internal", "tok_1"} {
				assert.NotContains(t, got, private, "nothing of the buyer or of the inside is shown")
			}
		})
	}
}

func TestWhatTheCallerOfAnOrderDoesNext(t *testing.T) {
	t.Parallel()
	closed := func(o *paylinks.Order) { o.OpenPaylink = false }
	rejected := []func(*paylinks.Order){attempted("tabby", paylinks.AttemptRejected, ""), attempted("tamara", paylinks.AttemptRejected, "")}
	for name, test := range map[string]struct {
		order   *paylinks.Order
		next    string
		execute bool
	}{
		"an open link":            {order(t, paylinks.OrderPending, active, attempted("tabby", paylinks.AttemptAccepted, "")), "execute_or_send_payment_link", true},
		"no open link":            {order(t, paylinks.OrderPending, active, closed, attempted("tabby", paylinks.AttemptRejected, "")), "try_next_provider", false},
		"cancelled, more to try":  {order(t, paylinks.OrderCancelled, active, closed, attempted("tabby", paylinks.AttemptAccepted, "cancelled")), "try_next_provider", false},
		"cancelled, nothing left": {order(t, paylinks.OrderCancelled, rejected...), "none", false},
		"all rejected":            {order(t, paylinks.OrderFailed, rejected...), "none", false},
		"paid":                    {order(t, paylinks.OrderPaid, active), "none", false},
		"unknown":                 {order(t, paylinks.OrderUnknown, attempted("tabby", paylinks.AttemptUnknown, "")), "wait", false},
		"at a gateway":            {order(t, paylinks.OrderPendingSync), "take_payment_at_gateway", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := wire.FromOrdered(&paylinks.OrderResult{Order: test.order}, "", nil)
			assert.Equal(t, test.next, got.Data.NextAction)
			assert.NotEmpty(t, got.Message)
			assert.Equal(t, test.execute, got.Data.ExecuteEndpoint == "/api/v2/checkout" && got.Data.ExecuteMethod == "POST")
			assert.NotNil(t, got.Data.Attempts)
		})
	}
}

func TestDecodeOrderNamesWhatIsIgnored(t *testing.T) {
	t.Parallel()
	body, err := wire.ParseBody([]byte(`{"providers":["tabby"],"org_app_ids":{"tabby":"a","tamara":"b"},"order":{"total_amount":1.50},"colour":"red"}`))
	require.NoError(t, err)
	req, warnings, err := wire.DecodeOrder(body)
	require.NoError(t, err)
	assert.Equal(t, paylinks.OrderRequest{
		Providers: []string{"tabby"}, OrgAppIDs: map[string]string{"tabby": "a", "tamara": "b"}, Amount: "1.50",
	}, req)
	assert.Equal(t, []string{`unknown field "colour" was ignored`, `org_app_ids has "tamara", which isn't among the providers`}, warnings)
}

func TestAttemptsTravelWithTheirError(t *testing.T) {
	t.Parallel()
	sent := &paylinks.Error{Code: paylinks.CodeNoUsableProvider, Message: "m", OrderID: "TILL-31", Attempts: []paylinks.OrderAttempt{
		{Provider: "tabby", OrgAppID: "a", PaylinkID: "p", Outcome: paylinks.AttemptUnavailable, Reason: "r", Duplicate: true},
	}}
	data, err := json.Marshal(wire.FromError(sent, ""))
	require.NoError(t, err)
	var answer api.ErrorAnswer
	require.NoError(t, json.Unmarshal(data, &answer))
	assert.Equal(t, sent, wire.ToError(answer))
}
