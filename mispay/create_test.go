package mispay_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/paylinks/paylinks-go/internal/goldentest"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/paylinks"
)

func fullInput(tb testing.TB) paylinks.CreateInput {
	tb.Helper()
	return paylinks.CreateInput{
		Reference: reference, PaylinkID: "link-1", OrderID: "POS-77", Amount: sar(tb, "247.25"),
		Description: "Till 4 & café <counter>",
		Buyer:       paylinks.Buyer{Name: "نورة القحطاني", Email: "noura@shop.example", Phone: "+966512345678"},
		Lang:        "en",
		Items: []paylinks.Item{
			{Name: "Desk lamp & bulb", Quantity: 2, UnitPrice: sar(tb, "100"), SKU: "LAMP", Discount: sar(tb, "10.50"), Tax: sar(tb, "28.43")},
			{Name: "مصباح", Quantity: 3, UnitPrice: sar(tb, "8.33"), Discount: sar(tb, "0"), Tax: sar(tb, "4.33")},
		},
		ReturnURL: "https://pay.example/api/v1/providers/callbacks/mispay/mispay-main",
		NotifyURL: "https://pay.example/api/v1/providers/webhooks/mispay/mispay-main",
	}
}

func minimalInput(tb testing.TB) paylinks.CreateInput {
	tb.Helper()
	return paylinks.CreateInput{
		Reference: reference, PaylinkID: "link-2", OrderID: "POS-78", Amount: sar(tb, "200"),
		Items: []paylinks.Item{{Name: "Order POS-78", Quantity: 1, UnitPrice: sar(tb, "200"), Discount: paylinks.Zero(paylinks.SAR), Tax: paylinks.Zero(paylinks.SAR)}},
	}
}

func TestCreateSendsEveryAmountAsAStringWithTwoDecimals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		golden string
		in     paylinks.CreateInput
		change func(*mispay.Config)
	}{
		{"create_discount_tax.json", fullInput(t), func(*mispay.Config) {}},
		{"create_minimal.json", minimalInput(t), func(*mispay.Config) {}},
		{"create_numbers.json", fullInput(t), func(c *mispay.Config) { c.AmountsAsNumbers = true }},
		{"create_callback_uri.json", fullInput(t), func(c *mispay.Config) { c.SendCallbackURI = true }},
		{"create_extra.json", minimalInput(t), func(c *mispay.Config) {
			c.CheckoutExtra = map[string]any{"shippingDetails": map[string]any{"city": "Riyadh"}, "purchaseAmount": "1.00"}
		}},
		{"create_v1_1.json", fullInput(t), func(c *mispay.Config) { c.Version = mispay.V11 }},
		{"create_v1_1_callback_uri.json", minimalInput(t), func(c *mispay.Config) {
			c.Version, c.SendCallbackURI, c.Lang = mispay.V11, true, "en"
		}},
		{"create_v1_1_with_callback_uri.json", fullInput(t), func(c *mispay.Config) { c.Version, c.SendCallbackURI = mispay.V11, true }},
	} {
		t.Run(tt.golden, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, tt.change)
			e.Answer(http.MethodPost, "/start-checkout", 201, started)
			_, err := e.Create(t.Context(), tt.in)
			require.NoError(t, err)
			goldentest.Body(t, tt.golden, e.Bodies[0])
		})
	}
}

func TestCreateReadsTheNewLink(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusCreated, http.StatusOK} {
		e := newExchange(t)
		e.Answer(http.MethodPost, "/start-checkout", status, "\n "+started+" \n")
		got, err := e.Create(t.Context(), fullInput(t))
		require.NoError(t, err)
		assert.Equal(t, paylinks.Snapshot{
			Ref:         paylinks.Ref{SessionID: trackID},
			Status:      paylinks.StatusCreated,
			CheckoutURL: "https://pay.mispay.example/s/0f3b",
			Raw:         json.RawMessage(started),
		}, got, "no status, expiry or picture: MisPay gives none")
	}
}

func TestANewLinkWithoutItsIDOrPageMayHaveBeenMade(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"no url":        `{"status":"success","result":{"trackId":"t1"}}`,
		"no trackId":    `{"status":"success","result":{"url":"https://a.example/","id":"t1"}}`,
		"odd trackId":   `{"status":"success","result":{"url":"https://a.example/","trackId":"../x"}}`,
		"http":          `{"status":"success","result":{"url":"http://a.example/","trackId":"t1"}}`,
		"a script":      `{"status":"success","result":{"url":"javascript:alert(1)","trackId":"t1"}}`,
		"no host":       `{"status":"success","result":{"url":"https:///x","trackId":"t1"}}`,
		"no result":     `{"status":"success"}`,
		"a text":        `{"status":"success","result":"ok"}`,
		"no success":    `{"status":"ok","result":{"url":"https://a.example/","trackId":"t1"}}`,
		"empty":         ``,
		"a page":        `<html>Just a moment</html>`,
		"another shape": `["success"]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodPost, "/start-checkout", 201, body)
			_, err := e.Create(t.Context(), fullInput(t))
			refused(t, err, paylinks.Unreachable, paylinks.OutcomeUnknown)
			assert.Len(t, e.Sent, 1, "it's never made twice")
		})
	}
}

func TestAStandInReachedByHTTPMayHaveItsPageThereToo(t *testing.T) {
	t.Parallel()
	e := newExchange(t, func(c *mispay.Config) { c.Environment, c.BaseURL = "", "http://127.0.0.1:9/v1/api" })
	e.giveTokens(t, "http://127.0.0.1:9/v1/api")
	e.Mock.RegisterResponder(http.MethodPost, "http://127.0.0.1:9/v1/api/start-checkout",
		says(201, `{"status":"success","result":{"url":"http://127.0.0.1:9/pay/t1","trackId":"t1"}}`).Respond)
	got, err := e.Create(t.Context(), fullInput(t))
	require.NoError(t, err)
	assert.Equal(t, "http://127.0.0.1:9/pay/t1", got.CheckoutURL)
}

func TestPhonesAreSaudiMobiles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		phone paylinks.Phone
		allow bool
		sent  string
		ok    bool
	}{
		{"+966512345678", false, "966512345678", true},
		{"", false, "", true},
		{"+966112345678", false, "", false}, // a landline
		{"+971501234567", false, "", false},
		{"+9665123456789", false, "", false},
		{"+971501234567", true, "", true},
		{"+966512345678", true, "966512345678", true},
	} {
		t.Run(string(tt.phone), func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, func(c *mispay.Config) { c.AllowEmptyPhone = tt.allow })
			e.Answer(http.MethodPost, "/start-checkout", 201, started)
			in := fullInput(t)
			in.Buyer.Phone = tt.phone
			_, err := e.Create(t.Context(), in)
			if !tt.ok {
				got := refused(t, err, paylinks.RefusedBuyer, paylinks.NotApplied)
				assert.Equal(t, "phone_not_saudi", got.Reason)
				assert.NotContains(t, got.Error(), string(tt.phone))
				assert.Zero(t, e.tokens+len(e.Sent), "MisPay isn't asked")
				return
			}
			require.NoError(t, err)
			var body struct{ CustomerDetails map[string]string }
			require.NoError(t, json.Unmarshal(e.Bodies[0], &body))
			number, present := body.CustomerDetails["mobileNumber"]
			assert.True(t, present)
			assert.Equal(t, tt.sent, number)
		})
	}
}

func TestAmountsOutsideTheConfiguredLimitsAreRefusedHere(t *testing.T) {
	t.Parallel()
	for amount, reason := range map[string]string{"49.99": "order_amount_too_low", "50": "", "5000.00": "", "5000.01": "order_amount_too_high"} {
		e := newExchange(t, func(c *mispay.Config) { c.MinAmount, c.MaxAmount = sar(t, "50"), sar(t, "5000") })
		e.Answer(http.MethodPost, "/start-checkout", 201, started)
		in := minimalInput(t)
		in.Amount, in.Items[0].UnitPrice = sar(t, amount), sar(t, amount)
		_, err := e.Create(t.Context(), in)
		if reason == "" {
			require.NoError(t, err, amount)
			continue
		}
		refused := providerError(t, err)
		assert.Equal(t, paylinks.RefusedBuyer, refused.Refusal)
		assert.Equal(t, reason, refused.Reason)
		assert.Empty(t, e.Sent)
	}
}

func TestAnOrderIDIsFreshSafeAndReadBack(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ merchants, reference, want string }{
		{"POS-77", reference, "POS-77_" + reference},
		{"POS 77/a_b", reference, "POS-77-a-b_" + reference},
		{"طلب", reference, "_" + reference},
		{"", reference, "_" + reference},
		{strings.Repeat("x", 300), reference, strings.Repeat("x", 27) + "_" + reference},
		{strings.Repeat("x", 300), "r_1", strings.Repeat("x", 27) + "_r_1"},
		{"POS-77", strings.Repeat("r", 62), "P_" + strings.Repeat("r", 62)},
	} {
		id, err := mispay.OrderID(tt.merchants, tt.reference)
		require.NoError(t, err)
		assert.Equal(t, tt.want, id)
		assert.LessOrEqual(t, len(id), 64)
		assert.Regexp(t, `^[A-Za-z0-9_-]+$`, id)
		assert.Equal(t, tt.reference, mispay.ReferenceOf(id))
	}
	for _, unfit := range []string{"", "a b", "a/b", strings.Repeat("r", 63), "ü"} {
		_, err := mispay.OrderID("POS-77", unfit)
		refused := providerError(t, err)
		assert.Equal(t, paylinks.NotApplied, refused.Outcome, unfit)
	}
	for _, foreign := range []string{"", "abc-123", "panel order", "x_", "x_a b", "x_../y"} {
		assert.Empty(t, mispay.ReferenceOf(foreign), "an order of another system has none of our references: %q", foreign)
	}
}

func TestTwoAttemptsAtOneOrderHaveTwoOrderIDs(t *testing.T) {
	t.Parallel()
	first, err := mispay.OrderID("POS-77", "attempt-1")
	require.NoError(t, err)
	second, err := mispay.OrderID("POS-77", "attempt-2")
	require.NoError(t, err)
	assert.NotEqual(t, first, second)
}

func TestTheSumIsExactForAnyItems(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answer(http.MethodPost, "/start-checkout", 201, started)
	rapid.Check(t, func(r *rapid.T) {
		in := minimalInput(t)
		in.Items, in.Amount = nil, paylinks.Zero(paylinks.SAR)
		for range rapid.IntRange(1, 6).Draw(r, "lines") {
			item := paylinks.Item{
				Name: "x", Quantity: rapid.Int64Range(1, 50).Draw(r, "quantity"),
				UnitPrice: halalas(t, rapid.Int64Range(1, 1_000_000).Draw(r, "price")), Tax: halalas(t, rapid.Int64Range(0, 100_000).Draw(r, "tax")),
			}
			line := item.UnitPrice.Times(item.Quantity)
			item.Discount = halalas(t, rapid.Int64Range(0, 100).Draw(r, "discount"))
			if item.Discount.Cmp(line) > 0 {
				item.Discount = line
			}
			in.Items = append(in.Items, item)
			in.Amount = in.Amount.Add(line).Add(item.Tax).Sub(item.Discount)
		}
		if in.Amount.IsZero() {
			r.Skip("nothing to pay")
		}
		if _, err := e.Create(t.Context(), in); err != nil {
			r.Fatal(err)
		}
		var body struct {
			TotalPrice, ShippingAmount, VAT, PurchaseAmount decimal.Decimal
			Discount                                        struct{ Amount decimal.Decimal }
		}
		if err := json.Unmarshal(e.Bodies[len(e.Bodies)-1], &body); err != nil {
			r.Fatal(err)
		}
		due := body.TotalPrice.Add(body.ShippingAmount).Add(body.VAT).Sub(body.Discount.Amount)
		if !due.Equal(body.PurchaseAmount) || body.PurchaseAmount.StringFixed(2) != in.Amount.String() {
			r.Fatalf("%s is not %s", due, body.PurchaseAmount)
		}
	})
	assert.EqualValues(t, 1, e.Keys(), "one key for all of them")
}

func halalas(tb testing.TB, n int64) paylinks.Money {
	tb.Helper()
	return sar(tb, decimal.New(n, -2).StringFixed(2))
}

func TestLongTextsAreCut(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answer(http.MethodPost, "/start-checkout", 201, started)
	in := minimalInput(t)
	in.OrderID = strings.Repeat("طلب", 40)
	in.Items[0].Name = strings.Repeat("مصباح ", 100)
	_, err := e.Create(t.Context(), in)
	require.NoError(t, err)
	var body struct {
		InvoiceID    *string
		OrderDetails struct {
			Items []struct{ NameEnglish string }
		}
	}
	require.NoError(t, json.Unmarshal(e.Bodies[0], &body))
	assert.Len(t, []rune(body.OrderDetails.Items[0].NameEnglish), 255)
	assert.Nil(t, body.InvoiceID, "a cut number would name another invoice")
}
