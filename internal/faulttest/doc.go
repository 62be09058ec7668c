// Package faulttest is the proof of the product's promise: nothing is lost, and nothing happens twice. It has tests alone.
//
// They run the product, as the server's own binary or in process, against simulated providers that remember what was really done there,
// and have things go wrong: the process is killed at every step, the network loses what it carries, callers come all at once,
// providers are away for a day. In the end the two ledgers must agree: what the provider did, and what the API says.
//
//	go test ./internal/faulttest                       a few minutes
//	go test -short ./internal/faulttest                less
//	go test ./internal/faulttest -faults.flows=2000 -faults.kills=300 -faults.webhooks=100000 -faults.links=50000
//
// A test of the comparison itself shows that it finds what it's for.
package faulttest
