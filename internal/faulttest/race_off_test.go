//go:build !race

package faulttest

// raceEnabled: the race detector makes the database many times slower.
const raceEnabled = false
