package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryGatewayIsPulled(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(t.Context(), options{history: 60, days: 3, getenv: func(string) string { return "" }}, &out))
	for _, app := range []string{"dinero-main", "hyperpay-main", "moyasar-main", "paypal-main", "stripe-main", "tap-main"} {
		assert.Regexp(t, app+` +completed +\d+ payments: \d+ new, 0 changed, 0 unchanged, 0 skipped`, out.String())
	}
	assert.Contains(t, out.String(), "partially_refunded")
}

func TestAGatewayThatDoesNotExist(t *testing.T) {
	t.Parallel()
	err := run(t.Context(), options{only: []string{"nowhere"}, getenv: func(string) string { return "" }}, new(strings.Builder))
	require.ErrorContains(t, err, "nowhere")
}
