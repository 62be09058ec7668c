package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// ReadJSON decodes the body of a call into v. A body that isn't said to be application/json is an error.
func ReadJSON(r *http.Request, v any) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return fmt.Errorf("simulator: the body is %q, not JSON", kind)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return fmt.Errorf("simulator: body: %w", err)
	}
	return json.Unmarshal(body, v)
}

// BaseURL is where a simulator is reached, for the links that it makes, without a slash at its end: configured, or by default what a call was made to.
func BaseURL(configured string, r *http.Request) string {
	if configured != "" {
		return strings.TrimRight(configured, "/")
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// redirected marks the address that a call is sent to by [Faults.Redirect].
const redirected = "simulator_redirected"

// redirect sends the caller to the address that he has called, marked.
func redirect(w http.ResponseWriter, r *http.Request) {
	separator := "?"
	if strings.Contains(r.RequestURI, separator) {
		separator = "&"
	}
	w.Header().Set("Location", r.RequestURI+separator+redirected)
	w.WriteHeader(http.StatusTemporaryRedirect)
}

// arrived tells whether a call has followed a redirect, and takes the mark away.
func arrived(r *http.Request) bool {
	rest, marked := strings.CutSuffix(r.URL.RawQuery, redirected)
	r.URL.RawQuery = strings.TrimSuffix(rest, "&")
	return marked
}
