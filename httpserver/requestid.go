package httpserver

import "net/http"

const (
	headerRequestID = "X-Request-Id"
	maxRequestID    = 128
)

// requestID is the caller's own X-Request-Id if it's sane, else a new one.
func (s *server) requestID(r *http.Request) string {
	if values := r.Header.Values(headerRequestID); len(values) == 1 && len(values[0]) <= maxRequestID && visibleASCII(values[0]) {
		return values[0]
	}
	return s.opts.NewRequestID()
}

// visibleASCII tells whether s isn't empty and has only printable ASCII characters other than the space.
func visibleASCII(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != ""
}
