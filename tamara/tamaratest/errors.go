package tamaratest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// apiError is an error as Tamara's API answers it (Tamara, OpenAPI: the examples of 400 and 409).
type apiError struct {
	status  int
	message string
	code    string
	data    map[string]string
}

// The errors whose codes are known.
var (
	errCurrency = apiError{
		http.StatusBadRequest,
		"Unsupported country-currency combination. Please reach out to your account manager for support", "not_supported_country_currency", nil,
	}
	errLimit = invalid("total_amount_invalid_limit")
	errPhone = invalid("consumer_invalid_phone_number")
)

// The errors of which neither status nor text is documented. A token that Tamara doesn't know was seen to be called a missing merchant.
var (
	errToken   = apiError{http.StatusUnauthorized, "Merchant is not found", "", nil}
	errJSON    = apiError{http.StatusBadRequest, "Invalid JSON", "", nil}
	errNoOrder = apiError{http.StatusNotFound, "Order is not found", "order_not_found", nil}
	errNoHook  = apiError{http.StatusNotFound, "Webhook is not found", "", nil}
)

// invalid is the form of a validation error. The message is Tamara's, as are the codes in its plugins' lists; those for a field that is missing or
// malformed, as "items_invalid", are guesses.
func invalid(code string) apiError {
	return apiError{http.StatusBadRequest, "Your order information is invalid", code, nil}
}

// notAllowed is the refusal of a transition between states (Tamara, cancel order: 409).
func notAllowed(o *order, to string) apiError {
	return apiError{
		http.StatusConflict, fmt.Sprintf("The order %s cannot be moved to the status %s from %s", o.id, to, o.status), "transition_not_allowed",
		map[string]string{"order_id": o.id, "old_state": o.status, "new_state": to},
	}
}

func (e apiError) write(w http.ResponseWriter) {
	type detail struct {
		Code string            `json:"error_code"`
		Data map[string]string `json:"data,omitempty"`
	}
	body := struct {
		Message    string   `json:"message"`
		Errors     []detail `json:"errors"`
		Data       struct{} `json:"data"`
		Title      *string  `json:"title"`
		ScreenType *string  `json:"screen_type"`
	}{Message: e.message}
	if e.code != "" {
		body.Errors = []detail{{e.code, e.data}}
	}
	simulator.WriteJSON(w, e.status, body)
}

// injectedError is how Tamara fails when a test asks for it.
func injectedError(w http.ResponseWriter, status int) {
	if status >= http.StatusInternalServerError {
		http.Error(w, http.StatusText(status), status)
		return
	}
	apiError{status: status, message: http.StatusText(status)}.write(w)
}

func (s *Server) authenticated(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok || token != s.config.APIToken {
			errToken.write(w)
			return
		}
		next(w, r)
	}
}

// decode reads a JSON body into v, and answers what it can't read.
func decode(w http.ResponseWriter, r *http.Request, v any) bool {
	if simulator.ReadJSON(r, v) != nil {
		errJSON.write(w)
		return false
	}
	return true
}
