package hyperpay_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay"
)

func wrongFields(t *testing.T, err error) map[string]string {
	t.Helper()
	wrong := map[string]string{}
	if err == nil {
		return wrong
	}
	joined, ok := errors.Unwrap(err).(interface{ Unwrap() []error })
	require.True(t, ok, "the error joins one for each field")
	for _, one := range joined.Unwrap() {
		var field *paylinks.FieldError
		require.ErrorAs(t, one, &field)
		wrong[field.Field] = field.Code
	}
	return wrong
}

func TestTheZeroConfigIsRefused(t *testing.T) {
	t.Parallel()
	gateway, err := hyperpay.New(hyperpay.Config{})
	assert.Nil(t, gateway)
	assert.Equal(t, map[string]string{"AccessToken": "required", "EntityIDs": "required", "Environment": "required"}, wrongFields(t, err))
}

func TestEveryWrongFieldIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := hyperpay.New(hyperpay.Config{
		AccessToken: "two words", EntityIDs: []string{entity, "e2", entity}, Environment: "sandbox", BaseURL: "https://oppwa.com/v3",
		LookBack: -1, Window: time.Second, PageSize: 501, Tries: -1, WebhookSecret: "00FF",
	})
	assert.Equal(t, map[string]string{
		"AccessToken": "invalid", "EntityIDs[1]": "invalid", "EntityIDs[2]": "invalid", "Environment": "invalid", "BaseURL": "invalid",
		"LookBack": "invalid", "Window": "invalid", "PageSize": "invalid", "Tries": "invalid", "WebhookSecret": "invalid",
	}, wrongFields(t, err))
	assert.NotContains(t, err.Error(), "00FF")
}

func TestBaseURLIsSchemeAndHostAlone(t *testing.T) {
	t.Parallel()
	for url, ok := range map[string]bool{
		"https://hyperpay.example.com": true, "http://127.0.0.1:8081/": true, "hyperpay.example.com": false, "ftp://hyperpay.example.com": false,
		"https://": false, "https://a.example/v1": false, "https://a.example?x=1": false, "https://user@a.example": false,
	} {
		_, err := hyperpay.New(hyperpay.Config{AccessToken: token, EntityIDs: []string{entity}, BaseURL: url})
		assert.Equal(t, ok, err == nil, "%s: %v", url, err)
	}
}

func TestFromCredentials(t *testing.T) {
	t.Parallel()
	env := map[string]string{"HYPERPAY_ACCESS_TOKEN": " " + token + "\n", "HYPERPAY_ENTITY_ID": entity + ", 8ac7a4c90000000000000000000000bb,"}
	names := map[string]bool{}
	credential := func(name string) string {
		names[name] = true
		return env[name]
	}
	gateway, err := hyperpay.FromCredentials(credential, hyperpay.Config{})
	require.NoError(t, err)
	for _, named := range gateway.Info().Credentials {
		assert.True(t, names[named.Name], named.Name)
	}
	for interval, ok := range map[string]bool{"10s": true, "0s": true, "10": false, "-1s": false, "soon": false} {
		env["HYPERPAY_QUERY_INTERVAL"] = interval
		_, err := hyperpay.FromCredentials(credential, hyperpay.Config{})
		assert.Equal(t, ok, err == nil, "%s: %v", interval, err)
		assert.Equal(t, !ok, err != nil && strings.Contains(err.Error(), "HYPERPAY_QUERY_INTERVAL"), interval)
	}
	_, err = hyperpay.FromCredentials(func(string) string { return "" }, hyperpay.Config{})
	assert.Equal(t, map[string]string{"AccessToken": "required", "EntityIDs": "required"}, wrongFields(t, err))
}

func TestTheIntervalOfTheEnvironmentHolds(t *testing.T) {
	t.Parallel()
	for interval, want := range map[string][]time.Duration{"": {30 * time.Second}, "10s": {10 * time.Second}, "0s": nil} {
		f := newFar()
		f.lists()
		config := hyperpay.Config{Environment: hyperpay.Test, HTTPClient: httpClient(f), Now: f.clock, Wait: f.wait, Window: 12 * time.Hour}
		gateway, err := hyperpay.FromCredentials(func(name string) string {
			return map[string]string{"HYPERPAY_ACCESS_TOKEN": token, "HYPERPAY_ENTITY_ID": entity, "HYPERPAY_QUERY_INTERVAL": interval}[name]
		}, config)
		require.NoError(t, err)
		require.NoError(t, walkOf(t.Context(), gateway, tenth()).err)
		assert.Equal(t, want, f.waits, interval)
	}
}

func TestInfoTellsTheLookBack(t *testing.T) {
	t.Parallel()
	f := newFar()
	assert.Equal(t, 24*time.Hour, f.gateway(t).Info().LookBack)
	assert.Equal(t, 48*time.Hour, f.gateway(t, func(c *hyperpay.Config) { c.LookBack = 48 * time.Hour }).Info().LookBack)
}

func TestAGatewayPrintsNoSecret(t *testing.T) {
	t.Parallel()
	gateway := newFar().gateway(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.Equal(t, "hyperpay.Gateway", fmt.Sprintf(verb, gateway))
	}
}
