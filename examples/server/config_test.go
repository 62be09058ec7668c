package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestNothingSetSimulatesEverything(t *testing.T) {
	t.Parallel()
	c, err := readConfig(env(nil))
	require.NoError(t, err)
	assert.True(t, c.simulated())
	assert.Equal(t, "127.0.0.1:8080", c.addr)
	assert.Equal(t, "paylinks.db", c.databaseFile)
	assert.Equal(t, demoToken, c.tokens)
	assert.False(t, c.registerWebhooks)
}

func TestTheDemoTokenOpensNothingReal(t *testing.T) {
	t.Parallel()
	c, err := readConfig(env(map[string]string{"STRIPE_SECRET_KEY": "sk_test_x"}))
	require.NoError(t, err)
	assert.False(t, c.simulated())
	assert.NotEqual(t, demoToken, c.tokens)
	assert.GreaterOrEqual(t, len(c.tokens), 20)
}

func TestWhatIsHalfSetStopsTheStart(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		set   map[string]string
		names []string
	}{
		"a key alone":         {map[string]string{"TABBY_SECRET_KEY": "sk"}, []string{"TABBY_SECRET_KEY", "TABBY_MERCHANT_CODE", "TABBY_WEBHOOK_SECRET"}},
		"a host alone":        {map[string]string{"TABBY_BASE_URL": "http://127.0.0.1:1"}, []string{"TABBY_BASE_URL", "TABBY_SECRET_KEY"}},
		"no notifications":    {map[string]string{"TAMARA_API_TOKEN": "t"}, []string{"TAMARA_NOTIFICATION_TOKEN"}},
		"no app id":           {map[string]string{"MISPAY_APP_SECRET": "s", "MISPAY_WEBHOOK_SECRET": "w"}, []string{"MISPAY_APP_ID"}},
		"half of a gateway":   {map[string]string{"PAYPAL_CLIENT_ID": "c"}, []string{"PAYPAL_CLIENT_SECRET"}},
		"two providers":       {map[string]string{"TAMARA_API_TOKEN": "t", "PAYPAL_CLIENT_ID": "c"}, []string{"TAMARA_NOTIFICATION_TOKEN", "PAYPAL_CLIENT_SECRET"}},
		"another database":    {map[string]string{"PAYLINKS_DATABASE_URL": "mysql://x"}, []string{"PAYLINKS_DATABASE_URL"}},
		"a relative URL":      {map[string]string{"PAYLINKS_PUBLIC_URL": "pay.example"}, []string{"PAYLINKS_PUBLIC_URL"}},
		"neither true nor no": {map[string]string{"PAYLINKS_REGISTER_WEBHOOKS": "yes"}, []string{"PAYLINKS_REGISTER_WEBHOOKS"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readConfig(env(test.set))
			require.Error(t, err)
			for _, variable := range test.names {
				assert.ErrorContains(t, err, variable)
			}
		})
	}
}

func TestWebhooksAreRegisteredForAPublicAddress(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{"https://pay.example/": true, "http://127.0.0.1:8080": false, "": false} {
		c, err := readConfig(env(map[string]string{"PAYLINKS_PUBLIC_URL": url}))
		require.NoError(t, err)
		assert.Equal(t, want, c.registerWebhooks, url)
	}
	c, err := readConfig(env(map[string]string{"PAYLINKS_REGISTER_WEBHOOKS": "true"}))
	require.NoError(t, err)
	assert.True(t, c.registerWebhooks)
}

func TestTheSigningKeyIsMadeOnce(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "paylinks.db")
	first, err := signingKey(env(nil), database)
	require.NoError(t, err)
	second, err := signingKey(env(nil), database)
	require.NoError(t, err)
	assert.Equal(t, first.Reveal(), second.Reveal())
	info, err := os.Stat(database + ".key")
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	require.NoError(t, os.WriteFile(database+".key", []byte("half"), 0o600))
	_, err = signingKey(env(nil), database)
	require.ErrorContains(t, err, "not whole")
	_, err = signingKey(env(map[string]string{"PAYLINKS_SIGNING_KEY": "short"}), database)
	require.ErrorContains(t, err, "PAYLINKS_SIGNING_KEY")
}

func TestPostgreSQLIsChosenByItsURL(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"postgres://shop@db/paylinks", "postgresql://shop@db/paylinks"} {
		c, err := readConfig(env(map[string]string{"PAYLINKS_DATABASE_URL": url}))
		require.NoError(t, err)
		assert.Equal(t, url, c.postgresURL)
		assert.Empty(t, c.databaseFile)
	}
}

// Without a file to keep a key in, there's the environment's, or there are no endpoints.
func TestWithPostgreSQLTheSigningKeyIsTheEnvironments(t *testing.T) {
	t.Parallel()
	store, err := sqlite.OpenMemory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	choose := func(key string) (paylinks.Secret, string, error) {
		c := config{postgresURL: "postgres://shop@db/paylinks", getenv: env(map[string]string{"PAYLINKS_SIGNING_KEY": key})}
		var log strings.Builder
		chosen, err := chooseSigningKey(t.Context(), c, store, slog.New(slog.NewTextHandler(&log, nil)))
		return chosen, log.String(), err
	}
	long := strings.Repeat("k", 32)
	key, _, err := choose(long)
	require.NoError(t, err)
	assert.Equal(t, paylinks.Secret(long), key)
	key, log, err := choose("")
	require.NoError(t, err)
	assert.Empty(t, key)
	assert.Contains(t, log, "PAYLINKS_SIGNING_KEY")
	require.NoError(t, store.PutEndpoint(t.Context(), &paylinks.Endpoint{ID: "e"}))
	_, _, err = choose("")
	require.ErrorContains(t, err, "PAYLINKS_SIGNING_KEY must be set")
}

func TestAWrongCredentialIsNamedByItsVariable(t *testing.T) {
	t.Parallel()
	c, err := readConfig(env(map[string]string{
		"TABBY_SECRET_KEY": "pk_test_00000000-0000-4000-8000-000000000001", "TABBY_MERCHANT_CODE": "SA", "TABBY_WEBHOOK_SECRET": "s", "TABBY_BASE_URL": "http://127.0.0.1:1/path",
	}))
	require.NoError(t, err)
	_, err = c.apps(nil, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "TABBY_SECRET_KEY: ")
	require.ErrorContains(t, err, "TABBY_BASE_URL: ")
	assert.NotContains(t, err.Error(), "00000000-0000-4000")
}
