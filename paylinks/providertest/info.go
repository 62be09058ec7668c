package providertest

import (
	"slices"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func infoChecks() []Check {
	return []Check{
		{"Info says who the provider is", infoIdentity},
		{"Info lists each capability once, with what it rests on", infoCapabilities},
		{"Info's capabilities and the provider's powers are the same", infoPowers},
		{"Info is constant", infoConstant},
	}
}

func infoIdentity(t TB, h Harness) {
	s := stage(t, h)
	info := s.info
	assert.Regexp(t, `^[a-z][a-z0-9_]*$`, info.ID)
	assert.NotEmpty(t, info.Name)
	assert.NotEmpty(t, info.Description)
	assert.NotEmpty(t, info.Regions)
	assert.Equal(t, paylinks.KindBNPL, info.Kind)
	assert.Contains(t, []paylinks.Delivery{paylinks.DeliveryQR, paylinks.DeliverySMS}, info.Checkout)
	assert.Positive(t, info.LinkLife)
	assert.GreaterOrEqual(t, info.SettleLife, info.LinkLife, "a link is watched at least as long as it can be paid")
	assert.Less(t, info.SettleLife, 31*24*time.Hour)
	assert.GreaterOrEqual(t, info.RateLimit, 0)

	require.NotEmpty(t, info.Currencies)
	for _, currency := range info.Currencies {
		parsed, err := paylinks.ParseCurrency(string(currency))
		assert.NoError(t, err)
		assert.Equal(t, parsed, currency, "a currency is in capitals")
	}
	for _, currency := range h.Currencies {
		assert.True(t, info.Accepts(currency), "the harness tests in %s, which Info doesn't list", currency)
	}
	for _, field := range slices.Concat(info.RequiredFields, info.OptionalFields) {
		assert.Regexp(t, `^[a-z][a-z0-9_]*$`, field.Name)
		assert.NotEmpty(t, field.Type)
		assert.NotEmpty(t, field.Description)
	}
	require.NotEmpty(t, info.Credentials, "a provider has credentials")
	for _, credential := range info.Credentials {
		assert.NotEmpty(t, credential.Name)
		assert.NotEmpty(t, credential.Description)
	}
}

// restsOn is which capability makes sense only with which other.
var restsOn = map[paylinks.Capability]paylinks.Capability{
	paylinks.CanCapturePartly: paylinks.CanCapture,
	paylinks.CanRepeatCapture: paylinks.CanCapture,
	paylinks.CanRefundPartly:  paylinks.CanRefund,
	paylinks.CanRepeatRefund:  paylinks.CanRefund,
	paylinks.CanTraceRefund:   paylinks.CanRefund,
}

func infoCapabilities(t TB, h Harness) {
	s := stage(t, h)
	all := []paylinks.Capability{
		paylinks.CanCapture, paylinks.CanCapturePartly, paylinks.CanCancel, paylinks.CanVoid, paylinks.CanRefund, paylinks.CanRefundPartly,
		paylinks.CanSend, paylinks.CanReceiveWebhook, paylinks.CanRepeatCapture, paylinks.CanRepeatRefund,
		paylinks.CanTraceCapture, paylinks.CanTraceRefund, paylinks.CanFindByReference,
	}
	seen := map[paylinks.Capability]bool{}
	for _, capability := range s.info.Capabilities {
		assert.Contains(t, all, capability)
		assert.False(t, seen[capability], "%s is listed twice", capability)
		seen[capability] = true
		if base, ok := restsOn[capability]; ok {
			assert.True(t, s.info.Can(base), "%s rests on %s", capability, base)
		}
	}
}

func infoPowers(t TB, h Harness) {
	s := stage(t, h)
	_, refunds := s.Provider.(paylinks.Refunder)
	_, sends := s.Provider.(paylinks.LinkSender)
	_, receives := s.Provider.(paylinks.WebhookReceiver)
	_, finds := s.Provider.(paylinks.ReferenceFinder)
	for capability, has := range map[paylinks.Capability]bool{
		paylinks.CanRefund: refunds, paylinks.CanSend: sends, paylinks.CanReceiveWebhook: receives, paylinks.CanFindByReference: finds,
	} {
		assert.Equal(t, has, s.info.Can(capability), "capability %s and the method for it", capability)
	}
}

func infoConstant(t TB, h Harness) {
	s := stage(t, h)
	changed := s.Provider.Info()
	for i := range changed.Capabilities {
		changed.Capabilities[i] = "spoilt"
	}
	for i := range changed.Currencies {
		changed.Currencies[i] = "XXX"
	}
	again := s.Provider.Info()
	assert.NotContains(t, again.Capabilities, paylinks.Capability("spoilt"), "a caller can't change Info")
	assert.NotContains(t, again.Currencies, paylinks.Currency("XXX"), "a caller can't change Info")
}
