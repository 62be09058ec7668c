package stripe_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/stripe"
)

// page is an answer to a list call with these rows.
func page(rows ...string) string {
	return `{"object":"list","url":"/v1/payment_intents","has_more":false,"data":[` + strings.Join(rows, ",") + `]}`
}

// alone reads the PaymentIntents of its window and nothing else, so that one answer is enough.
func alone(c *stripe.Config) { c.CreatedOnly = true }

// read is what becomes of one row.
func read(t *testing.T, row string, change ...func(*stripe.Config)) paylinks.Payment {
	t.Helper()
	payments := all(t, answering(t, 200, page(row), append(change, alone)...))
	require.Len(t, payments, 1)
	return payments[0]
}

// intent is a PaymentIntent, with some fields replaced: a field of the charge has the prefix "latest_charge.". nil leaves a field out.
func intent(t *testing.T, replace map[string]any) string {
	t.Helper()
	charge := map[string]any{
		"id": "ch_1", "object": "charge", "amount": 10000, "amount_refunded": 0, "disputed": false, "refunded": false,
		"payment_method_details": map[string]any{"type": "card", "card": map[string]any{"brand": "visa", "wallet": nil}},
	}
	fields := map[string]any{
		"id": "pi_1", "object": "payment_intent", "amount": 10000, "amount_received": 10000, "currency": "sar", "created": 1772409600,
		"status": "succeeded", "metadata": map[string]any{"order_id": "web-1"}, "description": "a book", "latest_charge": charge,
		"last_payment_error": nil, "cancellation_reason": nil, "client_secret": "pi_1_secret_2", "payment_method_types": []string{"card"},
	}
	return walktest.Object(t, fields, replace)
}

// The payments of testdata are real ones in form: each is read as it stands beside it.
func TestPaymentsAreReadAsTheyAre(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(filepath.Join("testdata", "payment_intents.json"))
	require.NoError(t, err)
	var cases []struct {
		Want   struct{ Amount, Status, Captured, Refunded, Method, Brand, Reference string }
		Intent json.RawMessage
	}
	require.NoError(t, json.Unmarshal(file, &cases))
	for _, c := range cases {
		got := read(t, string(c.Intent))
		assert.Equal(t, c.Want.Amount, got.Amount.String()+" "+string(got.Amount.Currency()))
		assert.Equal(t, c.Want.Status, string(got.Status), got.ID)
		assert.Equal(t, c.Want.Captured, got.Captured.String(), got.ID)
		assert.Equal(t, c.Want.Refunded, got.Refunded.String(), got.ID)
		assert.Equal(t, c.Want.Method, string(got.Method), got.ID)
		assert.Equal(t, c.Want.Brand, got.Brand, got.ID)
		assert.Equal(t, c.Want.Reference, got.Reference, got.ID)
		assert.False(t, got.Fee.IsSet(), "a PaymentIntent doesn't tell its fee")
		assert.True(t, got.UpdatedAt.IsZero(), "Stripe gives no time of change")
	}
}

func TestEachStatusIsDecidedInOrder(t *testing.T) {
	t.Parallel()
	declined := map[string]any{"type": "card_error"}
	for name, c := range map[string]struct {
		row  map[string]any
		want paylinks.PaymentStatus
	}{
		"canceled, expired":                      {map[string]any{"status": "canceled", "cancellation_reason": "expired"}, paylinks.PaymentExpired},
		"canceled, automatic":                    {map[string]any{"status": "canceled", "cancellation_reason": "automatic"}, paylinks.PaymentExpired},
		"canceled for another reason":            {map[string]any{"status": "canceled", "cancellation_reason": "abandoned"}, paylinks.PaymentCancelled},
		"canceled for none":                      {map[string]any{"status": "canceled"}, paylinks.PaymentCancelled},
		"canceled, the hold shows as refunded":   {map[string]any{"status": "canceled", "amount_received": 0, "latest_charge.refunded": true, "latest_charge.amount_refunded": 10000}, paylinks.PaymentCancelled},
		"canceled before disputed":               {map[string]any{"status": "canceled", "latest_charge.disputed": true}, paylinks.PaymentCancelled},
		"disputed before refunded":               {map[string]any{"latest_charge.disputed": true, "latest_charge.refunded": true, "latest_charge.amount_refunded": 10000}, paylinks.PaymentDisputed},
		"refunded wholly":                        {map[string]any{"latest_charge.amount_refunded": 10000}, paylinks.PaymentRefunded},
		"refunded wholly, by the charge's word":  {map[string]any{"latest_charge.refunded": true, "latest_charge.amount_refunded": 9999}, paylinks.PaymentRefunded},
		"refunded wholly of less that was taken": {map[string]any{"amount_received": 6000, "latest_charge.amount_refunded": 6000}, paylinks.PaymentRefunded},
		"refunded partly":                        {map[string]any{"latest_charge.amount_refunded": 1}, paylinks.PaymentPartiallyRefunded},
		"captured partly":                        {map[string]any{"amount_received": 6000}, paylinks.PaymentPartiallyCaptured},
		"captured":                               {nil, paylinks.PaymentCaptured},
		"captured more than the amount":          {map[string]any{"amount_received": 10001}, paylinks.PaymentCaptured},
		"succeeded with nothing":                 {map[string]any{"amount_received": 0}, paylinks.PaymentCaptured},
		"multicapture begun":                     {map[string]any{"status": "requires_capture", "amount_received": 1}, paylinks.PaymentPartiallyCaptured},
		"authorized":                             {map[string]any{"status": "requires_capture", "amount_received": 0}, paylinks.PaymentAuthorized},
		"processing":                             {map[string]any{"status": "processing", "amount_received": 0}, paylinks.PaymentPending},
		"requires_action":                        {map[string]any{"status": "requires_action", "amount_received": 0}, paylinks.PaymentPending},
		"declined":                               {map[string]any{"status": "requires_payment_method", "amount_received": 0, "last_payment_error": declined}, paylinks.PaymentFailed},
		"requires_payment_method":                {map[string]any{"status": "requires_payment_method", "amount_received": 0}, paylinks.PaymentCreated},
		"requires_confirmation":                  {map[string]any{"status": "requires_confirmation", "amount_received": 0}, paylinks.PaymentCreated},
		"requires_confirmation, once declined":   {map[string]any{"status": "requires_confirmation", "amount_received": 0, "last_payment_error": declined}, paylinks.PaymentCreated},
		"a word that no table knows":             {map[string]any{"status": "requires_patience", "amount_received": 0}, paylinks.PaymentUnknown},
		"no charge yet":                          {map[string]any{"status": "requires_payment_method", "amount_received": 0, "latest_charge": nil}, paylinks.PaymentCreated},
		"the spelling with two l isn't Stripe's": {map[string]any{"status": "cancelled"}, paylinks.PaymentUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(t, intent(t, c.row))
			assert.Equal(t, c.want, got.Status)
			assert.LessOrEqual(t, got.Refunded.Cmp(got.Captured), 0, "no more is refunded than was taken")
		})
	}
}

func TestEachCurrencyHasStripesDecimals(t *testing.T) {
	t.Parallel()
	for currency, want := range map[string]string{
		"sar": "123.00", "aed": "123.00", "qar": "123.00", "egp": "123.00", "usd": "123.00", "eur": "123.00", "huf": "123.00", "twd": "123.00",
		"kwd": "12.300", "bhd": "12.300", "omr": "12.300", "jod": "12.300", "tnd": "12.300",
		"jpy": "12300", "krw": "12300", "vnd": "12300", "xof": "12300", "clp": "12300", "mga": "12300.00",
		// No decimals, and yet hundredths at Stripe.
		"isk": "123", "ugx": "123",
	} {
		got := read(t, intent(t, map[string]any{"currency": currency, "amount": 12300, "amount_received": 12300}))
		assert.Equal(t, want, got.Amount.String(), currency)
		assert.Equal(t, strings.ToUpper(currency), string(got.Captured.Currency()))
	}
}

func TestTheMethodAndBrandAreTheCharges(t *testing.T) {
	t.Parallel()
	card := func(brand string, wallet any) map[string]any {
		return map[string]any{"latest_charge.payment_method_details": map[string]any{"type": "card", "card": map[string]any{"brand": brand, "wallet": wallet}}}
	}
	details := func(v any) map[string]any { return map[string]any{"latest_charge.payment_method_details": v} }
	for name, c := range map[string]struct {
		row    map[string]any
		method paylinks.PaymentMethod
		brand  string
	}{
		"a card":                     {card("Visa", nil), paylinks.MethodCard, "visa"},
		"an unknown brand":           {card("unknown", nil), paylinks.MethodCard, ""},
		"google pay":                 {card("mastercard", map[string]any{"type": "google_pay"}), paylinks.MethodGooglePay, "mastercard"},
		"samsung pay":                {card("visa", map[string]any{"type": "samsung_pay"}), paylinks.MethodSamsungPay, "visa"},
		"link is just a card":        {card("visa", map[string]any{"type": "link"}), paylinks.MethodCard, "visa"},
		"a terminal":                 {details(map[string]any{"type": "card_present", "card_present": map[string]any{"brand": "amex"}}), paylinks.MethodCard, "amex"},
		"klarna":                     {details(map[string]any{"type": "klarna", "klarna": map[string]any{}}), paylinks.MethodBNPL, ""},
		"paypal":                     {details(map[string]any{"type": "paypal"}), paylinks.MethodPayPal, ""},
		"a bank":                     {details(map[string]any{"type": "us_bank_account"}), paylinks.MethodBankTransfer, ""},
		"something new":              {details(map[string]any{"type": "shells"}), paylinks.MethodOther, ""},
		"details that can't be read": {details([]int{1}), paylinks.MethodCard, ""},
		"no charge, one type":        {map[string]any{"latest_charge": nil, "payment_method_types": []string{"paypal"}}, paylinks.MethodPayPal, ""},
		"no charge, two types":       {map[string]any{"latest_charge": nil, "payment_method_types": []string{"card", "paypal"}}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(t, intent(t, c.row))
			assert.Equal(t, c.method, got.Method)
			assert.Equal(t, c.brand, got.Brand)
		})
	}
}

func TestTheReferenceIsTheMerchants(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "web-1", read(t, intent(t, nil)).Reference)
	assert.Equal(t, "r", read(t, intent(t, map[string]any{"metadata": map[string]string{"reference": "r", "cart": "c"}})).Reference)
	assert.Equal(t, "a book", read(t, intent(t, map[string]any{"metadata": nil})).Reference)
	assert.Empty(t, read(t, intent(t, map[string]any{"metadata": nil, "description": nil})).Reference)
	both := intent(t, map[string]any{"metadata": map[string]string{"order_id": "o", "cart": "c"}})
	assert.Equal(t, "c", read(t, both, func(c *stripe.Config) { c.ReferenceKey = "cart" }).Reference)
	assert.Equal(t, "o", read(t, both, func(c *stripe.Config) { c.ReferenceKey = "basket" }).Reference)
}

func TestRawIsTheRowWithoutItsPower(t *testing.T) {
	t.Parallel()
	row := intent(t, map[string]any{
		"client_secret": `pi_1_secret_\"quoted"`, "description": `a "client_secret":"thing"`,
		"next_action": map[string]any{"client_secret": "inner_secret_3"},
	})
	got := read(t, row)
	assert.NotContains(t, string(got.Raw), "_secret_")
	var raw struct {
		ClientSecret string `json:"client_secret"`
		Description  string
		NextAction   struct {
			ClientSecret string `json:"client_secret"`
		} `json:"next_action"`
		Created int64
	}
	require.NoError(t, json.Unmarshal(got.Raw, &raw))
	assert.Equal(t, "[redacted]", raw.ClientSecret)
	assert.Equal(t, "[redacted]", raw.NextAction.ClientSecret)
	assert.Equal(t, `a "client_secret":"thing"`, raw.Description, "texts are left alone")
	assert.Equal(t, time.Unix(raw.Created, 0).UTC(), got.CreatedAt)
}

func TestARowThatCantBeReadIsABadRow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		row string
		id  string
	}{
		"no amount":                {intent(t, map[string]any{"amount": nil}), "pi_1"},
		"an amount of null":        {strings.Replace(intent(t, nil), `"amount":10000,"amount_received"`, `"amount":null,"amount_received"`, 1), "pi_1"},
		"no received amount":       {intent(t, map[string]any{"amount_received": nil}), "pi_1"},
		"a text for an amount":     {intent(t, map[string]any{"amount": "100"}), "pi_1"},
		"a fraction":               {intent(t, map[string]any{"amount": 1.5}), "pi_1"},
		"less than nothing":        {intent(t, map[string]any{"amount": -1}), "pi_1"},
		"more than can be counted": {intent(t, map[string]any{"amount": json.RawMessage("1e30")}), "pi_1"},
		"a part of a whole":        {intent(t, map[string]any{"currency": "isk", "amount": 12345}), "pi_1"},
		"no currency":              {intent(t, map[string]any{"currency": nil}), "pi_1"},
		"an unknown currency":      {intent(t, map[string]any{"currency": "zzz"}), "pi_1"},
		"no status":                {intent(t, map[string]any{"status": nil}), "pi_1"},
		"no time":                  {intent(t, map[string]any{"created": nil}), "pi_1"},
		"a charge's id alone":      {intent(t, map[string]any{"latest_charge": "ch_1"}), "pi_1"},
		"another object":           {intent(t, map[string]any{"object": "setup_intent"}), "pi_1"},
		"no id":                    {intent(t, map[string]any{"id": nil}), ""},
		"an id that can't be one":  {intent(t, map[string]any{"id": "pi/../../x"}), ""},
		"no object":                {`7`, ""},
		"null":                     {`null`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway := answering(t, 200, page(c.row, intent(t, map[string]any{"id": "pi_2"})), alone)
			var bad *paylinks.BadRow
			var good []string
			for payment, err := range gateway.Payments(t.Context(), gatewaytest.Query()) {
				if err != nil {
					require.ErrorAs(t, err, &bad)
					continue
				}
				good = append(good, payment.ID)
			}
			require.NotNil(t, bad)
			assert.Equal(t, c.id, bad.ID)
			assert.NotEmpty(t, bad.Reason)
			assert.Equal(t, []string{"pi_2"}, good, "the walk goes on")
		})
	}
}
