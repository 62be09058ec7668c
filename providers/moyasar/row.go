package moyasar

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/lenient"
	"github.com/paylinks/paylinks-go/internal/rest/received"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/moyasar/internal/api"
)

// outcome is a row as it's yielded: a payment, or a [*paylinks.BadRow].
type outcome struct {
	paylinks.Payment
	err error
	// skip: it's no payment.
	skip bool
	// id and created, in Unix milliseconds, are the row's place in the list, as far as it can be read.
	id      string
	created int64
}

var idShape = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// read turns a row into a payment.
func (g *Gateway) read(ctx context.Context, raw json.RawMessage) outcome {
	o := place(raw)
	bad := func(reason string) outcome {
		o.err = &paylinks.BadRow{ID: o.id, Reason: reason}
		return o
	}
	var row api.Payment
	if err := json.Unmarshal(raw, &row); err != nil {
		return bad("it doesn't have the form of a payment")
	}
	switch {
	case o.id == "":
		return bad("it has no id")
	case row.Status == "":
		return bad("it has no status")
	case row.Amount == nil:
		return bad("it has no amount")
	case row.CreatedAt.IsZero() || row.UpdatedAt.IsZero():
		return bad("it has no time of creation or of change")
	}
	currency, err := paylinks.ParseCurrency(row.Currency)
	if err != nil {
		return bad("its currency is unknown")
	}
	exponent, ok := exponentOf(*row.Amount, currency, string(row.AmountFormat))
	if !ok {
		return bad("amount and amount_format are not the same")
	}
	if exponent != currency.Exponent() {
		g.config.Logger.LogAttrs(ctx, slog.LevelWarn, "moyasar: an amount has other decimals than its currency",
			slog.String("id", o.id), slog.String("currency", string(currency)), slog.Int("decimals", int(exponent)))
	}
	captured, refunded := totals(row)
	for _, amount := range []struct {
		to    *paylinks.Money
		units *int64
	}{
		{&o.Amount, row.Amount}, {&o.Captured, &captured}, {&o.Refunded, &refunded}, {&o.Fee, row.Fee},
	} {
		if amount.units == nil || (amount.to == &o.Fee && *amount.units < 0) { // no fee, or one given back
			continue
		}
		if *amount.to, err = paylinks.MoneyFromUnits(*amount.units, currency, exponent); err != nil {
			return bad(err.Error())
		}
	}
	o.ID = o.id
	o.Reference = string(cmp.Or(row.Metadata.Value[g.config.ReferenceKey], row.InvoiceID, row.Description))
	o.ProviderStatus = row.Status
	o.Status = g.statusOf(row, captured, refunded)
	o.Method, o.Brand = methodOf(row.Source.Value)
	o.CreatedAt, o.UpdatedAt = row.CreatedAt.UTC(), row.UpdatedAt.UTC()
	o.Raw = received.Redact(raw, powers...)
	o.skip = row.Status == verified
	return o
}

// place is the id and the time of creation of a row, whatever else is wrong with it.
func place(raw json.RawMessage) outcome {
	var row struct {
		ID        lenient.Text             `json:"id"`
		CreatedAt lenient.Maybe[time.Time] `json:"created_at"`
	}
	var o outcome
	if json.Unmarshal(raw, &row) != nil {
		return o
	}
	if idShape.MatchString(string(row.ID)) {
		o.id = string(row.ID)
	}
	if created := row.CreatedAt.Value; created.Year() > 1970 {
		o.created = created.UnixMilli()
	}
	return o
}

// totals are the units captured and refunded. A direct payment has captured 0, a whole refund may have refunded 0: the status says it. What was
// voided or failed took nothing in the end.
func totals(row api.Payment) (captured, refunded int64) {
	switch row.Status {
	case voided, failed, verified:
		return 0, 0
	}
	if row.Captured != nil {
		captured = *row.Captured
	}
	taken := row.Status == paid || row.Status == statusCaptured || row.Status == statusRefunded
	if captured <= 0 && taken {
		captured = *row.Amount
	}
	if row.Refunded != nil {
		refunded = *row.Refunded
	}
	if refunded == 0 && row.Status == statusRefunded {
		refunded = captured
	}
	return captured, min(refunded, captured)
}

// exponentOf is the number of decimals of Moyasar's units: the currency's, unless the amount as Moyasar itself renders it ("12.450 KWD") shows
// others. It's false where the two can't be of one amount.
func exponentOf(units int64, currency paylinks.Currency, format string) (int32, bool) {
	text, code, _ := strings.Cut(strings.TrimSpace(strings.ReplaceAll(format, ",", "")), " ")
	shown, err := paylinks.ParseProviderMoney(text, currency)
	if err != nil || !strings.EqualFold(strings.TrimSpace(code), string(currency)) {
		return currency.Exponent(), true // no rendering that can be read
	}
	const most = 4
	candidates := []int32{currency.Exponent()}
	for exponent := range int32(most) {
		candidates = append(candidates, exponent)
	}
	for _, exponent := range candidates {
		if amount, err := paylinks.MoneyFromUnits(units, currency, exponent); err == nil && amount.Equal(shown) {
			return exponent, true
		}
	}
	return 0, false
}

// powers are the fields of a row that give power: a card's token, and the page on which the buyer confirms, whose query can have a one-time token.
var powers = []string{"token", "transaction_url"}
