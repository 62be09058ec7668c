package moyasar_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/moyasar"
)

const paymentID = "7c1d4b2e-0a9f-4e38-b6d5-91f0c2a3e4d5"

// page is the only page of a list.
func page(rows ...string) string {
	return fmt.Sprintf(`{"payments":[%s],"meta":{"current_page":1,"next_page":null,"prev_page":null,"total_pages":1,"total_count":%d}}`, strings.Join(rows, ","), len(rows))
}

// row is a payment as Moyasar answers it, with some fields replaced: a field of the source has the prefix "source.". nil leaves a
// field out.
func row(t *testing.T, replace map[string]any) string {
	t.Helper()
	source := map[string]any{
		"type": "creditcard", "company": "mada", "number": "XXXX-XXXX-XXXX-2020", "token": "token_abc", "message": "APPROVED",
		"transaction_url": `https://api.moyasar.com/x?otp_token=\"abc`,
	}
	fields := map[string]any{
		"id": paymentID, "status": "paid", "amount": 25000, "fee": 438, "currency": "SAR", "refunded": 0, "captured": 0,
		"created_at": "2026-03-01T08:00:00.000Z", "updated_at": "2026-03-02T09:30:00.250Z",
		"description": "Table 4", "invoice_id": nil, "metadata": map[string]string{"order_id": "till-1"}, "source": source,
	}
	return walktest.Object(t, fields, replace)
}

// read is what becomes of one row.
func read(t *testing.T, row string, change ...func(*moyasar.Config)) paylinks.Payment {
	t.Helper()
	payments := all(t, answering(t, 200, page(row), change...))
	require.Len(t, payments, 1)
	return payments[0]
}

func TestAPaymentIsReadAsItIs(t *testing.T) {
	t.Parallel()
	got := read(t, row(t, nil))
	assert.Equal(t, paymentID, got.ID)
	assert.Equal(t, "till-1", got.Reference)
	assert.Equal(t, "250.00", got.Amount.String())
	assert.Equal(t, "250.00", got.Captured.String(), "a direct payment has captured 0")
	assert.Equal(t, "0.00", got.Refunded.String())
	assert.Equal(t, "4.38", got.Fee.String())
	assert.Equal(t, paylinks.PaymentCaptured, got.Status)
	assert.Equal(t, "paid", got.ProviderStatus)
	assert.Equal(t, paylinks.MethodCard, got.Method)
	assert.Equal(t, "mada", got.Brand)
	assert.Equal(t, time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), got.CreatedAt)
	assert.Equal(t, time.Date(2026, 3, 2, 9, 30, 0, 250e6, time.UTC), got.UpdatedAt)
}

func TestEachStatusIsDecidedByItsWordAndAmounts(t *testing.T) {
	t.Parallel()
	old := map[string]any{"status": "authorized", "created_at": "2026-02-20T00:00:00Z"}
	for name, c := range map[string]struct {
		row                map[string]any
		want               paylinks.PaymentStatus
		captured, refunded string
	}{
		"initiated":                     {map[string]any{"status": "initiated"}, paylinks.PaymentPending, "0.00", "0.00"},
		"paid":                          {nil, paylinks.PaymentCaptured, "250.00", "0.00"},
		"paid, and refunded partly":     {map[string]any{"refunded": 5000}, paylinks.PaymentPartiallyRefunded, "250.00", "50.00"},
		"paid, and refunded":            {map[string]any{"refunded": 25000}, paylinks.PaymentRefunded, "250.00", "250.00"},
		"paid, in an older form":        {map[string]any{"captured": nil, "metadata": nil}, paylinks.PaymentCaptured, "250.00", "0.00"},
		"authorized":                    {map[string]any{"status": "authorized"}, paylinks.PaymentAuthorized, "0.00", "0.00"},
		"authorized long ago":           {old, paylinks.PaymentExpired, "0.00", "0.00"},
		"captured":                      {map[string]any{"status": "captured", "captured": 25000}, paylinks.PaymentCaptured, "250.00", "0.00"},
		"captured in part":              {map[string]any{"status": "captured", "captured": 9000}, paylinks.PaymentPartiallyCaptured, "90.00", "0.00"},
		"captured, in an older form":    {map[string]any{"status": "captured", "captured": nil}, paylinks.PaymentCaptured, "250.00", "0.00"},
		"refunded":                      {map[string]any{"status": "refunded", "refunded": 25000}, paylinks.PaymentRefunded, "250.00", "250.00"},
		"refunded, it doesn't say what": {map[string]any{"status": "refunded"}, paylinks.PaymentRefunded, "250.00", "250.00"},
		"refunded in part":              {map[string]any{"status": "refunded", "captured": 25000, "refunded": 1}, paylinks.PaymentPartiallyRefunded, "250.00", "0.01"},
		"refunded all that was taken":   {map[string]any{"status": "refunded", "captured": 9000, "refunded": 9000}, paylinks.PaymentRefunded, "90.00", "90.00"},
		"refunded more than was taken":  {map[string]any{"status": "refunded", "captured": 9000, "refunded": 25000}, paylinks.PaymentRefunded, "90.00", "90.00"},
		"voided":                        {map[string]any{"status": "voided"}, paylinks.PaymentCancelled, "0.00", "0.00"},
		"voided after its capture":      {map[string]any{"status": "voided", "captured": 25000}, paylinks.PaymentCancelled, "0.00", "0.00"},
		"failed":                        {map[string]any{"status": "failed"}, paylinks.PaymentFailed, "0.00", "0.00"},
		"a word that no table knows":    {map[string]any{"status": "pondering"}, paylinks.PaymentUnknown, "0.00", "0.00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(t, row(t, c.row))
			assert.Equal(t, c.want, got.Status)
			assert.Equal(t, c.captured, got.Captured.String())
			assert.Equal(t, c.refunded, got.Refunded.String())
		})
	}
	never := func(c *moyasar.Config) { c.AuthorizationLife = -1 }
	assert.Equal(t, paylinks.PaymentAuthorized, read(t, row(t, old), never).Status)
}

func TestACardCheckIsNoPayment(t *testing.T) {
	t.Parallel()
	other := row(t, map[string]any{"id": "7c1d4b2e-0a9f-4e38-b6d5-91f0c2a3e4d6"})
	payments := all(t, answering(t, 200, page(row(t, map[string]any{"status": "verified", "amount": 100}), other)))
	require.Len(t, payments, 1)
	assert.NotEqual(t, paymentID, payments[0].ID)
}

func TestEachCurrencyHasItsDecimals(t *testing.T) {
	t.Parallel()
	for currency, want := range map[string]string{"SAR": "124.50", "AED": "124.50", "USD": "124.50", "KWD": "12.450", "BHD": "12.450", "OMR": "12.450", "JOD": "12.450", "JPY": "12450"} {
		got := read(t, row(t, map[string]any{"currency": currency, "amount": 12450}))
		assert.Equal(t, want, got.Amount.String(), currency)
	}
}

// What Moyasar shows of an amount is right where our table and its own differ.
func TestMoyasarsOwnRenderingDecides(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		currency, format, want, captured string
		warned                           bool
	}{
		"the same":             {"KWD", "12.450 KWD", "12.450", "12.450", false},
		"thousands":            {"JPY", "12,450 JPY", "12450", "12450", false},
		"fewer decimals":       {"KWD", "124.50 KWD", "124.500", "124.500", true},
		"wholes of a rupiah":   {"IDR", "12,450 IDR", "12450.00", "12450.00", true},
		"none":                 {"SAR", "", "124.50", "124.50", false},
		"something else":       {"SAR", "SR 124.50", "124.50", "124.50", false},
		"of another currency":  {"SAR", "12.450 KWD", "124.50", "124.50", false},
		"without its currency": {"SAR", "12.450", "124.50", "124.50", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			got := read(t, row(t, map[string]any{"currency": c.currency, "amount": 12450, "amount_format": c.format}), func(config *moyasar.Config) {
				config.Logger = slog.New(slog.NewTextHandler(&log, nil))
			})
			assert.Equal(t, c.want, got.Amount.String())
			assert.Equal(t, c.captured, got.Captured.String(), "all amounts of a row have the same decimals")
			assert.Equal(t, c.warned, strings.Contains(log.String(), "other decimals"))
		})
	}
}

func TestTheMethodAndBrandAreTheSources(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		row    map[string]any
		method paylinks.PaymentMethod
		brand  string
	}{
		"mada":            {nil, paylinks.MethodCard, "mada"},
		"master":          {map[string]any{"source.company": "master"}, paylinks.MethodCard, "mastercard"},
		"mastercard":      {map[string]any{"source.company": "mastercard"}, paylinks.MethodCard, "mastercard"},
		"something new":   {map[string]any{"source.company": "UnionPay"}, paylinks.MethodCard, "unionpay"},
		"apple pay":       {map[string]any{"source.type": "applepay", "source.company": "visa"}, paylinks.MethodApplePay, "visa"},
		"google pay":      {map[string]any{"source.type": "googlepay"}, paylinks.MethodGooglePay, "mada"},
		"samsung pay":     {map[string]any{"source.type": "samsungpay"}, paylinks.MethodSamsungPay, "mada"},
		"stc pay":         {map[string]any{"source.type": "stcpay", "source.company": nil}, paylinks.MethodSTCPay, ""},
		"another type":    {map[string]any{"source.type": "shells", "source.company": nil}, paylinks.MethodOther, ""},
		"no source":       {map[string]any{"source": nil}, "", ""},
		"an odd source":   {map[string]any{"source": []int{1}}, "", ""},
		"an odd metadata": {map[string]any{"metadata": "none"}, paylinks.MethodCard, "mada"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(t, row(t, c.row))
			assert.Equal(t, c.method, got.Method)
			assert.Equal(t, c.brand, got.Brand)
		})
	}
}

func TestTheReferenceIsTheMerchants(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "Table 4", read(t, row(t, map[string]any{"metadata": nil})).Reference)
	assert.Equal(t, "inv", read(t, row(t, map[string]any{"metadata": nil, "invoice_id": "inv"})).Reference)
	cart := row(t, map[string]any{"metadata": map[string]string{"cart": "c", "order_id": "o"}})
	assert.Equal(t, "c", read(t, cart, func(c *moyasar.Config) { c.ReferenceKey = "cart" }).Reference)
}

func TestRawIsTheRowWithoutItsPower(t *testing.T) {
	t.Parallel()
	got := read(t, row(t, map[string]any{"description": `"token":"no field"`}))
	var raw struct {
		Description string
		Source      struct {
			Token          string
			TransactionURL string `json:"transaction_url"`
			Company        string
		}
	}
	require.NoError(t, json.Unmarshal(got.Raw, &raw))
	assert.Equal(t, "[redacted]", raw.Source.Token)
	assert.Equal(t, "[redacted]", raw.Source.TransactionURL)
	assert.Equal(t, "mada", raw.Source.Company)
	assert.Equal(t, `"token":"no field"`, raw.Description, "texts are left alone")
}

func TestARowThatCantBeReadIsABadRow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		row string
		id  string
	}{
		"no amount":                 {row(t, map[string]any{"amount": nil}), paymentID},
		"a text for an amount":      {row(t, map[string]any{"amount": "100"}), paymentID},
		"a fraction":                {row(t, map[string]any{"amount": 1.5}), paymentID},
		"less than nothing":         {row(t, map[string]any{"amount": -1}), paymentID},
		"no currency":               {row(t, map[string]any{"currency": nil}), paymentID},
		"an unknown currency":       {row(t, map[string]any{"currency": "ZZZ"}), paymentID},
		"no status":                 {row(t, map[string]any{"status": nil}), paymentID},
		"no time of change":         {row(t, map[string]any{"updated_at": nil}), paymentID},
		"no time of creation":       {row(t, map[string]any{"created_at": "yesterday"}), paymentID},
		"a rendering of other sums": {row(t, map[string]any{"amount_format": "251.00 SAR"}), paymentID},
		"no id":                     {row(t, map[string]any{"id": nil}), ""},
		"an id that can't be one":   {row(t, map[string]any{"id": "a/b"}), ""},
		"no object":                 {`7`, ""},
		"null":                      {`null`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const other = "7c1d4b2e-0a9f-4e38-b6d5-91f0c2a3e4d6"
			gateway := answering(t, 200, page(c.row, row(t, map[string]any{"id": other})))
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
			assert.Equal(t, []string{other}, good, "the walk goes on")
		})
	}
}

func TestAFeeGivenBackIsNoFee(t *testing.T) {
	t.Parallel()
	assert.False(t, read(t, row(t, map[string]any{"fee": -438})).Fee.IsSet())
	assert.False(t, read(t, row(t, map[string]any{"fee": nil})).Fee.IsSet())
	assert.True(t, read(t, row(t, map[string]any{"fee": 0})).Fee.IsSet())
}
