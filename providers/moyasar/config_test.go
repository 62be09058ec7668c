package moyasar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/moyasar"
)

func TestConfigNamesEachWrongField(t *testing.T) {
	t.Parallel()
	const key = "sk_test_51Abc"
	for name, c := range map[string]struct {
		config moyasar.Config
		wrong  string
	}{
		"nothing":                 {moyasar.Config{}, "SecretKey"},
		"a publishable key":       {moyasar.Config{SecretKey: "pk_test_51Abc"}, "SecretKey"},
		"no environment":          {moyasar.Config{SecretKey: "sk_51Abc"}, "SecretKey"},
		"a key with a line break": {moyasar.Config{SecretKey: "sk_test_51\nAbc"}, "SecretKey"},
		"another environment":     {moyasar.Config{SecretKey: key, Environment: moyasar.Live}, "Environment"},
		"no such environment":     {moyasar.Config{SecretKey: key, Environment: "staging"}, "Environment"},
		"a secret with a space":   {moyasar.Config{SecretKey: key, WebhookSecret: "a b"}, "WebhookSecret"},
		"a path":                  {moyasar.Config{SecretKey: key, BaseURL: "https://api.moyasar.com/v1"}, "BaseURL"},
	} {
		_, err := moyasar.New(c.config)
		var field *paylinks.FieldError
		require.ErrorAs(t, err, &field, name)
		assert.Equal(t, c.wrong, field.Field, name)
		assert.NotContains(t, err.Error(), "51Abc", name)
	}
	for _, good := range []moyasar.Config{
		{SecretKey: " sk_test_51Abc\n"},
		{SecretKey: "sk_live_51Abc", Environment: moyasar.Live, WebhookSecret: "s", BaseURL: "http://localhost:8080/"},
	} {
		_, err := moyasar.New(good)
		assert.NoError(t, err)
	}
}

func TestCredentialsGoByTheirNames(t *testing.T) {
	t.Parallel()
	var asked []string
	gateway, err := moyasar.FromCredentials(func(name string) string {
		asked = append(asked, name)
		return map[string]string{"MOYASAR_SECRET_KEY": "sk_test_51Abc"}[name]
	}, moyasar.Config{LookBack: time.Hour})
	require.NoError(t, err)
	walktest.Credentials(t, moyasar.Info(), asked)
	assert.Equal(t, time.Hour, gateway.Info().LookBack)
}

func TestTheLookBackIsAsConfigured(t *testing.T) {
	t.Parallel()
	for configured, want := range map[time.Duration]time.Duration{0: 5 * time.Minute, time.Hour: time.Hour, -1: 0} {
		gateway, err := moyasar.New(moyasar.Config{SecretKey: "sk_test_51Abc", LookBack: configured})
		require.NoError(t, err)
		assert.Equal(t, want, gateway.Info().LookBack)
		walktest.Prints(t, gateway, "moyasar.Gateway")
	}
}
