package paypal_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/providers/paypal"
)

func TestTheZeroConfigIsRefused(t *testing.T) {
	t.Parallel()
	gateway, err := paypal.New(paypal.Config{})
	assert.Nil(t, gateway)
	assert.Equal(t, map[string]string{"ClientID": "required", "ClientSecret": "required", "Environment": "required"}, walktest.Codes(err))
}

func TestEveryWrongFieldIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := paypal.New(paypal.Config{
		ClientID: "two words", ClientSecret: "with a\ttab", Environment: "test", BaseURL: "https://api-m.paypal.com/v1",
		LookBack: time.Hour, Window: 32 * 24 * time.Hour, MaxRows: 10_001, PageSize: 501, Tries: -1,
	})
	assert.Equal(t, map[string]string{
		"ClientID": "invalid", "ClientSecret": "invalid", "Environment": "invalid", "BaseURL": "invalid", "LookBack": "invalid",
		"Window": "invalid", "MaxRows": "invalid", "PageSize": "invalid", "Tries": "invalid",
	}, walktest.Codes(err))
	assert.NotContains(t, err.Error(), "tab\t")
}

func TestBaseURLIsSchemeAndHostAlone(t *testing.T) {
	t.Parallel()
	walktest.BaseURL(t, func(url string) error {
		_, err := paypal.New(paypal.Config{ClientID: clientID, ClientSecret: secret, BaseURL: url})
		return err
	})
}

func TestFromCredentials(t *testing.T) {
	t.Parallel()
	var asked []string
	credential := func(name string) string {
		asked = append(asked, name)
		return map[string]string{"PAYPAL_CLIENT_ID": " id\n", "PAYPAL_CLIENT_SECRET": secret}[name]
	}
	gateway, err := paypal.FromCredentials(credential, paypal.Config{})
	require.NoError(t, err)
	walktest.Credentials(t, gateway.Info(), asked)

	_, err = paypal.FromCredentials(func(string) string { return "" }, paypal.Config{})
	assert.Equal(t, map[string]string{"ClientID": "required", "ClientSecret": "required"}, walktest.Codes(err))
}

func TestInfoTellsTheLookBack(t *testing.T) {
	t.Parallel()
	f := newFar()
	assert.Equal(t, 72*time.Hour, f.gateway(t).Info().LookBack)
	assert.Equal(t, 96*time.Hour, f.gateway(t, func(c *paypal.Config) { c.LookBack = 96 * time.Hour }).Info().LookBack)
	assert.Equal(t, 72*time.Hour, paypal.Info().LookBack)
}

func TestAGatewayPrintsNoSecret(t *testing.T) {
	t.Parallel()
	walktest.Prints(t, newFar().gateway(t), "paypal.Gateway")
}
