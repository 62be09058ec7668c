package faulttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/postgrestest"
)

// scratch is the folder of what is built once for all tests.
var scratch = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "faulttest") })

// build compiles the server with failpoints, once for all tests.
var build = sync.OnceValues(func() (string, error) {
	dir, err := scratch()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "server")
	command := exec.Command("go", "build", "-tags", "failpoint", "-o", binary, "github.com/paylinks/paylinks-go/examples/server")
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, output)
	}
	return binary, nil
})

// server is the product as a process of its own, which can be killed and started again on the same address and file.
type server struct {
	binary string
	addr   string
	env    []string
	// checked looks at every answer that the server gives.
	checked http.RoundTripper

	mu      sync.Mutex
	log     bytes.Buffer
	process *os.Process
	exited  chan error
}

// newServer prepares a server that talks to worlds.
func newServer(t *testing.T, worlds ...world) *server {
	t.Helper()
	binary, err := build()
	require.NoError(t, err)
	document, err := described()
	require.NoError(t, err)
	s := &server{binary: binary, addr: freeAddr(t), checked: document.Transport(t, &http.Transport{DisableKeepAlives: true})}
	s.env = []string{
		"PATH=" + os.Getenv("PATH"), "PAYLINKS_ADDR=" + s.addr, "PAYLINKS_TOKENS=" + token, "PAYLINKS_REGISTER_WEBHOOKS=false",
		"PAYLINKS_DATABASE_URL=" + databaseURL(t),
	}
	for _, w := range worlds {
		front := httptest.NewServer(w)
		t.Cleanup(front.Close)
		s.env = append(s.env, strings.ToUpper(idOf(w))+"_BASE_URL="+front.URL+w.path())
		for name, value := range w.credentials() {
			s.env = append(s.env, name+"="+value)
		}
	}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Log(s.tail())
		}
	})
	return s
}

// databaseURL is a new database: a file's, or with -faults.postgres one of a server.
func databaseURL(t *testing.T) string {
	t.Helper()
	if *flagPostgres {
		return postgrestest.URL(t)
	}
	return "sqlite:" + filepath.Join(t.TempDir(), "paylinks.db")
}

// freeAddr is an address that stays ours while nobody listens on it: it's below the ports that the system gives to outgoing connections,
// one of which could otherwise take it while the server is down.
func freeAddr(t *testing.T) string {
	t.Helper()
	for range 100 {
		addr := fmt.Sprintf("127.0.0.1:%d", 20_000+rand.N(12_000))
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", addr)
		if err == nil {
			require.NoError(t, listener.Close())
			return addr
		}
	}
	require.FailNow(t, "no port is free")
	return ""
}

// Write takes the server's log.
func (s *server) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(p)
}

// tail is the end of the log.
func (s *server) tail() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	const most = 6000
	text := s.log.Bytes()
	return string(text[max(0, len(text)-most):])
}

// start starts the server and returns once it answers. failpoint is where it's to die, "" for nowhere.
func (s *server) start(ctx context.Context, failpoint string) error {
	command := exec.CommandContext(context.WithoutCancel(ctx), s.binary)
	command.Env = append(append([]string(nil), s.env...), "PAYLINKS_FAILPOINT="+failpoint)
	command.Stderr = s
	if err := command.Start(); err != nil {
		return err
	}
	exited := make(chan error, 1)
	go func() { exited <- command.Wait() }()
	s.mu.Lock()
	s.process, s.exited = command.Process, exited
	s.mu.Unlock()

	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for ctx.Err() == nil {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+"/readyz", nil)
		if err != nil {
			return err
		}
		if res, err := client.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-exited:
			exited <- err
			return fmt.Errorf("the server ended at its start: %w: %s", err, s.tail())
		default:
			wait(ctx, 5*time.Millisecond)
		}
	}
	return fmt.Errorf("the server doesn't answer: %w", ctx.Err())
}

// kill ends the process as kill -9 does, and returns once it's gone.
func (s *server) kill() {
	s.mu.Lock()
	process, exited := s.process, s.exited
	s.process = nil
	s.mu.Unlock()
	if process != nil {
		_ = process.Kill()
		<-exited //nolint:errcheck // it says that it was killed
	}
}

// died waits for the process to have killed itself.
func (s *server) died(ctx context.Context) error {
	s.mu.Lock()
	exited := s.exited
	s.process = nil
	s.mu.Unlock()
	select {
	case err := <-exited:
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signal() == syscall.SIGKILL {
				return nil
			}
		}
		return fmt.Errorf("the server ended otherwise than by a kill: %w", err)
	case <-ctx.Done():
		return errors.New("the server has not met its failpoint")
	}
}

// till is a caller of the server. It has a connection of its own for each call: a connection that a dead process has left
// would be reported as a lost answer.
func (s *server) till(pause time.Duration) *till {
	return newTill("http://"+s.addr, &http.Client{Transport: s.checked, Timeout: patience}, pause)
}
