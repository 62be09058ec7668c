package postgres_test

import (
	"context"
	"database/sql"
	"net/url"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/postgrestest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/postgres"
)

func TestOpenSaysWhatIsWrongWithAURL(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ url, want string }{
		"empty":                 {"", "must be postgres://"},
		"another scheme":        {"mysql://shop:s3cr3t-pw@db/paylinks", "must be postgres://"},
		"no database":           {"postgres://shop:s3cr3t-pw@db", "no DATABASE"},
		"no host":               {"postgres:///paylinks", "no HOST"},
		"a slash in a password": {"postgres://shop:s3cr3t-pw/2@db/paylinks", "percent-encoded"},
		"a sign in a password":  {"postgres://shop:s3cr3t-pw%zz@db/paylinks", "percent-encoded"},
		"no number for a port":  {"postgres://shop:s3cr3t-pw@db:s3/paylinks", "must be postgres://"},
		"a wrong sslmode":       {"postgres://shop:s3cr3t-pw@db/paylinks?sslmode=maybe", "sslmode"},
		"nobody there":          {"postgres://shop:s3cr3t-pw@127.0.0.1:1/paylinks?sslmode=disable", "127.0.0.1:1 can't be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := postgres.Open(t.Context(), c.url)
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "s3cr3t-pw")
		})
	}
}

// edited is a URL with another database, user or parameter.
func edited(t *testing.T, text string, edit func(*url.URL, url.Values)) string {
	t.Helper()
	parsed, err := url.Parse(text)
	require.NoError(t, err)
	query := parsed.Query()
	edit(parsed, query)
	parsed.RawQuery = query.Encode()
	return parsed.String()
}

func TestOpenSaysWhatIsWrongWithADatabase(t *testing.T) {
	t.Parallel()
	here := postgrestest.URL(t)
	for name, c := range map[string]struct {
		edit func(*url.URL, url.Values)
		want string
	}{
		"no such database": {func(u *url.URL, _ url.Values) { u.Path = "/missing" }, `the database "missing" doesn't exist`},
		"no such user":     {func(u *url.URL, _ url.Values) { u.User = url.UserPassword("nobody", "s3cr3t-pw") }, `user "nobody"`},
		"no such schema":   {func(_ *url.URL, q url.Values) { q.Set("search_path", "missing") }, "CREATE SCHEMA"},
		"no such setting":  {func(_ *url.URL, q url.Values) { q.Set("speed", "high") }, "a parameter of the URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := postgres.Open(t.Context(), edited(t, here, c.edit))
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "s3cr3t-pw")
		})
	}
}

func TestADatabaseOfANewerVersionIsLeftAlone(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	here := server.URL(t)
	open(t, here)
	db := connect(t, here)
	_, err := db.ExecContext(t.Context(), `INSERT INTO paylinks_version (version_id, is_applied) VALUES (9999, true)`)
	require.NoError(t, err)
	_, err = postgres.Open(t.Context(), here)
	require.ErrorIs(t, err, sqlstore.ErrNewer)
	require.ErrorContains(t, err, "9999")

	// In a schema of its own it shares a database with anybody, another one of itself included.
	_, err = db.ExecContext(t.Context(), `CREATE SCHEMA shop; CREATE SCHEMA taken; CREATE TABLE taken.orders (id INT)`)
	require.NoError(t, err)
	store := open(t, here+"&search_path=shop")
	link, operation := testLink("a")
	require.NoError(t, store.Write(t.Context(), paylinks.Change{Insert: link, Begin: operation}))
	_, err = postgres.Open(t.Context(), here+"&search_path=taken")
	require.ErrorContains(t, err, "tables of somebody else")
}

func connect(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// A role whose commits don't wait for the disk has them wait, a database that speaks another isolation level is read committed, and nobody's
// lock is waited for without end.
func TestCommitsWaitForTheDisk(t *testing.T) {
	t.Parallel()
	here := postgrestest.URL(t)
	db := connect(t, here)
	name := strings.TrimPrefix(mustParse(t, here).Path, "/")
	for _, setting := range []string{"synchronous_commit = off", "default_transaction_isolation = 'serializable'"} {
		_, err := db.ExecContext(t.Context(), `ALTER DATABASE `+name+` SET `+setting)
		require.NoError(t, err)
	}
	t.Cleanup(func() {
		_, err := db.ExecContext(context.WithoutCancel(t.Context()), `ALTER DATABASE `+name+` RESET ALL`)
		require.NoError(t, err)
	})
	store := open(t, here)
	_, err := db.ExecContext(t.Context(), `CREATE TABLE said (setting TEXT);
		CREATE FUNCTION say() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			INSERT INTO said SELECT current_setting(s) FROM unnest(ARRAY['synchronous_commit', 'transaction_isolation', 'lock_timeout']) s;
			RETURN NEW;
		END $$;
		CREATE TRIGGER say AFTER INSERT ON paylinks FOR EACH ROW EXECUTE FUNCTION say()`)
	require.NoError(t, err)
	link, _ := testLink("a")
	require.NoError(t, store.Write(t.Context(), paylinks.Change{Insert: link}))
	var said string
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT string_agg(setting, ', ') FROM said`).Scan(&said))
	assert.Equal(t, "on, read committed, 5s", said)
	_, err = db.ExecContext(t.Context(), `DROP TRIGGER say ON paylinks; DROP FUNCTION say; DROP TABLE said`)
	require.NoError(t, err)
}

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(text)
	require.NoError(t, err)
	return parsed
}

// PostgreSQL refuses two kinds of text that a buyer's or a provider's may be. They are kept as near as can be, and found again.
func TestTextsThatPostgreSQLRefusesAreKept(t *testing.T) {
	t.Parallel()
	store := open(t, postgrestest.URL(t))
	link, operation := testLink("a")
	link.OrderID, link.Description = "order\x00\xff", "zero \x00, broken \xff"
	require.NoError(t, store.Write(t.Context(), paylinks.Change{Insert: link, Begin: operation}))
	links, err := store.Paylinks(t.Context(), paylinks.PaylinkQuery{OrderID: "order\x00\xff", Limit: 1})
	require.NoError(t, err)
	require.Len(t, links, 1)
	assert.Equal(t, "zero \x00, broken \uFFFD", links[0].Description)
}
