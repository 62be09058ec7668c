package tamara_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/paylinks/paylinks-go/internal/goldentest"
	"github.com/paylinks/paylinks-go/internal/jsontest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara"
)

const (
	smsPath    = "/checkout/in-store-session"
	qrPath     = "/checkout/in-store"
	onlinePath = "/checkout"
	payPage    = "https://checkout-sandbox.tamara.co/checkout/" + checkoutID + "?locale=en_US&orderId=" + orderID
)

func fullInput(t *testing.T) paylinks.CreateInput {
	t.Helper()
	return paylinks.CreateInput{
		Reference: "op-1", PaylinkID: "link-1", OrderID: "ORDER-7", Amount: money(t, "250.00", paylinks.SAR),
		Description: "Till 4 & café <counter>",
		Buyer:       paylinks.Buyer{Name: "نورة سعد القحطاني", Email: "noura@shop.example", Phone: "+966500000001"},
		SendTo:      "+966544337866", Lang: "en",
		Items: []paylinks.Item{
			{
				Name: "Oud perfume", Quantity: 2, UnitPrice: money(t, "100", paylinks.SAR), SKU: "OUD-50", Category: "Perfume",
				ImageURL: "https://shop.example/oud.png?w=80&h=80", ProductURL: "https://shop.example/oud",
				Discount: money(t, "10", paylinks.SAR), Tax: money(t, "30", paylinks.SAR),
			},
			{Name: "Gift box", Quantity: 1, UnitPrice: money(t, "30", paylinks.SAR)},
		},
		Options:   map[string]string{"payment_type": "pay_by_later", "store_code": "Branch A"},
		ReturnURL: "https://pay.example/api/v1/providers/callbacks/tamara/tamara-main",
		NotifyURL: "https://pay.example/api/v1/providers/webhooks/tamara/tamara-main",
	}
}

func minimalInput(t *testing.T, currency paylinks.Currency) paylinks.CreateInput {
	t.Helper()
	amount := money(t, "12.5", currency)
	return paylinks.CreateInput{
		Reference: "op-2", PaylinkID: "link-2", OrderID: "ORDER-8", Amount: amount, SendTo: "+97336001234",
		Buyer: paylinks.Buyer{Name: "Ali", Email: "ali@shop.example", Phone: "+97336001234"},
		Items: []paylinks.Item{{Name: "ORDER-8", Quantity: 1, UnitPrice: amount}}, ReturnURL: "https://pay.example/back",
	}
}

// answer to a checkout, in the form of a shop's and of the online one's.
func session(t *testing.T, replace map[string]any) string {
	t.Helper()
	return jsontest.Replaced(t, map[string]any{"order_id": orderID, "checkout_id": checkoutID, "checkout_deeplink": payPage}, replace)
}

// The bodies of the three ways to make a link, byte by byte, with two decimals and with three.
func TestCreateOnTheWire(t *testing.T) {
	t.Parallel()
	for _, flow := range []struct {
		name, path string
		config     func(*tamara.Config)
		device     string
	}{
		{"sms", smsPath, func(*tamara.Config) {}, ""},
		{"qr", qrPath, qr, "4711"},
		{"online", onlinePath, online, ""},
	} {
		for name, in := range map[string]paylinks.CreateInput{
			"sar": fullInput(t), "bhd": minimalInput(t, paylinks.BHD), "kwd": minimalInput(t, paylinks.KWD),
		} {
			t.Run(flow.name+" "+name, func(t *testing.T) {
				t.Parallel()
				e := newExchange(t, flow.config)
				e.Answer(http.MethodPost, sandbox+flow.path, 200, session(t, nil))
				got, err := e.Create(t.Context(), in)
				require.NoError(t, err)
				goldentest.Body(t, "create_"+flow.name+"_"+name+".json", e.Bodies[0])
				assert.Equal(t, "application/json", e.Sent[0].Header.Get("Content-Type"))
				assert.Equal(t, flow.device, e.Sent[0].Header.Get("X-Device-Id"))
				assert.Equal(t, "Bearer "+testToken, e.Sent[0].Header.Get("Authorization"))
				assert.Equal(t, paylinks.StatusCreated, got.Status)
			})
		}
	}
}

func TestANewLink(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		flow     tamara.Flow
		path     string
		delivery paylinks.Delivery
	}{
		{tamara.FlowSMS, smsPath, paylinks.DeliverySMS},
		{tamara.FlowQR, qrPath, paylinks.DeliveryQR},
		{tamara.FlowOnline, onlinePath, paylinks.DeliveryQR},
	} {
		t.Run(string(tt.flow), func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, func(c *tamara.Config) { c.Flow, c.DeviceID = tt.flow, "4711" })
			e.Answer(http.MethodPost, sandbox+tt.path, 200, session(t, nil))
			got, err := e.Create(t.Context(), fullInput(t))
			require.NoError(t, err)
			assert.Equal(t, paylinks.Ref{Reference: "op-1", OrderID: "ORDER-7", SessionID: checkoutID, PaymentID: orderID, Flow: string(tt.flow)}, got.Ref)
			assert.Equal(t, "new", got.ProviderStatus)
			assert.Equal(t, payPage, got.CheckoutURL)
			assert.Equal(t, tt.delivery, got.Delivery)
			assert.Zero(t, got.ExpiresAt, "the answer has no time to count from")
			assert.JSONEq(t, session(t, nil), string(got.Raw))
		})
	}
}

// The link's member has two names, can be missing, and is documented as a placeholder.
func TestTheLinkOfANewSession(t *testing.T) {
	t.Parallel()
	const app = "tamara://pay/" + checkoutID
	for name, tt := range map[string]struct {
		replace map[string]any
		flow    tamara.Flow
		url     string
		wrong   bool
	}{
		"checkout_deeplink":          {nil, tamara.FlowSMS, payPage, false},
		"checkout_url":               {map[string]any{"checkout_deeplink": nil, "checkout_url": payPage}, tamara.FlowSMS, payPage, false},
		"missing":                    {map[string]any{"checkout_deeplink": nil}, tamara.FlowSMS, "", false},
		"null":                       {map[string]any{"checkout_deeplink": json.RawMessage("null")}, tamara.FlowSMS, "", false},
		"the documents' own example": {map[string]any{"checkout_deeplink": "<URL>"}, tamara.FlowSMS, "", false},
		"no text":                    {map[string]any{"checkout_deeplink": []any{}}, tamara.FlowSMS, "", false},
		"script":                     {map[string]any{"checkout_deeplink": "javascript://a.example/%0aalert(1)"}, tamara.FlowQR, "", true},
		"of the app, by QR":          {map[string]any{"checkout_deeplink": app}, tamara.FlowQR, app, false},
		"of the app, by SMS":         {map[string]any{"checkout_deeplink": app}, tamara.FlowSMS, "", false},
		"missing, by QR":             {map[string]any{"checkout_deeplink": nil}, tamara.FlowQR, "", true},
		"missing, online":            {map[string]any{"checkout_deeplink": nil}, tamara.FlowOnline, "", true},
		"declined at once":           {map[string]any{"checkout_deeplink": nil, "status": "declined"}, tamara.FlowOnline, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, func(c *tamara.Config) { c.Flow, c.DeviceID = tt.flow, "4711" })
			path := map[tamara.Flow]string{tamara.FlowSMS: smsPath, tamara.FlowQR: qrPath, tamara.FlowOnline: onlinePath}[tt.flow]
			e.Answer(http.MethodPost, sandbox+path, 200, session(t, tt.replace))
			got, err := e.Create(t.Context(), fullInput(t))
			if tt.wrong {
				assert.Equal(t, paylinks.OutcomeUnknown, providerError(t, err).Outcome, "there's an order all the same")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.url, got.CheckoutURL)
		})
	}
}

func TestAnAnswerWithoutIDsIsNoLink(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"no order":        session(t, map[string]any{"order_id": nil}),
		"no checkout":     session(t, map[string]any{"checkout_id": nil}),
		"an id of no use": session(t, map[string]any{"order_id": "../webhooks"}),
		"a number":        session(t, map[string]any{"order_id": 4711}),
		"no JSON":         `<html>welcome</html>`,
		"nothing":         ``,
		"a list":          `[]`,
		"null":            `null`,
		"cut short":       session(t, nil)[:80],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodPost, sandbox+smsPath, 200, body)
			_, err := e.Create(t.Context(), fullInput(t))
			refused(t, err, paylinks.Unreachable, paylinks.OutcomeUnknown)
		})
	}
}

// A refused buyer is a fact about the link. Anything else is an error.
func TestARefusedBuyer(t *testing.T) {
	t.Parallel()
	for code, buyer := range map[string]bool{
		"total_amount_invalid_limit": true, "total_amount_invalid_limit_24hrs_gmv": true, "consumer_invalid_phone_number": true,
		"invalid_phone_number": true, "shipping_address_invalid_phone_number": true, "consumer_invalid_email": true, "consumer_empty_email": true,
		"not_supported_country_currency": false, "total_amount_invalid_currency": false, "currency_unsupported": false, "something_new": false,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodPost, sandbox+smsPath, 400, apiError(code, "[]"))
			got, err := e.Create(t.Context(), fullInput(t))
			if !buyer {
				assert.Equal(t, code, providerError(t, err).Code)
				assert.Equal(t, paylinks.RefusedRequest, providerError(t, err).Refusal)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, paylinks.Snapshot{Status: paylinks.StatusRejected, ProviderStatus: code, Reason: code}, got)
		})
	}
}

// sent is what goes out for an input.
func sent(t *testing.T, in paylinks.CreateInput, change ...func(*tamara.Config)) map[string]any {
	t.Helper()
	e := newExchange(t, change...)
	for _, path := range []string{smsPath, qrPath, onlinePath} {
		e.Answer(http.MethodPost, sandbox+path, 200, session(t, nil))
	}
	_, err := e.Create(t.Context(), in)
	require.NoError(t, err)
	var body map[string]any
	require.NoError(t, json.Unmarshal(e.Bodies[0], &body))
	return body
}

func TestLocale(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ option, lang, want string }{
		{"", "", "ar_SA"},
		{"", "ar", "ar_SA"},
		{"", "en", "en_US"},
		{"en_US", "ar", "en_US"},
		{"ar_SA", "en", "ar_SA"},
		{"en-US", "", "en_US"},
		{"EN", "", "en_US"},
		{" en_GB ", "", "en_US"},
		{"fr_FR", "en", "ar_SA"},
	} {
		in := fullInput(t)
		in.Lang, in.Options = tt.lang, map[string]string{"locale": tt.option}
		assert.Equal(t, tt.want, sent(t, in)["locale"], "%+v", tt)
	}
}

func TestPaymentTypeGoesOutInCapitals(t *testing.T) {
	t.Parallel()
	for option, want := range map[string]any{
		"": nil, "pay_by_instalments": "PAY_BY_INSTALMENTS", "pay_by_later": "PAY_BY_LATER", "Pay_Now": "PAY_NOW", "PAY_BY_FINANCE": "PAY_BY_FINANCE",
	} {
		in := fullInput(t)
		in.Options = map[string]string{"payment_type": option}
		assert.Equal(t, want, sent(t, in)["payment_type"], "Tamara's own default is PAY_BY_INSTALMENTS")
		assert.Equal(t, want, sent(t, in, online)["payment_type"])
	}
}

func TestStoreCode(t *testing.T) {
	t.Parallel()
	branch := func(c *tamara.Config) { c.StoreCode = "HQ" }
	in := fullInput(t)
	assert.Equal(t, map[string]any{"store_code": "Branch A"}, sent(t, in, branch)["additional_data"])
	in.Options = nil
	assert.Equal(t, map[string]any{"store_code": "HQ"}, sent(t, in, branch)["additional_data"])
	assert.NotContains(t, sent(t, in), "additional_data", "Tamara wants a store code in it, or none of it")
}

func TestExpiryHasTwoNames(t *testing.T) {
	t.Parallel()
	in, hour := fullInput(t), func(c *tamara.Config) { c.ExpiryMinutes = 60 }
	assert.NotContains(t, sent(t, in), "expiry_time")
	assert.NotContains(t, sent(t, in, online), "expires_in_minutes")
	assert.EqualValues(t, 60, sent(t, in, hour)["expiry_time"])
	assert.EqualValues(t, 60, sent(t, in, hour, online)["expires_in_minutes"])
}

func TestPhonesAreInternationalDigits(t *testing.T) {
	t.Parallel()
	in := fullInput(t)
	assert.Equal(t, "966544337866", sent(t, in)["phone_number"], "where the SMS goes")
	in.SendTo = ""
	assert.Equal(t, "966500000001", sent(t, in)["phone_number"])
	consumer, ok := sent(t, in, online)["consumer"].(map[string]any)
	require.True(t, ok)
	assert.Equal(t, "966500000001", consumer["phone_number"])
	assert.NotContains(t, sent(t, in, qr), "phone_number")
}

func TestTextsAreCutToWhatTamaraTakes(t *testing.T) {
	t.Parallel()
	in := fullInput(t)
	in.Description = strings.Repeat("و", 300)
	in.Items[0].Name, in.Items[0].SKU = strings.Repeat("é", 300), strings.Repeat("x", 129)
	in.Items[0].ImageURL = "https://shop.example/" + strings.Repeat("x", 1024)
	body := sent(t, in, online)
	text, ok := body["description"].(string)
	require.True(t, ok)
	assert.Equal(t, 256, utf8.RuneCountInString(text))
	items, ok := body["items"].([]any)
	require.True(t, ok)
	first, ok := items[0].(map[string]any)
	require.True(t, ok)
	name, ok := first["name"].(string)
	require.True(t, ok)
	assert.Equal(t, 255, utf8.RuneCountInString(name))
	assert.Equal(t, "item-1", first["sku"], "an SKU that is cut would be another one")
	assert.Equal(t, "item-1", first["reference_id"])
	assert.NotContains(t, first, "image_url")
}

// Each line's total is quantity × unit price − discount + tax, and they add up to the order's.
func TestItemsAddUp(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answer(http.MethodPost, sandbox+smsPath, 200, session(t, nil))
	in := fullInput(t)
	_, err := e.Create(t.Context(), in)
	require.NoError(t, err)
	var body struct {
		Items []struct {
			Total struct {
				Amount json.Number `json:"amount"`
			} `json:"total_amount"`
		} `json:"items"`
	}
	require.NoError(t, json.Unmarshal(e.Bodies[0], &body))
	total := paylinks.Zero(paylinks.SAR)
	for _, item := range body.Items {
		total = total.Add(money(t, item.Total.Amount.String(), paylinks.SAR))
	}
	assert.Equal(t, in.Amount.String(), total.String())
}

func TestWhatTheOnlineCheckoutDemands(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*paylinks.CreateInput){
		"buyer_name":  func(in *paylinks.CreateInput) { in.Buyer.Name = "  " },
		"buyer_email": func(in *paylinks.CreateInput) { in.Buyer.Email = "" },
		"buyer_phone": func(in *paylinks.CreateInput) { in.Buyer.Phone, in.SendTo = "", "" },
		"return":      func(in *paylinks.CreateInput) { in.ReturnURL = "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := fullInput(t)
			change(&in)
			e := newExchange(t, online)
			_, err := e.Create(t.Context(), in)
			got := refused(t, err, paylinks.RefusedRequest, paylinks.NotApplied)
			assert.Contains(t, got.Message, name)
			assert.Zero(t, e.Mock.GetTotalCallCount())
		})
	}
}

func TestOnlineCheckoutTakesLongAndForeignTexts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("قهوة ", 100), `<b>"Tea" & \ sugar</b>`, "one\ntwo\tthree", "😀"} {
		in := fullInput(t)
		in.Description, in.Buyer.Name, in.Items[0].Name = text, text, text
		body := sent(t, in, online)
		consumer, ok := body["consumer"].(map[string]any)
		require.True(t, ok)
		assert.NotEmpty(t, consumer["first_name"])
		assert.NotEmpty(t, consumer["last_name"])
		assert.True(t, strings.HasPrefix(text, body["description"].(string)))
	}
}
