package walktest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Replaced are fields with some replaced. A dot in a name leads into an object within, and nil leaves a field out.
func Replaced(fields, replace map[string]any) map[string]any {
	for name, value := range replace {
		to := fields
		if outer, inner, ok := strings.Cut(name, "."); ok {
			name, to = inner, fields[outer].(map[string]any)
		}
		to[name] = value
		if value == nil {
			delete(to, name)
		}
	}
	return fields
}

// Object is [Replaced] as JSON.
func Object(t require.TestingT, fields, replace map[string]any) string {
	encoded, err := json.Marshal(Replaced(fields, replace))
	require.NoError(t, err)
	return string(encoded)
}

// File is a file of testdata.
func File(t require.TestingT, name string) string {
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return string(text)
}

// Amount is an amount as it's written.
func Amount(t require.TestingT, text string, currency paylinks.Currency) paylinks.Money {
	m, err := paylinks.ParseMoney(text, currency)
	require.NoError(t, err)
	return m
}
