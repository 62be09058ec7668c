package paypal_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal"
)

func TestALedgerOfThreePayments(t *testing.T) {
	t.Parallel()
	ledger, err := os.ReadFile("testdata/ledger.json")
	require.NoError(t, err)
	f := newFar()
	f.On("GET /v1/reporting/transactions", 200, string(ledger))
	payments := f.whole(t)
	require.Len(t, payments, 3)
	for i, want := range []struct {
		id, amount, currency, captured, refunded, fee, reference string
		status                                                   paylinks.PaymentStatus
		method                                                   paylinks.PaymentMethod
		created, updated                                         string
	}{
		{
			"7PM00000000000001", "120.50", "USD", "120.50", "20.25", "4.48", "INV-71", paylinks.PaymentPartiallyRefunded, paylinks.MethodPayPal,
			"2026-02-10T08:15:30Z", "2026-02-12T10:00:00Z",
		},
		{
			"7PM00000000000003", "80.00", "EUR", "80.00", "80.00", "3.07", "cart-72", paylinks.PaymentRefunded, paylinks.MethodPayPal,
			"2026-02-11T09:00:00Z", "2026-02-13T09:00:00Z",
		},
		{
			"7PM00000000000004", "7300", "JPY", "0", "0", "0.00", "ORDER0000000000073", paylinks.PaymentPending, paylinks.MethodCard,
			"2026-02-12T11:00:00Z", "2026-02-12T11:00:00Z",
		},
	} {
		p := payments[i]
		assert.Equal(t, want.id, p.ID)
		assert.Equal(t, want.amount, p.Amount.String(), p.ID)
		assert.Equal(t, paylinks.Currency(want.currency), p.Amount.Currency(), p.ID)
		assert.Equal(t, want.captured, p.Captured.String(), p.ID)
		assert.Equal(t, want.refunded, p.Refunded.String(), p.ID)
		assert.Equal(t, want.fee, p.Fee.String(), p.ID)
		assert.Equal(t, want.reference, p.Reference, p.ID)
		assert.Equal(t, want.status, p.Status, p.ID)
		assert.Equal(t, want.method, p.Method, p.ID)
		assert.Empty(t, p.Brand, "the ledger tells no brand")
		assert.Equal(t, want.created, p.CreatedAt.Format(time.RFC3339), p.ID)
		assert.Equal(t, want.updated, p.UpdatedAt.Format(time.RFC3339), p.ID)
	}
	assert.False(t, payments[2].Fee.IsSet(), "no fee was told")

	var rows []json.RawMessage
	require.NoError(t, json.Unmarshal(payments[0].Raw, &rows), "a payment with a refund has both rows")
	assert.Len(t, rows, 2)
	assert.Contains(t, string(payments[1].Raw), `"value": "80.00"`, "a row is kept as it was received")
}

// What a payment's letter and the rows that refer to it amount to. The payment is of 100.00.
func TestStatusesOfPayments(t *testing.T) {
	t.Parallel()
	type follower struct {
		code, amount string
		day          int
	}
	for name, c := range map[string]struct {
		letter    string
		followers []follower
		status    paylinks.PaymentStatus
		captured  string
		refunded  string
	}{
		"completed":               {"S", nil, paylinks.PaymentCaptured, "100.00", "0.00"},
		"pending":                 {"P", nil, paylinks.PaymentPending, "0.00", "0.00"},
		"denied":                  {"D", nil, paylinks.PaymentFailed, "0.00", "0.00"},
		"reversed, without rows":  {"V", nil, paylinks.PaymentRefunded, "100.00", "100.00"},
		"partly refunded, no row": {"F", nil, paylinks.PaymentPartiallyRefunded, "100.00", "0.00"},
		"a new letter":            {"X", nil, paylinks.PaymentUnknown, "0.00", "0.00"},

		"a part refunded":      {"S", []follower{{"T1107", "-30.00", 8}}, paylinks.PaymentPartiallyRefunded, "100.00", "30.00"},
		"two parts refunded":   {"S", []follower{{"T1107", "-30.00", 8}, {"T1107", "-30.00", 9}}, paylinks.PaymentPartiallyRefunded, "100.00", "60.00"},
		"all refunded":         {"S", []follower{{"T1107", "-40.00", 8}, {"T1107", "-60.00", 9}}, paylinks.PaymentRefunded, "100.00", "100.00"},
		"more than all":        {"S", []follower{{"T1107", "-115.00", 8}}, paylinks.PaymentRefunded, "100.00", "100.00"},
		"reversed by refund":   {"V", []follower{{"T1107", "-100.00", 8}}, paylinks.PaymentRefunded, "100.00", "100.00"},
		"reversed, last part":  {"V", []follower{{"T1107", "-10.00", 8}}, paylinks.PaymentRefunded, "100.00", "100.00"},
		"partly, with its row": {"F", []follower{{"T1107", "-10.00", 8}}, paylinks.PaymentPartiallyRefunded, "100.00", "10.00"},

		"a chargeback":                  {"S", []follower{{"T1201", "-100.00", 8}}, paylinks.PaymentDisputed, "100.00", "0.00"},
		"a reversal with a chargeback":  {"V", []follower{{"T1201", "-100.00", 8}}, paylinks.PaymentDisputed, "100.00", "0.00"},
		"a chargeback after a refund":   {"S", []follower{{"T1107", "-30.00", 7}, {"T1201", "-70.00", 8}}, paylinks.PaymentDisputed, "100.00", "30.00"},
		"a chargeback reversed":         {"S", []follower{{"T1201", "-100.00", 8}, {"T1202", "100.00", 9}}, paylinks.PaymentCaptured, "100.00", "0.00"},
		"a chargeback withdrawn":        {"S", []follower{{"T1201", "-100.00", 8}, {"T1208", "100.00", 9}}, paylinks.PaymentCaptured, "100.00", "0.00"},
		"charged back again":            {"S", []follower{{"T1202", "100.00", 8}, {"T1201", "-100.00", 9}}, paylinks.PaymentDisputed, "100.00", "0.00"},
		"a hold":                        {"S", []follower{{"T1110", "-100.00", 8}}, paylinks.PaymentDisputed, "100.00", "0.00"},
		"a hold lifted":                 {"S", []follower{{"T1110", "-100.00", 8}, {"T1111", "100.00", 9}}, paylinks.PaymentCaptured, "100.00", "0.00"},
		"a hold lifted, and a refund":   {"S", []follower{{"T1110", "-100.00", 7}, {"T1111", "100.00", 8}, {"T1107", "-5.00", 9}}, paylinks.PaymentPartiallyRefunded, "100.00", "5.00"},
		"the hold of a chargeback ends": {"S", []follower{{"T1110", "-100.00", 7}, {"T1201", "-100.00", 8}, {"T1111", "100.00", 9}}, paylinks.PaymentDisputed, "100.00", "0.00"},
		"reversed by PayPal":            {"S", []follower{{"T1106", "-100.00", 8}}, paylinks.PaymentDisputed, "100.00", "0.00"},
		"reversed by PayPal and back":   {"V", []follower{{"T1106", "-100.00", 8}, {"T1202", "100.00", 9}}, paylinks.PaymentRefunded, "100.00", "100.00"},
		"a fee given back":              {"S", []follower{{"T1109", "3.00", 8}, {"T1108", "1.00", 9}}, paylinks.PaymentCaptured, "100.00", "0.00"},
		"a chargeback's fee":            {"S", []follower{{"T0106", "-20.00", 8}}, paylinks.PaymentCaptured, "100.00", "0.00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := []string{row(t, fields{"transaction_status": c.letter})}
			for i, follows := range c.followers {
				rows = append(rows, about(t, "8RW0000000000010"+string(rune('0'+i)), follows.code, follows.day, follows.amount))
			}
			for _, order := range [][]string{rows, reversed(rows)} {
				f := newFar()
				f.lists(order...)
				p := walktest.One(t, f.whole(t))
				assert.Equal(t, c.status, p.Status)
				assert.Equal(t, c.captured, p.Captured.String())
				assert.Equal(t, c.refunded, p.Refunded.String())
				assert.Equal(t, c.letter, p.ProviderStatus)
			}
		})
	}
}

func reversed(rows []string) []string {
	var back []string
	for i := len(rows) - 1; i >= 0; i-- {
		back = append(back, rows[i])
	}
	return back
}

func TestRefundsThatDidNotHappenCountForNothing(t *testing.T) {
	t.Parallel()
	for _, letter := range []string{"P", "D", "V"} {
		refund := row(t, fields{
			"transaction_id": "8RW00000000000009", "transaction_event_code": "T1107", "transaction_status": letter, "transaction_amount": amount("-30.00"),
			"paypal_reference_id": "8RW00000000000001", "paypal_reference_id_type": "TXN",
		})
		f := newFar()
		f.lists(row(t, nil), refund)
		p := walktest.One(t, f.whole(t))
		assert.Equal(t, paylinks.PaymentCaptured, p.Status, letter)
		assert.True(t, p.Refunded.IsZero(), letter)
	}
}

func TestRowsThatAreNoPayments(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string]fields{
		"a payment that the merchant made": {"transaction_amount": amount("-100.00")},
		"nothing":                          {"transaction_amount": amount("0.00")},
		"a fee":                            {"transaction_event_code": "T0106"},
		"a conversion":                     {"transaction_event_code": "T0200"},
		"a withdrawal":                     {"transaction_event_code": "T0400", "transaction_amount": nil},
		"a credit without reference":       {"transaction_event_code": "T1113"},
		"a refund that refers to an order": {"transaction_event_code": "T1107", "paypal_reference_id": "O-1", "paypal_reference_id_type": "ODR"},
		"a hold without reference":         {"transaction_event_code": "T1110"},
		"a reserve":                        {"transaction_event_code": "T2101"},
		"a new code":                       {"transaction_event_code": "T9900"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar()
			f.lists(row(t, replace))
			assert.Empty(t, f.whole(t))
		})
	}
}

func TestAuthorizations(t *testing.T) {
	t.Parallel()
	authorization := func(replace fields) string {
		all := fields{"transaction_event_code": "T1300"}
		for name, value := range replace {
			all[name] = value
		}
		return row(t, all)
	}
	old := fields{"transaction_initiation_date": "2026-01-05T10:00:00+0000"}
	capture := row(t, fields{"transaction_id": "8RW00000000000002", "paypal_reference_id": "8RW00000000000001", "paypal_reference_id_type": "TXN"})
	for name, c := range map[string]struct {
		rows   []string
		id     string
		status paylinks.PaymentStatus
	}{
		"open":                   {[]string{authorization(nil)}, "8RW00000000000001", paylinks.PaymentAuthorized},
		"voided":                 {[]string{authorization(nil), about(t, "8RW00000000000003", "T1302", 8, "-100.00")}, "8RW00000000000001", paylinks.PaymentCancelled},
		"voided, by its letter":  {[]string{authorization(fields{"transaction_status": "V"})}, "8RW00000000000001", paylinks.PaymentCancelled},
		"pending":                {[]string{authorization(fields{"transaction_status": "P"})}, "8RW00000000000001", paylinks.PaymentPending},
		"denied":                 {[]string{authorization(fields{"transaction_status": "D"})}, "8RW00000000000001", paylinks.PaymentFailed},
		"a new letter":           {[]string{authorization(fields{"transaction_status": "Q"})}, "8RW00000000000001", paylinks.PaymentUnknown},
		"older than 29 days":     {[]string{authorization(old)}, "8RW00000000000001", paylinks.PaymentExpired},
		"captured":               {[]string{authorization(nil), capture}, "8RW00000000000002", paylinks.PaymentCaptured},
		"captured, and old":      {[]string{capture, authorization(old)}, "8RW00000000000002", paylinks.PaymentCaptured},
		"authorized again later": {[]string{authorization(nil), about(t, "8RW00000000000004", "T1301", 8, "100.00")}, "8RW00000000000001", paylinks.PaymentAuthorized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar()
			f.lists(c.rows...)
			p := walktest.One(t, f.whole(t, func(config *paypal.Config) { config.Authorizations = true }))
			assert.Equal(t, c.id, p.ID)
			assert.Equal(t, c.status, p.Status)
			assert.Equal(t, "N", f.searches()[0].Get("balance_affecting_records_only"))
			if c.status != paylinks.PaymentCaptured {
				assert.True(t, p.Captured.IsZero())
			}
		})
	}
}

func TestMethodsOfPayment(t *testing.T) {
	t.Parallel()
	for want, rows := range map[paylinks.PaymentMethod][]fields{
		paylinks.MethodPayPal: {nil, {"instrument_type": "PAYPAL"}, {"transaction_event_code": "T0000"}},
		paylinks.MethodCard: {
			{"transaction_event_code": "T0005"}, {"transaction_event_code": "T0012"}, {"instrument_type": "CREDITCARD"}, {"instrument_sub_type": "DEBITCARD"},
		},
		paylinks.MethodBNPL:         {{"payment_method_type": "PUI"}, {"payment_method_type": "installment"}},
		paylinks.MethodBankTransfer: {{"payment_method_type": "mEFT"}},
	} {
		for _, replace := range rows {
			f := newFar()
			f.lists(row(t, replace))
			assert.Equal(t, want, walktest.One(t, f.whole(t)).Method, "%v", replace)
		}
	}
}

func TestReferencesAndFees(t *testing.T) {
	t.Parallel()
	order := fields{"invoice_id": nil, "custom_field": nil, "paypal_reference_id": "O-12", "paypal_reference_id_type": "ODR"}
	for name, c := range map[string]struct {
		replace        fields
		reference, fee string
	}{
		"an invoice":             {fields{"custom_field": "cart-1", "fee_amount": amount("-3.20")}, "INV-1", "3.20"},
		"a custom field":         {fields{"invoice_id": nil, "custom_field": "cart-1"}, "cart-1", ""},
		"an order":               {order, "O-12", ""},
		"no order":               {fields{"invoice_id": nil, "paypal_reference_id": "S-1", "paypal_reference_id_type": "SUB"}, "", ""},
		"no fee":                 {fields{"fee_amount": amount("0.00")}, "INV-1", "0.00"},
		"a fee given back":       {fields{"fee_amount": amount("3.20")}, "INV-1", ""},
		"an unreadable fee":      {fields{"fee_amount": amount("1e2")}, "INV-1", ""},
		"a fee in another money": {fields{"fee_amount": map[string]string{"currency_code": "EUR", "value": "-1.00"}}, "INV-1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar()
			f.lists(row(t, c.replace))
			p := walktest.One(t, f.whole(t))
			assert.Equal(t, c.reference, p.Reference)
			assert.Equal(t, c.fee != "", p.Fee.IsSet())
			if c.fee != "" {
				assert.Equal(t, c.fee, p.Fee.String())
			}
		})
	}
}

func TestAmountsAreExact(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ currency, value, want string }{
		{"USD", "0.01", "0.01"},
		{"USD", "90071992547409.93", "90071992547409.93"},
		{"JPY", "5000", "5000"},
		{"HUF", "120.00", "120.00"},
		{"TND", "1.234", "1.234"},
		{"usd", "1", "1.00"},
	} {
		f := newFar()
		f.lists(row(t, fields{"transaction_amount": map[string]string{"currency_code": c.currency, "value": c.value}}))
		assert.Equal(t, c.want, walktest.One(t, f.whole(t)).Amount.String())
	}
}

func TestRowsThatCannotBeReadAreReported(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ row, id string }{
		"no object":            {`17`, ""},
		"no info":              {`{}`, ""},
		"no id":                {row(t, fields{"transaction_id": nil}), ""},
		"no code":              {row(t, fields{"transaction_event_code": nil}), "8RW00000000000001"},
		"no amount":            {row(t, fields{"transaction_amount": nil}), "8RW00000000000001"},
		"an amount of a float": {row(t, fields{"transaction_amount": amount("1e3")}), "8RW00000000000001"},
		"too many decimals":    {row(t, fields{"transaction_amount": amount("1.234")}), "8RW00000000000001"},
		"a number for text":    {row(t, fields{"transaction_amount": map[string]any{"currency_code": "USD", "value": 1.5}}), "8RW00000000000001"},
		"an unknown currency":  {row(t, fields{"transaction_amount": map[string]string{"currency_code": "BTC", "value": "1"}}), "8RW00000000000001"},
		"no time":              {row(t, fields{"transaction_initiation_date": nil}), "8RW00000000000001"},
		"a time that isn't":    {row(t, fields{"transaction_updated_date": "yesterday"}), "8RW00000000000001"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar()
			good := row(t, fields{"transaction_id": "8RW00000000000099"})
			f.lists(c.row, good)
			w := walktest.Of(t, f.gateway(t), february())
			require.NoError(t, w.Err)
			assert.Equal(t, "8RW00000000000099", walktest.One(t, w.Payments).ID, "the walk goes on")
			require.Len(t, w.Bad, 1)
			assert.Equal(t, c.id, w.Bad[0].ID)
			assert.NotEmpty(t, w.Bad[0].Reason)
		})
	}
}

// PayPal says that an id isn't unique: it can stand in the list once for its effect on the balance, and once without.
func TestAnIDThatIsListedTwiceIsOnePayment(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists(row(t, fields{"transaction_status": "P"}), row(t, fields{"transaction_updated_date": "2026-02-06T10:00:00+0000"}), row(t, nil))
	p := walktest.One(t, f.whole(t))
	assert.Equal(t, paylinks.PaymentCaptured, p.Status, "the later row counts")
}
