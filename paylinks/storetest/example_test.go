package storetest_test

import (
	"testing"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/paylinks/storetest"
)

// A store of your own passes the suite in a test. Each check gets one with nothing in it.
func Example() {
	suite := func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) paylinks.Store {
			store, err := sqlite.OpenMemory(t.Context()) // yours, here
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = store.Close() })
			return store
		})
	}
	_ = suite // func TestStore(t *testing.T) { … }
}
