package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSale(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out))
	assert.Equal(t, `provider: Acme Pay [SAR KWD]
created:  created 12.345 KWD
event:    paylink.created
event:    paylink.authorized
captured: captured 12.345
refunded: partially_refunded 2.345
`, out.String())
}
