package tap_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap"
)

func TestStatuses(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]paylinks.PaymentStatus{
		"INITIATED":   paylinks.PaymentCreated,
		"IN_PROGRESS": paylinks.PaymentPending,
		"AUTHORIZED":  paylinks.PaymentAuthorized,
		"CAPTURED":    paylinks.PaymentCaptured,
		"ABANDONED":   paylinks.PaymentExpired,
		"CANCELLED":   paylinks.PaymentCancelled,
		"VOID":        paylinks.PaymentCancelled,
		"FAILED":      paylinks.PaymentFailed,
		"DECLINED":    paylinks.PaymentFailed,
		"RESTRICTED":  paylinks.PaymentFailed,
		"TIMEDOUT":    paylinks.PaymentFailed,
		"UNKNOWN":     paylinks.PaymentPending,
		"captured":    paylinks.PaymentCaptured,
		"SETTLED":     paylinks.PaymentUnknown,
		"":            paylinks.PaymentUnknown,
	} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			made := map[string]any{"created": "1767265200000"}
			got := one(t, row(map[string]any{"status": word, "transaction": made}))
			assert.Equal(t, want, got.Status)
			assert.Equal(t, word, got.ProviderStatus)
			assert.True(t, got.Refunded.IsZero())
			assert.Equal(t, want != paylinks.PaymentCaptured, got.Captured.IsZero())
		})
	}
}

// Response code 304 is a charge that nobody paid in time. Captured money is captured all the same.
func TestExpiredByItsCode(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]paylinks.PaymentStatus{
		"INITIATED": paylinks.PaymentExpired, "FAILED": paylinks.PaymentExpired, "NEW_WORD": paylinks.PaymentExpired,
		"CAPTURED": paylinks.PaymentCaptured,
	} {
		for _, code := range []any{"304", 304} {
			got := one(t, row(map[string]any{"status": word, "response": map[string]any{"code": code}}))
			assert.Equal(t, want, got.Status, word)
		}
	}
}

// Tap tells nobody that a charge's time to pay has passed: our clock does.
func TestExpiredByTheClock(t *testing.T) {
	t.Parallel()
	minutes := func(n any, unit string) map[string]any { return map[string]any{"period": n, "type": unit} }
	for name, tt := range map[string]struct {
		age    time.Duration
		word   string
		expiry any
		want   paylinks.PaymentStatus
	}{
		"within the default":           {29 * time.Minute, "INITIATED", nil, paylinks.PaymentCreated},
		"at the default":               {30 * time.Minute, "INITIATED", nil, paylinks.PaymentExpired},
		"within its own":               {59 * time.Minute, "INITIATED", minutes(60, "MINUTE"), paylinks.PaymentCreated},
		"after its own":                {5 * time.Minute, "INITIATED", minutes(5, "MINUTE"), paylinks.PaymentExpired},
		"as text":                      {5 * time.Minute, "INITIATED", minutes("5", "minute"), paylinks.PaymentExpired},
		"in a unit that isn't known":   {24 * time.Hour, "INITIATED", minutes(5, "FORTNIGHT"), paylinks.PaymentCreated},
		"a period that isn't a number": {24 * time.Hour, "INITIATED", minutes("x", "MINUTE"), paylinks.PaymentCreated},
		"a period without end":         {24 * time.Hour, "INITIATED", minutes(json.Number("99999999999"), "MINUTE"), paylinks.PaymentCreated},
		"in progress":                  {24 * time.Hour, "IN_PROGRESS", nil, paylinks.PaymentPending},
		"captured":                     {24 * time.Hour, "CAPTURED", nil, paylinks.PaymentCaptured},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made := time.UnixMilli(1767265200000)
			transaction := map[string]any{"created": "1767265200000"}
			if tt.expiry != nil {
				transaction["expiry"] = tt.expiry
			}
			got := one(t, row(map[string]any{"status": tt.word, "transaction": transaction}), func(c *tap.Config) {
				c.Now = func() time.Time { return made.Add(tt.age) }
			})
			assert.Equal(t, tt.want, got.Status)
		})
	}
}

func TestMethodsAndBrands(t *testing.T) {
	t.Parallel()
	type m = map[string]any
	for name, tt := range map[string]struct {
		card, source m
		method       paylinks.PaymentMethod
		brand        string
	}{
		"a mada card of a Visa bank":  {m{"scheme": "MADA", "brand": "VISA"}, m{"payment_type": "DEBIT", "payment_method": "MADA"}, "card", "mada"},
		"no scheme":                   {m{"brand": "VISA"}, m{"payment_type": "DEBIT", "payment_method": "MADA"}, "card", "mada"},
		"the brand alone":             {m{"brand": "MASTERCARD"}, nil, "card", "mastercard"},
		"the method alone":            {nil, m{"payment_method": "VISA"}, "card", "visa"},
		"American Express":            {nil, m{"payment_type": "CREDIT", "payment_method": "AMERICAN_EXPRESS"}, "card", "amex"},
		"American Express, spaced":    {m{"scheme": "American Express"}, nil, "card", "amex"},
		"KNET":                        {nil, m{"payment_method": "KNET", "id": "src_kw.knet"}, "card", "knet"},
		"KNET by its source":          {nil, m{"id": "src_kw.knet"}, "card", ""},
		"BENEFIT":                     {nil, m{"payment_type": "DEBIT", "payment_method": "BENEFIT", "id": "src_bh.benefit"}, "card", "benefit"},
		"Apple Pay":                   {m{"scheme": "MADA", "brand": "VISA"}, m{"payment_method": "APPLE_PAY"}, "apple_pay", "mada"},
		"Apple Pay, no card":          {nil, m{"payment_method": "APPLE_PAY"}, "apple_pay", ""},
		"Google Pay":                  {nil, m{"payment_method": "GOOGLE_PAY"}, "google_pay", ""},
		"Samsung Pay":                 {nil, m{"id": "src_samsung_pay"}, "samsung_pay", ""},
		"STC Pay":                     {nil, m{"id": "src_sa.stcpay"}, "stc_pay", ""},
		"Tabby":                       {nil, m{"id": "src_tabby"}, "bnpl", ""},
		"a new scheme of cards":       {nil, m{"payment_type": "DEBIT", "payment_method": "ORBIT"}, "card", "orbit"},
		"a new method":                {nil, m{"payment_method": "BARTER"}, "other", "barter"},
		"not chosen yet":              {nil, m{"id": "src_all"}, "", ""},
		"nothing":                     {nil, nil, "", ""},
		"a token of which no more is": {nil, m{"id": "tok_1"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			replace := m{}
			if tt.card != nil {
				replace["card"] = tt.card
			}
			if tt.source != nil {
				replace["source"] = tt.source
			}
			got := one(t, row(replace))
			assert.Equal(t, tt.method, got.Method)
			assert.Equal(t, tt.brand, got.Brand)
		})
	}
}
