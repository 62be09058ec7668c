//go:build race

package gatewaytest

// largeRows is how many rows the walk over many has. The race detector makes each ten times as dear, and finds no more in the later ones.
const largeRows = 2_000
