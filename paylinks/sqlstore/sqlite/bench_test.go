package sqlite

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// BenchmarkWrite measures the two transactions of a payment link, at one caller and at 32:
//
//   - create: the link as it is before the provider is called, and its operation
//   - settle: the link with what the provider said, the end of the operation, and an event
//
// Beside them is what one would write by hand: the same document in one table with one index, one INSERT per commit, no operation and
// no event, on the same settings of SQLite.
func BenchmarkWrite(b *testing.B) {
	for _, callers := range []int{1, 32} {
		b.Run(fmt.Sprintf("create/%d", callers), func(b *testing.B) {
			store := benchStore(b)
			share(b, callers, func(int) error {
				link, operation := benchLink(b)
				return store.Write(b.Context(), paylinks.Change{Insert: link, Begin: operation})
			})
		})
		b.Run(fmt.Sprintf("settle/%d", callers), func(b *testing.B) {
			store := benchStore(b)
			settles := make([]paylinks.Change, b.N)
			share(b, 32, func(i int) error {
				link, operation := benchLink(b)
				settles[i] = benchSettle(link, operation)
				return store.Write(b.Context(), paylinks.Change{Insert: link, Begin: operation})
			})
			b.ResetTimer()
			share(b, callers, func(i int) error { return store.Write(b.Context(), settles[i]) })
		})
		b.Run(fmt.Sprintf("by hand/%d", callers), func(b *testing.B) {
			db, err := openPool(b.Context(), writerDSN(filepath.Join(b.TempDir(), "hand.db"), newSettings(nil)), 1)
			require.NoError(b, err)
			b.Cleanup(func() { require.NoError(b, db.Close()) })
			insert := benchTable(b, db)
			share(b, callers, func(int) error {
				link, _ := benchLink(b)
				document, err := json.Marshal(link)
				if err != nil {
					return err
				}
				_, err = insert.ExecContext(b.Context(), link.ID, link.OrderID, string(link.Status), link.CreatedAt.UnixMicro(), string(document))
				return err
			})
		})
	}
}

// BenchmarkRead measures a read by id and a page of a list, with as many callers as there are processors.
func BenchmarkRead(b *testing.B) {
	store := benchStore(b)
	const links = 10_000
	names := make([]string, links)
	each(b, links, 32, func(i int) error {
		link, operation := benchLink(b)
		names[i] = link.ID
		return store.Write(b.Context(), paylinks.Change{Insert: link, Begin: operation})
	})
	b.Run("by id", func(b *testing.B) {
		share(b, 4, func(i int) error {
			_, err := store.Paylink(b.Context(), names[i%links])
			return err
		})
	})
	b.Run("page of 50", func(b *testing.B) {
		share(b, 4, func(int) error {
			_, err := store.Paylinks(b.Context(), paylinks.PaylinkQuery{OrgAppIDs: []string{"shop"}, Limit: 50})
			return err
		})
	})
}

// share spreads b.N calls over callers.
func share(b *testing.B, callers int, call func(i int) error) {
	b.Helper()
	each(b, b.N, callers, call)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}

func each(b *testing.B, n, callers int, call func(i int) error) {
	b.Helper()
	var group sync.WaitGroup
	errs := make([]error, callers)
	for caller := range callers {
		group.Go(func() {
			for i := caller; i < n && errs[caller] == nil; i += callers {
				errs[caller] = call(i)
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(b, err)
	}
}

func benchStore(b *testing.B) paylinks.Store {
	b.Helper()
	store, err := Open(b.Context(), filepath.Join(b.TempDir(), "paylinks.db"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, store.Close()) })
	return store
}

func benchTable(b *testing.B, db *sql.DB) *sql.Stmt {
	b.Helper()
	_, err := db.ExecContext(b.Context(), `CREATE TABLE links (id TEXT PRIMARY KEY, order_id TEXT, status TEXT, created_at INTEGER, document TEXT)`)
	require.NoError(b, err)
	_, err = db.ExecContext(b.Context(), `CREATE INDEX links_created ON links (created_at)`)
	require.NoError(b, err)
	insert, err := db.PrepareContext(b.Context(), `INSERT INTO links VALUES (?, ?, ?, ?, ?)`)
	require.NoError(b, err)
	return insert
}

func benchLink(b *testing.B) (*paylinks.Paylink, *paylinks.Operation) {
	b.Helper()
	id, reference := uuid.Must(uuid.NewV7()).String(), uuid.Must(uuid.NewV7()).String()
	amount, err := paylinks.ParseMoney("149.50", paylinks.SAR)
	require.NoError(b, err)
	now := time.Now()
	link := &paylinks.Paylink{
		ID: id, Provider: "tabby", OrgAppID: "shop", OrderID: "order-" + id[24:],
		Amount: amount, Status: paylinks.StatusCreating, Captured: paylinks.Zero(paylinks.SAR), Refunded: paylinks.Zero(paylinks.SAR),
		Ref:         paylinks.Ref{Reference: reference, OrderID: "order-" + id[24:], Amount: amount},
		Description: "A pair of shoes", Lang: "ar",
		Buyer:     paylinks.Buyer{Name: "Test Buyer", Email: "buyer@example.com", Phone: "+966500000001"},
		Items:     []paylinks.Item{{Name: "Shoes", Quantity: 1, UnitPrice: amount, SKU: "shoes-42"}},
		Metadata:  map[string]string{"till": "7"},
		CreatedAt: now, UpdatedAt: now, NextCheckAt: now.Add(time.Minute),
	}
	operation := &paylinks.Operation{
		ID: reference, PaylinkID: id, Kind: paylinks.OperationCreate, Reference: reference, Key: "key-" + id, Fingerprint: id,
		Open: true, StartedAt: now, DueAt: now.Add(time.Minute),
	}
	return link, operation
}

func benchSettle(created *paylinks.Paylink, begun *paylinks.Operation) paylinks.Change {
	link, operation := *created, *begun
	link.Version, link.Status, link.Events = 1, paylinks.StatusCreated, 1
	link.Ref.SessionID, link.Ref.PaymentID = uuid.NewString(), uuid.NewString()
	link.CheckoutURL = "https://checkout.example.com/" + link.Ref.SessionID
	operation.Open, operation.Outcome, operation.Attempts, operation.FinishedAt = false, paylinks.Applied, 1, link.CreatedAt
	return paylinks.Change{
		Update: &link, Settle: &operation, Events: []paylinks.Event{{
			ID: uuid.Must(uuid.NewV7()).String(), Type: paylinks.EventCreated, PaylinkID: link.ID, OrgAppID: link.OrgAppID, Sequence: 1,
			OccurredAt: link.CreatedAt, Status: link.Status,
			Data: json.RawMessage(`{"provider":"tabby","order_id":"order","amount":"149.50","currency":"SAR","captured_amount":"0.00","refunded_amount":"0.00","source":"operation"}`),
		}},
	}
}
