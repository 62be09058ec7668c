package walktest

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// FieldErrors are the wrong fields that an error of a configuration names, in its order. Whatever names no field stands for itself.
func FieldErrors(err error) []*paylinks.FieldError {
	switch one := err.(type) { //nolint:errorlint // the tree is walked by hand
	case nil:
		return nil
	case *paylinks.FieldError:
		return []*paylinks.FieldError{one}
	case interface{ Unwrap() error }:
		return FieldErrors(one.Unwrap())
	case interface{ Unwrap() []error }:
		var fields []*paylinks.FieldError
		for _, each := range one.Unwrap() {
			fields = append(fields, FieldErrors(each)...)
		}
		return fields
	default:
		return []*paylinks.FieldError{{Field: one.Error()}}
	}
}

// Fields are the names of [FieldErrors].
func Fields(err error) []string {
	var names []string
	for _, field := range FieldErrors(err) {
		names = append(names, field.Field)
	}
	return names
}

// Codes are the codes of [FieldErrors] by their names.
func Codes(err error) map[string]string {
	codes := map[string]string{}
	for _, field := range FieldErrors(err) {
		codes[field.Field] = field.Code
	}
	return codes
}

// BaseURL expects that a gateway takes a BaseURL of scheme and host alone. connect makes a gateway that is right but for its BaseURL.
func BaseURL(t *testing.T, connect func(url string) error) {
	t.Helper()
	for url, ok := range map[string]bool{
		"https://pay.example.com": true, "http://127.0.0.1:8081/": true, "pay.example.com": false, "ftp://pay.example.com": false,
		"https://": false, "https://a.example/v1": false, "https://a.example?x=1": false, "https://user@a.example": false,
	} {
		err := connect(url)
		assert.Equal(t, ok, err == nil, "%s: %v", url, err)
	}
}

// Credentials expects that a gateway asks for the credentials that it lists, each of them and no other.
func Credentials(t *testing.T, info paylinks.Info, asked []string) {
	t.Helper()
	var listed []string
	for _, credential := range info.Credentials {
		listed = append(listed, credential.Name)
	}
	assert.ElementsMatch(t, listed, asked)
}

// Prints expects that a gateway says its name and nothing of its configuration.
func Prints(t *testing.T, gateway paylinks.Gateway, name string) {
	t.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.Equal(t, name, fmt.Sprintf(verb, gateway), verb)
	}
}

// LongWait expects that a gateway waits at a rate limit, by the real clock, until its context ends. connect makes one that is right but for its client.
func LongWait(t *testing.T, query paylinks.PaymentsQuery, connect func(*http.Client) (paylinks.Gateway, error)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		far := &Far{Rest: Answer{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"200"}}}}
		gateway, err := connect(far.Client())
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Second)
		defer cancel()
		begin := time.Now()
		w := Under(ctx, t, gateway, query)
		require.ErrorIs(t, w.Err, context.DeadlineExceeded)
		assert.Equal(t, paylinks.RefusedRate, Failure(t, w.Err).Refusal)
		assert.Equal(t, 500*time.Second, time.Since(begin), "two waits of 200 s, and the third is cut short")
		assert.Len(t, far.All(), 3)
	})
}
