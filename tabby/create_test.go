package tabby_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/paylinks/paylinks-go/internal/goldentest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby"
)

func fullInput(t *testing.T) paylinks.CreateInput {
	t.Helper()
	return paylinks.CreateInput{
		Reference: "op-1", PaylinkID: "link-1", OrderID: "ORDER-7", Amount: money(t, "250.00", paylinks.SAR),
		Description: "Till 4 & café <counter>",
		Buyer:       paylinks.Buyer{Name: "نورة القحطاني", Email: "noura@shop.example", Phone: "+966500000001"},
		Lang:        "en",
		Items: []paylinks.Item{
			{
				Name: "Oud perfume", Quantity: 2, UnitPrice: money(t, "100", paylinks.SAR), SKU: "OUD-50", Category: "Perfume",
				ImageURL: "https://shop.example/oud.png?w=80&h=80", ProductURL: "https://shop.example/oud",
				Discount: money(t, "10", paylinks.SAR), Tax: money(t, "30", paylinks.SAR),
			},
			{Name: "Gift box", Quantity: 1, UnitPrice: money(t, "30", paylinks.SAR)},
		},
		ReturnURL: "https://pay.example/api/v1/providers/callbacks/tabby/tabby-main",
		NotifyURL: "https://pay.example/api/v1/providers/webhooks/tabby/tabby-main",
	}
}

func minimalInput(t *testing.T) paylinks.CreateInput {
	t.Helper()
	amount := money(t, "12.5", paylinks.KWD)
	return paylinks.CreateInput{
		Reference: "op-2", PaylinkID: "link-2", OrderID: "ORDER-8", Amount: amount,
		Items: []paylinks.Item{{Name: "ORDER-8", Quantity: 1, UnitPrice: amount}},
	}
}

func TestCreateSendsWhatIsKnownAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		golden, host string
		in           paylinks.CreateInput
	}{
		{"create_sar.json", saudi, fullInput(t)},
		{"create_kwd.json", other, minimalInput(t)},
	} {
		t.Run(tt.golden, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodPost, tt.host+"/api/v2/checkout", 200, session(t, nil))
			_, err := e.Create(t.Context(), tt.in)
			require.NoError(t, err)
			assert.Equal(t, "Bearer "+testKey, e.Sent[0].Header.Get("Authorization"))
			assert.Equal(t, "application/json", e.Sent[0].Header.Get("Content-Type"))
			goldentest.Body(t, tt.golden, e.Bodies[0])
		})
	}
}

func TestTextsAreCutAt255Characters(t *testing.T) {
	t.Parallel()
	const arabic = "عطر العود الملكي "
	long := strings.Repeat(arabic, 20)
	require.Greater(t, utf8.RuneCountInString(long), 255)
	in := fullInput(t)
	in.Description, in.Buyer.Name = long, long
	in.Items[0].Name, in.Items[0].Category = long, long
	in.Items[0].SKU = strings.Repeat("x", 256)
	in.Items[0].ImageURL = "https://shop.example/" + strings.Repeat("y", 256)
	in.Items[1].Name = strings.Repeat("ع", 255)

	e := newExchange(t)
	e.Answer(http.MethodPost, saudi+"/api/v2/checkout", 200, session(t, nil))
	_, err := e.Create(t.Context(), in)
	require.NoError(t, err)

	var sent struct {
		Payment struct {
			Description string
			Buyer       struct{ Name string }
			Order       struct{ Items []map[string]any }
		}
	}
	require.NoError(t, json.Unmarshal(e.Bodies[0], &sent))
	want := string([]rune(long)[:255])
	items := sent.Payment.Order.Items
	assert.Equal(t, want, sent.Payment.Description)
	assert.Equal(t, want, sent.Payment.Buyer.Name)
	assert.Equal(t, want, items[0]["title"])
	assert.Equal(t, want, items[0]["category"])
	assert.NotContains(t, items[0], "reference_id", "a cut SKU would name another product")
	assert.NotContains(t, items[0], "image_url", "a cut URL would lead elsewhere")
	assert.Equal(t, in.Items[1].Name, items[1]["title"], "255 characters of two bytes each are not too long")
}

func TestCreateReadsTheNewLink(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	body := session(t, nil)
	e.Answer(http.MethodPost, saudi+"/api/v2/checkout", 200, "\n "+body+" \n")
	got, err := e.Create(t.Context(), fullInput(t))
	require.NoError(t, err)
	assert.Equal(t, paylinks.Snapshot{
		Ref:            paylinks.Ref{Reference: "op-1", OrderID: "ORDER-7", SessionID: sessionID, PaymentID: paymentID},
		ProviderStatus: "created",
		Status:         paylinks.StatusCreated,
		Amount:         money(t, "250.00", paylinks.SAR),
		Captured:       paylinks.Zero(paylinks.SAR),
		Refunded:       paylinks.Zero(paylinks.SAR),
		CheckoutURL:    "https://checkout.tabby.sa/?sessionId=" + sessionID + "&lang=ara",
		QRCodeURL:      "https://api.tabby.sa/api/v2/checkout/" + sessionID + "/hpp_link_qr",
		ExpiresAt:      time.Date(2026, 3, 1, 9, 20, 0, 0, time.UTC),
		Raw:            json.RawMessage(body),
	}, normalAmounts(t, got))
}

// normalAmounts writes the amounts of a snapshot with their currency's decimals, so that "250" and "250.00" compare equal.
func normalAmounts(t *testing.T, s paylinks.Snapshot) paylinks.Snapshot {
	t.Helper()
	for _, m := range []*paylinks.Money{&s.Amount, &s.Captured, &s.Refunded} {
		switch {
		case m.IsZero():
			*m = paylinks.Zero(m.Currency())
		case m.IsSet():
			*m = money(t, m.String(), m.Currency())
		}
	}
	return s
}

func TestTheExpiryIsThePaymentsElseTheSessions(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		paymentExpiry any
		want          time.Time
	}{
		"payment":    {"2026-03-01T09:20:00Z", time.Date(2026, 3, 1, 9, 20, 0, 0, time.UTC)},
		"session":    {nil, time.Date(2026, 3, 1, 9, 20, 30, 0, time.UTC)},
		"unreadable": {"soon", time.Date(2026, 3, 1, 9, 20, 30, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodPost, saudi+"/api/v2/checkout", 200, session(t, map[string]any{
				"payment": json.RawMessage(payment(t, map[string]any{"expires_at": tt.paymentExpiry})),
			}))
			got, err := e.Create(t.Context(), fullInput(t))
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.ExpiresAt)
		})
	}
}

// A rejected session is HTTP 200, and its reason stands in one of two places.
func TestCreateReadsARefusedBuyer(t *testing.T) {
	t.Parallel()
	reason := func(word any) map[string]any {
		return map[string]any{"available_products": nil, "products": map[string]any{"installments": map[string]any{"rejection_reason": word}}}
	}
	for name, tt := range map[string]struct {
		replace map[string]any
		want    string
	}{
		"not available":             {map[string]any{"configuration": reason("not_available")}, "not_available"},
		"too high":                  {map[string]any{"configuration": reason("order_amount_too_high")}, "order_amount_too_high"},
		"too low":                   {map[string]any{"configuration": reason("order_amount_too_low")}, "order_amount_too_low"},
		"a new reason":              {map[string]any{"configuration": reason("buyer_on_holiday")}, "buyer_on_holiday"},
		"no reason":                 {map[string]any{"configuration": reason(nil)}, "not_available"},
		"the other place":           {map[string]any{"configuration": reason(nil), "rejection_reason_code": "order_amount_too_low"}, "order_amount_too_low"},
		"empty products":            {map[string]any{"configuration": map[string]any{"available_products": map[string]any{}}}, "not_available"},
		"no configuration":          {map[string]any{"configuration": nil}, "not_available"},
		"a payment of no use":       {map[string]any{"payment": map[string]any{"id": paymentID}, "configuration": reason("not_available")}, "not_available"},
		"an odd status of payment":  {map[string]any{"payment": json.RawMessage(payment(t, map[string]any{"status": "REJECTED"}))}, "not_available"},
		"capitals":                  {map[string]any{"status": "REJECTED"}, "not_available"},
		"a list where a map should": {map[string]any{"configuration": map[string]any{"products": []any{}}}, "not_available"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			replace := map[string]any{"status": "rejected"}
			for field, value := range tt.replace {
				replace[field] = value
			}
			e := newExchange(t)
			e.Answer(http.MethodPost, saudi+"/api/v2/checkout", 200, session(t, replace))
			got, err := e.Create(t.Context(), fullInput(t))
			require.NoError(t, err)
			assert.Equal(t, paylinks.StatusRejected, got.Status)
			assert.Equal(t, tt.want, got.Reason)
			assert.Equal(t, paymentID, got.Ref.PaymentID)
			assert.Empty(t, got.CheckoutURL)
			require.NotNil(t, got.Messages)
		})
	}
}

func TestTheRejectionWordingIsTabbys(t *testing.T) {
	t.Parallel()
	notAvailable := paylinks.Messages{
		EN: "Sorry, Tabby is unable to approve this purchase. Please use an alternative payment method for your order.",
		AR: "نأسف، تابي غير قادرة على الموافقة على هذه العملية. الرجاء استخدام طريقة دفع أخرى.",
	}
	for reason, want := range map[string]paylinks.Messages{
		"not_available":    notAvailable,
		"buyer_on_holiday": notAvailable,
		"order_amount_too_high": {
			EN: "This purchase is above your current spending limit with Tabby, try a smaller cart or use another payment method",
			AR: "قيمة الطلب تفوق الحد الأقصى المسموح به حاليًا مع تابي. يُرجى تخفيض قيمة السلة أو استخدام وسيلة دفع أخرى.",
		},
		"order_amount_too_low": {
			EN: "The purchase amount is below the minimum amount required to use Tabby, try adding more items or use another payment method",
			AR: "قيمة الطلب أقل من الحد الأدنى المطلوب لاستخدام خدمة تابي. يُرجى زيادة قيمة الطلب أو استخدام وسيلة دفع أخرى.",
		},
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodPost, saudi+"/api/v2/checkout", 200, session(t, map[string]any{
				"status": "rejected", "configuration": nil, "rejection_reason_code": reason,
			}))
			got, err := e.Create(t.Context(), fullInput(t))
			require.NoError(t, err)
			assert.Equal(t, &want, got.Messages)
		})
	}
	assert.Equal(t, &paylinks.Messages{
		EN: "You aborted the payment. Please retry or choose another payment method.",
		AR: "لقد ألغيت الدفعة. فضلاً حاول مجددًا أو اختر طريقة دفع أخرى.",
	}, tabby.CancelMessages())
}

func TestOtherWordsOfASession(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		word, payment string
		want          paylinks.Status
	}{
		{"expired", "EXPIRED", paylinks.StatusExpired},
		{"approved", "AUTHORIZED", paylinks.StatusAuthorized},
		{"approved", "CREATED", paylinks.StatusCreated},
		{"under_review", "CREATED", paylinks.StatusUnknown},
		{"", "CREATED", paylinks.StatusUnknown},
	} {
		t.Run(tt.word+" "+tt.payment, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodPost, saudi+"/api/v2/checkout", 200, session(t, map[string]any{
				"status": tt.word, "payment": json.RawMessage(payment(t, map[string]any{"status": tt.payment})),
			}))
			got, err := e.Create(t.Context(), fullInput(t))
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Status)
			assert.Equal(t, tt.word, got.ProviderStatus)
			assert.Equal(t, sessionID, got.Ref.SessionID)
		})
	}
}

// A session may have been made all the same: the buyer could be charged for it, so this is no failure.
func TestANewLinkThatCannotBeUsedHasAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	offer := func(url string) map[string]any {
		return map[string]any{"configuration": map[string]any{"available_products": map[string]any{"installments": []any{map[string]any{"web_url": url}}}}}
	}
	for name, body := range map[string]string{
		"no products":        session(t, map[string]any{"configuration": nil}),
		"products are null":  session(t, map[string]any{"configuration": map[string]any{"available_products": nil}}),
		"products are empty": session(t, map[string]any{"configuration": map[string]any{"available_products": map[string]any{}}}),
		"no installments":    session(t, map[string]any{"configuration": map[string]any{"available_products": map[string]any{"installments": []any{}}}}),
		"no page":            session(t, offer("")),
		"a page of no web":   session(t, offer("javascript:alert(1)")),
		"a path for a page":  session(t, offer("/pay")),
		"no session id":      session(t, map[string]any{"id": nil}),
		"no payment id":      session(t, map[string]any{"payment": json.RawMessage(payment(t, map[string]any{"id": nil}))}),
		"no payment":         session(t, map[string]any{"payment": nil}),
		"no JSON":            `<html>welcome</html>`,
		"nothing":            ``,
		"a list":             `[]`,
		"a string":           `"created"`,
		"null":               `null`,
		"cut short":          session(t, nil)[:200],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodPost, saudi+"/api/v2/checkout", 200, body)
			_, err := e.Create(t.Context(), fullInput(t))
			refused(t, err, paylinks.Unreachable, paylinks.OutcomeUnknown)
		})
	}
}

func TestReturnURLsKeepAQuery(t *testing.T) {
	t.Parallel()
	in := fullInput(t)
	in.ReturnURL = "https://pay.example/back?tenant=7"
	e := newExchange(t)
	e.Answer(http.MethodPost, saudi+"/api/v2/checkout", 200, session(t, nil))
	_, err := e.Create(t.Context(), in)
	require.NoError(t, err)
	assert.Contains(t, string(e.Bodies[0]), `"cancel":"https://pay.example/back?tenant=7&result=cancel"`)
}
