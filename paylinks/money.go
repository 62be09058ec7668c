package paylinks

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// maxDigits bounds the digits of an amount before its decimal point, so that no input can make arithmetic slow.
const maxDigits = 15

// Money is an exact amount of one currency in major units, never negative. The zero Money has no currency and
// stands for "no amount". Values are made by [ParseMoney] and [Zero], and are compared with [Money.Cmp].
type Money struct {
	amount   decimal.Decimal
	currency Currency
}

// Zero is no money of currency c.
func Zero(c Currency) Money { return Money{currency: c} }

// ParseMoney reads a plain decimal such as "150" or "150.00". Signs, exponents, grouping, a bare leading or trailing
// point and more decimals than the currency has are refused with a [*FieldError].
func ParseMoney(s string, c Currency) (Money, error) {
	return parseMoney(s, c, c.Exponent())
}

// ParseProviderMoney reads an amount as providers write them: like [ParseMoney], and decimals beyond the currency's
// own are accepted where they are zeros ("150.0000").
func ParseProviderMoney(s string, c Currency) (Money, error) {
	return parseMoney(strings.TrimSpace(s), c, maxDigits)
}

func parseMoney(s string, c Currency, maxDecimals int32) (Money, error) {
	whole, fraction, hasPoint := strings.Cut(s, ".")
	if !isDigits(whole) || (hasPoint && !isDigits(fraction)) {
		return Money{}, &FieldError{Field: "amount", Code: "invalid", Message: `must be a plain decimal number such as "150.00"`}
	}
	if len(strings.TrimLeft(whole, "0")) > maxDigits {
		return Money{}, &FieldError{Field: "amount", Code: "too_large", Message: fmt.Sprintf("must have at most %d digits before the decimal point", maxDigits)}
	}
	if len(fraction) > int(maxDecimals) {
		return Money{}, tooManyDecimals(len(fraction), c)
	}
	if extra := strings.TrimRight(fraction, "0"); len(extra) > int(c.Exponent()) {
		return Money{}, tooManyDecimals(len(extra), c)
	}
	amount, err := decimal.NewFromString(s)
	if err != nil {
		return Money{}, &FieldError{Field: "amount", Code: "invalid", Message: `must be a plain decimal number such as "150.00"`}
	}
	return Money{amount: amount, currency: c}, nil
}

func tooManyDecimals(n int, c Currency) *FieldError {
	return &FieldError{Field: "amount", Code: "too_many_decimals", Message: fmt.Sprintf("has %d decimals, %s has %d", n, c, c.Exponent())}
}

func isDigits(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Currency is the currency of m, "" for the zero Money.
func (m Money) Currency() Currency { return m.currency }

// String is the amount with exactly the currency's decimals and without its code: "150.00", "12.500".
func (m Money) String() string { return m.amount.StringFixed(m.currency.Exponent()) }

// IsZero tells whether the amount is zero, whatever the currency.
func (m Money) IsZero() bool { return m.amount.IsZero() }

// IsSet tells whether m has a currency: a zero amount of SAR is set, the zero Money isn't.
func (m Money) IsSet() bool { return m.currency != "" }

// Cmp compares the amounts of m and n: -1, 0 or +1. They must be of one currency.
func (m Money) Cmp(n Money) int { return m.amount.Cmp(n.amount) }

// MoneyFromUnits is n units of c of which a whole has 10^exponent: 15000 with exponent 2 is 150.00. Most providers that count
// in units use [Currency.Exponent]; some count a few currencies their own way. A negative n, or a part smaller than the currency has, is
// a [*FieldError].
func MoneyFromUnits(n int64, c Currency, exponent int32) (Money, error) {
	amount := decimal.New(n, -exponent)
	if n < 0 {
		return Money{}, &FieldError{Field: "amount", Code: "invalid", Message: "must not be negative"}
	}
	if !amount.Equal(amount.Truncate(c.Exponent())) {
		return Money{}, tooManyDecimals(int(exponent), c)
	}
	return Money{amount: amount, currency: c}, nil
}

// Units is the inverse of [MoneyFromUnits]: 150.00 with exponent 2 is 15000. An amount that has a part smaller than such a unit, or more units
// than an int64 holds, is a [*FieldError].
func (m Money) Units(exponent int32) (int64, error) {
	units := m.amount.Shift(exponent)
	if !units.IsInteger() {
		return 0, &FieldError{Field: "amount", Code: "too_many_decimals", Message: fmt.Sprintf("has a part smaller than a unit of %d decimals", exponent)}
	}
	if !units.BigInt().IsInt64() {
		return 0, &FieldError{Field: "amount", Code: "too_large", Message: "has more units than can be counted"}
	}
	return units.IntPart(), nil
}

// Equal tells whether m and n are the same amount of the same currency.
func (m Money) Equal(n Money) bool { return m.currency == n.currency && m.amount.Equal(n.amount) }

// Add is m + n. They must be of one currency.
func (m Money) Add(n Money) Money { return Money{amount: m.amount.Add(n.amount), currency: m.currency} }

// Sub is m - n, or zero where n is more than m: money never goes below zero here.
func (m Money) Sub(n Money) Money {
	if m.amount.LessThan(n.amount) {
		return Zero(m.currency)
	}
	return Money{amount: m.amount.Sub(n.amount), currency: m.currency}
}

// Times is m × n for a count of at least zero.
func (m Money) Times(n int64) Money {
	return Money{amount: m.amount.Mul(decimal.NewFromInt(n)), currency: m.currency}
}

// Max is the larger of m and n, so that a total that may only grow can be kept with total = total.Max(seen).
func (m Money) Max(n Money) Money {
	if !m.IsSet() || (n.IsSet() && m.amount.LessThan(n.amount)) {
		return n
	}
	return m
}

// or is m, or n where m isn't set.
func (m Money) or(n Money) Money {
	if m.IsSet() {
		return m
	}
	return n
}

// moneyJSON is how Money is kept in stored records. HTTP bodies have amount and currency as fields of their own.
type moneyJSON struct {
	Amount   string   `json:"amount"`
	Currency Currency `json:"currency"`
}

// MarshalJSON writes {"amount":"150.00","currency":"SAR"}, and null for the zero Money. Records have many amounts, so it's put together by
// hand: neither an amount nor a currency has anything to escape.
func (m Money) MarshalJSON() ([]byte, error) {
	if !m.IsSet() {
		return []byte("null"), nil
	}
	return []byte(`{"amount":"` + m.String() + `","currency":"` + string(m.currency) + `"}`), nil
}

// UnmarshalJSON reads what [Money.MarshalJSON] writes.
func (m *Money) UnmarshalJSON(data []byte) error {
	var raw *moneyJSON
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	if raw == nil {
		*m = Money{}
		return nil
	}
	parsed, err := ParseMoney(raw.Amount, raw.Currency)
	if err != nil {
		return err
	}
	*m = parsed
	return nil
}
