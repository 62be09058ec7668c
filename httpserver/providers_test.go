package httpserver

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers"
	"github.com/paylinks/paylinks-go/tabby"
)

func TestProvidersAreListedByID(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{})
	w := call(t, server, http.MethodGet, "/api/v1/providers", "")
	require.Equal(t, http.StatusOK, w.Code)
	assert.Contains(t, w.Body.String(), `{"providers":[{"id":"dinero","name":"dinero","description":"dinero sync","type":"gateway_sync","regions":"Global","app_slug":"dinero-app"},`)
	assert.Contains(t, w.Body.String(), `{"id":"tabby","name":"TABBY","description":"tabby links","type":"bnpl","regions":"KSA","app_slug":"tabby-pos-paylinks",`+
		`"capabilities":["capture","webhook"],"currencies":["SAR"],"checkout":"qr"}`)
	assert.Contains(t, w.Body.String(), `],"total":9}`)
	var list struct {
		Providers []struct{ ID string }
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &list))
	var ids []string
	for _, provider := range list.Providers {
		ids = append(ids, provider.ID)
	}
	assert.Equal(t, []string{"dinero", "hyperpay", "mispay", "moyasar", "paypal", "stripe", "tabby", "tamara", "tap"}, ids)
}

// Without a catalogue of its own the server tells of all nine.
func TestTheDefaultCatalogue(t *testing.T) {
	t.Parallel()
	options, _ := testOptions(t)
	options.Catalogue = nil
	server := newServer(&fake{}, options)
	w := call(t, server, http.MethodGet, "/api/v1/providers", "")
	assert.Contains(t, w.Body.String(), `],"total":9}`)

	for _, info := range providers.Catalogue() {
		w := call(t, server, http.MethodGet, "/api/v1/providers/config/"+info.ID, "")
		require.Equal(t, http.StatusOK, w.Code, info.ID)
		var config map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &config))
		for _, name := range []string{"provider", "name", "description", "type", "regions", "required_fields", "optional_fields", "credentials", "endpoints"} {
			assert.Contains(t, config, name, info.ID)
		}
		if info.Kind == paylinks.KindGatewaySync {
			assert.Contains(t, config, "note", info.ID)
			assert.Contains(t, string(config["endpoints"]), `"payment_orders":`, info.ID)
		}
		w = call(t, server, http.MethodGet, "/api/v1/providers/"+info.ID+"/config", "")
		assert.Equal(t, http.StatusGone, w.Code, info.ID)
	}
}

func TestAnUnknownProvider(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{})
	for _, id := range []string{"zeta", "TABBY", "%3Cscript%3E", "config"} {
		w := call(t, server, http.MethodGet, "/api/v1/providers/config/"+id, "")
		assert.Equal(t, http.StatusNotFound, w.Code, id)
		assert.Equal(t, "unknown_provider", errorOf(t, w), id)
	}
}

// A provider's own field needs no change here: its catalogue entry is enough.
func TestOptionNamesAreThoseOfTheLinkProviders(t *testing.T) {
	t.Parallel()
	names := optionNames([]paylinks.Info{
		{ID: "a", Kind: paylinks.KindBNPL, RequiredFields: []paylinks.Field{{Name: "one"}}, OptionalFields: []paylinks.Field{{Name: "two"}}},
		{ID: "b", Kind: paylinks.KindGatewaySync, RequiredFields: []paylinks.Field{{Name: "three"}}},
	})
	assert.Equal(t, []string{"one", "two"}, names)
	assert.True(t, slices.Contains(optionNames(catalogue()), "tamara_extra"))
}

// A provider that package providers doesn't know needs one more element of the catalogue, and nothing else.
func TestAStrangersProviderIsToldOf(t *testing.T) {
	t.Parallel()
	options, _ := testOptions(t)
	acme := paylinks.Info{
		ID: "acmepay", Name: "Acme Pay", Kind: paylinks.KindBNPL, Currencies: []paylinks.Currency{paylinks.KWD},
		OptionalFields: []paylinks.Field{{Name: "plan", Type: "string", Description: "pay_in_3 or pay_in_4"}},
	}
	options.Catalogue = []paylinks.Info{tabby.Info(), acme}
	server := newServer(&fake{}, options)

	w := call(t, server, http.MethodGet, "/api/v1/providers/config/acmepay", "")
	require.Equal(t, http.StatusOK, w.Code)
	for _, part := range []string{`"available":true`, `"name":"plan"`, `"description":"BNPL provider id: acmepay"`, `"create":"POST /api/v1/providers/paylinks"`} {
		assert.Contains(t, w.Body.String(), part)
	}
	assert.Equal(t, http.StatusOK, call(t, server, http.MethodGet, "/api/v1/providers/config/tabby", "").Code)
	w = call(t, server, http.MethodGet, "/api/v1/providers/config/stripe", "")
	assert.Equal(t, http.StatusNotFound, w.Code, "what isn't listed isn't described")

	var asked paylinks.CreateRequest
	svc := &fake{create: func(_ context.Context, req paylinks.CreateRequest) (*paylinks.Paylink, error) {
		asked = req
		link := testLink(t)
		link.Provider = req.Provider
		return link, nil
	}}
	w = call(t, newServer(svc, options), http.MethodPost, linksPath, `{"provider":"acmepay","org_app_id":"a","plan":"pay_in_4"}`)
	require.Equal(t, http.StatusCreated, w.Code, w.Body.String())
	assert.Equal(t, map[string]string{"plan": "pay_in_4"}, asked.Options)
	assert.NotContains(t, w.Body.String(), "unknown field")
}
