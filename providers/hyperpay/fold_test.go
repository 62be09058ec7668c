package hyperpay_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay"
)

func TestAListOfFourPayments(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.On("/v3/query", 200, walktest.File(t, "records_v3.json"))
	payments := f.whole(t)
	require.Len(t, payments, 4)
	for i, want := range []struct {
		id, amount, captured, refunded, reference, brand, code string
		currency                                               paylinks.Currency
		status                                                 paylinks.PaymentStatus
		method                                                 paylinks.PaymentMethod
		created, updated                                       string
	}{
		{
			id(0x11), "250.00", "250.00", "50.50", "cart-11", "mada", "000.100.110", paylinks.SAR, paylinks.PaymentPartiallyRefunded, paylinks.MethodCard,
			"2026-02-10T08:00:05.25Z", "2026-02-10T09:30:00Z",
		},
		{
			id(0x21), "12.500", "7.500", "0.000", "inv-21", "mastercard", "000.000.000", paylinks.KWD, paylinks.PaymentPartiallyCaptured, paylinks.MethodCard,
			"2026-02-10T10:00:00Z", "2026-02-10T11:00:00Z",
		},
		{
			id(0x31), "15.00", "0.00", "0.00", "cart-31", "visa", "800.100.151", paylinks.AED, paylinks.PaymentFailed, paylinks.MethodCard,
			"2026-02-10T12:00:00Z", "2026-02-10T12:00:00Z",
		},
		{
			id(0x41), "30.00", "0.00", "0.00", "cart-41", "", "800.400.500", paylinks.SAR, paylinks.PaymentPending, paylinks.MethodApplePay,
			"2026-02-10T13:00:00Z", "2026-02-10T13:00:00Z",
		},
	} {
		p := payments[i]
		assert.Equal(t, want.id, p.ID)
		assert.Equal(t, want.amount, p.Amount.String(), p.ID)
		assert.Equal(t, want.currency, p.Amount.Currency(), p.ID)
		assert.Equal(t, want.captured, p.Captured.String(), p.ID)
		assert.Equal(t, want.refunded, p.Refunded.String(), p.ID)
		assert.Equal(t, want.reference, p.Reference, p.ID)
		assert.Equal(t, want.status, p.Status, p.ID)
		assert.Equal(t, want.code, p.ProviderStatus, "the code that decided")
		assert.Equal(t, want.method, p.Method, p.ID)
		assert.Equal(t, want.brand, p.Brand, p.ID)
		assert.Equal(t, want.created, p.CreatedAt.Format(time.RFC3339Nano), p.ID)
		assert.Equal(t, want.updated, p.UpdatedAt.Format(time.RFC3339Nano), p.ID)
		assert.False(t, p.Fee.IsSet(), "HyperPay tells no fee")
	}
}

// The rules in their order, on a payment of 100.00. The n-th operation has the n-th id and is of n o'clock.
func TestStatusesOfPayments(t *testing.T) {
	t.Parallel()
	const ok, no, later = "000.000.000", "800.100.151", "000.200.000"
	type operation struct{ on, kind, amount, code string }
	for name, c := range map[string]struct {
		root       string
		code       string
		operations []operation
		status     paylinks.PaymentStatus
		captured   string
		refunded   string
	}{
		"a debit":                     {"DB", ok, nil, paylinks.PaymentCaptured, "100.00", "0.00"},
		"a debit to be reviewed":      {"DB", "000.400.000", nil, paylinks.PaymentCaptured, "100.00", "0.00"},
		"a failed debit":              {"DB", no, nil, paylinks.PaymentFailed, "0.00", "0.00"},
		"a failed debit, refunded":    {"DB", no, []operation{{rootID, "RF", "5.00", ok}}, paylinks.PaymentFailed, "0.00", "0.00"},
		"a debit, wholly refunded":    {"DB", ok, []operation{{rootID, "RF", "100.00", ok}}, paylinks.PaymentRefunded, "100.00", "100.00"},
		"a debit, refunded in parts":  {"DB", ok, []operation{{rootID, "RF", "40.00", ok}, {rootID, "RF", "60.00", ok}}, paylinks.PaymentRefunded, "100.00", "100.00"},
		"a debit, partly refunded":    {"DB", ok, []operation{{rootID, "RF", "40.00", ok}}, paylinks.PaymentPartiallyRefunded, "100.00", "40.00"},
		"a debit, a refund failed":    {"DB", ok, []operation{{rootID, "RF", "40.00", no}}, paylinks.PaymentCaptured, "100.00", "0.00"},
		"a debit, a refund pending":   {"DB", ok, []operation{{rootID, "RF", "40.00", later}}, paylinks.PaymentCaptured, "100.00", "0.00"},
		"a debit, reversed":           {"DB", ok, []operation{{rootID, "RV", "100.00", ok}}, paylinks.PaymentCancelled, "0.00", "0.00"},
		"a debit, a reversal failed":  {"DB", ok, []operation{{rootID, "RV", "100.00", no}}, paylinks.PaymentCaptured, "100.00", "0.00"},
		"a debit, charged back":       {"DB", ok, []operation{{rootID, "CB", "100.00", ok}}, paylinks.PaymentDisputed, "100.00", "0.00"},
		"charged back after a refund": {"DB", ok, []operation{{rootID, "RF", "30.00", ok}, {rootID, "CB", "70.00", ok}}, paylinks.PaymentDisputed, "100.00", "30.00"},
		"a chargeback taken back":     {"DB", ok, []operation{{rootID, "CB", "100.00", ok}, {rootID, "CR", "100.00", ok}}, paylinks.PaymentCaptured, "100.00", "0.00"},
		"charged back once more":      {"DB", ok, []operation{{rootID, "CB", "100.00", ok}, {rootID, "CR", "100.00", ok}, {rootID, "CB", "100.00", ok}}, paylinks.PaymentDisputed, "100.00", "0.00"},
		"a chargeback by its code":    {"DB", ok, []operation{{rootID, "RF", "100.00", "000.100.203"}}, paylinks.PaymentDisputed, "100.00", "0.00"},

		"an authorization":               {"PA", ok, nil, paylinks.PaymentAuthorized, "0.00", "0.00"},
		"an authorization, captured":     {"PA", ok, []operation{{rootID, "CP", "100.00", ok}}, paylinks.PaymentCaptured, "100.00", "0.00"},
		"captured in parts":              {"PA", ok, []operation{{rootID, "CP", "30.00", ok}, {rootID, "CP", "70.00", ok}}, paylinks.PaymentCaptured, "100.00", "0.00"},
		"captured in part":               {"PA", ok, []operation{{rootID, "CP", "30.00", ok}}, paylinks.PaymentPartiallyCaptured, "30.00", "0.00"},
		"a capture failed":               {"PA", ok, []operation{{rootID, "CP", "30.00", no}}, paylinks.PaymentAuthorized, "0.00", "0.00"},
		"voided":                         {"PA", ok, []operation{{rootID, "RV", "100.00", ok}}, paylinks.PaymentCancelled, "0.00", "0.00"},
		"the rest released":              {"PA", ok, []operation{{rootID, "CP", "30.00", ok}, {rootID, "RV", "70.00", ok}}, paylinks.PaymentPartiallyCaptured, "30.00", "0.00"},
		"a capture reversed":             {"PA", ok, []operation{{rootID, "CP", "30.00", ok}, {id(2), "RV", "30.00", ok}}, paylinks.PaymentAuthorized, "0.00", "0.00"},
		"one capture of two reversed":    {"PA", ok, []operation{{rootID, "CP", "30.00", ok}, {rootID, "CP", "50.00", ok}, {id(2), "RV", "30.00", ok}}, paylinks.PaymentPartiallyCaptured, "50.00", "0.00"},
		"a capture refunded":             {"PA", ok, []operation{{rootID, "CP", "30.00", ok}, {id(2), "RF", "30.00", ok}}, paylinks.PaymentRefunded, "30.00", "30.00"},
		"a capture partly refunded":      {"PA", ok, []operation{{rootID, "CP", "100.00", ok}, {id(2), "RF", "30.00", ok}}, paylinks.PaymentPartiallyRefunded, "100.00", "30.00"},
		"a refund reversed is a refund":  {"DB", ok, []operation{{rootID, "RF", "30.00", ok}, {id(2), "RV", "30.00", ok}}, paylinks.PaymentPartiallyRefunded, "100.00", "30.00"},
		"a failed refund, reversed":      {"DB", ok, []operation{{rootID, "RF", "30.00", no}, {id(2), "RV", "30.00", ok}}, paylinks.PaymentCaptured, "100.00", "0.00"},
		"more refunded than captured":    {"PA", ok, []operation{{rootID, "CP", "30.00", ok}, {rootID, "RF", "40.00", ok}}, paylinks.PaymentRefunded, "30.00", "30.00"},
		"an operation of no consequence": {"DB", ok, []operation{{rootID, "3D", "100.00", ok}, {rootID, "RC", "100.00", ok}}, paylinks.PaymentCaptured, "100.00", "0.00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			records := []string{record(t, fields{"paymentType": c.root, "result": code(c.code)})}
			for i, o := range c.operations {
				records = append(records, on(t, i+2, o.on, o.kind, o.amount, o.code))
			}
			backwards := []string{}
			for i := len(records) - 1; i >= 0; i-- {
				backwards = append(backwards, records[i])
			}
			for _, order := range [][]string{records, backwards} {
				f := newFar()
				f.lists(order...)
				p := walktest.One(t, f.whole(t))
				assert.Equal(t, c.status, p.Status)
				assert.Equal(t, c.captured, p.Captured.String())
				assert.Equal(t, c.refunded, p.Refunded.String())
			}
		})
	}
}

func TestSeveralAttemptsAreSeveralPayments(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lists(
		record(t, fields{"result": code("800.100.151")}), record(t, fields{"id": id(2), "result": code("800.100.152")}), record(t, fields{"id": id(3)}),
	)
	payments := f.whole(t)
	require.Len(t, payments, 3)
	assert.Equal(t, paylinks.PaymentFailed, payments[1].Status)
	assert.Equal(t, paylinks.PaymentCaptured, payments[2].Status)
}

func TestOperationsThatAreNoPayments(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"CD", "RB", "RC", "3D", "RF", "CP", "RV", "NEW"} {
		f := newFar()
		f.lists(record(t, fields{"paymentType": kind}))
		assert.Empty(t, f.whole(t), kind)
	}
}

func TestMethodsAndBrands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		brand, method any
		want          paylinks.PaymentMethod
		card          string
	}{
		{"VISA", nil, paylinks.MethodCard, "visa"},
		{"MASTER", "CC", paylinks.MethodCard, "mastercard"},
		{"MADA", "DC", paylinks.MethodCard, "mada"},
		{"AMEX", nil, paylinks.MethodCard, "amex"},
		{"KNET", nil, paylinks.MethodCard, "knet"},
		{"SOMETHING_NEW", nil, paylinks.MethodCard, "something_new"},
		{"STC_PAY", "VA", paylinks.MethodSTCPay, ""},
		{"APPLEPAY", nil, paylinks.MethodApplePay, ""},
		{"APPLEPAYTKN", "CC", paylinks.MethodApplePay, ""},
		{"PAYPAL", "VA", paylinks.MethodPayPal, ""},
		{nil, "DC", paylinks.MethodCard, ""},
		{nil, nil, "", ""},
	} {
		f := newFar()
		f.lists(record(t, fields{"paymentBrand": c.brand, "paymentMethod": c.method}))
		p := walktest.One(t, f.whole(t))
		assert.Equal(t, c.want, p.Method, "%v", c)
		assert.Equal(t, c.card, p.Brand, "%v", c)
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	custom := map[string]any{"SHOPPER_order": "o-9", "n": 7}
	for name, c := range map[string]struct {
		replace fields
		key     string
		want    string
	}{
		"the transaction's":   {fields{"merchantInvoiceId": "inv-1", "customParameters": custom}, "SHOPPER_order", "cart-1"},
		"the invoice's":       {fields{"merchantTransactionId": nil, "merchantInvoiceId": "inv-1", "customParameters": custom}, "SHOPPER_order", "inv-1"},
		"a custom parameter":  {fields{"merchantTransactionId": nil, "customParameters": custom}, "SHOPPER_order", "o-9"},
		"not asked for":       {fields{"merchantTransactionId": nil, "customParameters": custom}, "", ""},
		"another parameter":   {fields{"merchantTransactionId": nil, "customParameters": custom}, "SHOPPER_x", ""},
		"a parameter no text": {fields{"merchantTransactionId": nil, "customParameters": custom}, "n", ""},
		"no parameters":       {fields{"merchantTransactionId": nil, "customParameters": []int{1}}, "n", ""},
	} {
		f := newFar()
		f.lists(record(t, c.replace))
		assert.Equal(t, c.want, walktest.One(t, f.whole(t, func(config *hyperpay.Config) { config.ReferenceParameter = c.key })).Reference, name)
	}
}

// How many decimals three-decimal currencies have on the wire isn't known.
func TestAmountsOfAnyNumberOfDecimals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		amount         any
		currency, want string
	}{
		{"12.50", "KWD", "12.500"},
		{"12.500", "KWD", "12.500"},
		{"12.345", "KWD", "12.345"},
		{"12", "BHD", "12.000"},
		{"5000.00", "JPY", "5000"},
		{json.Number("92.10"), "SAR", "92.10"},
		{"0.0100", "SAR", "0.01"},
	} {
		f := newFar()
		f.lists(record(t, fields{"amount": c.amount, "currency": c.currency}))
		assert.Equal(t, c.want, walktest.One(t, f.whole(t)).Amount.String())
	}
}

func TestRecordsThatCannotBeReadAreReported(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ record, id string }{
		"no object":             {`[]`, ""},
		"no id":                 {record(t, fields{"id": nil}), ""},
		"no type":               {record(t, fields{"paymentType": nil}), rootID},
		"no code":               {record(t, fields{"result": nil}), rootID},
		"no time":               {record(t, fields{"timestamp": nil}), rootID},
		"no amount":             {record(t, fields{"amount": nil}), rootID},
		"a negative amount":     {record(t, fields{"amount": "-1.00"}), rootID},
		"a float's amount":      {record(t, fields{"amount": json.Number("1e2")}), rootID},
		"too many decimals":     {record(t, fields{"amount": "1.005"}), rootID},
		"an unknown currency":   {record(t, fields{"currency": "XXX"}), rootID},
		"a code that's no text": {record(t, fields{"result": map[string]int{"code": 7}}), rootID},
		"a refund's amount":     {on(t, 2, id(9), "RF", "x", "000.000.000"), id(2)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar()
			f.lists(c.record, record(t, fields{"id": id(0x99)}))
			w := walktest.Of(t, f.gateway(t), tenth())
			require.NoError(t, w.Err)
			assert.Equal(t, id(0x99), walktest.One(t, w.Payments).ID, "the walk goes on")
			require.Len(t, w.Bad, 1)
			assert.Equal(t, c.id, w.Bad[0].ID)
			assert.NotEmpty(t, w.Bad[0].Reason)
		})
	}
}

func TestPersonalDataIsDroppedUnlessWanted(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.On("/v3/query", 200, walktest.File(t, "records_v3.json"))
	raw := string(f.whole(t)[0].Raw)
	assert.NotContains(t, raw, "Layla")
	assert.NotContains(t, raw, "layla@example.com")
	for _, kept := range []string{`"last4Digits":"0011"`, `"AuthCode":"778899"`, `"<A&B>"`, "50.50"} {
		assert.Contains(t, raw, kept)
	}
	assert.True(t, json.Valid([]byte(raw)))
	raw = string(f.whole(t, func(c *hyperpay.Config) { c.PersonalData = true })[0].Raw)
	assert.Contains(t, raw, "Layla Example")
	assert.Contains(t, raw, `"SHOPPER_note": "<A&B>"`, "as it was received")
}

// The former version of the API, and answers that are one flat record, are read all the same.
func TestFormsOfAnswers(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		id     string
		status paylinks.PaymentStatus
	}{
		"records_v1.json":  {id(0x51), paylinks.PaymentCaptured},
		"record_flat.json": {id(0x52), paylinks.PaymentFailed},
	} {
		f := newFar()
		f.On("/v3/query", 200, walktest.File(t, name))
		p := walktest.One(t, f.whole(t))
		assert.Equal(t, want.id, p.ID, name)
		assert.Equal(t, want.status, p.Status, name)
	}
}

func ExampleInfo() {
	info := hyperpay.Info()
	fmt.Println(info.ID, info.LookBack)
	// Output: hyperpay 24h0m0s
}
