package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// ledgerCheck is a check of a store that is a Ledger, which needs nothing else of it.
func ledgerCheck(name string, run func(t TB, ledger paylinks.Ledger)) Check {
	return with(name, func(t TB, _ paylinks.Store, ledger paylinks.Ledger) { run(t, ledger) })
}

func newSync(id, app string) *paylinks.Sync {
	return &paylinks.Sync{
		ID: id, OrgAppID: app, Provider: "stripe", From: at(-100), To: epoch, Status: paylinks.SyncRunning, StartedAt: epoch, DueAt: at(1),
	}
}

// beginSync stores a new sync that must be accepted.
func beginSync(t TB, ledger paylinks.Ledger, id, app string) *paylinks.Sync {
	t.Helper()
	sync := newSync(id, app)
	require.NoError(t, ledger.BeginSync(t.Context(), sync))
	return sync
}

func newPayment(t TB, app, providerID string) *paylinks.SyncedPayment {
	t.Helper()
	zero := paylinks.Zero(paylinks.SAR)
	return &paylinks.SyncedPayment{
		ID: "ours-" + app + "-" + providerID, Provider: "stripe", OrgAppID: app, SyncedAt: at(1),
		Payment: paylinks.Payment{
			ID: providerID, Reference: "order-" + providerID, Amount: money(t, "40.00", paylinks.SAR), Captured: zero, Refunded: zero,
			Status: paylinks.PaymentAuthorized, ProviderStatus: "requires_capture", CreatedAt: epoch, Raw: json.RawMessage(`{"id":"` + providerID + `"}`),
		},
	}
}

func listPayments(t TB, ledger paylinks.Ledger, query paylinks.SyncedPaymentQuery) []*paylinks.SyncedPayment {
	t.Helper()
	payments, err := ledger.Payments(t.Context(), query)
	require.NoError(t, err)
	return payments
}

func ledgerChecks() []Check {
	checks := []Check{
		ledgerCheck("an app has one unfinished sync at most: ErrDuplicate", func(t TB, ledger paylinks.Ledger) {
			begun := 0
			for _, err := range together(6, func(i int) error { return ledger.BeginSync(t.Context(), newSync(fmt.Sprint(i), "shop")) }) {
				if err == nil {
					begun++
				} else {
					assert.ErrorIs(t, err, paylinks.ErrDuplicate)
				}
			}
			require.Equal(t, 1, begun)
			beginSync(t, ledger, "of another app", "other")
			open, err := ledger.OpenSync(t.Context(), "shop")
			require.NoError(t, err)

			for _, status := range []paylinks.SyncStatus{paylinks.SyncInterrupted, paylinks.SyncRunning} {
				open.Status = status
				require.NoError(t, ledger.WritePage(t.Context(), open, nil))
				require.ErrorIs(t, ledger.BeginSync(t.Context(), newSync("next", "shop")), paylinks.ErrDuplicate, status)
			}
			open.Status = paylinks.SyncFailed
			require.NoError(t, ledger.WritePage(t.Context(), open, nil))
			_, err = ledger.OpenSync(t.Context(), "shop")
			require.ErrorIs(t, err, paylinks.ErrNotFound)
			beginSync(t, ledger, "next", "shop")
			require.ErrorIs(t, ledger.BeginSync(t.Context(), newSync("next", "third")), paylinks.ErrDuplicate, "the id is taken")
		}),
		ledgerCheck("a sync that isn't there is ErrNotFound", func(t TB, ledger paylinks.Ledger) {
			_, err := ledger.Sync(t.Context(), "nobody")
			require.ErrorIs(t, err, paylinks.ErrNotFound)
			_, err = ledger.OpenSync(t.Context(), "shop")
			require.ErrorIs(t, err, paylinks.ErrNotFound)
			_, err = ledger.LastSync(t.Context(), "shop")
			require.ErrorIs(t, err, paylinks.ErrNotFound)
			require.ErrorIs(t, ledger.WritePage(t.Context(), newSync("nobody", "shop"), nil), paylinks.ErrNotFound)
			require.ErrorIs(t, ledger.HoldSync(t.Context(), "nobody", at(1)), paylinks.ErrNotFound)
		}),
		ledgerCheck("the last sync is the completed one that reached furthest, without a window of its own", lastSync),
		ledgerCheck("payments are counted as new, changed or as they were", countPayments),
		ledgerCheck("a payment belongs to its app", func(t TB, ledger paylinks.Ledger) {
			for _, app := range []string{"shop", "other"} {
				sync := beginSync(t, ledger, app, app)
				require.NoError(t, ledger.WritePage(t.Context(), sync, []*paylinks.SyncedPayment{newPayment(t, app, "p")}))
				assert.Equal(t, 1, sync.Created)
			}
			require.Len(t, listPayments(t, ledger, paylinks.SyncedPaymentQuery{Limit: 10}), 2)
		}),
		ledgerCheck("a page and its sync are stored together or not at all", func(t TB, ledger paylinks.Ledger) {
			sync := beginSync(t, ledger, "s", "shop")
			sync.Checkpoint, sync.Fetched = "page 1", 1
			require.NoError(t, ledger.WritePage(t.Context(), sync, []*paylinks.SyncedPayment{newPayment(t, "shop", "a")}))
			stored, err := ledger.Sync(t.Context(), "s")
			require.NoError(t, err)
			equal(t, sync, stored)

			// The id is another payment's already, so the second one can't be stored.
			taken := newPayment(t, "shop", "c")
			taken.ID = newPayment(t, "shop", "a").ID
			next := *sync
			next.Checkpoint = "page 2"
			require.Error(t, ledger.WritePage(t.Context(), &next, []*paylinks.SyncedPayment{newPayment(t, "shop", "b"), taken}))
			assert.Equal(t, 1, next.Created, "what isn't stored isn't counted")

			done := *sync
			done.Status = paylinks.SyncCompleted
			require.NoError(t, ledger.WritePage(t.Context(), &done, nil))
			require.ErrorIs(t, ledger.WritePage(t.Context(), &next, []*paylinks.SyncedPayment{newPayment(t, "shop", "b")}), paylinks.ErrNotFound, "it's finished")
			require.ErrorIs(t, ledger.HoldSync(t.Context(), "s", at(9)), paylinks.ErrNotFound)
			stored, err = ledger.Sync(t.Context(), "s")
			require.NoError(t, err)
			equal(t, &done, stored)
			require.Len(t, listPayments(t, ledger, paylinks.SyncedPaymentQuery{Limit: 10}), 1)
		}),
		ledgerCheck("a sync that is held isn't due before then", func(t TB, ledger paylinks.Ledger) {
			beginSync(t, ledger, "s", "shop")
			require.NoError(t, ledger.HoldSync(t.Context(), "s", at(30)))
			for _, c := range []struct{ now, want int }{{29, 0}, {30, 1}} {
				syncs, err := ledger.ClaimSyncs(t.Context(), at(c.now), at(60), 10)
				require.NoError(t, err)
				require.Len(t, syncs, c.want, "%+v", c)
			}
		}),
		ledgerCheck("every field of a payment and of a sync comes back", func(t TB, ledger paylinks.Ledger) {
			var sync paylinks.Sync
			fill(t, &sync)
			sync.Status = paylinks.SyncRunning
			require.NoError(t, ledger.BeginSync(t.Context(), &sync))
			var payment paylinks.SyncedPayment
			fill(t, &payment)
			payment.Payment.Checkpoint = "" // it's the walk's
			require.NoError(t, ledger.WritePage(t.Context(), &sync, []*paylinks.SyncedPayment{&payment}))
			stored, err := ledger.Sync(t.Context(), sync.ID)
			require.NoError(t, err)
			equal(t, &sync, stored)
			payments := listPayments(t, ledger, paylinks.SyncedPaymentQuery{Limit: 10})
			require.Len(t, payments, 1)
			equal(t, &payment, payments[0])
		}),
		ledgerCheck("lists of payments filter by every field, and by several", filterPayments),
		ledgerCheck("pages show each payment once, though many have the same time", pagePayments),
	}
	return append(checks, withAll[paylinks.Ledger](claimableSyncs().checks())...)
}

func lastSync(t TB, ledger paylinks.Ledger) {
	for i, c := range []struct {
		app      string
		to       int
		explicit bool
		status   paylinks.SyncStatus
	}{
		{"shop", 10, false, paylinks.SyncCompleted},
		{"shop", 20, false, paylinks.SyncCompleted},
		{"shop", 15, false, paylinks.SyncCompleted},
		{"shop", 30, true, paylinks.SyncCompleted},
		{"shop", 40, false, paylinks.SyncFailed},
		{"other", 50, false, paylinks.SyncCompleted},
		{"shop", 60, false, paylinks.SyncRunning},
	} {
		sync := newSync(fmt.Sprint(i), c.app)
		sync.To, sync.Explicit = at(c.to), c.explicit
		require.NoError(t, ledger.BeginSync(t.Context(), sync))
		sync.Status = c.status
		require.NoError(t, ledger.WritePage(t.Context(), sync, nil))
	}
	last, err := ledger.LastSync(t.Context(), "shop")
	require.NoError(t, err)
	require.Equal(t, "1", last.ID)
}

func countPayments(t TB, ledger paylinks.Ledger) {
	sync := beginSync(t, ledger, "s", "shop")
	counts := func() [3]int { return [3]int{sync.Created, sync.Updated, sync.Unchanged} }
	require.NoError(t, ledger.WritePage(t.Context(), sync, []*paylinks.SyncedPayment{newPayment(t, "shop", "a"), newPayment(t, "shop", "b")}))
	require.Equal(t, [3]int{2, 0, 0}, counts())

	again := newPayment(t, "shop", "a")
	again.ID, again.SyncedAt, again.Payment.Raw = "another id", at(50), json.RawMessage(`{"id":"a","etag":2}`)
	changed := newPayment(t, "shop", "b")
	changed.ID, changed.SyncedAt = "one more id", at(50)
	changed.Payment.Captured, changed.Payment.Status = changed.Payment.Amount, paylinks.PaymentCaptured
	changed.Payment.Raw = json.RawMessage(`{"id":"b","captured":true}`)
	require.NoError(t, ledger.WritePage(t.Context(), sync, []*paylinks.SyncedPayment{again, changed, newPayment(t, "shop", "c")}))
	require.Equal(t, [3]int{3, 1, 1}, counts())
	stored, err := ledger.Sync(t.Context(), "s")
	require.NoError(t, err)
	equal(t, sync, stored)

	byID := map[string]*paylinks.SyncedPayment{}
	for _, p := range listPayments(t, ledger, paylinks.SyncedPaymentQuery{Limit: 10}) {
		byID[p.Payment.ID] = p
	}
	require.Len(t, byID, 3)
	equal(t, newPayment(t, "shop", "a"), byID["a"])
	changed.ID = newPayment(t, "shop", "b").ID
	equal(t, changed, byID["b"])
	require.Len(t, listPayments(t, ledger, paylinks.SyncedPaymentQuery{Status: paylinks.PaymentCaptured, Limit: 10}), 1, "lists know the new status")
}

// storePayments stores payments of several apps, each by a sync of its own.
func storePayments(t TB, ledger paylinks.Ledger, payments []*paylinks.SyncedPayment) {
	t.Helper()
	byApp := map[string][]*paylinks.SyncedPayment{}
	for _, p := range payments {
		byApp[p.OrgAppID] = append(byApp[p.OrgAppID], p)
	}
	for app, some := range byApp {
		require.NoError(t, ledger.WritePage(t.Context(), beginSync(t, ledger, "sync-"+app, app), some))
	}
}

func filterPayments(t TB, ledger paylinks.Ledger) {
	var payments []*paylinks.SyncedPayment
	for i := range 24 {
		app := []string{"shop", "branch", "market"}[i%3]
		p := newPayment(t, app, fmt.Sprint(i))
		p.ID = fmt.Sprintf("%02d", i)
		p.Provider = map[string]string{"shop": "stripe", "branch": "stripe", "market": "tap"}[app]
		p.Payment.Status = []paylinks.PaymentStatus{paylinks.PaymentCaptured, paylinks.PaymentFailed}[i/3%2]
		p.Payment.Reference = []string{"order-0", "order-1", ""}[i/6%3]
		p.Payment.CreatedAt = at(i / 2)
		payments = append(payments, p)
	}
	storePayments(t, ledger, payments)
	slices.Reverse(payments)
	for _, apps := range [][]string{nil, {}, {"shop"}, {"shop", "market"}} {
		for _, provider := range []string{"", "stripe"} {
			for _, status := range []paylinks.PaymentStatus{"", paylinks.PaymentCaptured} {
				for _, reference := range []string{"", "order-1"} {
					for _, created := range [][2]time.Time{{}, {at(3), {}}, {{}, at(8)}, {at(2).Add(time.Nanosecond), at(9)}} {
						query := paylinks.SyncedPaymentQuery{
							OrgAppIDs: apps, Provider: provider, Status: status, Reference: reference,
							CreatedFrom: created[0], CreatedTo: created[1], Limit: 7,
						}
						require.Equal(t, selectedPayments(payments, query), paymentIDs(listPayments(t, ledger, query)), "%+v", query)
					}
				}
			}
		}
	}
}

// selectedPayments is what a list is by its definition. payments are newest first.
func selectedPayments(payments []*paylinks.SyncedPayment, query paylinks.SyncedPaymentQuery) string {
	var some []*paylinks.SyncedPayment
	for _, p := range payments {
		if len(some) < query.Limit &&
			(query.OrgAppIDs == nil || slices.Contains(query.OrgAppIDs, p.OrgAppID)) &&
			(query.Provider == "" || query.Provider == p.Provider) &&
			(query.Status == "" || query.Status == p.Payment.Status) &&
			(query.Reference == "" || query.Reference == p.Payment.Reference) &&
			!p.Payment.CreatedAt.Before(query.CreatedFrom) &&
			(query.CreatedTo.IsZero() || p.Payment.CreatedAt.Before(query.CreatedTo)) {
			some = append(some, p)
		}
	}
	return paymentIDs(some)
}

func paymentIDs(payments []*paylinks.SyncedPayment) string {
	var ids []string
	for _, p := range payments {
		ids = append(ids, p.ID)
	}
	return strings.Join(ids, " ")
}

func pagePayments(t TB, ledger paylinks.Ledger) {
	var payments []*paylinks.SyncedPayment
	for i := range 11 {
		p := newPayment(t, []string{"shop", "branch"}[i%2], fmt.Sprint(i))
		p.ID, p.Payment.CreatedAt = fmt.Sprintf("%02d", i), at(i/5)
		payments = append(payments, p)
	}
	storePayments(t, ledger, payments)
	slices.Reverse(payments)
	for name, query := range map[string]paylinks.SyncedPaymentQuery{
		"all":          {Limit: 2},
		"two apps":     {Limit: 2, OrgAppIDs: []string{"shop", "branch"}},
		"by provider":  {Limit: 3, Provider: "stripe"},
		"with a range": {Limit: 1, CreatedFrom: at(0), CreatedTo: at(3)},
	} {
		var got []*paylinks.SyncedPayment
		for range len(payments) + 1 {
			page := listPayments(t, ledger, query)
			if len(page) == 0 {
				break
			}
			assert.LessOrEqual(t, len(page), query.Limit)
			got = append(got, page...)
			last := page[len(page)-1]
			query.After = paylinks.PaylinkCursor{CreatedAt: last.Payment.CreatedAt, ID: last.ID}
		}
		require.Equal(t, paymentIDs(payments), paymentIDs(got), name)
	}
}

func claimableSyncs() claimable {
	return claimable{
		name: "syncs",
		put: func(t TB, store paylinks.Store, id string, due time.Time) {
			t.Helper()
			sync := newSync(id, "app-"+id)
			sync.DueAt = due
			require.NoError(t, store.(paylinks.Ledger).BeginSync(t.Context(), sync))
		},
		end: func(t TB, store paylinks.Store, id string) {
			t.Helper()
			sync := newSync(id, "app-"+id)
			sync.Status, sync.DueAt = paylinks.SyncCompleted, at(1)
			require.NoError(t, store.(paylinks.Ledger).WritePage(t.Context(), sync, nil))
		},
		claim: func(ctx context.Context, store paylinks.Store, now, until time.Time, limit int) (ids []string, times []time.Time, err error) {
			syncs, err := store.(paylinks.Ledger).ClaimSyncs(ctx, now, until, limit)
			for _, sync := range syncs {
				ids, times = append(ids, sync.ID), append(times, sync.DueAt)
			}
			return ids, times, err
		},
	}
}
