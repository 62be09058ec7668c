package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestQuickstart(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out))
	assert.Equal(t, `created:  created 150.00 SAR
captured: captured 150.00 - Tabby says CLOSED
refunded: partially_refunded 50.00
`, out.String())
}
