package hyperpay_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/providers/hyperpay"
)

func TestTheZeroConfigIsRefused(t *testing.T) {
	t.Parallel()
	gateway, err := hyperpay.New(hyperpay.Config{})
	assert.Nil(t, gateway)
	assert.Equal(t, map[string]string{"AccessToken": "required", "EntityIDs": "required", "Environment": "required"}, walktest.Codes(err))
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
	}, walktest.Codes(err))
	assert.NotContains(t, err.Error(), "00FF")
}

func TestBaseURLIsSchemeAndHostAlone(t *testing.T) {
	t.Parallel()
	walktest.BaseURL(t, func(url string) error {
		_, err := hyperpay.New(hyperpay.Config{AccessToken: token, EntityIDs: []string{entity}, BaseURL: url})
		return err
	})
}

func TestFromCredentials(t *testing.T) {
	t.Parallel()
	env := map[string]string{"HYPERPAY_ACCESS_TOKEN": " " + token + "\n", "HYPERPAY_ENTITY_ID": entity + ", 8ac7a4c90000000000000000000000bb,"}
	var asked []string
	credential := func(name string) string {
		if name != "HYPERPAY_QUERY_INTERVAL" { // no credential
			asked = append(asked, name)
		}
		return env[name]
	}
	gateway, err := hyperpay.FromCredentials(credential, hyperpay.Config{})
	require.NoError(t, err)
	walktest.Credentials(t, gateway.Info(), asked)
	for interval, ok := range map[string]bool{"10s": true, "0s": true, "10": false, "-1s": false, "soon": false} {
		env["HYPERPAY_QUERY_INTERVAL"] = interval
		_, err := hyperpay.FromCredentials(credential, hyperpay.Config{})
		assert.Equal(t, ok, err == nil, "%s: %v", interval, err)
		assert.Equal(t, !ok, err != nil && strings.Contains(err.Error(), "HYPERPAY_QUERY_INTERVAL"), interval)
	}
	_, err = hyperpay.FromCredentials(func(string) string { return "" }, hyperpay.Config{})
	assert.Equal(t, map[string]string{"AccessToken": "required", "EntityIDs": "required"}, walktest.Codes(err))
}

func TestTheIntervalOfTheEnvironmentHolds(t *testing.T) {
	t.Parallel()
	for interval, want := range map[string][]time.Duration{"": {30 * time.Second}, "10s": {10 * time.Second}, "0s": nil} {
		f := newFar()
		f.lists()
		config := hyperpay.Config{Environment: hyperpay.Test, HTTPClient: f.Client(), Now: f.Now, Wait: f.Wait, Window: 12 * time.Hour}
		gateway, err := hyperpay.FromCredentials(func(name string) string {
			return map[string]string{"HYPERPAY_ACCESS_TOKEN": token, "HYPERPAY_ENTITY_ID": entity, "HYPERPAY_QUERY_INTERVAL": interval}[name]
		}, config)
		require.NoError(t, err)
		require.NoError(t, walktest.Of(t, gateway, tenth()).Err)
		assert.Equal(t, want, f.Waits(), interval)
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
	walktest.Prints(t, newFar().gateway(t), "hyperpay.Gateway")
}
