package providertest

import (
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func harnessChecks() []Check {
	return []Check{{"The harness has the controls that prove what Info claims", harnessControls}}
}

// harnessControls keeps a suite that skips nearly everything from passing.
func harnessControls(t TB, h Harness) {
	s := stage(t, h)
	webhooks := s.info.Can(paylinks.CanReceiveWebhook)
	for _, control := range []struct {
		name        string
		have, needs bool
	}{
		{"Pay", s.Pay != nil, true},
		{"Truth", s.Truth != nil, true},
		{"Calls", s.Calls != nil, true},
		{"Break", s.Break != nil, true},
		{"Heal", s.Heal != nil, true},
		{"Hang", s.Hang != nil, true},
		{"Webhook", s.Webhook != nil, webhooks},
		{"Forge", s.Forge != nil, webhooks},
	} {
		assert.True(t, control.have || !control.needs, "Subject.%s is nil: without it nothing proves what the provider claims", control.name)
	}
}

// stage makes a scene in the first currency.
func stage(t TB, h Harness) *scene {
	t.Helper()
	require.NotEmpty(t, h.Currencies, "Harness.Currencies is empty: name at least one that the provider takes")
	return stageIn(t, h, h.Currencies[0])
}

// stageIn makes a scene, and says what is wrong with the harness before anything comes to grief over it.
func stageIn(t TB, h Harness, currency paylinks.Currency) *scene {
	t.Helper()
	require.NotNil(t, h.New, "Harness.New is nil")
	subject := h.New(t, currency)
	require.NotNil(t, subject.Provider, "Subject.Provider is nil: Harness.New has to make one")
	info := subject.Provider.Info()
	for _, field := range info.RequiredFields {
		phone := field.Name == "buyer_phone" || field.Name == "phone_number"
		require.False(t, phone && subject.Phone == "", "Subject.Phone is empty, and Info requires %s", field.Name)
	}
	return &scene{TB: t, Subject: subject, info: info, currency: currency}
}

// powers are the interfaces that a provider's capabilities rest on.
var powers = map[paylinks.Capability]struct {
	name string
	has  func(paylinks.Provider) bool
}{
	paylinks.CanRefund:          {"a Refunder", is[paylinks.Refunder]},
	paylinks.CanRefundPartly:    {"a Refunder", is[paylinks.Refunder]},
	paylinks.CanRepeatRefund:    {"a Refunder", is[paylinks.Refunder]},
	paylinks.CanTraceRefund:     {"a Refunder", is[paylinks.Refunder]},
	paylinks.CanSend:            {"a LinkSender", is[paylinks.LinkSender]},
	paylinks.CanReceiveWebhook:  {"a WebhookReceiver", is[paylinks.WebhookReceiver]},
	paylinks.CanFindByReference: {"a ReferenceFinder", is[paylinks.ReferenceFinder]},
}

func is[Power any](provider paylinks.Provider) bool {
	_, ok := provider.(Power)
	return ok
}

// can skips a check where Info lacks a capability, and fails it at once where the provider lacks the method for one that Info lists.
func (s *scene) can(capabilities ...paylinks.Capability) {
	s.Helper()
	for _, capability := range capabilities {
		s.needs("capability "+string(capability), s.info.Can(capability))
		s.has(capability)
	}
}

func (s *scene) has(capability paylinks.Capability) {
	s.Helper()
	if power, ok := powers[capability]; ok {
		require.True(s, power.has(s.Provider), "Info lists %s, and the provider isn't %s: it lacks the method", capability, power.name)
	}
}
