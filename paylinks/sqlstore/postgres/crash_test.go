package postgres_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/postgrestest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/postgres"
)

// The server is killed and started again under full load, three times. What was acknowledged is there, each link with its operation, and the stores go on.
func TestWhatWasAcknowledgedOutlivesTheServer(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	url := server.URL(t)
	stores := []paylinks.Store{open(t, url), open(t, url)}
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	var refused, count atomic.Int64
	var done atomic.Bool
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			for !done.Load() {
				link, operation := testLink(uuid.NewString())
				err := stores[i%2].Write(t.Context(), paylinks.Change{Insert: link, Begin: operation})
				mu.Lock()
				acknowledged[link.ID] = err == nil
				mu.Unlock()
				if err != nil {
					refused.Add(1)
					for stores[i%2].Ping(t.Context()) != nil && !done.Load() {
						runtime.Gosched()
					}
				} else {
					count.Add(1)
				}
			}
		})
	}
	wait := func(more int64) {
		for want := count.Load() + more; count.Load() < want; {
			_ = stores[0].Ping(t.Context())
		}
	}
	for range 3 {
		wait(200)
		if !assert.NoError(t, server.Restart()) {
			break
		}
	}
	wait(200)
	done.Store(true)
	group.Wait()
	t.Logf("%d acknowledged, %d refused", count.Load(), refused.Load())
	for id, said := range acknowledged {
		_, err := stores[0].Paylink(t.Context(), id)
		if !said {
			require.ErrorIs(t, err, paylinks.ErrNotFound, "an error means that nothing was written")
			continue
		}
		require.NoError(t, err)
		operations, err := stores[1].Operations(t.Context(), id)
		require.NoError(t, err)
		require.Len(t, operations, 1)
	}
}

// cutter stands between a store and its server, and cuts connections at a COMMIT.
type cutter struct {
	listener net.Listener
	target   string
	// before: the COMMIT doesn't reach the server; else the answer doesn't reach the store. Either happens to the next one only.
	before, after atomic.Bool
	// late, where set, holds back a COMMIT whose answer gets lost until it's closed.
	late chan struct{}
	// gone: nobody is let in any more.
	gone  atomic.Bool
	group sync.WaitGroup

	mu    sync.Mutex
	under []net.Conn // the clients that were let in
}

// socketURL is the URL of a database behind a socket, which a cutter can stand before.
func socketURL(t *testing.T) string {
	t.Helper()
	to := postgrestest.URL(t)
	if !strings.Contains(to, "host=%2F") {
		t.Skip("the server isn't behind a socket")
	}
	return to
}

// newCutter is a cutter and the URL that goes through it.
func newCutter(t *testing.T, to string) (*cutter, string) {
	t.Helper()
	parsed, err := url.Parse(to)
	require.NoError(t, err)
	query := parsed.Query()
	folder, err := os.MkdirTemp("/tmp", "cut") //nolint:usetesting // a socket's path is short
	require.NoError(t, err)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", filepath.Join(folder, ".s.PGSQL.5432"))
	require.NoError(t, err)
	c := &cutter{listener: listener, target: filepath.Join(query.Get("host"), ".s.PGSQL.5432")}
	query.Set("host", folder)
	parsed.RawQuery = query.Encode()
	c.group.Go(c.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		c.group.Wait()
		_ = os.RemoveAll(folder)
	})
	return c, parsed.String()
}

func (c *cutter) accept() {
	for {
		client, err := c.listener.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).Dial("unix", c.target)
		if err != nil || c.gone.Load() {
			_ = client.Close()
			continue
		}
		c.mu.Lock()
		c.under = append(c.under, client)
		c.mu.Unlock()
		c.group.Go(func() {
			defer func() { _, _ = server.Close(), client.Close() }()
			_, _ = io.Copy(client, server)
		})
		c.group.Go(func() {
			defer func() { _ = client.Close() }()
			c.forward(server, client)
		})
	}
}

// cut ends every connection.
func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, client := range c.under {
		_ = client.Close()
	}
}

func (c *cutter) forward(server, client net.Conn) {
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			_ = server.Close()
			return
		}
		commit := bytes.Contains(bytes.ToLower(buffer[:n]), []byte("commit\x00"))
		if commit && c.before.Swap(false) {
			_ = server.Close()
			return
		}
		if commit && c.after.Swap(false) {
			_ = client.Close()
			if c.late != nil {
				<-c.late
			}
			_, _ = server.Write(buffer[:n])
			return // the server finds out on its own
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func TestACommitWhoseAnswerIsLostIsFoundOut(t *testing.T) {
	t.Parallel()
	to := socketURL(t)
	cut, through := newCutter(t, to)
	store, direct := open(t, through), open(t, to)

	cut.after.Store(true)
	first, operation := testLink("committed")
	require.NoError(t, store.Write(t.Context(), paylinks.Change{Insert: first, Begin: operation}), "it was committed, and that's what is answered")
	_, err := direct.Paylink(t.Context(), "committed")
	require.NoError(t, err)

	cut.before.Store(true)
	second, operation := testLink("lost")
	require.ErrorContains(t, store.Write(t.Context(), paylinks.Change{Insert: second, Begin: operation}), "commit")
	_, err = direct.Paylink(t.Context(), "lost")
	require.ErrorIs(t, err, paylinks.ErrNotFound)
	require.NoError(t, store.Write(t.Context(), paylinks.Change{Insert: second, Begin: operation}), "the store goes on")
}

// The store asks before the server has even read the COMMIT: then it waits for the truth.
func TestACommitThatComesLateIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, writes := range map[string]int{"the first": 1, "a later one": 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to := socketURL(t)
			cut, through := newCutter(t, to)
			store, direct := open(t, through), connect(t, to)
			write := func(number int) error {
				link, operation := testLink(strconv.Itoa(number))
				return store.Write(t.Context(), paylinks.Change{Insert: link, Begin: operation})
			}
			for number := 1; number < writes; number++ {
				require.NoError(t, write(number))
			}
			cut.late = make(chan struct{})
			cut.after.Store(true)
			written := make(chan error, 1)
			go func() { written <- write(writes) }()
			for waiting := 0; waiting == 0 && len(written) == 0; {
				err := direct.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_stat_activity
					WHERE datname = current_database() AND application_name = 'paylinks' AND wait_event_type = 'Lock'`).Scan(&waiting)
				if !assert.NoError(t, err) {
					break
				}
			}
			close(cut.late)
			require.NoError(t, <-written)
			_, err := store.Operations(t.Context(), strconv.Itoa(writes))
			require.NoError(t, err)
		})
	}
}

func TestAServerThatIsGoneFailsOnlyWhatItWasAskedMeanwhile(t *testing.T) {
	t.Parallel()
	to := socketURL(t)
	cut, through := newCutter(t, to)
	store := open(t, through)
	cut.gone.Store(true)
	cut.before.Store(true)
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	link, _ := testLink("a")
	go func() { failed <- store.Write(ctx, paylinks.Change{Insert: link}) }()
	for cut.before.Load() {
		_ = store.Ping(t.Context())
	}
	cancel() // what is being committed waits for the truth
	cut.gone.Store(false)
	require.ErrorContains(t, <-failed, "commit")
	require.NoError(t, store.Write(t.Context(), paylinks.Change{Insert: link}))
}

func TestConnectionsThatAreLostFailNoRead(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(t *testing.T, direct *sql.DB, cut *cutter){
		"the server ends them": func(t *testing.T, direct *sql.DB, _ *cutter) {
			t.Helper()
			_, err := direct.ExecContext(t.Context(), `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
				WHERE datname = current_database() AND application_name = 'paylinks'`)
			require.NoError(t, err)
		},
		"they break on the way": func(_ *testing.T, _ *sql.DB, cut *cutter) { cut.cut() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to := socketURL(t)
			cut, through := newCutter(t, to)
			store, direct := open(t, through), connect(t, to)
			link, operation := testLink("a")
			require.NoError(t, store.Write(t.Context(), paylinks.Change{Insert: link, Begin: operation}))
			read := func() {
				_, err := store.Paylink(t.Context(), "a")
				assert.NoError(t, err)
				operations, err := store.Operations(t.Context(), "a")
				assert.NoError(t, err)
				assert.Len(t, operations, 1)
			}
			for range 3 {
				const readers, writer = 2, 1                // as open has it
				for opened := 0; opened < readers+writer; { // every connection of the pool has been used
					var group sync.WaitGroup
					for range 2 * readers {
						group.Go(read)
					}
					group.Wait()
					require.NoError(t, direct.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_stat_activity
						WHERE datname = current_database() AND application_name = 'paylinks'`).Scan(&opened))
				}
				lose(t, direct, cut)
				read()
				link.Version++
				require.NoError(t, store.Write(t.Context(), paylinks.Change{Update: link}), "nor a write")
			}
		})
	}
}

// playChild opens a database and writes a link.
func playChild(url string) int {
	ctx := context.Background()
	store, err := postgres.Open(ctx, url)
	if err == nil {
		link, operation := testLink(uuid.NewString())
		if err = store.Write(ctx, paylinks.Change{Insert: link, Begin: operation}); err == nil {
			err = store.Close()
		}
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func TestTenProcessesOpenANewDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"", "&default_query_exec_mode=exec"} { // with the lock, and as a pooler has none
		url := postgrestest.Start(t).URL(t) + mode
		binary, err := os.Executable()
		require.NoError(t, err)
		children := make([]*exec.Cmd, 10)
		outputs := make([]bytes.Buffer, len(children))
		for i := range children {
			children[i] = exec.CommandContext(t.Context(), binary)
			children[i].Env = append(os.Environ(), childEnv+"="+url)
			children[i].Stderr = &outputs[i]
			require.NoError(t, children[i].Start())
		}
		for i, child := range children {
			require.NoError(t, child.Wait(), outputs[i].String())
		}
		links, err := open(t, url).Paylinks(t.Context(), paylinks.PaylinkQuery{Limit: 100})
		require.NoError(t, err)
		assert.Len(t, links, len(children))
	}
}
