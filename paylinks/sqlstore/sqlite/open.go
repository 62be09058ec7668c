package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
)

// Option changes a setting of [Open].
type Option func(*settings)

type settings struct {
	readers     int
	busyTimeout time.Duration
	pragmas     []string
}

// Readers is how many reads can run at the same time (default 4). Writes wait for none of them.
func Readers(n int) Option { return func(s *settings) { s.readers = max(n, 1) } }

// BusyTimeout is how long a write waits while another process writes (default 5 s).
func BusyTimeout(d time.Duration) Option { return func(s *settings) { s.busyTimeout = d } }

func newSettings(options []Option) settings {
	s := settings{readers: 4, busyTimeout: 5 * time.Second}
	for _, option := range options {
		option(&s)
	}
	return s
}

// Open opens the database file at path, and makes it where there's none, for its owner alone (mode 0600); its folder must exist. Tables are
// brought up to date.
//
// Where no other process has the file open, whoever held leases on operations, webhooks, deliveries, syncs and answers is dead, and all of
// them become due at once: work that a crash interrupted goes on without waiting.
//
// A file that is damaged is refused, as far as a look at both ends of every index shows it.
//
// A file of a newer version of this library is refused with [sqlstore.ErrNewer].
func Open(ctx context.Context, path string, options ...Option) (*sqlstore.Store, error) {
	if err := checkPath(path); err != nil {
		return nil, err
	}
	lock, alone, err := acquire(ctx, path+".lock")
	if err != nil {
		return nil, explain(path, err)
	}
	store, err := openLocked(ctx, path, newSettings(options), lock, alone)
	if err != nil {
		return nil, explain(path, errors.Join(err, lock.release()))
	}
	return store, nil
}

// openLocked opens a file under a lock, which belongs to the Store then.
func openLocked(ctx context.Context, path string, s settings, lock *fileLock, alone bool) (*sqlstore.Store, error) {
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	writer, err := openPool(ctx, writerDSN(path, s), 1)
	if err != nil {
		return nil, err
	}
	fail := func(err error, more ...*sql.DB) (*sqlstore.Store, error) {
		for _, db := range append(more, writer) {
			err = errors.Join(err, db.Close())
		}
		return nil, err
	}
	if err := sqlstore.Migrate(ctx, writer, dialect()); err != nil {
		return fail(err)
	}
	reader, err := openPool(ctx, readerDSN(path, s), s.readers)
	if err != nil {
		return fail(err)
	}
	if err := look(ctx, reader); err != nil {
		return fail(err, reader)
	}
	store, err := sqlstore.New(ctx, sqlstore.Config{Writer: writer, Reader: reader, Dialect: dialect(), Release: lock.release})
	if err != nil {
		return fail(err, reader)
	}
	if !alone {
		return store, nil
	}
	err = store.EndLeases(ctx)
	if err == nil {
		err = lock.share(ctx)
	}
	if err != nil {
		return fail(err, reader)
	}
	return store, nil
}

// OpenMemory opens a new database that nobody else sees and that is gone with Close, for tests.
//
// It has one connection for reads and writes alike: a database in memory belongs to its connection, and SQLite's way of sharing it
// among several has other locks than a file has.
func OpenMemory(ctx context.Context, options ...Option) (*sqlstore.Store, error) {
	s := newSettings(options)
	db, err := openPool(ctx, dsn(":memory:", url.Values{"_pragma": append([]string{"foreign_keys(1)", "temp_store(2)"}, s.pragmas...)}), 1)
	if err != nil {
		return nil, err
	}
	if err := sqlstore.Migrate(ctx, db, dialect()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	store, err := sqlstore.New(ctx, sqlstore.Config{Writer: db, Reader: db, Dialect: dialect()})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return store, nil
}

// checkPath refuses paths that SQLite would answer with a riddle.
func checkPath(path string) error {
	if path == "" {
		return errors.New("sqlite: the path of the database file is empty")
	}
	if path == ":memory:" {
		return errors.New("sqlite: :memory: is no file, and what is in memory is lost with the process: give a path, or use OpenMemory for tests")
	}
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return fmt.Errorf("sqlite: %s is a directory: give the path of the database file", path)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return explain(path, err)
	}
	switch info, err := os.Stat(filepath.Dir(path)); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("sqlite: the folder of %s doesn't exist: make it first", path)
	case err != nil:
		return explain(path, err)
	case !info.IsDir():
		return fmt.Errorf("sqlite: the folder of %s is no folder", path)
	}
	return nil
}

// creating is held by one at a time: to close a file ends all of the process's fcntl locks on it, SQLite's too, so a file that another Store may have
// open by now must not be closed here.
var creating sync.Mutex

// createPrivate makes the file where there's none, for its owner alone: it has buyers' phone numbers, and SQLite would let everybody read it that the
// umask does. The -wal and -shm take its mode. Windows has no such modes.
func createPrivate(path string) error {
	creating.Lock()
	defer creating.Unlock()
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

// openPool opens a pool whose connections stay open, and makes the first of them.
func openPool(ctx context.Context, dsn string, size int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func writerDSN(path string, s settings) string {
	return dsn(path, url.Values{
		"_txlock": {"immediate"},
		// The timeout comes first: the pragmas after it may have to wait for a lock already. What is erased or replaced is overwritten,
		// for what is forgotten to be gone from the disk.
		"_pragma": append([]string{
			s.busyPragma(), "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "temp_store(2)", "secure_delete(1)",
		}, s.pragmas...),
	})
}

func readerDSN(path string, s settings) string {
	return dsn(path, url.Values{"mode": {"ro"}, "_pragma": {s.busyPragma(), "query_only(1)"}})
}

func (s settings) busyPragma() string {
	return "busy_timeout(" + strconv.FormatInt(s.busyTimeout.Milliseconds(), 10) + ")"
}

// dsn is a URI, in which no character of a path has a meaning of its own.
func dsn(path string, query url.Values) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + query.Encode()
}
