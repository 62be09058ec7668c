package wire_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
)

func decode(t *testing.T, text string, options ...string) (paylinks.CreateRequest, []string, error) {
	t.Helper()
	body, err := wire.ParseBody([]byte(text))
	require.NoError(t, err)
	return wire.DecodeCreate(body, options...)
}

func TestDecodeCreateReadsEveryField(t *testing.T) {
	t.Parallel()
	req, warnings, err := decode(t, `{
		"provider": "tamara", "org_app_id": "shop", "order_id": "T-1", "amount": "99.90", "currency": "sar",
		"description": "d", "buyer_name": "n", "buyer_email": "e@example.test", "buyer_phone": "0512345678",
		"phone_number": "+966512345678", "lang": "en", "metadata": {"k": "v", "": "x"},
		"payment_type": "pay_by_later", "store_code": "s1", "locale": "en_US", "zeta_plan": "gold", "lucky": 7,
		"items": [{"name": "a", "quantity": 2, "unit_price": 50.00, "sku": "s", "category": "c", "image_url": "i", "product_url": "p",
		           "discount_amount": "0.10", "tax_amount": 0, "weight": 3}]
	}`, "zeta_plan", "phone_number")
	require.NoError(t, err)
	assert.Equal(t, paylinks.CreateRequest{
		Provider: "tamara", OrgAppID: "shop", OrderID: "T-1", Amount: "99.90", Currency: "sar", Description: "d", BuyerName: "n",
		BuyerEmail: "e@example.test", BuyerPhone: "0512345678", PhoneNumber: "+966512345678", Lang: "en",
		Metadata: map[string]string{"k": "v", "": "x"},
		Options:  map[string]string{"payment_type": "pay_by_later", "store_code": "s1", "locale": "en_US", "zeta_plan": "gold"},
		Items: []paylinks.ItemRequest{{
			Name: "a", Quantity: 2, UnitPrice: "50.00", SKU: "s", Category: "c", ImageURL: "i", ProductURL: "p", DiscountAmount: "0.10", TaxAmount: "0",
		}},
	}, req)
	assert.Equal(t, []string{`unknown field "lucky" was ignored`}, warnings)
}

func TestDecodeCreateTakesNullForAbsent(t *testing.T) {
	t.Parallel()
	req, warnings, err := decode(t, `{"provider":null,"amount":null,"items":null,"metadata":null,"locale":null}`)
	require.NoError(t, err)
	assert.Equal(t, paylinks.CreateRequest{}, req)
	assert.Empty(t, warnings)
}

// An amount is text from the first byte to the last: no digit is lost that a float would lose.
func TestAmountsAreNeverFloats(t *testing.T) {
	t.Parallel()
	for wire, want := range map[string]string{
		`"150.00"`: "150.00", `150.00`: "150.00", `150`: "150", `0.1`: "0.1",
		`900719925474099.301`: "900719925474099.301", `123456789012345678901234567890.123456789`: "123456789012345678901234567890.123456789",
	} {
		req, _, err := decode(t, `{"amount":`+wire+`}`)
		require.NoError(t, err, wire)
		assert.Equal(t, want, req.Amount, wire)
	}
}

func TestDecodeCreateNamesWrongFields(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]paylinks.FieldError{
		`{"order_id":7}`:                                   {Field: "order_id", Code: "invalid_type", Message: "order_id must be a string"},
		`{"provider":["tabby"]}`:                           {Field: "provider", Code: "invalid_type", Message: "provider must be a string"},
		`{"lang":true}`:                                    {Field: "lang", Code: "invalid_type", Message: "lang must be a string"},
		`{"locale":{}}`:                                    {Field: "locale", Code: "invalid_type", Message: "locale must be a string"},
		`{"description":"a\u0000b"}`:                       {Field: "description", Code: "invalid", Message: "description must not contain the character U+0000"},
		`{"amount":1e2}`:                                   {Field: "amount", Code: "invalid", Message: `amount must be a plain decimal number such as "150.00"`},
		`{"amount":1E-2}`:                                  {Field: "amount", Code: "invalid", Message: `amount must be a plain decimal number such as "150.00"`},
		`{"amount":-5}`:                                    {Field: "amount", Code: "invalid", Message: `amount must be a plain decimal number such as "150.00"`},
		`{"amount":""}`:                                    {Field: "amount", Code: "invalid", Message: `amount must be a plain decimal number such as "150.00"`},
		`{"amount":true}`:                                  {Field: "amount", Code: "invalid_type", Message: "amount must be a string or a number"},
		`{"amount":{"value":1}}`:                           {Field: "amount", Code: "invalid_type", Message: "amount must be a string or a number"},
		`{"metadata":{"till":4}}`:                          {Field: "metadata.till", Code: "invalid_type", Message: "metadata.till must be a string"},
		`{"metadata":{"till":null}}`:                       {Field: "metadata.till", Code: "invalid_type", Message: "metadata.till must be a string"},
		`{"metadata":{"a\u0000":"b"}}`:                     {Field: "metadata", Code: "invalid", Message: "metadata must not have the character U+0000 in a key"},
		`{"metadata":["a"]}`:                               {Field: "metadata", Code: "invalid_type", Message: "metadata must be an object of strings"},
		`{"items":{}}`:                                     {Field: "items", Code: "invalid_type", Message: "items must be an array of objects"},
		`{"items":[null]}`:                                 {Field: "items[0]", Code: "invalid_type", Message: "items[0] must be an object"},
		`{"items":[{},"x"]}`:                               {Field: "items[1]", Code: "invalid_type", Message: "items[1] must be an object"},
		`{"items":[{"quantity":"2"}]}`:                     {Field: "items[0].quantity", Code: "invalid_type", Message: "items[0].quantity must be a whole number"},
		`{"items":[{"quantity":1.5}]}`:                     {Field: "items[0].quantity", Code: "invalid", Message: "items[0].quantity must be a whole number"},
		`{"items":[{"quantity":1e3}]}`:                     {Field: "items[0].quantity", Code: "invalid", Message: "items[0].quantity must be a whole number"},
		`{"items":[{},{"quantity":99999999999999999999}]}`: {Field: "items[1].quantity", Code: "invalid", Message: "items[1].quantity must be a whole number"},
		`{"items":[{"unit_price":[1]}]}`:                   {Field: "items[0].unit_price", Code: "invalid_type", Message: "items[0].unit_price must be a string or a number"},
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			_, _, err := decode(t, body)
			var failure *paylinks.Error
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, paylinks.CodeValidationFailed, failure.Code)
			assert.Equal(t, paylinks.NotApplied, failure.Outcome)
			assert.Equal(t, []paylinks.FieldError{want}, failure.Fields)
			assert.Equal(t, want.Message, failure.Message)
		})
	}
}

func TestDecodeCreateNamesAllWrongFieldsAtOnce(t *testing.T) {
	t.Parallel()
	_, _, err := decode(t, `{"provider":1,"amount":false,"items":[{"sku":2}],"store_code":3}`)
	var failure *paylinks.Error
	require.ErrorAs(t, err, &failure)
	var names []string
	for _, field := range failure.Fields {
		names = append(names, field.Field)
	}
	assert.Equal(t, []string{"provider", "amount", "items[0].sku", "store_code"}, names)
}

func TestWarningsAreBounded(t *testing.T) {
	t.Parallel()
	fields := []string{fmt.Sprintf(`"%s":1`, strings.Repeat("x", 300))}
	for i := range 30 {
		fields = append(fields, fmt.Sprintf(`"a%02d":1`, i))
	}
	_, warnings, err := decode(t, "{"+strings.Join(fields, ",")+"}")
	require.NoError(t, err)
	require.Len(t, warnings, 21)
	assert.Equal(t, `unknown field "a00" was ignored`, warnings[0])
	assert.Equal(t, "11 more unknown fields were ignored", warnings[20])

	_, warnings, err = decode(t, "{"+fields[0]+"}")
	require.NoError(t, err)
	assert.Equal(t, []string{fmt.Sprintf("unknown field %q was ignored", strings.Repeat("x", 64)+"…")}, warnings)
}

// A field's name is exact: another case is another, unknown field.
func TestFieldNamesAreExact(t *testing.T) {
	t.Parallel()
	req, warnings, err := decode(t, `{"Amount":"1.00"}`)
	require.NoError(t, err)
	assert.Empty(t, req.Amount)
	assert.Equal(t, []string{`unknown field "Amount" was ignored`}, warnings)
}

func TestEncodeCreateIsReadBack(t *testing.T) {
	t.Parallel()
	for name, req := range map[string]paylinks.CreateRequest{
		"empty": {},
		"full": {
			Provider: "tamara", OrgAppID: "shop", OrderID: "T-1", Amount: "99.90", Currency: "SAR", Description: "d <&>", BuyerName: "نورة",
			BuyerEmail: "e@example.test", BuyerPhone: "0512345678", PhoneNumber: "+966512345678", Lang: "en",
			Metadata: map[string]string{"k": "v"}, Options: map[string]string{"payment_type": "pay_by_later"},
			Items: []paylinks.ItemRequest{{Name: "a", Quantity: 2, UnitPrice: "50.00", SKU: "s", Category: "c", ImageURL: "i", ProductURL: "p", DiscountAmount: "0.10", TaxAmount: "0.00"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			encoded, err := wire.EncodeCreate(req)
			require.NoError(t, err)
			back, warnings, err := decode(t, string(encoded))
			require.NoError(t, err)
			assert.Equal(t, req, back)
			assert.Empty(t, warnings)
		})
	}
	wire, err := wire.EncodeCreate(paylinks.CreateRequest{IdempotencyKey: "in-a-header"})
	require.NoError(t, err)
	assert.JSONEq(t, `{}`, string(wire))
}

func TestDecodeOperations(t *testing.T) {
	t.Parallel()
	body, err := wire.ParseBody([]byte(`{"amount":10.50,"reference_id":"r","reason":"broken","amonut":1}`))
	require.NoError(t, err)

	capture, warnings, err := wire.DecodeCapture(body)
	require.NoError(t, err)
	assert.Equal(t, paylinks.CaptureRequest{Amount: "10.50", ReferenceID: "r"}, capture)
	assert.Equal(t, []string{`unknown field "amonut" was ignored`, `unknown field "reason" was ignored`}, warnings)

	refund, warnings, err := wire.DecodeRefund(body)
	require.NoError(t, err)
	assert.Equal(t, paylinks.RefundRequest{Amount: "10.50", ReferenceID: "r", Reason: "broken"}, refund)
	assert.Equal(t, []string{`unknown field "amonut" was ignored`}, warnings)

	for _, nothing := range []string{"", "  ", "{}", "null"} {
		body, err := wire.ParseBody([]byte(nothing))
		if nothing == "null" {
			require.ErrorIs(t, err, paylinks.CodeInvalidJSON)
			continue
		}
		require.NoError(t, err)
		capture, warnings, err := wire.DecodeCapture(body)
		require.NoError(t, err)
		assert.Equal(t, paylinks.CaptureRequest{}, capture)
		assert.Empty(t, warnings)
	}

	// An empty amount might mean "all" or "nothing": money isn't guessed.
	for _, wrong := range []string{`{"amount":""}`, `{"amount":1e1}`, `{"reference_id":5}`} {
		body, err := wire.ParseBody([]byte(wrong))
		require.NoError(t, err)
		_, _, err = wire.DecodeCapture(body)
		require.ErrorIs(t, err, paylinks.CodeValidationFailed, wrong)
		_, _, err = wire.DecodeRefund(body)
		require.ErrorIs(t, err, paylinks.CodeValidationFailed, wrong)
	}
}

// Whatever arrives is read or refused in the contract's words, and what is read is exact.
func FuzzDecodeCreate(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `{"amount":1.10,"items":[{"quantity":1}]}`, `{"a":{"a":[{"a":1}]}}`, `{"a":1,"a":2}`, `{"metadata":{"a":"b"}}`, "{\"a\":\"\xff\"}", `[[[[`, `{"amount":"\u0000"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		body, err := wire.ParseBody(data)
		if err != nil {
			require.ErrorIs(t, err, paylinks.CodeInvalidJSON)
			return
		}
		require.True(t, json.Valid(body.Canonical()))
		again, err := wire.ParseBody(body.Canonical())
		require.NoError(t, err)
		require.Equal(t, body.Canonical(), again.Canonical())

		req, _, err := wire.DecodeCreate(body)
		if err != nil {
			var failure *paylinks.Error
			require.ErrorAs(t, err, &failure)
			require.Equal(t, paylinks.CodeValidationFailed, failure.Code)
			require.NotEmpty(t, failure.Fields)
			return
		}
		encoded, err := wire.EncodeCreate(req)
		require.NoError(t, err)
		back, err := wire.ParseBody(encoded)
		require.NoError(t, err)
		_, _, err = wire.DecodeCreate(back)
		require.NoError(t, err)
	})
}
