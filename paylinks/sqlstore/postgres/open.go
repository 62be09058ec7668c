package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
)

// Option changes a setting of [Open].
type Option func(*settings)

type settings struct {
	readers    int
	patience   time.Duration
	unprepared bool // told by the URL
}

// Readers is how many reads can run at the same time, each on a connection (default 4). Writes wait for none of them.
func Readers(n int) Option { return func(s *settings) { s.readers = max(n, 1) } }

// Patience is how long a transaction may take until its connection is given up for lost (default 30 s), as where the server's machine is gone without a word.
func Patience(d time.Duration) Option { return func(s *settings) { s.patience = d } }

// Open opens the database of a URL, postgres://USER:PASSWORD@HOST:PORT/DATABASE, which must exist. Tables are brought up to date.
//
// The URL's parameters are those of pgx: sslmode, sslrootcert, connect_timeout, several hosts with target_session_attrs, default_query_exec_mode, and
// any setting of the server, such as search_path. What the URL leaves out is taken from the environment, as psql does: PGPASSWORD, PGSSLMODE and their like.
//
// A database of a newer version of this library is refused with [sqlstore.ErrNewer]. No error shows the password.
func Open(ctx context.Context, url string, options ...Option) (*sqlstore.Store, error) {
	config, err := parse(url)
	if err != nil {
		return nil, err
	}
	s := settings{readers: 4, patience: defaultPatience, unprepared: config.DefaultQueryExecMode != pgx.QueryExecModeCacheStatement}
	for _, option := range options {
		option(&s)
	}
	if !s.unprepared {
		for name, value := range connectionSettings {
			if _, set := config.RuntimeParams[name]; !set {
				config.RuntimeParams[name] = value
			}
		}
	}
	if err := migrate(ctx, config, s); err != nil {
		return nil, explain(config, err)
	}
	writer, reader := openPool(config, 1), openPool(config, s.readers)
	store, err := sqlstore.New(ctx, sqlstore.Config{Writer: writer, Reader: reader, Dialect: dialect(s)})
	if err != nil {
		return nil, explain(config, errors.Join(err, writer.Close(), reader.Close()))
	}
	return store, nil
}

// connectionSettings are those of every connection, unless the URL has others. Each query of the store is served by an index that has its rows in its order. The planner
// is told so: otherwise it would sort all the links of an app for the newest of them where it takes them to be few, and read whole tables of
// which it has no statistics yet. A pooler would refuse them.
var connectionSettings = map[string]string{
	"application_name":  "paylinks",
	"enable_seqscan":    "off",
	"enable_bitmapscan": "off",
	"enable_sort":       "off",
	"enable_hashjoin":   "off",
	"enable_mergejoin":  "off",
	"jit":               "off",
}

// idleTime is how long a connection that nobody needs is kept.
const idleTime = 5 * time.Minute

func openPool(config *pgx.ConnConfig, size int) *sql.DB {
	db := stdlib.OpenDB(*config.Copy())
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxIdleTime(idleTime)
	return db
}

// migrate brings the tables up to date, one process at a time.
func migrate(ctx context.Context, config *pgx.ConnConfig, s settings) (err error) {
	const locked, migrating = 1, 1
	db := openPool(config, locked+migrating)
	defer func() { err = errors.Join(err, db.Close()) }()
	connection, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	if err := check(ctx, connection); err != nil {
		return err
	}
	// A pooler in transaction mode keeps no lock between two statements. Without the lock the migrations still bear each other: each is a transaction, of
	// which one succeeds.
	if !s.unprepared {
		if _, err := connection.ExecContext(ctx, `SELECT pg_advisory_lock(hashtext('paylinks in ' || current_schema()))`); err != nil {
			return err
		}
		// The lock ends with the connection, which db.Close closes.
	}
	return sqlstore.Migrate(ctx, db, dialect(s))
}

// What check refuses.
var (
	errNoSchema = errors.New("the schema of search_path doesn't exist, or isn't this user's to see: CREATE SCHEMA first")
	errEncoding = errors.New("the database isn't encoded in UTF-8: make one WITH ENCODING 'UTF8' TEMPLATE template0")
	errStandby  = errors.New("the server is a standby, which can't write: name the primary, or several hosts and target_session_attrs=read-write")
)

// check looks for what would show much later otherwise.
func check(ctx context.Context, connection *sql.Conn) error {
	var encoding string
	var schema sql.NullString
	var standby bool
	err := connection.QueryRowContext(ctx, `SELECT current_setting('server_encoding'), current_schema(), pg_is_in_recovery()`).
		Scan(&encoding, &schema, &standby)
	switch {
	case err != nil:
		return err
	case standby:
		return errStandby
	case !schema.Valid:
		return errNoSchema
	case encoding != "UTF8":
		return errEncoding
	}
	return nil
}
