package simulator_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

func TestOnlyWhatIsSaidToBeJSONIsReadAsJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, body string
		ok         bool
	}{
		{"application/json", `{"amount":"1.50"}`, true},
		{"application/json; charset=utf-8", `{"amount":"1.50"}`, true},
		{"", `{"amount":"1.50"}`, false},
		{"text/plain", `{"amount":"1.50"}`, false},
		{"application/json", `{"amount":1.5}`, false},
		{"application/json", `{"amount":"1.50"} {}`, false},
		{"application/json", ``, false},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		var read struct{ Amount string }
		err := simulator.ReadJSON(r, &read)
		assert.Equal(t, c.ok, err == nil, "%s %s: %v", c.kind, c.body, err)
		if c.ok {
			assert.Equal(t, "1.50", read.Amount)
		}
	}
}

func TestLinksStartWhereTheSimulatorIsReached(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://acme.test:8081/links", nil)
	assert.Equal(t, "http://acme.test:8081", simulator.BaseURL("", r))
	assert.Equal(t, "https://sim.example/acme", simulator.BaseURL("https://sim.example/acme/", r))
	r.TLS = &tls.ConnectionState{}
	assert.Equal(t, "https://acme.test:8081", simulator.BaseURL("", r))
}
