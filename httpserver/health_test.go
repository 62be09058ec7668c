package httpserver

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err    error
		path   string
		status int
		body   string
	}{
		{nil, "/healthz", 200, `{"status":"ok"}`},
		{errors.New("down"), "/healthz", 200, `{"status":"ok"}`},
		{nil, "/readyz", 200, `{"status":"ready"}`},
		{errors.New("down"), "/readyz", 503, `{"status":"unavailable"}`},
	} {
		server, _ := newTestServer(t, &fake{readyErr: test.err})
		w := call(t, server, http.MethodGet, test.path, "", "Authorization", "")
		assert.Equal(t, test.status, w.Code, test.path)
		assertBody(t, test.body, w)
	}
}
