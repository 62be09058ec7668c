//go:build race

package house

// raceFlag has a module that is tested from here built as this one is, so that what is built already is used.
var raceFlag = []string{"-race"}
