package acmepaytest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
)

// Fault is a way for calls to go wrong.
type Fault string

// The faults.
const (
	// DropAfter: the call has its effect and the connection closes without an answer; CutAfter: in the middle of the answer.
	DropAfter Fault = "drop"
	CutAfter  Fault = "cut"
	// GarbleAfter: the call has its effect and is answered by a web page with status 200.
	GarbleAfter Fault = "garble"
	// FailAfter: the call has its effect and is answered with status 500. FailBefore: it has none, and 503.
	FailAfter  Fault = "fail after"
	FailBefore Fault = "fail before"
	// TooMany: status 429, and no effect.
	TooMany Fault = "too many"
	// Hang: the call waits, before its effect, until its caller gives up.
	Hang Fault = "hang"
)

type faults struct {
	mu    sync.Mutex
	byOp  map[string]Fault
	calls map[string]int
}

// Break makes every call of an operation go wrong from now on: "create", "find", "fetch", "capture", "refund", "cancel", "void" or "send".
func (s *Server) Break(op string, fault Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	if s.faults.byOp == nil {
		s.faults.byOp = map[string]Fault{}
	}
	s.faults.byOp[op] = fault
}

// Heal ends all faults.
func (s *Server) Heal() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.byOp = nil
}

// Calls is how many calls of an operation have arrived.
func (s *Server) Calls(op string) int {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return s.faults.calls[op]
}

// next counts a call and says what becomes of it.
func (f *faults) next(op string) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.calls == nil {
		f.calls = map[string]int{}
	}
	f.calls[op]++
	return f.byOp[op]
}

// over puts the faults of an operation over its handler.
func (f *faults) over(op string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Only after its body is read does a server notice that its caller has gone.
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		r.Body = io.NopCloser(bytes.NewReader(body))
		fault := f.next(op)
		switch fault {
		case FailBefore:
			errAway.write(w)
			return
		case TooMany:
			errTooMany.write(w)
			return
		case Hang:
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		case DropAfter, CutAfter, GarbleAfter, FailAfter:
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		switch fault {
		case DropAfter:
			panic(http.ErrAbortHandler)
		case CutAfter:
			w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
			w.WriteHeader(answer.Code)
			_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
			panic(http.ErrAbortHandler)
		case GarbleAfter:
			_, _ = io.WriteString(w, "<html>Just a moment</html>")
		case FailAfter:
			errInternal.write(w)
		default:
			w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
			w.WriteHeader(answer.Code)
			_, _ = w.Write(answer.Body.Bytes())
		}
	})
}
