package stripe_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/stripe"
)

func TestConfigNamesEachWrongField(t *testing.T) {
	t.Parallel()
	const key = "sk_test_51Abc"
	for name, c := range map[string]struct {
		config stripe.Config
		wrong  string
	}{
		"nothing":                 {stripe.Config{}, "SecretKey"},
		"a publishable key":       {stripe.Config{SecretKey: "pk_test_51Abc"}, "SecretKey"},
		"a webhook's secret":      {stripe.Config{SecretKey: "whsec_51Abc"}, "SecretKey"},
		"no environment":          {stripe.Config{SecretKey: "sk_51Abc"}, "SecretKey"},
		"a key with a line break": {stripe.Config{SecretKey: "sk_test_51\nAbc"}, "SecretKey"},
		"another environment":     {stripe.Config{SecretKey: key, Environment: stripe.Live}, "Environment"},
		"no such environment":     {stripe.Config{SecretKey: key, Environment: "staging"}, "Environment"},
		"no account":              {stripe.Config{SecretKey: key, AccountID: "12"}, "AccountID"},
		"a secret with a space":   {stripe.Config{SecretKey: key, WebhookSecret: "whsec a"}, "WebhookSecret"},
		"a page too large":        {stripe.Config{SecretKey: key, PageSize: 101}, "PageSize"},
		"a page of less than one": {stripe.Config{SecretKey: key, PageSize: -1}, "PageSize"},
		"a path":                  {stripe.Config{SecretKey: key, BaseURL: "https://api.stripe.com/v1"}, "BaseURL"},
		"no scheme":               {stripe.Config{SecretKey: key, BaseURL: "api.stripe.com"}, "BaseURL"},
	} {
		_, err := stripe.New(c.config)
		var field *paylinks.FieldError
		require.ErrorAs(t, err, &field, name)
		assert.Equal(t, c.wrong, field.Field, name)
		assert.NotContains(t, err.Error(), "51Abc", name)
	}
	for _, good := range []stripe.Config{
		{SecretKey: " sk_test_51Abc\n"},
		{SecretKey: "rk_live_51Abc", Environment: stripe.Live, AccountID: " acct_1 ", WebhookSecret: "whsec_1", PageSize: 1, BaseURL: "http://localhost:12111/"},
		{SecretKey: "rk_test_51Abc", Environment: stripe.Test},
	} {
		_, err := stripe.New(good)
		assert.NoError(t, err)
	}
}

func TestCredentialsGoByTheirNames(t *testing.T) {
	t.Parallel()
	credentials := map[string]string{"STRIPE_SECRET_KEY": "rk_test_51Abc", "STRIPE_WEBHOOK_SECRET": "whsec_1", "STRIPE_ACCOUNT_ID": "acct_1"}
	var asked []string
	gateway, err := stripe.FromCredentials(func(name string) string {
		asked = append(asked, name)
		return credentials[name]
	}, stripe.Config{LookBack: time.Hour})
	require.NoError(t, err)
	walktest.Credentials(t, stripe.Info(), asked)
	assert.Equal(t, time.Hour, gateway.Info().LookBack)

	_, err = stripe.FromCredentials(func(string) string { return "" }, stripe.Config{})
	var field *paylinks.FieldError
	require.ErrorAs(t, err, &field)
}

func TestTheLookBackIsAsConfigured(t *testing.T) {
	t.Parallel()
	for configured, want := range map[time.Duration]time.Duration{0: 720 * time.Hour, time.Minute: time.Minute, -1: 0} {
		gateway, err := stripe.New(stripe.Config{SecretKey: "sk_test_51Abc", LookBack: configured})
		require.NoError(t, err)
		assert.Equal(t, want, gateway.Info().LookBack)
		walktest.Prints(t, gateway, "stripe.Gateway")
	}
}
