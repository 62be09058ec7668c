package simulator

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
)

// answer keeps an operation's answer back until it's known whether the caller gets it.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newAnswer() *answer { return &answer{header: http.Header{}, status: http.StatusOK} }

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

func (a *answer) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes())
}

// sendHalf promises the whole answer and sends half of it.
func (a *answer) sendHalf(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(a.body.Len()))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()[:a.body.Len()/2])
	_ = http.NewResponseController(w).Flush()
}

// sendBlanks begins the answer with blanks, until the caller has had enough.
func (a *answer) sendBlanks(w http.ResponseWriter, blanks int) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	padding := bytes.Repeat([]byte(" "), 64<<10)
	for blanks > 0 {
		n, err := w.Write(padding[:min(blanks, len(padding))])
		if err != nil {
			return
		}
		blanks -= n
	}
	_ = http.NewResponseController(w).Flush()
}

// WriteJSON answers with v as JSON.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "simulator: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

// NewUUID is a random UUID (version 4) in lower case.
func NewUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // Documented never to fail.
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
