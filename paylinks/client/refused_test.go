package client_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

const broken = "a\xffb"

// What a request can't carry as it is, the client refuses as the Service does, before anything is sent.
func TestWhatCannotTravelIsRefusedAlike(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	link, err := w.client.Create(ctx, sale("POS-1"))
	require.NoError(t, err)
	for name, test := range map[string]struct {
		call   func(paylinks.API) error
		fields []string
	}{
		"texts of a create": {created(ctx, func(req *paylinks.CreateRequest) {
			*req = paylinks.CreateRequest{
				Provider: broken, OrgAppID: broken, OrderID: broken, Amount: "150.00", Currency: "SAR", Description: broken, BuyerName: broken,
				BuyerEmail: broken, BuyerPhone: broken, PhoneNumber: broken, Lang: broken,
			}
		}), []string{"buyer_email", "buyer_name", "buyer_phone", "description", "lang", "order_id", "org_app_id", "phone_number", "provider"}},
		"a currency": {created(ctx, func(req *paylinks.CreateRequest) { req.Currency = broken }), []string{"currency"}},
		"an amount":  {created(ctx, func(req *paylinks.CreateRequest) { req.Amount = broken }), []string{"amount"}},
		"metadata": {created(ctx, func(req *paylinks.CreateRequest) {
			req.Metadata = map[string]string{"till": broken, broken: "7"}
		}), []string{"metadata", "metadata.till"}},
		"items": {created(ctx, func(req *paylinks.CreateRequest) {
			req.Items = []paylinks.ItemRequest{{
				Name: broken, Quantity: 1, UnitPrice: broken, SKU: broken, Category: broken, ImageURL: "https://example.com/\xff", ProductURL: "https://example.com/\xff",
				DiscountAmount: broken, TaxAmount: broken,
			}}
		}), []string{
			"items[0].category", "items[0].discount_amount", "items[0].image_url", "items[0].name", "items[0].product_url", "items[0].sku", "items[0].tax_amount",
			"items[0].unit_price",
		}},
		"an option":        {created(ctx, func(req *paylinks.CreateRequest) { req.Options = map[string]string{"locale": broken} }), []string{"locale"}},
		"an option's name": {created(ctx, func(req *paylinks.CreateRequest) { req.Options = map[string]string{broken: "7"} }), []string{"options"}},
		"options with the names of fields": {created(ctx, func(req *paylinks.CreateRequest) {
			req.Options = map[string]string{"description": "Lamp", "metadata": "m", "amount": "1.00", "phone_number": "", "store_code": "main"}
		}), []string{"amount", "description", "metadata", "phone_number"}},
		"an empty key in quotes": {created(ctx, func(req *paylinks.CreateRequest) { req.IdempotencyKey = `""` }), []string{"idempotency_key"}},
		"a capture's amount": {func(a paylinks.API) error {
			return second(a.Capture(ctx, link.ID, paylinks.CaptureRequest{Amount: broken}))
		}, []string{"amount"}},
		"a capture's reference": {func(a paylinks.API) error {
			return second(a.Capture(ctx, link.ID, paylinks.CaptureRequest{ReferenceID: broken}))
		}, []string{"reference_id"}},
		"a capture's key": {func(a paylinks.API) error {
			return second(a.Capture(ctx, link.ID, paylinks.CaptureRequest{IdempotencyKey: `""`}))
		}, []string{"idempotency_key"}},
		"a refund's reason": {func(a paylinks.API) error {
			return second(a.Refund(ctx, link.ID, paylinks.RefundRequest{Reason: broken}))
		}, []string{"reason"}},
		"a refund's key": {func(a paylinks.API) error {
			return second(a.Refund(ctx, link.ID, paylinks.RefundRequest{IdempotencyKey: "línea"}))
		}, []string{"idempotency_key"}},
		"a send's key": {func(a paylinks.API) error {
			return second(a.Send(ctx, link.ID, paylinks.SendRequest{IdempotencyKey: "two words"}))
		}, []string{"idempotency_key"}},
		"what is to be resolved": {func(a paylinks.API) error { return a.Resolve(ctx, link.ID, broken, true) }, []string{"reference_id"}},
		"an order's providers":   {ordered(ctx, func(req *paylinks.OrderRequest) { req.Providers = []string{"tabby", broken} }), []string{"providers[1]"}},
		"an order's apps": {ordered(ctx, func(req *paylinks.OrderRequest) {
			req.OrgAppIDs = map[string]string{"tabby": broken, broken: "tabby-main"}
		}), []string{"org_app_ids", "org_app_ids.tabby"}},
		"an order's texts": {ordered(ctx, func(req *paylinks.OrderRequest) {
			req.OrderID, req.BuyerName, req.BuyerEmail, req.BuyerPhone, req.Lang, req.Amount = broken, broken, broken, broken, broken, broken
			req.Items = []paylinks.ItemRequest{{Name: broken, Quantity: 1, UnitPrice: broken}}
		}), []string{
			"buyer_email", "buyer_name", "buyer_phone", "lang", "order.line_items[0].name", "order.line_items[0].price", "order.order_id", "order.total_amount",
		}},
		"an order's key": {ordered(ctx, func(req *paylinks.OrderRequest) { req.IdempotencyKey = strings.Repeat("k", 256) }), []string{"idempotency_key"}},
		"a next provider's key": {func(a paylinks.API) error {
			return second(a.NextProvider(ctx, "SALE-1", paylinks.NextRequest{IdempotencyKey: `""`}))
		}, []string{"idempotency_key"}},
		"a sync": {func(a paylinks.API) error {
			return second(a.SyncPayments(ctx, paylinks.SyncRequest{OrgAppID: broken}))
		}, []string{"org_app_id"}},
		"an endpoint": {func(a paylinks.API) error {
			return second(a.AddEndpoint(ctx, paylinks.EndpointRequest{
				URL: "https://example.com/\xff", Description: broken, Types: []paylinks.EventType{broken}, OrgApps: []string{"tabby-main", broken},
			}))
		}, []string{"description", "org_app_ids[1]", "types[0]", "url"}},
		"a list": {func(a paylinks.API) error {
			return second(a.List(ctx, paylinks.ListRequest{Provider: broken, OrgAppID: broken, OrderID: broken}))
		}, []string{"order_id", "org_app_id", "provider"}},
		"a list of payments": {func(a paylinks.API) error {
			return second(a.ListPayments(ctx, paylinks.ListPaymentsRequest{Provider: broken, OrgAppID: broken, Reference: broken}))
		}, []string{"org_app_id", "provider", "reference"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			local, remote := shownError(t, test.call(w.service)), shownError(t, test.call(w.client))
			assert.Equal(t, paylinks.CodeValidationFailed, remote.Code)
			assert.Equal(t, test.fields, names(remote.Fields))
			assert.Equal(t, test.fields, names(local.Fields))
			for _, e := range []*paylinks.Error{&local, &remote} {
				slices.SortFunc(e.Fields, func(a, b paylinks.FieldError) int { return strings.Compare(a.Field, b.Field) })
				e.Message = "" // that of the first field
			}
			assert.Equal(t, local, remote)

			s := &script{answers: replies(fails(errReset))}
			require.ErrorIs(t, test.call(scripted(t, s)), paylinks.CodeValidationFailed)
			assert.Empty(t, s.tries)
		})
	}
}

func names(fields []paylinks.FieldError) []string {
	var list []string
	for _, field := range fields {
		list = append(list, field.Field)
	}
	slices.Sort(list)
	return list
}

func created(ctx context.Context, change func(*paylinks.CreateRequest)) func(paylinks.API) error {
	req := sale("POS-2")
	change(&req)
	return func(a paylinks.API) error { return second(a.Create(ctx, req)) }
}

func ordered(ctx context.Context, change func(*paylinks.OrderRequest)) func(paylinks.API) error {
	req := paylinks.OrderRequest{Providers: []string{"tabby"}, OrderID: "SALE-1", Amount: "150.00", Currency: "SAR", BuyerPhone: "0500000001"}
	change(&req)
	return func(a paylinks.API) error { return second(a.CreateOrder(ctx, req)) }
}
