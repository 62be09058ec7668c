package gatewaytest

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func infoChecks() []Check {
	return []Check{
		{"Info says who the gateway is", infoIdentity},
		{"Info's capabilities and the gateway's powers are the same", infoPowers},
		{"Info is constant", infoConstant},
	}
}

func infoIdentity(t TB, h Harness) {
	info := stage(t, h, nil).Gateway.Info()
	assert.Regexp(t, `^[a-z][a-z0-9_]*$`, info.ID)
	assert.NotEmpty(t, info.Name)
	assert.NotEmpty(t, info.Description)
	assert.NotEmpty(t, info.Regions)
	assert.NotEmpty(t, info.AppSlug)
	assert.Equal(t, paylinks.KindGatewaySync, info.Kind)
	assert.GreaterOrEqual(t, info.LookBack, time.Duration(0))
	assert.GreaterOrEqual(t, info.RateLimit, 0)
	for _, currency := range info.Currencies {
		parsed, err := paylinks.ParseCurrency(string(currency))
		require.NoError(t, err)
		assert.Equal(t, parsed, currency, "a currency is in capitals")
	}
	require.NotEmpty(t, info.Credentials, "a gateway has credentials")
	names := map[string]bool{}
	for _, credential := range info.Credentials {
		assert.Regexp(t, `^[A-Z][A-Z0-9_]*$`, credential.Name)
		assert.NotEmpty(t, credential.Description)
		assert.False(t, names[credential.Name], "%s is listed twice", credential.Name)
		names[credential.Name] = true
	}
}

func infoPowers(t TB, h Harness) {
	s := stage(t, h, nil)
	info := s.Gateway.Info()
	assert.True(t, info.Can(paylinks.CanSync), "a gateway can be synced")
	_, receives := s.Gateway.(paylinks.WebhookReceiver)
	assert.Equal(t, receives, info.Can(paylinks.CanReceiveWebhook), "the capability webhook and the method for it")
	for _, capability := range info.Capabilities {
		assert.Contains(t, []paylinks.Capability{paylinks.CanSync, paylinks.CanReceiveWebhook}, capability, "a gateway changes nothing")
	}
}

func infoConstant(t TB, h Harness) {
	gateway := stage(t, h, nil).Gateway
	changed := gateway.Info()
	for i := range changed.Capabilities {
		changed.Capabilities[i] = "spoilt"
	}
	for i := range changed.Credentials {
		changed.Credentials[i].Name = "SPOILT"
	}
	again := gateway.Info()
	assert.NotContains(t, again.Capabilities, paylinks.Capability("spoilt"), "a caller can't change Info")
	for _, credential := range again.Credentials {
		assert.NotEqual(t, "SPOILT", credential.Name, "a caller can't change Info")
	}
}
