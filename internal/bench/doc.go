// Package bench measures the product beside what a developer would write by hand for the same job, in the same run on the same machine:
//
//	go test -bench . ./internal/bench
//
// Contenders take turns in short rounds, so that a machine whose speed drifts treats them alike. The figures to read are the ratios.
package bench
