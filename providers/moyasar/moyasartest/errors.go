package moyasartest

import (
	"net/http"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// apiError is an error as Moyasar answers it (Moyasar, errors).
type apiError struct {
	status               int
	kind, message, field string
}

func (e apiError) write(w http.ResponseWriter) {
	var fields any
	if e.field != "" {
		fields = map[string][]string{e.field: {"is invalid"}}
	}
	simulator.WriteJSON(w, e.status, map[string]any{"type": e.kind, "message": e.message, "errors": fields})
}

// injectedError is how Moyasar fails when a test asks for it.
func injectedError(w http.ResponseWriter, status int) {
	kind := "invalid_request_error"
	switch {
	case status == http.StatusTooManyRequests:
		kind = "rate_limit_error"
	case status >= http.StatusInternalServerError:
		kind = "api_error"
	}
	apiError{status: status, kind: kind, message: http.StatusText(status)}.write(w)
}

// authenticated lets calls with the key pass: it's the user name of Basic, and the password is empty.
func (s *Server) authenticated(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key, password, ok := r.BasicAuth()
		s.mu.Lock()
		revoked := s.revoked
		s.mu.Unlock()
		if !ok || password != "" || key != s.config.SecretKey || revoked {
			apiError{status: http.StatusUnauthorized, kind: "authentication_error", message: "Invalid authorization credentials"}.write(w)
			return
		}
		next(w, r)
	}
}
