// Package settings trims what a provider is configured with, and names everything that is wrong with it at once.
package settings

import (
	"errors"
	"fmt"
	"strings"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// Secret is a secret without the space around it that comes with copying.
func Secret(s paylinks.Secret) paylinks.Secret {
	return paylinks.Secret(strings.TrimSpace(s.Reveal()))
}

// BaseURL is a URL without the space around it and slashes at its end.
func BaseURL(s string) string { return strings.TrimRight(strings.TrimSpace(s), "/") }

// Wrong is what is wrong with a configuration. The zero Wrong is nothing.
type Wrong struct{ fields []error }

// Required notes a field that must be set.
func (w *Wrong) Required(field, message string) { w.say(field, "required", message) }

// Invalid notes a field that must be something else.
func (w *Wrong) Invalid(field, message string) { w.say(field, "invalid", message) }

// Unsupported notes a field with a value that exists, and that the provider has no use for.
func (w *Wrong) Unsupported(field, message string) { w.say(field, "unsupported", message) }

// Origin notes a BaseURL that isn't a scheme and a host alone, such as example.
func (w *Wrong) Origin(baseURL, example string) {
	if !rest.IsOrigin(baseURL) {
		w.Invalid("BaseURL", "must be a scheme and a host alone, such as "+example)
	}
}

// Outside notes a field whose value isn't from low to high.
func Outside[T ~int | ~int64](w *Wrong, field string, value, low, high T, message string) {
	if value < low || value > high {
		w.Invalid(field, message)
	}
}

// Err is all of it, nil where there's nothing.
func (w *Wrong) Err(provider string) error {
	if len(w.fields) == 0 {
		return nil
	}
	return fmt.Errorf("%s: the configuration is wrong: %w", provider, errors.Join(w.fields...))
}

func (w *Wrong) say(field, code, message string) {
	w.fields = append(w.fields, &paylinks.FieldError{Field: field, Code: code, Message: message})
}
