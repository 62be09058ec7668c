//go:build !race

package house

var raceFlag []string
