package wire_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/paylinks/paylinks-go/internal/goldentest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
)

func TestEndpointsAreAsPublished(t *testing.T) {
	t.Parallel()
	riyadh := time.FixedZone("AST", 3*60*60)
	full := &paylinks.Endpoint{
		ID: "ep_1", URL: "https://hooks.example.test/a?b=1&c=2", Description: "The ERP", Types: []paylinks.EventType{paylinks.EventCaptured, paylinks.EventRefunded},
		OrgApps: []string{"shop-tabby"}, Disabled: true, Key: 3, OldKeyUntil: time.Date(2026, 3, 2, 14, 0, 0, 0, riyadh),
		CreatedAt: time.Date(2026, 3, 1, 14, 0, 0, 0, riyadh), UpdatedAt: time.Date(2026, 3, 1, 15, 0, 0, 0, riyadh),
	}
	bare := &paylinks.Endpoint{ID: "ep_2", URL: "https://hooks.example.test", Key: 1, CreatedAt: time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC), UpdatedAt: time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)}
	pending := &paylinks.EventDelivery{
		ID: "evt_1.ep_1", EndpointID: "ep_1", State: paylinks.DeliveryPending, CreatedAt: time.Date(2026, 3, 1, 14, 1, 0, 0, riyadh),
		DueAt: time.Date(2026, 3, 1, 14, 9, 0, 0, riyadh),
		Tries: []paylinks.DeliveryTry{
			{At: time.Date(2026, 3, 1, 14, 1, 0, 0, riyadh), Status: 503, Error: "answered 503"},
			{At: time.Date(2026, 3, 1, 14, 1, 5, 0, riyadh), Error: "no answer in time"},
		},
		Event: paylinks.Event{
			ID: "evt_1", Type: paylinks.EventCaptured, PaylinkID: "plk_7Q", OrgAppID: "shop-tabby", Sequence: 3, OccurredAt: time.Date(2026, 3, 1, 14, 1, 0, 0, riyadh),
			Status: paylinks.StatusCaptured, Data: json.RawMessage(`{"source":"operation"}`),
		},
	}
	waiting := *pending
	waiting.ID, waiting.Tries, waiting.DueAt = "evt_2.ep_1", nil, time.Time{}
	delivered := *pending
	delivered.State = paylinks.DeliveryDelivered
	for name, answer := range map[string]any{
		"endpoint":         wire.FromEndpoint(full),
		"endpoint_added":   wire.FromEndpointChange(bare, []string{`unknown field "name" was ignored`}),
		"endpoint_secret":  wire.FromEndpointSecret(&paylinks.EndpointSecret{Endpoint: full, Secret: "whsec_dGVzdA=="}),
		"endpoints":        wire.FromEndpoints([]*paylinks.Endpoint{full, bare}),
		"endpoints_empty":  wire.FromEndpoints(nil),
		"delivery_resent":  wire.FromResend(pending),
		"delivery":         wire.FromDelivery(&delivered),
		"deliveries":       wire.FromDeliveriesPage(paylinks.DeliveriesPage{Deliveries: []*paylinks.EventDelivery{&waiting}, NextCursor: "evt_2.ep_1"}),
		"deliveries_empty": wire.FromDeliveriesPage(paylinks.DeliveriesPage{}),
	} {
		goldentest.JSON(t, name+".json", answer)
	}
}

func TestDecodeEndpoint(t *testing.T) {
	t.Parallel()
	req, warnings, err := wire.DecodeEndpoint(parse(t, `{"url":"https://a.example","description":"d","types":["paylink.captured"],"org_app_ids":["shop-a"],"secret":"mine"}`))
	require.NoError(t, err)
	assert.Equal(t, paylinks.EndpointRequest{
		URL: "https://a.example", Description: "d", Types: []paylinks.EventType{paylinks.EventCaptured}, OrgApps: []string{"shop-a"},
	}, req)
	assert.Equal(t, []string{`unknown field "secret" was ignored`}, warnings)
	for body, field := range map[string]string{
		`{"url":1}`:                 "url",
		`{"types":"all"}`:           "types",
		`{"types":[1]}`:             "types",
		`{"org_app_ids":{}}`:        "org_app_ids",
		`{"description":["a"]}`:     "description",
		`{"url":"https://a\u0000"}`: "url",
	} {
		_, _, err := wire.DecodeEndpoint(parse(t, body))
		var wrong *paylinks.Error
		require.ErrorAs(t, err, &wrong, body)
		assert.Contains(t, wrong.Fields[0].Field, field)
	}
}
