package httpserver

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers"
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
