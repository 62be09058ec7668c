// Package storetest is the suite that every [paylinks.Store] passes: it says in code what the interface says in words.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) paylinks.Store {
//			store, err := mystore.Open(t.Context())
//			require.NoError(t, err)
//			t.Cleanup(func() { require.NoError(t, store.Close()) })
//			return store
//		})
//	}
package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/paylinks/paylinks-go/paylinks"
)

// TB is what a [Check] needs of a test. A *testing.T is one; so is a recorder, with which the suite itself is tested.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	// FailNow ends the goroutine.
	FailNow()
	Context() context.Context
}

// Check is one promise of a Store.
type Check struct {
	// Name is the promise.
	Name string
	// Run checks it with a store that has nothing in it.
	Run func(t TB, store paylinks.Store)
}

// Checks is the whole suite.
func Checks() []Check {
	return slices.Concat(
		paylinkChecks(), changeChecks(), listChecks(), operationChecks(), claimChecks(), eventChecks(), webhookChecks(),
		answerChecks(), roundTripChecks(), outboxChecks(), ledgerChecks(), orderChecks(),
	)
}

// with is a check of those stores that have a power: an interface beyond [paylinks.Store]. Others have it skipped.
func with[Power any](name string, run func(t TB, store paylinks.Store, power Power)) Check {
	return Check{name, func(t TB, store paylinks.Store) {
		power, ok := store.(Power)
		if ok {
			run(t, store, power)
		} else if t, ok := t.(interface{ Skip(args ...any) }); ok {
			t.Skip("the store doesn't have this power")
		}
	}}
}

// withAll makes checks ones of those stores that have a power.
func withAll[Power any](checks []Check) []Check {
	limited := make([]Check, 0, len(checks))
	for _, check := range checks {
		limited = append(limited, with(check.Name, func(t TB, store paylinks.Store, _ Power) { check.Run(t, store) }))
	}
	return limited
}

// Run runs every check as a parallel subtest. open makes a new store with nothing in it, which it has closed at the end of t.
func Run(t *testing.T, open func(t *testing.T) paylinks.Store) {
	t.Helper()
	for _, check := range Checks() {
		t.Run(check.Name, func(t *testing.T) {
			t.Parallel()
			check.Run(t, open(t))
		})
	}
}
