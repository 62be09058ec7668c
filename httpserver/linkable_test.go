package httpserver

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOnlyBNPLProvidersMakeLinks(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{})
	for provider, code := range map[string]string{
		"stripe": "provider_not_linkable", "moyasar": "provider_not_linkable", "tap": "provider_not_linkable", "dinero": "provider_not_linkable",
		"paypal": "provider_not_linkable", "hyperpay": "provider_not_linkable", "klarna": "unknown_provider", "Tabby": "unknown_provider",
	} {
		w := call(t, server, http.MethodPost, linksPath, `{"provider":"`+provider+`"}`)
		assert.Equal(t, http.StatusBadRequest, w.Code, provider)
		assert.Contains(t, w.Body.String(), `"code":"`+code+`"`, provider)
		assert.Contains(t, w.Body.String(), `"field":"provider"`, provider)
	}
}
