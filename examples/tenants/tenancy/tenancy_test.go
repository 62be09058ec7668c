package tenancy

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/stripe/stripetest"
	"github.com/paylinks/paylinks-go/tabby"
)

const paymentID = "9e8d7c6b-5a49-4838-a726-15a4b3c2d1e0"

func database(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func accounts(t *testing.T, path string) *Accounts {
	t.Helper()
	vault, err := NewVault(paylinks.Secret(strings.Repeat("k", 32)))
	require.NoError(t, err)
	return &Accounts{DB: database(t, path), Vault: vault}
}

func credentials(n int) Credentials {
	return Credentials{
		"TABBY_SECRET_KEY":     fmt.Sprintf("sk_test_00000000-0000-4000-8000-%012d", n),
		"TABBY_MERCHANT_CODE":  "SA",
		"TABBY_WEBHOOK_SECRET": fmt.Sprintf("webhook-secret-%d", n),
	}
}

func install(t *testing.T, a *Accounts, id, tenant string) {
	t.Helper()
	require.NoError(t, a.Install(t.Context(), Account{ID: id, TenantID: tenant, Provider: "tabby", Credentials: credentials(0)}))
}

// proves tells whether receiver takes a webhook with the secret of credentials n.
func proves(ctx context.Context, receiver any, n int) bool {
	header := http.Header{tabby.DefaultWebhookHeader: {credentials(n)["TABBY_WEBHOOK_SECRET"]}}
	_, err := receiver.(paylinks.WebhookReceiver).ReceiveWebhook(ctx, paylinks.WebhookRequest{Header: header, Body: []byte(`{"id":"` + paymentID + `"}`)})
	return err == nil
}

// What was stored is used by the very next look-up, in every process, while others look up all the time.
func TestTheNextCallHasTheNewCredentials(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tenants.db")
	here, there := accounts(t, path), accounts(t, path)
	require.NoError(t, AddTenant(t.Context(), here.DB, "bakery", "The bakery"))
	install(t, here, "bakery-tabby", "bakery")

	ctx, stop := context.WithCancel(t.Context())
	var crowd sync.WaitGroup
	for range 4 {
		crowd.Go(func() {
			for ctx.Err() == nil {
				if app, err := here.App(ctx, "bakery-tabby"); ctx.Err() == nil && assert.NoError(t, err) {
					assert.NotNil(t, app.Provider)
				}
			}
		})
	}
	for n := 1; n <= 20; n++ {
		require.NoError(t, here.Rotate(t.Context(), "bakery-tabby", credentials(n), time.Hour))
		for _, process := range []*Accounts{here, there} {
			app, err := process.App(t.Context(), "bakery-tabby")
			require.NoError(t, err)
			assert.True(t, proves(t.Context(), app.Provider, n))
			require.Len(t, app.Retired, 1)
			assert.True(t, proves(t.Context(), app.Retired[0], n-1))
			assert.False(t, proves(t.Context(), app.Provider, n-1))
		}
	}
	stop()
	crowd.Wait()
}

func TestAnAccountThatDoesNotChangeIsMadeOnce(t *testing.T) {
	t.Parallel()
	a := accounts(t, filepath.Join(t.TempDir(), "tenants.db"))
	require.NoError(t, AddTenant(t.Context(), a.DB, "bakery", "The bakery"))
	install(t, a, "bakery-tabby", "bakery")
	first, err := a.App(t.Context(), "bakery-tabby")
	require.NoError(t, err)
	second, err := a.App(t.Context(), "bakery-tabby")
	require.NoError(t, err)
	assert.Same(t, first.Provider, second.Provider)

	_, err = a.DB.ExecContext(t.Context(), `DELETE FROM accounts`)
	require.NoError(t, err)
	_, err = a.App(t.Context(), "bakery-tabby")
	require.ErrorIs(t, err, paylinks.CodeOrgAppNotFound)
}

func TestCredentialsThatCannotBeRightAreRefused(t *testing.T) {
	t.Parallel()
	a := accounts(t, filepath.Join(t.TempDir(), "tenants.db"))
	require.NoError(t, AddTenant(t.Context(), a.DB, "bakery", "The bakery"))
	install(t, a, "bakery-tabby", "bakery")
	err := a.Rotate(t.Context(), "bakery-tabby", Credentials{"TABBY_SECRET_KEY": "pk_hush"}, time.Hour)
	require.ErrorContains(t, err, "SecretKey")
	assert.NotContains(t, err.Error(), "hush")
	app, err := a.App(t.Context(), "bakery-tabby")
	require.NoError(t, err)
	assert.True(t, proves(t.Context(), app.Provider, 0))
	require.ErrorIs(t, a.Rotate(t.Context(), "nobody", credentials(1), time.Hour), paylinks.CodeOrgAppNotFound)
	require.Error(t, a.Install(t.Context(), Account{ID: "x", TenantID: "bakery", Provider: "nowhere", Credentials: credentials(1)}))
}

// A row is of no use without the vault's key, and neither in another account's place.
func TestCredentialsAreSealed(t *testing.T) {
	t.Parallel()
	a := accounts(t, filepath.Join(t.TempDir(), "tenants.db"))
	require.NoError(t, AddTenant(t.Context(), a.DB, "bakery", "The bakery"))
	require.NoError(t, AddTenant(t.Context(), a.DB, "florist", "The florist"))
	install(t, a, "bakery-tabby", "bakery")
	install(t, a, "florist-tabby", "florist")
	var sealed []byte
	require.NoError(t, a.DB.QueryRowContext(t.Context(), `SELECT credentials FROM accounts WHERE id = 'bakery-tabby'`).Scan(&sealed))
	assert.NotContains(t, string(sealed), "webhook-secret")
	_, err := a.DB.ExecContext(t.Context(), `UPDATE accounts SET credentials = ? WHERE id = 'florist-tabby'`, sealed)
	require.NoError(t, err)
	_, err = a.App(t.Context(), "florist-tabby")
	require.ErrorContains(t, err, "can't be opened")
}

// Orders look among the accounts of their caller, and the schedule of syncs among gateways.
func TestLists(t *testing.T) {
	t.Parallel()
	a := accounts(t, filepath.Join(t.TempDir(), "tenants.db"))
	for _, tenant := range []string{"bakery", "florist"} {
		require.NoError(t, AddTenant(t.Context(), a.DB, tenant, tenant))
		install(t, a, tenant+"-tabby", tenant)
	}
	require.NoError(t, a.Install(t.Context(), Account{
		ID: "florist-stripe", TenantID: "florist", Provider: "stripe", Credentials: Credentials{"STRIPE_SECRET_KEY": stripetest.SecretKey},
	}))
	list := func(ctx context.Context) (ids []string) {
		apps, err := a.List(ctx)
		require.NoError(t, err)
		for _, app := range apps {
			ids = append(ids, app.ID)
		}
		return ids
	}
	assert.Equal(t, []string{"florist-stripe"}, list(t.Context()))
	florist := paylinks.Caller{ID: "tenant:florist", OrgApps: []string{"florist-stripe", "florist-tabby"}}
	assert.Equal(t, florist.OrgApps, list(paylinks.WithCaller(t.Context(), florist)))
}

func TestKeys(t *testing.T) {
	t.Parallel()
	a := accounts(t, filepath.Join(t.TempDir(), "tenants.db"))
	require.NoError(t, AddTenant(t.Context(), a.DB, "bakery", "The bakery"))
	require.NoError(t, AddTenant(t.Context(), a.DB, "empty", "Without accounts"))
	install(t, a, "bakery-tabby", "bakery")
	keys := Keys{DB: a.DB}
	authenticate := func(token string) (paylinks.Caller, error) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.Header.Set("Authorization", "Bearer "+token)
		principal, err := keys.Authenticate(r)
		return principal.Caller, err
	}
	key, err := keys.AddKey(t.Context(), "bakery", false)
	require.NoError(t, err)
	caller, err := authenticate(key.Reveal())
	require.NoError(t, err)
	assert.Equal(t, paylinks.Caller{ID: "tenant:bakery", OrgApps: []string{"bakery-tabby"}}, caller)

	bare, err := keys.AddKey(t.Context(), "empty", false)
	require.NoError(t, err)
	caller, err = authenticate(bare.Reveal())
	require.NoError(t, err)
	assert.False(t, caller.MayUse("bakery-tabby"), "no accounts aren't all accounts")

	id, secret, _ := strings.Cut(key.Reveal(), ".")
	for _, wrong := range []string{id, id + ".", id + "." + secret[1:], "." + secret, "unknown." + secret, secret, "' OR 1=1 --." + secret} {
		_, err := authenticate(wrong)
		require.ErrorIs(t, err, paylinks.CodeUnauthenticated, wrong)
	}
	require.NoError(t, keys.RevokeKey(t.Context(), key))
	_, err = authenticate(key.Reveal())
	require.ErrorIs(t, err, paylinks.CodeUnauthenticated)
	_, err = NewVault("short")
	require.Error(t, err)
}
