package moyasartest

import (
	"fmt"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (p *payment) row() any {
	if p.raw != nil {
		return p.raw
	}
	return rowOf(p.Payment)
}

// rowOf is a payment as Moyasar answers it.
func rowOf(p Payment) map[string]any {
	source := map[string]any{"type": p.Source, "reference_number": "600100200300", "message": "APPROVED", "transaction_url": "https://api.moyasar.com/x?otp_token=simulated"}
	if p.Source != "stcpay" {
		source["company"], source["number"], source["name"] = p.Company, "XXXX-XXXX-XXXX-1010", "Simulated Buyer"
		source["token"], source["gateway_id"], source["response_code"] = "token_simulated", "moyasar_cc_simulated", "00"
	}
	row := map[string]any{
		"id": p.ID, "status": p.Status, "amount": p.Amount, "fee": p.Fee, "currency": p.Currency, "refunded": p.Refunded, "captured": p.Captured,
		"refunded_at": nil, "captured_at": nil, "voided_at": nil, "ip": nil, "callback_url": nil,
		"description": orNull(p.Description), "invoice_id": orNull(p.InvoiceID), "metadata": nil,
		"created_at": timestamp(p.Created), "updated_at": timestamp(p.Updated), "source": source,
	}
	for field, units := range map[string]int64{"amount": p.Amount, "fee": p.Fee, "refunded": p.Refunded, "captured": p.Captured} {
		row[field+"_format"] = format(units, p.Currency)
	}
	if p.Metadata != nil {
		row["metadata"] = p.Metadata
	}
	return row
}

// format is an amount as Moyasar renders it: "12.450 KWD".
func format(units int64, currency string) string {
	money, err := paylinks.MoneyFromUnits(max(units, 0), paylinks.Currency(currency), exponent(currency))
	if err != nil {
		return ""
	}
	return money.String() + " " + currency
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// history makes up payments by their number: 0 is the newest.
type history struct {
	n         int
	end, step int64
}

func (h history) at(i int) int64 { return h.end - int64(i)*h.step }

func (h history) payment(i int) Payment {
	at := time.UnixMilli(h.at(i))
	return Payment{
		ID: fmt.Sprintf("0e100000-0000-4000-8000-%012x", i), Created: at, Updated: at, Status: "paid", Amount: 10_000 + int64(i), Fee: 200,
		Currency: "SAR", Source: "creditcard", Company: "mada", Metadata: map[string]string{"order_id": fmt.Sprintf("order-%09d", i)},
	}
}

// within is the numbers of the payments of a time, both ends of it inclusive, in Unix milliseconds: the first, and one past the last.
func (h history) within(from, to int64) (first, end int) {
	if h.n == 0 || to < h.at(h.n-1) || from > h.end {
		return 0, 0
	}
	if to < h.end {
		first = int((h.end - to + h.step - 1) / h.step)
	}
	end = h.n
	if from > h.at(h.n-1) {
		end = int((h.end-from)/h.step) + 1
	}
	return first, end
}
