package paypal_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal"
)

func wrongFields(t *testing.T, err error) map[string]string {
	t.Helper()
	list := map[string]string{}
	if err == nil {
		return list
	}
	joined, ok := errors.Unwrap(err).(interface{ Unwrap() []error })
	require.True(t, ok, "the error joins one for each field")
	for _, one := range joined.Unwrap() {
		var field *paylinks.FieldError
		require.ErrorAs(t, one, &field)
		list[field.Field] = field.Code
	}
	return list
}

func TestTheZeroConfigIsRefused(t *testing.T) {
	t.Parallel()
	gateway, err := paypal.New(paypal.Config{})
	assert.Nil(t, gateway)
	assert.Equal(t, map[string]string{"ClientID": "required", "ClientSecret": "required", "Environment": "required"}, wrongFields(t, err))
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
	}, wrongFields(t, err))
	assert.NotContains(t, err.Error(), "tab\t")
}

func TestBaseURLIsSchemeAndHostAlone(t *testing.T) {
	t.Parallel()
	for url, ok := range map[string]bool{
		"https://paypal.example.com": true, "http://127.0.0.1:8081/": true, "paypal.example.com": false, "ftp://paypal.example.com": false,
		"https://": false, "https://a.example/v1": false, "https://a.example?x=1": false, "https://user@a.example": false,
	} {
		_, err := paypal.New(paypal.Config{ClientID: clientID, ClientSecret: secret, BaseURL: url})
		assert.Equal(t, ok, err == nil, "%s: %v", url, err)
	}
}

func TestFromCredentials(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	credential := func(name string) string {
		names[name] = true
		return map[string]string{"PAYPAL_CLIENT_ID": " id\n", "PAYPAL_CLIENT_SECRET": secret}[name]
	}
	gateway, err := paypal.FromCredentials(credential, paypal.Config{})
	require.NoError(t, err)
	for _, named := range gateway.Info().Credentials {
		assert.True(t, names[named.Name], named.Name)
	}
	assert.Len(t, names, len(gateway.Info().Credentials), "Info lists what is asked for")

	_, err = paypal.FromCredentials(func(string) string { return "" }, paypal.Config{})
	assert.Equal(t, map[string]string{"ClientID": "required", "ClientSecret": "required"}, wrongFields(t, err))
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
	gateway := newFar().gateway(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.Equal(t, "paypal.Gateway", fmt.Sprintf(verb, gateway))
	}
}
