package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestASaleOnAStoreOfOnesOwn(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out))
	assert.Equal(t, `created:  created 12.345 KWD
captured: captured 12.345
captured: captured 12.345 - the first answer again: true
refunded: partially_refunded 2.345
event:    paylink.created
event:    paylink.authorized
event:    paylink.captured
event:    paylink.partially_refunded
`, out.String())
}
