package paylinks

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// maxDigits bounds the digits of an amount before its decimal point, so that no input can make arithmetic slow.
const maxDigits = 15

// Currency is an ISO 4217 code in upper case, such as "SAR".
type Currency string

// The currencies that the providers of this library settle in.
const (
	SAR Currency = "SAR"
	AED Currency = "AED"
	KWD Currency = "KWD"
	BHD Currency = "BHD"
	OMR Currency = "OMR"
	QAR Currency = "QAR"
	USD Currency = "USD"
)

// currencies holds what the library knows of each currency: its ISO 4217 exponent and the region whose national
// phone numbers go with it.
var currencies = map[Currency]struct {
	exponent int32
	region   string
}{
	SAR: {2, "SA"},
	AED: {2, "AE"},
	KWD: {3, "KW"},
	BHD: {3, "BH"},
	OMR: {3, "OM"},
	QAR: {2, "QA"},
	USD: {2, "US"},
}

// ParseCurrency reads a currency code in any case. A code that the library doesn't know is an error with
// code [CodeUnsupportedCurrency].
func ParseCurrency(s string) (Currency, error) {
	c := Currency(strings.ToUpper(strings.TrimSpace(s)))
	if _, ok := currencies[c]; !ok {
		return "", &Error{
			Code:    CodeUnsupportedCurrency,
			Outcome: NotApplied,
			Message: "currency is unknown: use an ISO 4217 code such as SAR, AED or KWD",
			Fields:  []FieldError{{Field: "currency", Code: "unsupported", Message: "use an ISO 4217 code such as SAR, AED or KWD"}},
		}
	}
	return c, nil
}

// Exponent is the number of decimals that amounts in c have: 2 for SAR, 3 for KWD. It's 2 for an unknown currency.
func (c Currency) Exponent() int32 {
	if info, ok := currencies[c]; ok {
		return info.exponent
	}
	return 2
}

// Region is the ISO 3166 country whose national phone numbers are assumed for payments in c, or "".
func (c Currency) Region() string { return currencies[c].region }

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
	return &FieldError{Field: "amount", Code: "too_many_decimals", Message: fmt.Sprintf("amount has %d decimals, %s has %d", n, c, c.Exponent())}
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

// MarshalJSON writes {"amount":"150.00","currency":"SAR"}, and null for the zero Money.
func (m Money) MarshalJSON() ([]byte, error) {
	if !m.IsSet() {
		return []byte("null"), nil
	}
	return json.Marshal(moneyJSON{Amount: m.String(), Currency: m.currency})
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
