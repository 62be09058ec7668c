package stripetest

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
)

var (
	errParam        = errors.New("invalid value for parameter")
	errUnknownParam = errors.New("received unknown parameter")
)

// apiError is an error as Stripe answers it (Stripe, API reference: errors).
type apiError struct {
	status               int
	code, param, message string
}

func (e apiError) write(w http.ResponseWriter) {
	kind := "invalid_request_error"
	if e.status >= http.StatusInternalServerError {
		kind = "api_error"
	}
	body := map[string]any{"type": kind, "message": e.message}
	for name, value := range map[string]string{"code": e.code, "param": e.param} {
		if value != "" {
			body[name] = value
		}
	}
	w.Header().Set("Request-Id", "req_simulated")
	writeJSON(w, e.status, map[string]any{"error": body})
}

// refuse answers a parameter that isn't right.
func refuse(w http.ResponseWriter, err error) {
	e := apiError{status: http.StatusBadRequest, message: err.Error()}
	e.param = e.message[strings.LastIndex(e.message, " ")+1:]
	if errors.Is(err, errUnknownParam) {
		e.code = "parameter_unknown"
	}
	e.write(w)
}

// injectedError is how Stripe fails when a test asks for it.
func injectedError(w http.ResponseWriter, status int) {
	e := apiError{status: status, message: http.StatusText(status)}
	if status == http.StatusTooManyRequests {
		e.code = "rate_limit"
	}
	e.write(w)
}

// authenticated lets calls with the key pass, as a bearer or as Basic's user name, that name a version and the account.
func (s *Server) authenticated(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if basic, isBasic := strings.CutPrefix(r.Header.Get("Authorization"), "Basic "); isBasic {
			decoded, err := base64.StdEncoding.DecodeString(basic)
			key, ok = strings.TrimSuffix(string(decoded), ":"), err == nil
		}
		s.mu.Lock()
		revoked := s.revoked
		s.mu.Unlock()
		switch {
		case !ok || key == "":
			apiError{status: http.StatusUnauthorized, message: "You did not provide an API key."}.write(w)
		case key != s.config.SecretKey || revoked:
			// The message shows the key's end, as Stripe's does.
			apiError{status: http.StatusUnauthorized, message: "Invalid API Key provided: " + masked(key)}.write(w)
		case r.Header.Get("Stripe-Version") == "":
			// Stripe would take the account's own version. The simulator wants it said, so that answers don't depend on an account.
			apiError{status: http.StatusBadRequest, message: "stripetest: send Stripe-Version"}.write(w)
		case r.Header.Get("Stripe-Account") != s.config.AccountID:
			apiError{
				status: http.StatusForbidden, code: "account_invalid",
				message: "The provided key does not have access to account '" + r.Header.Get("Stripe-Account") + "'.",
			}.write(w)
		default:
			next(w, r)
		}
	}
}

func masked(key string) string {
	const shown = 4
	if len(key) <= shown {
		return strings.Repeat("*", len(key))
	}
	return strings.Repeat("*", len(key)-shown) + key[len(key)-shown:]
}
