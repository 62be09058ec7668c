package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
)

// longAgo is before every time in these tests but those that a lease's end sets.
var longAgo = time.Date(1990, time.January, 1, 0, 0, 0, 0, time.UTC)

// testLink is a link and its open operation, which is due in 2040.
func testLink(id string) (*paylinks.Paylink, *paylinks.Operation) {
	now := time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC)
	link := &paylinks.Paylink{ID: id, Provider: "tabby", OrgAppID: "shop", CreatedAt: now, UpdatedAt: now}
	operation := &paylinks.Operation{
		ID: "operation-" + id, PaylinkID: id, Kind: paylinks.OperationCreate, Reference: id, StartedAt: now, DueAt: now.AddDate(14, 0, 0),
	}
	return link, operation
}

func TestAFileKeepsWhatWasWrittenWhenItIsOpenedAgain(t *testing.T) {
	t.Parallel()
	// A URI would read a meaning into most of these characters.
	path := filepath.Join(t.TempDir(), "pay links?mode=memory#1%20&=ش.db")
	store, err := Open(t.Context(), path)
	require.NoError(t, err)
	link, operation := testLink("a")
	require.NoError(t, store.Write(t.Context(), paylinks.Change{Insert: link, Begin: operation}))
	require.NoError(t, store.Close())
	require.FileExists(t, path)

	got, err := open(t, path).Paylink(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, "tabby", got.Provider)
}

func TestCommitsWaitForTheDisk(t *testing.T) {
	t.Parallel()
	db, err := openPool(t.Context(), writerDSN(filepath.Join(t.TempDir(), "paylinks.db"), newSettings([]Option{BusyTimeout(3 * time.Second)})), 1)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "3000",
	} {
		var got string
		require.NoError(t, db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
		assert.Equal(t, want, got, pragma)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	open(t, path)
	db, err := openPool(t.Context(), readerDSN(path, newSettings(nil)), 1)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), `DELETE FROM paylinks`)
	require.ErrorContains(t, err, "readonly")
}

func TestAStoreThatIsClosedSaysSo(t *testing.T) {
	t.Parallel()
	store, err := OpenMemory(t.Context())
	require.NoError(t, err)
	require.NoError(t, store.Close())
	link, _ := testLink("a")
	require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Insert: link}), sqlstore.ErrClosed)
	require.Error(t, store.Ping(t.Context()))
}

func TestOpenSaysWhatIsWrongWithAPath(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	text := filepath.Join(folder, "text.db")
	require.NoError(t, os.WriteFile(text, []byte(strings.Repeat("this is no database\n", 300)), 0o600))
	for name, c := range map[string]struct{ path, want string }{
		"empty":              {"", "is empty"},
		"a directory":        {folder, "is a directory"},
		"memory":             {":memory:", "OpenMemory"},
		"no such folder":     {filepath.Join(folder, "missing", "a.db"), "doesn't exist"},
		"a file as folder":   {filepath.Join(text, "a.db"), "not a directory"},
		"not a database":     {text, "isn't an SQLite database"},
		"a damaged database": {damaged(t, folder), "is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Open(t.Context(), c.path)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// damaged is a database whose header is right and whose tables are not.
func damaged(t *testing.T, folder string) string {
	t.Helper()
	path := filepath.Join(folder, "damaged.db")
	store, err := Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, store.Close())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	const header = 100
	for i := header; i < len(content); i++ {
		content[i] = 0xA5
	}
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

func TestAFileOfANewerVersionIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	store, err := Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, store.Close())
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	require.NoError(t, err)
	require.NoError(t, db.Close())

	_, err = Open(t.Context(), path)
	require.ErrorIs(t, err, sqlstore.ErrNewer)
	require.ErrorContains(t, err, "9999")
}

func TestManyOpensOfANewFileAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	var group sync.WaitGroup
	errs := make([]error, 10)
	for i := range errs {
		group.Go(func() {
			store, err := Open(t.Context(), path)
			if err != nil {
				errs[i] = err
				return
			}
			link, _ := testLink(fmt.Sprint(i))
			errs[i] = store.Write(t.Context(), paylinks.Change{Insert: link})
			if err := store.Close(); errs[i] == nil {
				errs[i] = err
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	links, err := open(t, path).Paylinks(t.Context(), paylinks.PaylinkQuery{Limit: 100})
	require.NoError(t, err)
	require.Len(t, links, len(errs))
}

// Without the lock of Open, as on systems that have none: the migrations themselves must bear each other.
func TestMigrationsAtOnceWithoutALock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	first, err := openPool(t.Context(), writerDSN(path, newSettings(nil)), 1)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, first.Close()) })
	var group sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		group.Go(func() {
			db, err := openPool(t.Context(), writerDSN(path, newSettings(nil)), 1)
			if err != nil {
				errs[i] = err
				return
			}
			errs[i] = sqlstore.Migrate(t.Context(), db, dialect())
			if err := db.Close(); errs[i] == nil {
				errs[i] = err
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}

func TestLeasesEndWithTheLastProcessThatHasTheFile(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	first, err := Open(ctx, path)
	require.NoError(t, err)
	link, operation := testLink("a")
	due := operation.DueAt
	webhook := &paylinks.Webhook{ID: "1", OrgAppID: "shop", DedupKey: "1", DueAt: due}
	answer := paylinks.Answer{Key: "key", Fingerprint: "request", DueAt: due, ExpiresAt: due}
	require.NoError(t, first.Write(ctx, paylinks.Change{Insert: link, Begin: operation, Webhook: webhook, Answer: &answer}))

	held := func(store *sqlstore.Store) bool {
		operations, err := store.ClaimOperations(ctx, longAgo, due, 10)
		require.NoError(t, err)
		webhooks, err := store.ClaimWebhooks(ctx, longAgo, due, 10)
		require.NoError(t, err)
		_, claimed, err := store.ClaimAnswer(ctx, answer, longAgo)
		require.NoError(t, err)
		assert.Len(t, webhooks, len(operations))
		assert.Equal(t, len(operations) == 1, claimed)
		return len(operations) == 0
	}
	second, err := Open(ctx, path)
	require.NoError(t, err)
	assert.True(t, held(second), "the first store lives, so what it holds is its own")
	require.NoError(t, first.Close())
	third, err := Open(ctx, path)
	require.NoError(t, err)
	assert.True(t, held(third), "the second store lives")
	require.NoError(t, second.Close())
	require.NoError(t, third.Close())

	fourth := open(t, path)
	assert.False(t, held(fourth), "nobody was left who could have held anything")
	assert.True(t, held(fourth), "now the fourth holds it")
}

// What is under way at a crash is due at once. What waits for its next try after a failure isn't hurried by a restart: each try counts.
func TestLeasesOfDeliveriesAndSyncsEndAndPausesDoNot(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	store, err := Open(ctx, path)
	require.NoError(t, err)
	link, operation := testLink("a")
	other, _ := testLink("b")
	now, later := link.CreatedAt, operation.DueAt
	require.NoError(t, store.PutEndpoint(ctx, &paylinks.Endpoint{ID: "e", CreatedAt: now}))
	event := func(link string) []paylinks.Event {
		return []paylinks.Event{{ID: "event-" + link, PaylinkID: link, Sequence: 1, OccurredAt: now, Data: []byte(`{}`)}}
	}
	require.NoError(t, store.Write(ctx, paylinks.Change{Insert: link, Events: event("a")}))
	require.NoError(t, store.Write(ctx, paylinks.Change{Insert: other, Events: event("b")}))
	for _, app := range []string{"a", "b"} {
		require.NoError(t, store.BeginSync(ctx, &paylinks.Sync{ID: app, OrgAppID: app, Status: paylinks.SyncRunning, DueAt: now}))
	}
	claim := func(store *sqlstore.Store) (ids []string) {
		deliveries, err := store.ClaimDeliveries(ctx, now, later, 10)
		require.NoError(t, err)
		for _, d := range deliveries {
			ids = append(ids, "delivery "+d.Event.PaylinkID)
			if d.Event.PaylinkID == "b" {
				d.DueAt = later
				require.NoError(t, store.PutDelivery(ctx, d))
			}
		}
		syncs, err := store.ClaimSyncs(ctx, now, later, 10)
		require.NoError(t, err)
		for _, sync := range syncs {
			ids = append(ids, "sync "+sync.ID)
			if sync.ID == "b" {
				sync.DueAt = later
				require.NoError(t, store.WritePage(ctx, sync, nil))
			}
		}
		return ids
	}
	require.ElementsMatch(t, []string{"delivery a", "delivery b", "sync a", "sync b"}, claim(store))
	require.Empty(t, claim(store))
	require.NoError(t, store.Close())
	require.ElementsMatch(t, []string{"delivery a", "sync a"}, claim(open(t, path)))
}

func TestOpenWaitsForAnotherOpenOnlyAsLongAsItsContext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	lock, alone, err := acquire(t.Context(), path+".lock")
	require.NoError(t, err)
	require.True(t, alone)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err = Open(ctx, path)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NoError(t, lock.release())
	open(t, path)
}

func TestAFullDiskLosesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	store, err := Open(ctx, path, func(s *settings) { s.pragmas = []string{"max_page_count(80)"} })
	require.NoError(t, err)
	var acknowledged []string
	var full error
	for i := 0; full == nil && i < 10_000; i++ {
		link, operation := testLink(fmt.Sprint(i))
		link.Description = strings.Repeat("long ", 200)
		if full = store.Write(ctx, paylinks.Change{Insert: link, Begin: operation}); full == nil {
			acknowledged = append(acknowledged, link.ID)
		}
	}
	require.ErrorContains(t, full, "full")
	require.NotEmpty(t, acknowledged)
	_, err = store.Paylink(ctx, fmt.Sprint(len(acknowledged)))
	require.ErrorIs(t, err, paylinks.ErrNotFound)

	// Many at once: some fit into what is left and some don't; each is told the truth.
	var group sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		group.Go(func() {
			link, _ := testLink(fmt.Sprintf("small-%d", i))
			link.Description = strings.Repeat("x", i%4*500)
			errs[i] = store.Write(ctx, paylinks.Change{Insert: link})
		})
	}
	group.Wait()
	for i, err := range errs {
		if id := fmt.Sprintf("small-%d", i); err == nil {
			acknowledged = append(acknowledged, id)
		} else {
			require.ErrorContains(t, err, "full")
			_, err := store.Paylink(ctx, id)
			require.ErrorIs(t, err, paylinks.ErrNotFound)
		}
	}
	require.NoError(t, store.Close())

	store = open(t, path)
	for _, id := range acknowledged {
		_, err := store.Paylink(ctx, id)
		require.NoError(t, err)
	}
	link, _ := testLink("later")
	require.NoError(t, store.Write(ctx, paylinks.Change{Insert: link}))
}
