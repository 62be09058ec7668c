package httpserver

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/paylinks/paylinks-go/paylinks"
)

// What a caller meant to ask for and didn't get through must not widen what is answered: the Service isn't asked, which the fake has no function for.
func TestAQueryThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{})
	for path, parameters := range map[string][]string{
		linksPath:                          {"provider", "org_app_id", "status", "order_id", "created_from", "created_to", "limit", "cursor"},
		linksPath + "/plk_1/qr":            {"format", "size"},
		linksPath + "/plk_1/events":        {"cursor", "limit"},
		ordersPath:                         {"status", "created_from", "created_to", "limit", "cursor"},
		paymentsPath:                       {"provider", "org_app_id", "status", "reference", "created_from", "created_to", "limit", "cursor"},
		"/api/v1/payments/report":          {"from", "to", "org_app_id", "format"},
		endpointsPath + "/ep_1/deliveries": {"state", "before", "limit"},
	} {
		for _, name := range parameters {
			for query, field := range map[string]string{
				name + "=%zz":                          name,
				name + "=%":                            name,
				name + "=1;other=1":                    name,
				"other=1&" + name + "=1;x":             name,
				name + "=1&" + name + "=%zz":           name,
				name + "=1&" + name + "=1":             name,
				name + "=&other=1&" + name + "=":       name,
				"other=1;" + name + "=1":               "query",
				"other=%zz&" + name + "=":              "query",
				name + "%zz=1":                         "query",
				"other=" + url.QueryEscape(name) + "%": "query",
			} {
				w := call(t, server, http.MethodGet, path+"?"+query, "")
				assert.Equal(t, http.StatusBadRequest, w.Code, path+"?"+query)
				assert.Equal(t, "validation_failed", errorOf(t, w), query)
				assert.Contains(t, w.Body.String(), `"field":"`+field+`"`, query)
			}
		}
	}
}

func TestAQueryIsReadAsItsEncodingSays(t *testing.T) {
	t.Parallel()
	var got paylinks.ListRequest
	server, _ := newTestServer(t, &fake{
		list: func(_ context.Context, req paylinks.ListRequest) (paylinks.Page, error) {
			got = req
			return paylinks.Page{}, nil
		},
	})
	for query, orderID := range map[string]string{
		"order_id=a%3Bb%26c%25zz":                 "a;b&c%zz",
		"order%5Fid=1":                            "1",
		"order_id=1&other=1&other=2":              "1",
		"&order_id=a=b&&":                         "a=b",
		"order_id=%D8%B7%D9%84%D8%A8+1&provider=": "طلب 1",
		"order_id":                                "",
	} {
		w := call(t, server, http.MethodGet, linksPath+"?"+query, "")
		assert.Equal(t, http.StatusOK, w.Code, query)
		assert.Equal(t, orderID, got.OrderID, query)
	}
}

// Whatever comes back with a buyer or in a webhook is for the provider's package to judge.
func TestQueriesOfProvidersAreTakenAsTheyAre(t *testing.T) {
	t.Parallel()
	var asked []url.Values
	server, _ := newTestServer(t, &fake{
		callback: func(_ context.Context, _, _ string, query url.Values) (paylinks.CallbackResult, error) {
			asked = append(asked, query)
			return paylinks.CallbackResult{}, nil
		},
		webhook: func(_ context.Context, _, _ string, req paylinks.WebhookRequest) error {
			asked = append(asked, req.Query)
			return nil
		},
	})
	const query = "?_=%zz&a=1&a=2&b=1;c=2"
	assert.Equal(t, http.StatusOK, call(t, server, http.MethodGet, callbackPath+"/mispay/shop-a"+query, "").Code)
	assert.Equal(t, http.StatusOK, call(t, server, http.MethodPost, webhookPath+"/tamara/shop-a"+query, "{}").Code)
	assert.Equal(t, []url.Values{{"a": {"1", "2"}}, {"a": {"1", "2"}}}, asked)
}
