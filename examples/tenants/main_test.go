package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

func TestTheStory(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(t.Context(), t.TempDir(), &out))
	assert.Equal(t, `the bakery sells:                       201 created 150.00
the florist looks at that sale:         404 paylink_not_found
the florist takes the bakery's account: 404 org_app_not_found
the bakery captures with the old key:   502 provider_error
the bakery captures with the new one:   200 captured 150.00
a webhook with the new secret:          200 taken
a webhook with the old one:             200 taken
a webhook with the old one, later:      401 unauthenticated
the florist calls with a revoked key:   401 unauthenticated
`, out.String())
}

func opened(t *testing.T, tenants ...string) (*server, []*tenant) {
	t.Helper()
	s, err := start(t.Context(), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(s.close)
	var all []*tenant
	for _, id := range tenants {
		one, err := s.open(t.Context(), id)
		require.NoError(t, err)
		all = append(all, one)
	}
	return s, all
}

const sale = `{"provider": "tabby", "org_app_id": "bakery-tabby", "order_id": "CAKE-1", "amount": "150.00", "currency": "SAR"}`

// A capture has reached Tabby with the old key when the key is changed. It ends as it began, while the next call has the new key.
func TestCallsUnderWayKeepTheirCredentials(t *testing.T) {
	t.Parallel()
	s, tenants := opened(t, "bakery")
	bakery := tenants[0]
	link := bakery.call(t.Context(), http.MethodPost, api.PathPaylinks, sale)
	require.NoError(t, bakery.tabby.simulator.Pay(link.PaymentID))

	arrived, goOn := make(chan struct{}), make(chan struct{})
	bakery.tabby.mu.Lock()
	bakery.tabby.arrived = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/captures") {
			close(arrived)
			<-goOn
		}
	}
	bakery.tabby.mu.Unlock()
	captured := make(chan answer, 1)
	go func() {
		captured <- bakery.call(context.WithoutCancel(t.Context()), http.MethodPost, api.PathPaylinks+"/"+link.PaylinkID+"/capture", `{}`)
	}()
	<-arrived

	fresh := newCredentials()
	bakery.tabby.accept(fresh["TABBY_SECRET_KEY"])
	require.NoError(t, s.accounts.Rotate(t.Context(), "bakery-tabby", fresh, time.Hour))
	assert.Equal(t, http.StatusCreated, bakery.call(t.Context(), http.MethodPost, api.PathPaylinks, sale).HTTPStatus)
	close(goOn)
	assert.Equal(t, http.StatusOK, (<-captured).HTTPStatus)
}

func TestTenantsSeeTheirOwn(t *testing.T) {
	t.Parallel()
	s, tenants := opened(t, "bakery", "florist")
	bakery, florist := tenants[0], tenants[1]
	link := bakery.call(t.Context(), http.MethodPost, api.PathPaylinks, sale)
	path := api.PathPaylinks + "/" + link.PaylinkID
	for _, call := range [][2]string{
		{http.MethodGet, path},
		{http.MethodGet, path + "/events"},
		{http.MethodGet, path + "/qr"},
		{http.MethodPost, path + "/capture"},
		{http.MethodPost, path + "/cancel"},
		{http.MethodPost, path + "/refund"},
	} {
		a := florist.call(t.Context(), call[0], call[1], `{}`)
		assert.Equal(t, http.StatusNotFound, a.HTTPStatus, call)
		assert.Equal(t, paylinks.CodePaylinkNotFound, a.Error.Code, call)
	}
	assert.Empty(t, florist.call(t.Context(), http.MethodGet, api.PathPaylinks, "").Paylinks)
	assert.Len(t, bakery.call(t.Context(), http.MethodGet, api.PathPaylinks, "").Paylinks, 1)

	key, err := s.keys.AddKey(t.Context(), "bakery", true)
	require.NoError(t, err)
	bakery.key = key
	assert.Equal(t, http.StatusOK, bakery.call(t.Context(), http.MethodGet, path, "").HTTPStatus)
	assert.Equal(t, http.StatusForbidden, bakery.call(t.Context(), http.MethodPost, path+"/cancel", "").HTTPStatus, "this key may only read")
}

// A caller whose key can't be checked must not throw it away.
func TestADatabaseThatIsDownIsNoRefusal(t *testing.T) {
	t.Parallel()
	s, tenants := opened(t, "bakery")
	require.NoError(t, s.keys.DB.Close())
	a := tenants[0].call(t.Context(), http.MethodGet, api.PathPaylinks, "")
	assert.Equal(t, http.StatusInternalServerError, a.HTTPStatus)
	assert.Equal(t, paylinks.CodeInternal, a.Error.Code)
	_, err := s.accounts.App(t.Context(), "bakery-tabby")
	require.Error(t, err)
	require.NotErrorIs(t, err, paylinks.CodeOrgAppNotFound)
}
