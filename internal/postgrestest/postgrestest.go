// Package postgrestest finds a PostgreSQL server for tests, and gives each of them an empty database.
//
// The server is the one of PAYLINKS_TEST_POSTGRES, a URL whose user may make databases; or else one that the package starts itself in a temporary folder, where the programs of
// PostgreSQL are installed. Where there's neither, tests are skipped.
package postgrestest

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Variable is the URL of a server that tests may make databases on.
const Variable = "PAYLINKS_TEST_POSTGRES"

// Server is a PostgreSQL server.
type Server struct {
	base    *url.URL
	admin   *sql.DB
	command *exec.Cmd
	orders  io.WriteCloser
	answers *bufio.Scanner

	mu   sync.Mutex
	free []string // databases that are empty again
	made []string
}

var shared struct {
	once   sync.Once
	server *Server
	err    error
}

// ErrNone tells that there's no PostgreSQL here.
var ErrNone = errors.New("no PostgreSQL: set " + Variable + " to the URL of a server, or install one (apt-get install postgresql)")

// URL is the URL of an empty database, which belongs to the test until its end.
func URL(tb testing.TB) string {
	tb.Helper()
	shared.once.Do(func() { shared.server, shared.err = find(context.WithoutCancel(tb.Context())) })
	if errors.Is(shared.err, ErrNone) {
		tb.Skip(shared.err)
	}
	if shared.err != nil {
		tb.Fatal(shared.err)
	}
	return shared.server.URL(tb)
}

// Main is a test binary's tests, after which Stop is called: goleak.VerifyTestMain(postgrestest.Main{M: m}).
type Main struct{ M interface{ Run() int } }

// Run runs the tests.
func (m Main) Run() int {
	defer Stop()
	return m.M.Run()
}

// Stop ends what the tests of this process have started.
func Stop() {
	if shared.server != nil {
		shared.server.stop()
	}
}

// Start starts a server of the test's own, which commits to the disk as one in use does.
func Start(tb testing.TB) *Server {
	tb.Helper()
	server, err := start(context.WithoutCancel(tb.Context()), "on")
	if errors.Is(err, ErrNone) {
		tb.Skip(err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(server.stop)
	return server
}

func find(ctx context.Context) (*Server, error) {
	if given := os.Getenv(Variable); given != "" {
		base, err := url.Parse(given)
		if err != nil {
			return nil, errors.New(Variable + " isn't a URL")
		}
		return connect(ctx, &Server{base: base})
	}
	return start(ctx, "off")
}

// script runs a server until its input ends, however that comes about. Root can't run one, so it's the user postgres then. Another order of words
// than the order of bytes is on purpose: it mustn't matter.
const script = `set -e
export PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin /usr/local/bin 2>/dev/null | tr '\n' ':')" LC_ALL=C
unset PGHOST PGPORT PGUSER PGDATABASE PGDATA PGPASSWORD
command -v initdb >/dev/null && command -v pg_ctl >/dev/null || { echo none; exit 0; }
cd /
dir=$(mktemp -d /tmp/paylinks-pg-XXXXXX)
trap 'pg_ctl -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
initdb -D "$dir/data" -U postgres -A trust -E UTF8 -N --locale=C --locale-provider=icu --icu-locale=en >"$dir/initdb" 2>&1 ||
	{ rm -rf "$dir/data"; initdb -D "$dir/data" -U postgres -A trust -E UTF8 -N --locale=C >"$dir/initdb" 2>&1 || { cat "$dir/initdb" >&2; exit 1; }; }
printf "listen_addresses = ''\nunix_socket_directories = '%s'\nmax_connections = 300\nshared_buffers = 64MB\nfsync = FSYNC\nfull_page_writes = FSYNC\ndeadlock_timeout = 100ms\n" "$dir" >>"$dir/data/postgresql.conf"
pg_ctl -D "$dir/data" -l "$dir/log" -w start >/dev/null || { cat "$dir/log" >&2; exit 1; }
echo "$dir"
while read -r order; do
	case $order in restart) pg_ctl -D "$dir/data" -l "$dir/log" -m immediate -w restart >/dev/null; echo restarted ;; esac
done
`

func start(ctx context.Context, fsync string) (*Server, error) {
	text := strings.ReplaceAll(script, "FSYNC", fsync)
	command := exec.CommandContext(ctx, "sh", "-c", text) //nolint:gosec // the script is above
	if os.Geteuid() == 0 {
		command = exec.CommandContext(ctx, "su", "postgres", "-s", "/bin/sh", "-c", text) //nolint:gosec // the same
	}
	var complaint strings.Builder
	command.Stderr = &complaint
	orders, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, ErrNone // no shell: not a system that has one
	}
	answers := bufio.NewScanner(output)
	if !answers.Scan() {
		err := command.Wait()
		if strings.Contains(complaint.String(), "user postgres does not exist") {
			return nil, ErrNone
		}
		return nil, fmt.Errorf("start PostgreSQL: %w: %s", err, complaint.String())
	}
	folder := answers.Text()
	if folder == "none" {
		_ = command.Wait()
		return nil, ErrNone
	}
	base := &url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres", RawQuery: url.Values{"host": {folder}, "sslmode": {"disable"}}.Encode()}
	return connect(ctx, &Server{base: base, command: command, orders: orders, answers: answers})
}

func connect(ctx context.Context, s *Server) (*Server, error) {
	admin, err := sql.Open("pgx", s.base.String())
	if err == nil {
		s.admin = admin
		err = admin.PingContext(ctx)
	}
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("the PostgreSQL server for tests: %w", err)
	}
	return s, nil
}

// Restart stops the server as a power cut would, and starts it again.
func (s *Server) Restart() error {
	if _, err := io.WriteString(s.orders, "restart\n"); err != nil {
		return err
	}
	if !s.answers.Scan() {
		return errors.New("PostgreSQL didn't come back")
	}
	return nil
}

// URL is the URL of an empty database, which belongs to the test until its end. Whatever has it open is closed by then.
func (s *Server) URL(tb testing.TB) string {
	tb.Helper()
	name, err := s.take(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	ctx := context.WithoutCancel(tb.Context())
	tb.Cleanup(func() {
		if err := s.give(ctx, name); err != nil {
			tb.Errorf("empty a database after a test: %v", err)
		}
	})
	return s.database(name)
}

func (s *Server) database(name string) string {
	at := *s.base
	at.Path = "/" + name
	return at.String()
}

func (s *Server) take(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.free) - 1; last >= 0 {
		name := s.free[last]
		s.free = s.free[:last]
		return name, nil
	}
	name := "paylinks_test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if _, err := s.admin.ExecContext(ctx, `CREATE DATABASE `+name); err != nil {
		return "", fmt.Errorf("make a database for a test: %w", err)
	}
	s.made = append(s.made, name)
	return name, nil
}

// give empties a database for the next test. Its tables stay, as making them takes longer than the test; what isn't a table of the store's doesn't.
func (s *Server) give(ctx context.Context, name string) error {
	db, err := sql.Open("pgx", s.database(name))
	if err != nil {
		return err
	}
	var tables sql.NullString
	err = db.QueryRowContext(ctx, `SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables
		WHERE schemaname = 'public' AND tablename <> 'paylinks_version'`).Scan(&tables)
	if err == nil && tables.Valid {
		_, err = db.ExecContext(ctx, `TRUNCATE `+tables.String)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, name)
	return nil
}

// stop ends a server that this package has started; of another one it removes the databases.
func (s *Server) stop() {
	if s.admin != nil {
		if s.command == nil {
			for _, name := range s.made {
				_, _ = s.admin.Exec(`DROP DATABASE IF EXISTS ` + name + ` WITH (FORCE)`) //nolint:noctx // at the end of everything
			}
		}
		_ = s.admin.Close()
	}
	if s.command != nil {
		_ = s.orders.Close()
		_ = s.command.Wait()
	}
}
