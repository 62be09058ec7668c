//go:build !race

package gatewaytest

// largeRows is how many rows the walk over many has.
const largeRows = 20_000
