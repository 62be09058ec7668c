package storetest_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/paylinks/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is a test that may fail.
type recorder struct {
	ctx context.Context

	mu       sync.Mutex
	failures []string
}

func (r *recorder) Helper() {}

func (r *recorder) Context() context.Context { return r.ctx }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) FailNow() { runtime.Goexit() }

// fails runs a check on a new store, wrapped, and tells whether it fails.
func fails(t *testing.T, check storetest.Check, wrap func(paylinks.Store) paylinks.Store) bool {
	t.Helper()
	store, err := sqlite.OpenMemory(t.Context())
	require.NoError(t, err)
	record := &recorder{ctx: t.Context()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		check.Run(record, wrap(store))
	}()
	<-done
	require.NoError(t, store.Close())
	return len(record.failures) > 0
}

func TestAGoodStorePasses(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) paylinks.Store {
		t.Helper()
		store, err := sqlite.OpenMemory(t.Context())
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, store.Close()) })
		return store
	})
}

// Each of these stores breaks a promise, and the check of that promise notices.
func TestABrokenStoreFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		wrap    func(paylinks.Store) paylinks.Store
		promise string
	}{
		{"ignores versions", ignoreVersions, "an update of an older version is ErrStale and changes nothing"},
		{"ignores versions, many writers", ignoreVersions, "of many updates of one version exactly one wins"},
		{"loses updates", ignoreVersions, "no update is lost when each writer reads again"},
		{"commits half of a change", commitHalves, "a change whose last part fails leaves nothing"},
		{"fails those beside a failure", failNeighbours, "a change that fails doesn't fail those beside it"},
		{"hands a link to two claimers", claimWithoutMoving, "links are claimed by one claimer"},
		{"hands an operation to two claimers", claimWithoutMoving, "operations are claimed by one claimer"},
		{"hands a webhook to two claimers", claimWithoutMoving, "webhooks are claimed by one claimer"},
		{"keeps claims for ever", claimForEver, "links are claimed again when the claim has run out"},
		{"claims in the wrong order", claimBackwards, "operations are claimed once they are due, the longest due first, up to the limit"},
		{"opens two operations", openTwo, "a link has one open operation at most: ErrOperationOpen"},
		{"opens two operations, many callers", openTwo, "of many operations that begin at once on a link exactly one does"},
		{"shares its values", shareValues, "values handed in and out are copies"},
		{"pages by time alone", pageByTime, "pages show each link once, though many have the same time"},
		{"lists every app for no app", listAllForNone, "a list over no apps is empty, and one over unknown apps too"},
		{"forgets a filter", forgetFilter, "lists filter by every field, and by several"},
		{"finds links of other apps", findAnywhere, "a link is found by any of the provider's ids, within its app"},
		{"lists events unsorted", reverseEvents, "events are listed by their sequence, after a position, up to a limit"},
		{"stores a delivery twice", forgetDeliveries, "a delivery is known per app: ErrDuplicate"},
		{"gives a key to anybody", giveKeys, "a key is claimed where it's free, expired or left behind by the same request"},
		{"forgets what the first holder of a key noted", forgetNotes, "a key is claimed where it's free, expired or left behind by the same request"},
		{"gives a key to two", giveKeys, "of many claims of one key exactly one gets it"},
		{"drops a field", dropField, "every field of every record comes back"},
		{"writes for callers who have gone", ignoreContext, "a change whose caller has gone isn't made"},
		{"rounds times", roundTimes, "times are kept to the microsecond, whatever their zone"},
		{"keeps metadata", keepMetadata, "the metadata of a link's events is forgotten, and nothing else"},
		{"tells everybody of everything", tellAll, "an event makes one delivery to each endpoint that wants its type and its app"},
		{"tells the disabled", tellTheDisabled, "a disabled endpoint gets no new deliveries, and its pending ones rest until it's enabled"},
		{"tells what didn't happen", tellBeforehand, "an event that isn't stored makes no delivery"},
		{"delivers in any order", deliverInAnyOrder, "of one link's deliveries to an endpoint only the first pending one is claimed, and the next when it has ended"},
		{"delivers past a failure", deliverInAnyOrder, "a delivery that failed holds back those behind it, of its link and endpoint alone"},
		{"delivers past what is sent again", deliverInAnyOrder, "a delivery that is sent again goes before those that are pending"},
		{"hands a delivery to two claimers", claimTwice, "deliveries are claimed by one claimer"},
		{"keeps the deliveries of nobody", keepDeliveries, "with an endpoint its deliveries go: ErrNotFound"},
		{"forgets tries", forgetTries, "a delivery keeps its new state"},
		{"lists every state", listEveryState, "deliveries are listed newest first, by state, after a position, up to a limit"},
		{"drops the fields of an endpoint", tellAll, "endpoints are listed oldest first, as they were last stored"},
		{"syncs an app twice", syncTwice, "an app has one unfinished sync at most: ErrDuplicate"},
		{"goes on from any sync", goOnFromAnySync, "the last sync is the completed one that reached furthest, without a window of its own"},
		{"stores a page in parts", pageByPayment, "a page and its sync are stored together or not at all"},
		{"counts by the raw row", countByRaw, "payments are counted as new, changed or as they were"},
		{"mixes apps", mixApps, "a payment belongs to its app"},
		{"holds nothing", holdNothing, "a sync that is held isn't due before then"},
		{"hands a sync to two claimers", claimSyncsTwice, "syncs are claimed by one claimer"},
		{"lists payments unsorted", listPaymentsUnsorted, "lists of payments filter by every field, and by several"},
		{"pages payments by time alone", pagePaymentsByTime, "pages show each payment once, though many have the same time"},
		{"drops a field of a payment", countByRaw, "every field of a payment and of a sync comes back"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			at := slices.IndexFunc(storetest.Checks(), func(check storetest.Check) bool { return check.Name == c.promise })
			require.GreaterOrEqual(t, at, 0, "there's no such check")
			check := storetest.Checks()[at]
			assert.True(t, fails(t, check, c.wrap))
			assert.False(t, fails(t, check, func(store paylinks.Store) paylinks.Store { return store }), "the same check passes a good store")
		})
	}
}

func TestChecksHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	var names []string
	for _, check := range storetest.Checks() {
		assert.NotContains(t, names, check.Name)
		names = append(names, check.Name)
	}
	assert.False(t, slices.Contains(names, ""))
}
