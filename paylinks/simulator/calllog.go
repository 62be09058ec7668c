package simulator

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxCalls bounds the ledger of a simulator that runs for long: older calls are forgotten, their number isn't.
const maxCalls = 10_000

// Call is one API call as it arrived. Headers aren't kept: they hold credentials.
type Call struct {
	// Op is the operation's name in the simulator: "checkout", "capture", ….
	Op     string
	Method string
	Path   string
	Query  string
	// Reference is the caller's own name for the call, where the operation has a field for one.
	Reference string
	Body      []byte
	At        time.Time
	// Status is what was answered, 0 while there's no answer or where it was lost.
	Status int
}

// CallLog remembers what was really asked of a simulator, whatever the caller believes.
type CallLog struct {
	mu     sync.Mutex
	calls  []*Call
	counts map[string]int
}

// Calls are the calls of the operations named, or all, oldest first.
func (l *CallLog) Calls(ops ...string) []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	var calls []Call
	for _, call := range l.calls {
		if len(ops) == 0 || slices.Contains(ops, call.Op) {
			calls = append(calls, *call)
		}
	}
	return calls
}

// Count is how often op was called, "" for every operation, those included that failed or got no answer.
func (l *CallLog) Count(op string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if op != "" {
		return l.counts[op]
	}
	all := 0
	for _, n := range l.counts {
		all += n
	}
	return all
}

func (l *CallLog) begin(call Call) *Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	entry := &call
	l.counts[call.Op]++
	l.calls = append(l.calls, entry)
	if len(l.calls) > maxCalls {
		l.calls = append([]*Call(nil), l.calls[len(l.calls)-maxCalls/2:]...)
	}
	return entry
}

func (l *CallLog) end(entry *Call, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	entry.Status = status
}

// fieldAt is the string at a dotted path of a JSON object, "" where there's none.
func fieldAt(body []byte, path string) string {
	if path == "" {
		return ""
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return ""
	}
	for _, name := range strings.Split(path, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			return ""
		}
		value = object[name]
	}
	text, _ := value.(string)
	return text
}
