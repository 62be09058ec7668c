package memstore_test

import (
	"testing"

	"github.com/paylinks/paylinks-go/examples/customstore/memstore"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/storetest"
)

func TestAStoreInMemoryKeepsThePromisesOfAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) paylinks.Store { return memstore.New() })
}
