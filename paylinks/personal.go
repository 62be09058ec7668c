package paylinks

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Secret is a credential. It prints, formats and logs as "[secret]"; [Secret.Reveal] gives the text.
type Secret string

// Reveal is the secret itself, for the one place that sends or compares it.
func (s Secret) Reveal() string { return string(s) }

// String hides the secret.
func (s Secret) String() string { return "[secret]" }

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return "[secret]" }

// LogValue hides the secret from log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// MarshalText hides the secret from encoders, JSON among them.
func (s Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// Phone is a phone number in E.164 form, "+966500000001". It logs masked; stored records and provider calls have it whole.
type Phone string

// ParsePhone reads a phone number in national form, of the given ISO 3166 region, or in international form with "+",
// "00" or the bare country code of that region. Spaces, dashes and parentheses are ignored. A number that can't exist is a [*FieldError].
func ParsePhone(s, region string) (Phone, error) {
	text := strings.TrimSpace(s)
	if international, ok := strings.CutPrefix(text, "00"); ok {
		text = "+" + international
	}
	number, err := phonenumbers.Parse(text, region)
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return "", &FieldError{Field: "phone", Code: "invalid", Message: "must be a phone number such as +966500000001, or a national one of the currency's country"}
	}
	return Phone(phonenumbers.Format(number, phonenumbers.E164)), nil
}

// Masked is the number with its middle hidden, however long that is: "+9665*****01".
func (p Phone) Masked() string {
	const head, tail, hidden = 5, 2, "*****"
	if len(p) <= head+tail {
		return hidden
	}
	return string(p[:head]) + hidden + string(p[len(p)-tail:])
}

// LogValue masks the number in log/slog.
func (p Phone) LogValue() slog.Value { return slog.StringValue(p.Masked()) }

// Format masks the number in every verb of package fmt; string(p) is the number itself.
func (p Phone) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(p.Masked())) }

// Email is an e-mail address. It logs masked.
type Email string

// Masked is the address with its local part hidden: "a***@example.com".
func (e Email) Masked() string {
	local, domain, ok := strings.Cut(string(e), "@")
	if !ok || local == "" {
		return strings.Repeat("*", len(e))
	}
	return local[:1] + "***@" + domain
}

// LogValue masks the address in log/slog.
func (e Email) LogValue() slog.Value { return slog.StringValue(e.Masked()) }

// Format masks the address in every verb of package fmt; string(e) is the address itself.
func (e Email) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(e.Masked())) }
