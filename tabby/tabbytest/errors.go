package tabbytest

import (
	"net/http"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// apiError is an error as Tabby's API answers it (Tabby, response codes).
type apiError struct {
	status int
	// text is the field "error"; fields is the other form, "errors". Some 401 and 403 have neither.
	text   string
	fields []fieldError
}

type fieldError struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// errorTypes are the words for each status (Tabby, response codes).
var errorTypes = map[int]string{
	http.StatusBadRequest: "bad_data", http.StatusUnauthorized: "not_authorized", http.StatusForbidden: "no_permission",
	http.StatusNotFound: "not_found", http.StatusConflict: "conflict", http.StatusInternalServerError: "internal",
}

// The errors whose texts Tabby's reference gives.
var (
	// errDecode is the one text for what can't be read, whatever is wrong; a content type other than JSON is among it here.
	errDecode        = apiError{status: http.StatusBadRequest, text: "could not decode request"}
	errBadRequest    = apiError{status: http.StatusBadRequest, text: "bad_request"}
	errPaymentID     = apiError{status: http.StatusBadRequest, text: "invalid payment id"}
	errNoPayment     = apiError{status: http.StatusNotFound, text: "no such payment"}
	errNotAuthorized = apiError{status: http.StatusBadRequest, text: "could not capture not authorized payments"}
	errNoCaptures    = apiError{status: http.StatusBadRequest, text: "can not refund payment that has no captures and not closed"}
	errDisputed      = apiError{status: http.StatusConflict, text: "payment is disputed"}
	errAlreadyClosed = apiError{status: http.StatusBadRequest, text: "already closed"}
	errFinalized     = apiError{status: http.StatusBadRequest, text: "session is finalized"}
	errNoHook        = apiError{status: http.StatusNotFound, text: "no such webhook"}
	errWrongRegion   = apiError{status: http.StatusForbidden}
)

// guess is an error whose status Tabby's reference tells or suggests, and whose text it doesn't.
func guess(status int, text string) apiError { return apiError{status: status, text: text} }

var errNoSession = guess(http.StatusNotFound, "no such session")

// invalid is the form of a validation error with one field.
func invalid(field string) apiError {
	return apiError{status: http.StatusBadRequest, fields: []fieldError{{Field: field, Code: "invalid_value"}}}
}

func (e apiError) write(w http.ResponseWriter) {
	simulator.WriteJSON(w, e.status, struct {
		Status    string       `json:"status"`
		ErrorType string       `json:"errorType,omitempty"`
		Error     string       `json:"error,omitempty"`
		Errors    []fieldError `json:"errors,omitempty"`
	}{"error", errorTypes[e.status], e.text, e.fields})
}

// injectedError is how Tabby fails when a test asks for it: a 5xx can be plain text, the rest is JSON (Tabby, response codes).
func injectedError(w http.ResponseWriter, status int) {
	if status >= http.StatusInternalServerError {
		http.Error(w, "Internal Server error", status)
		return
	}
	apiError{status: status}.write(w)
}

// authTexts are the texts of a 401 without a bearer key and with a wrong one.
type authTexts struct{ missing, wrong string }

// The texts differ from one part of the API to the next (Tabby, API reference: the examples of each 401).
var (
	checkoutAuth = authTexts{"merchant is null", "merchant is null"}
	sessionAuth  = authTexts{"auth: provided key doesn't exist", "auth: provided key doesn't exist"}
	paymentAuth  = authTexts{"missing Bearer scheme", "auth: provided key doesn't exist"}
	webhookAuth  = authTexts{"authorization", "invalid secret key"}
)

func (s *Server) authenticated(texts authTexts, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		switch {
		case !ok:
			apiError{status: http.StatusUnauthorized, text: texts.missing}.write(w)
		case key != s.config.SecretKey:
			apiError{status: http.StatusUnauthorized, text: texts.wrong}.write(w)
		default:
			next(w, r)
		}
	}
}
