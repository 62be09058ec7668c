package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rule"
	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
)

const broken = "a\xffb"

// json.Marshal would send U+FFFD for what isn't UTF-8.
func TestTextsThatAreNotUTF8AreNotEncoded(t *testing.T) {
	t.Parallel()
	item := paylinks.ItemRequest{
		Name: broken, SKU: broken, Category: broken, UnitPrice: broken, ImageURL: broken, ProductURL: broken, DiscountAmount: broken, TaxAmount: broken,
	}
	for name, test := range map[string]struct {
		encode func() ([]byte, error)
		fields []string
	}{
		"create": {func() ([]byte, error) {
			return wire.EncodeCreate(paylinks.CreateRequest{
				Provider: broken, OrgAppID: broken, OrderID: broken, Amount: broken, Currency: broken, Description: broken, BuyerName: broken,
				BuyerEmail: broken, BuyerPhone: broken, PhoneNumber: broken, Lang: broken, Items: []paylinks.ItemRequest{item},
				Metadata: map[string]string{"till": broken, broken: "7"}, Options: map[string]string{"locale": broken},
			})
		}, []string{
			"amount", "buyer_email", "buyer_name", "buyer_phone", "currency", "description", "items[0].category", "items[0].discount_amount",
			"items[0].image_url", "items[0].name", "items[0].product_url", "items[0].sku", "items[0].tax_amount", "items[0].unit_price", "lang", "locale",
			"metadata", "metadata.till", "order_id", "org_app_id", "phone_number", "provider",
		}},
		"an option's name": {func() ([]byte, error) {
			return wire.EncodeCreate(paylinks.CreateRequest{Options: map[string]string{broken: "1"}})
		}, []string{"options"}},
		"capture": {func() ([]byte, error) {
			return wire.EncodeCapture(paylinks.CaptureRequest{Amount: broken, ReferenceID: broken})
		}, []string{"amount", "reference_id"}},
		"refund": {func() ([]byte, error) {
			return wire.EncodeRefund(paylinks.RefundRequest{Amount: broken, ReferenceID: broken, Reason: broken})
		}, []string{"amount", "reason", "reference_id"}},
		"resolve": {func() ([]byte, error) { return wire.EncodeResolve(broken, true) }, []string{"reference_id"}},
		"order": {func() ([]byte, error) {
			return wire.EncodeOrder(paylinks.OrderRequest{
				Providers: []string{"tabby", broken}, OrgAppIDs: map[string]string{"tabby": broken, broken: "a"}, OrderID: broken, Amount: broken, Currency: broken,
				Items: []paylinks.ItemRequest{item}, BuyerName: broken, BuyerEmail: broken, BuyerPhone: broken, Lang: broken,
			})
		}, []string{
			"buyer_email", "buyer_name", "buyer_phone", "lang", "order.currency", "order.line_items[0].category", "order.line_items[0].discount_amount",
			"order.line_items[0].image_url", "order.line_items[0].name", "order.line_items[0].price", "order.line_items[0].product_url",
			"order.line_items[0].sku", "order.line_items[0].tax_amount", "order.order_id", "order.total_amount", "org_app_ids", "org_app_ids.tabby", "providers[1]",
		}},
		"sync": {func() ([]byte, error) { return wire.EncodeSync(paylinks.SyncRequest{OrgAppID: broken}) }, []string{"org_app_id"}},
		"endpoint": {func() ([]byte, error) {
			return wire.EncodeEndpoint(paylinks.EndpointRequest{
				URL: broken, Description: broken, Types: []paylinks.EventType{broken}, OrgApps: []string{"a", broken},
			})
		}, []string{"description", "org_app_ids[1]", "types[0]", "url"}},
		"query": {func() ([]byte, error) {
			return nil, wire.CheckTexts(map[string][]string{"order_id": {broken}, "provider": {"tabby"}})
		}, []string{"order_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, err := test.encode()
			assert.Nil(t, body)
			var refusal *paylinks.Error
			require.ErrorAs(t, err, &refusal)
			assert.Equal(t, paylinks.CodeValidationFailed, refusal.Code)
			assert.Equal(t, paylinks.NotApplied, refusal.Outcome)
			var fields []string
			for _, field := range refusal.Fields {
				assert.Equal(t, "invalid", field.Code)
				fields = append(fields, field.Field)
			}
			assert.ElementsMatch(t, test.fields, fields)
		})
	}
}

// An option under the name of a field would be read as that field.
func TestAnOptionCannotHaveAFieldsName(t *testing.T) {
	t.Parallel()
	body, err := wire.EncodeCreate(paylinks.CreateRequest{Description: "Lamp", Options: map[string]string{"description": "Table", "metadata": "m", "locale": "ar_SA"}})
	assert.Nil(t, body)
	var refusal *paylinks.Error
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, []paylinks.FieldError{
		{Field: "description", Code: "invalid", Message: "description must not be among the options: the request has a field of that name"},
		{Field: "metadata", Code: "invalid", Message: "metadata must not be among the options: the request has a field of that name"},
	}, refusal.Fields)
}

// Whatever a request is read from is known as a field of its own, so that no option can stand in for it.
func TestTheFieldsOfACreateRequestAreListed(t *testing.T) {
	t.Parallel()
	body, err := wire.EncodeCreate(paylinks.CreateRequest{
		Provider: "p", OrgAppID: "a", OrderID: "o", Amount: "1", Currency: "SAR", Description: "d", BuyerName: "n", BuyerEmail: "e", BuyerPhone: "1", PhoneNumber: "2",
		Lang: "ar", Items: []paylinks.ItemRequest{{Name: "n"}}, Metadata: map[string]string{"k": "v"},
	})
	require.NoError(t, err)
	fields := map[string]any{}
	require.NoError(t, json.Unmarshal(body, &fields))
	assert.Len(t, fields, 13)
	required := 0
	for name := range fields {
		always, own := rule.CreateField(name)
		assert.True(t, own, name)
		if always {
			required++
		}
	}
	assert.Equal(t, 5, required)
	for _, option := range []string{"payment_type", "store_code", "locale"} {
		_, own := rule.CreateField(option)
		assert.False(t, own, option)
	}
}
