package faulttest

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// mishap is what happens to one exchange on a wire.
type mishap string

// The mishaps. In the first group the provider never hears of the call, in the second it does, and has done what it was asked for.
const (
	fine      mishap = "fine"
	unheard   mishap = "reset before the request was passed on"
	blackHole mishap = "swallowed, and no answer ever"

	slow      mishap = "late answer"
	lost      mishap = "reset in place of the answer"
	halfOpen  mishap = "passed on, and no answer ever"
	truncated mishap = "half an answer, then reset"
	closed    mishap = "half an answer, then closed"
	dribble   mishap = "the answer in drops, too slow to wait for"
)

// mishaps is all of them.
func mishaps() []mishap {
	return []mishap{unheard, blackHole, slow, lost, halfOpen, truncated, closed, dribble}
}

// wire is a TCP proxy on which things go wrong, one exchange at a time.
type wire struct {
	listener net.Listener
	target   string
	choose   func() mishap

	mu     sync.Mutex
	open   map[net.Conn]bool
	counts map[mishap]int
	work   sync.WaitGroup
}

// newWire makes a proxy to a target, host and port. choose says what happens to the next exchange; it's called by many at once.
func newWire(t *testing.T, target string, choose func() mishap) *wire {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &wire{listener: listener, target: target, choose: choose, open: map[net.Conn]bool{}, counts: map[mishap]int{}}
	w.work.Go(w.accept)
	t.Cleanup(w.stop)
	return w
}

func (w *wire) url() string { return "http://" + w.listener.Addr().String() }

// seen is how often each thing has happened.
func (w *wire) seen() map[mishap]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	counts := map[mishap]int{}
	for m, n := range w.counts {
		counts[m] = n
	}
	return counts
}

func (w *wire) stop() {
	_ = w.listener.Close()
	w.mu.Lock()
	for conn := range w.open {
		_ = conn.Close()
	}
	w.mu.Unlock()
	w.work.Wait()
}

func (w *wire) accept() {
	for {
		conn, err := w.listener.Accept()
		if err != nil {
			return
		}
		w.mu.Lock()
		w.open[conn] = true
		w.mu.Unlock()
		w.work.Go(func() {
			w.serve(conn)
			w.mu.Lock()
			delete(w.open, conn)
			w.mu.Unlock()
			_ = conn.Close()
		})
	}
}

// serve carries exchanges until one goes wrong or the client leaves.
func (w *wire) serve(conn net.Conn) {
	in := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		what := w.choose()
		w.mu.Lock()
		w.counts[what]++
		w.mu.Unlock()
		if !w.exchange(conn, request, what) {
			return
		}
	}
}

// exchange does one exchange and tells whether the connection goes on.
func (w *wire) exchange(conn net.Conn, request *http.Request, what mishap) bool {
	switch what { //nolint:exhaustive // the others come below
	case unheard:
		reset(conn)
		return false
	case blackHole:
		drain(conn)
		return false
	}
	answer, err := w.pass(request)
	if err != nil {
		return false
	}
	half := len(answer) / 2
	switch what {
	case lost:
		reset(conn)
	case halfOpen:
		drain(conn)
	case truncated:
		_, _ = conn.Write(answer[:half])
		reset(conn)
	case closed:
		_, _ = conn.Write(answer[:half])
	case dribble:
		w.drip(conn, answer)
	case slow:
		pause(30 * time.Millisecond)
		fallthrough
	default:
		_, err := conn.Write(answer)
		return err == nil
	}
	return false
}

// pass has the target do what the request asks for, and returns its whole answer.
func (w *wire) pass(request *http.Request) ([]byte, error) {
	target, err := new(net.Dialer).DialContext(context.Background(), "tcp", w.target)
	if err != nil {
		return nil, err
	}
	defer func() { _ = target.Close() }()
	if err := request.Write(target); err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(target), request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	return httputil.DumpResponse(answer, true)
}

// drip sends a byte now and then until the client has had enough.
func (w *wire) drip(conn net.Conn, answer []byte) {
	for i := range answer {
		if _, err := conn.Write(answer[i : i+1]); err != nil {
			return
		}
		pause(20 * time.Millisecond)
	}
}

// drain reads until the client has had enough.
func drain(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// reset closes a connection with RST in place of FIN.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// pause is a moment of the wire's own time.
func pause(d time.Duration) { wait(context.Background(), d) }
