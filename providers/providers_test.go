package providers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/paylinks/paylinks-go/internal/goldentest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
	"github.com/paylinks/paylinks-go/providers"
	"github.com/paylinks/paylinks-go/tabby"
)

// The names, types, regions and app slugs that were published.
func TestTheCatalogueIsAsPublished(t *testing.T) {
	t.Parallel()
	published := []struct{ id, name, kind, regions, appSlug string }{
		{"dinero", "Dinero Pay", "gateway_sync", "KSA and supported Dinero markets", "dinero-payments"},
		{"hyperpay", "HyperPay", "gateway_sync", "Per acquirer / host", "hyperpay-checkout"},
		{"mispay", "MisPay", "bnpl", "KSA", "mispay-pos-paylinks"},
		{"moyasar", "Moyasar", "gateway_sync", "MENA", "moyasar-payments"},
		{"paypal", "PayPal", "gateway_sync", "Global (account)", "paypal-commerce"},
		{"stripe", "Stripe", "gateway_sync", "Global (account)", "stripe-payments"},
		{"tabby", "Tabby", "bnpl", "KSA, UAE, Kuwait", "tabby-pos-paylinks"},
		{"tamara", "Tamara", "bnpl", "KSA, UAE, Bahrain", "tamara-pos-paylinks"},
		{"tap", "Tap", "gateway_sync", "GCC / Tap markets", "tap-payments"},
	}
	got := providers.Catalogue()
	require.Len(t, got, len(published))
	for i, want := range published {
		assert.Equal(t, want.id, got[i].ID)
		assert.Equal(t, want.name, got[i].Name)
		assert.Equal(t, paylinks.Kind(want.kind), got[i].Kind)
		assert.Equal(t, want.regions, got[i].Regions)
		assert.Equal(t, want.appSlug, got[i].AppSlug)
		assert.NotEmpty(t, got[i].Description)
	}
	assert.True(t, slices.IsSortedFunc(got, func(a, b paylinks.Info) int { return strings.Compare(a.ID, b.ID) }))
}

func TestPublishedDescriptions(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"dinero": "Dinero Pay: refresh configured payment_ids…",
		"mispay": "Split-in-4 BNPL with QR code checkout for POS",
	} {
		entry, ok := providers.Find(id)
		require.True(t, ok)
		assert.Equal(t, want, entry.Description)
	}
}

func TestABuiltProviderDescribesItself(t *testing.T) {
	t.Parallel()
	entry, ok := providers.Find("tabby")
	require.True(t, ok)
	assert.True(t, entry.Available())
	assert.Equal(t, tabby.Info(), entry.Info)
}

func TestEveryBNPLProviderIsComplete(t *testing.T) {
	t.Parallel()
	for _, info := range providers.Catalogue() {
		if info.Kind != paylinks.KindBNPL {
			continue
		}
		assert.NotEmpty(t, info.Currencies, info.ID)
		assert.NotEmpty(t, info.Checkout, info.ID)
		assert.NotEmpty(t, info.Credentials, info.ID)
		assert.Positive(t, info.LinkLife, info.ID)
		assert.GreaterOrEqual(t, info.SettleLife, info.LinkLife, info.ID)
		for _, currency := range info.Currencies {
			_, err := paylinks.ParseCurrency(string(currency))
			assert.NoError(t, err, info.ID)
		}
	}
}

// Callers can't change each other's catalogue.
func TestTheCatalogueIsMadeAnew(t *testing.T) {
	t.Parallel()
	first := providers.Entries()
	for i := range first {
		first[i].ID = "spoilt"
		clear(first[i].Capabilities)
		clear(first[i].Credentials)
		clear(first[i].Params)
	}
	second := providers.Entries()
	assert.Equal(t, "dinero", second[0].ID)
	for _, entry := range second {
		assert.NotContains(t, entry.Capabilities, paylinks.Capability(""))
		assert.NotContains(t, entry.Credentials, paylinks.Credential{})
		assert.NotContains(t, entry.Params, api.ProviderParam{})
	}
}

func TestUnknownIDs(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "TABBY", "klarna", "tabby "} {
		_, found := providers.Find(id)
		assert.False(t, found, id)
		_, found = providers.Config(id)
		assert.False(t, found, id)
	}
}

// The configuration payloads, to the letter.
func TestConfigPayloads(t *testing.T) {
	t.Parallel()
	for _, info := range providers.Catalogue() {
		t.Run(info.ID, func(t *testing.T) {
			t.Parallel()
			payload, ok := providers.Config(info.ID)
			require.True(t, ok)
			got := goldentest.JSON(t, info.ID+".json", payload)
			assert.NotContains(t, got, "null", "a list is a list, even an empty one")
		})
	}
}

func TestGatewaysPointToPaymentsOrders(t *testing.T) {
	t.Parallel()
	for _, info := range providers.Catalogue() {
		payload, ok := providers.Config(info.ID)
		require.True(t, ok)
		if info.Kind == paylinks.KindBNPL {
			assert.Equal(t, "POST /api/v1/providers/paylinks", payload.Endpoints.Create, info.ID)
			assert.Equal(t, "POST /api/v1/providers/webhooks/"+info.ID+"/{org_app_id}", payload.Endpoints.Webhook)
			assert.Empty(t, payload.Endpoints.PaymentOrders, info.ID)
			assert.Empty(t, payload.Note, info.ID)
			assert.Empty(t, payload.CustomParams, info.ID)
			continue
		}
		assert.Equal(t, "POST /api/v1/payments/orders", payload.Endpoints.PaymentOrders, info.ID)
		assert.Empty(t, payload.Endpoints.Create, info.ID)
		assert.Contains(t, payload.Note, "Payments Orders", info.ID)
		assert.NotEmpty(t, payload.CustomParams, info.ID)
	}
}

func TestRequiredFieldsStartWithThePublishedOnes(t *testing.T) {
	t.Parallel()
	names := func(fields []paylinks.Field) (list []string) {
		for _, field := range fields {
			list = append(list, field.Name)
		}
		return list
	}
	common := []string{"provider", "org_app_id", "order_id", "amount", "currency"}
	optional := []string{"description", "buyer_name", "buyer_email", "buyer_phone", "lang", "items", "metadata"}
	tabbyConfig, _ := providers.Config("tabby")
	assert.Equal(t, common, names(tabbyConfig.RequiredFields))
	assert.Equal(t, optional, names(tabbyConfig.OptionalFields), "the provider's words on a common field take its place")
	tamaraConfig, _ := providers.Config("tamara")
	assert.Equal(t, append(common, "phone_number"), names(tamaraConfig.RequiredFields))
	assert.Equal(t, append(optional, "payment_type", "store_code", "locale"), names(tamaraConfig.OptionalFields))
}

func TestAFieldThatAProviderRequiresIsNotOptionalToo(t *testing.T) {
	t.Parallel()
	entry := providers.Entry{Info: paylinks.Info{ID: "acme", Kind: paylinks.KindBNPL, RequiredFields: []paylinks.Field{{Name: "buyer_phone", Type: "string"}, {Name: "lang", Type: "string"}}}}
	config := entry.Config()
	var required []string
	for _, field := range config.RequiredFields {
		required = append(required, field.Name)
	}
	assert.Subset(t, required, []string{"buyer_phone", "lang", "amount"})
	for _, field := range config.OptionalFields {
		assert.NotContains(t, required, field.Name)
	}
	assert.NotEmpty(t, config.OptionalFields)
}
