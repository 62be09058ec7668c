package paylinks_test

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestAnEndpointMustBePublicAndSecure(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	for _, c := range []struct{ url, problem string }{
		{"https://127.0.0.1/", "public"},
		{"https://127.1.2.3:8443/", "public"},
		{"https://localhost/", "public"},
		{"https://0.0.0.0/", "public"},
		{"https://0.1.2.3/", "public"},
		{"https://10.1.2.3/", "public"},
		{"https://172.16.0.1/", "public"},
		{"https://192.168.1.1/", "public"},
		{"https://169.254.169.254/latest/meta-data", "public"},
		{"https://100.64.0.1/", "public"},
		{"https://100.127.255.255/", "public"},
		{"https://198.18.0.1/", "public"},
		{"https://224.0.0.1/", "public"},
		{"https://255.255.255.255/", "public"},
		{"https://240.0.0.1/", "public"},
		{"https://[::1]/", "public"},
		{"https://[::]/", "public"},
		{"https://[::ffff:127.0.0.1]/", "public"},
		{"https://[::ffff:10.0.0.1]/", "public"},
		{"https://[::127.0.0.1]/", "public"},
		{"https://[64:ff9b::7f00:1]/", "public"},
		{"https://[2002:7f00:1::]/", "public"},
		{"https://[fe80::1]/", "public"},
		{"https://[fc00::1]/", "public"},
		{"https://[fd12:3456::1]/", "public"},
		{"https://[ff02::1]/", "public"},
		{"http://203.0.113.7/", "https"},
		{"ftp://203.0.113.7/", "https"},
		{"https://user:pass@203.0.113.7/", "absolute URL"},
		{"https://203.0.113.7/#part", "absolute URL"},
		{"https:///path", "absolute URL"},
		{"https://:443/", "absolute URL"},
		{"/hook", "absolute URL"},
		{"", "absolute URL"},
		{"https://203.0.113.7/" + strings.Repeat("x", 1024), "absolute URL"},
		{"https://203.0.113.7:port/", "absolute URL"},
	} {
		_, err := p.AddEndpoint(t.Context(), paylinks.EndpointRequest{URL: c.url})
		require.ErrorIs(t, err, paylinks.CodeValidationFailed, c.url)
		e := asError(t, err)
		require.Len(t, e.Fields, 1, c.url)
		assert.Equal(t, "url", e.Fields[0].Field)
		assert.Contains(t, e.Message, c.problem, c.url)
	}
	for _, url := range []string{"https://203.0.113.7/", "https://203.0.113.7:8443/hook?shop=1", "https://[2a00:1450:4001::1]/", "https://100.128.0.1/", "https://172.32.0.1/"} {
		_, err := p.AddEndpoint(t.Context(), paylinks.EndpointRequest{URL: url})
		require.NoError(t, err, url)
	}
	private := p.service(func(o *paylinks.Options) { o.AllowPrivateEndpoints = true })
	for _, url := range []string{"http://127.0.0.1:9/", "http://localhost/", "https://10.0.0.1/"} {
		_, err := private.AddEndpoint(t.Context(), paylinks.EndpointRequest{URL: url})
		require.NoError(t, err, url)
	}
	_, err := private.AddEndpoint(t.Context(), paylinks.EndpointRequest{URL: "file:///etc/passwd"})
	require.ErrorIs(t, err, paylinks.CodeValidationFailed)
}

func TestAnEndpointAsksForWhatExists(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	for name, c := range map[string]struct {
		req  paylinks.EndpointRequest
		want paylinks.Code
	}{
		"type":        {paylinks.EndpointRequest{Types: []paylinks.EventType{"paylink.teleported"}}, paylinks.CodeValidationFailed},
		"app":         {paylinks.EndpointRequest{OrgApps: []string{"nowhere"}}, paylinks.CodeOrgAppNotFound},
		"many apps":   {paylinks.EndpointRequest{OrgApps: make([]string, 201)}, paylinks.CodeValidationFailed},
		"description": {paylinks.EndpointRequest{Description: strings.Repeat("x", 256)}, paylinks.CodeValidationFailed},
	} {
		c.req.URL = hookURL
		_, err := p.AddEndpoint(t.Context(), c.req)
		require.ErrorIs(t, err, c.want, name)
	}
	added := p.endpoint(paylinks.EndpointRequest{Types: []paylinks.EventType{}, OrgApps: []string{}, Description: "till"})
	assert.Nil(t, added.Endpoint.Types)
	assert.Nil(t, added.Endpoint.OrgApps)
	assert.True(t, strings.HasPrefix(added.Secret.Reveal(), "whsec_"))
	assert.NotContains(t, fmt.Sprintf("%v %+v", added, added.Secret), added.Secret.Reveal())
}

func TestACallerManagesTheEndpointsOfItsOwnAppsAlone(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	of := func(apps ...string) context.Context {
		return paylinks.WithCaller(t.Context(), paylinks.Caller{ID: "c", OrgApps: append([]string{}, apps...)})
	}
	all := p.endpoint(paylinks.EndpointRequest{}).Endpoint
	mine, err := p.AddEndpoint(of("fake-main"), paylinks.EndpointRequest{URL: hookURL})
	require.NoError(t, err)
	assert.Equal(t, []string{"fake-main"}, mine.Endpoint.OrgApps, "all that the caller may use, not all that there are")
	_, err = p.AddEndpoint(of("fake-main"), paylinks.EndpointRequest{URL: hookURL, OrgApps: []string{"fake-other"}})
	require.ErrorIs(t, err, paylinks.CodeOrgAppNotFound)
	_, err = p.AddEndpoint(of(), paylinks.EndpointRequest{URL: hookURL})
	require.ErrorIs(t, err, paylinks.CodeValidationFailed, "a caller without apps must not end up with all of them")

	for _, c := range []struct {
		ctx  context.Context
		want []string
	}{
		{t.Context(), []string{all.ID, mine.Endpoint.ID}},
		{of("fake-main", "fake-other"), []string{mine.Endpoint.ID}},
		{of("fake-other"), nil},
		{of(), nil},
	} {
		endpoints, err := p.Endpoints(c.ctx)
		require.NoError(t, err)
		var ids []string
		for _, e := range endpoints {
			ids = append(ids, e.ID)
		}
		assert.Equal(t, c.want, ids)
	}
	p.created()
	deliveries := p.deliveries(mine.Endpoint.ID, "")
	require.Len(t, deliveries, 1)
	stranger := of("fake-other")
	for name, err := range map[string]error{
		"read":       second(p.Endpoint(stranger, mine.Endpoint.ID)),
		"rotate":     second(p.RotateEndpoint(stranger, mine.Endpoint.ID)),
		"disable":    second(p.DisableEndpoint(stranger, mine.Endpoint.ID, true)),
		"delete":     p.DeleteEndpoint(stranger, mine.Endpoint.ID),
		"list":       second(p.ListDeliveries(stranger, mine.Endpoint.ID, paylinks.ListDeliveriesRequest{})),
		"delivery":   second(p.GetDelivery(stranger, mine.Endpoint.ID, deliveries[0].ID)),
		"resend":     second(p.Resend(stranger, mine.Endpoint.ID, deliveries[0].ID)),
		"other's":    second(p.GetDelivery(t.Context(), all.ID, deliveries[0].ID)),
		"none":       second(p.GetDelivery(t.Context(), all.ID, "none")),
		"no one's":   second(p.Endpoint(t.Context(), "none")),
		"the local":  second(p.Endpoint(t.Context(), paylinks.LocalEndpoint)),
		"delete two": p.DeleteEndpoint(t.Context(), "none"),
	} {
		require.ErrorIs(t, err, paylinks.CodeNotFound, name)
	}
}

func second[T any](_ T, err error) error { return err }

func TestEndpointsNeedASigningKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.AddEndpoint(t.Context(), paylinks.EndpointRequest{URL: hookURL})
	require.ErrorIs(t, err, paylinks.CodeUnsupported)
	_, err = h.Endpoints(t.Context())
	require.ErrorIs(t, err, paylinks.CodeUnsupported)
	_, err = paylinks.New(h.store, paylinks.StaticApps{}, paylinks.Options{SigningKey: "short"})
	require.ErrorContains(t, err, "SigningKey has 5 bytes")
}

func TestThereAreFiveHundredEndpointsAtMost(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	for i := range 500 {
		require.NoError(t, p.outbox.PutEndpoint(t.Context(), &paylinks.Endpoint{ID: strconv.Itoa(i)}))
	}
	_, err := p.AddEndpoint(t.Context(), paylinks.EndpointRequest{URL: hookURL})
	require.ErrorIs(t, err, paylinks.CodeValidationFailed)
	require.NoError(t, p.DeleteEndpoint(t.Context(), "7"))
	p.endpoint(paylinks.EndpointRequest{})
}

func TestDeliveriesAreListedByPages(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	endpoint := p.endpoint(paylinks.EndpointRequest{}).Endpoint
	for range 5 {
		p.created()
	}
	var seen []string
	for d, err := range p.AllDeliveries(t.Context(), endpoint.ID, paylinks.ListDeliveriesRequest{State: paylinks.DeliveryPending, Limit: 2}) {
		require.NoError(t, err)
		seen = append(seen, d.Event.ID)
	}
	require.Len(t, seen, 5)
	assert.IsDecreasing(t, seen)
	for _, c := range []struct {
		state paylinks.DeliveryState
		limit int
	}{{"lost", 0}, {"", 201}, {"", -1}} {
		_, err := p.ListDeliveries(t.Context(), endpoint.ID, paylinks.ListDeliveriesRequest{State: c.state, Limit: c.limit})
		require.ErrorIs(t, err, paylinks.CodeValidationFailed, "%+v", c)
	}
}
