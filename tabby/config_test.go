package tabby_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/exchangetest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby"
)

func TestTheZeroConfigIsRefused(t *testing.T) {
	t.Parallel()
	provider, err := tabby.New(tabby.Config{})
	assert.Nil(t, provider)
	assert.Equal(t, map[string]string{"SecretKey": "required", "MerchantCode": "required"}, exchangetest.WrongFields(t, err))
}

func TestEveryWrongFieldIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := tabby.New(tabby.Config{
		SecretKey: "sk_live", Environment: "sandbox", MerchantCode: "S A", Currency: paylinks.BHD, BaseURL: "https://api.tabby.sa/api/v2",
		WebhookHeader: "X Secret", WebhookSecret: "two words",
	})
	assert.Equal(t, map[string]string{
		"SecretKey": "invalid", "Environment": "invalid", "MerchantCode": "invalid", "Currency": "unsupported",
		"BaseURL": "invalid", "WebhookHeader": "invalid", "WebhookSecret": "invalid",
	}, exchangetest.WrongFields(t, err))
}

func TestSecretKeyShapes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		key, environment, wrong string
	}{
		{testKey, "", ""},
		{liveKey, "", ""},
		{"  " + testKey + "\n", "", ""},
		{testKey, "test", ""},
		{liveKey, "live", ""},
		{testKey, "live", "says live, but SecretKey is a test key"},
		{liveKey, "test", "says test, but SecretKey is a live key"},
		{"pk_test_0f9c1d2e-3b4a-4c5d-8e6f-708192a3b4c5", "", "this is the public key"},
		{"pk_0f9c1d2e-3b4a-4c5d-8e6f-708192a3b4c5", "", "this is the public key"},
		{"sk_live_0f9c1d2e-3b4a-4c5d-8e6f-708192a3b4c5", "", "must be sk_ or sk_test_ and a UUID"},
		{"sk_test_0F9C1D2E-3B4A-4C5D-8E6F-708192A3B4C5", "", "must be sk_ or sk_test_ and a UUID"},
		{"sk_test_0f9c1d2e3b4a4c5d8e6f708192a3b4c5", "", "must be sk_ or sk_test_ and a UUID"},
		{testKey + "0", "", "must be sk_ or sk_test_ and a UUID"},
	} {
		t.Run(tt.key+" "+tt.environment, func(t *testing.T) {
			t.Parallel()
			_, err := tabby.New(tabby.Config{
				SecretKey: paylinks.Secret(tt.key), Environment: tabby.Environment(tt.environment), MerchantCode: "SA",
			})
			if tt.wrong == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.wrong)
			assert.NotContains(t, err.Error(), "708192", "the error must not show the key")
		})
	}
}

func TestBaseURLIsSchemeAndHostAlone(t *testing.T) {
	t.Parallel()
	for url, ok := range map[string]bool{
		"":                           true,
		"https://tabby.example.com":  true,
		"https://tabby.example.com/": true,
		"http://127.0.0.1:8081":      true,
		"tabby.example.com":          false,
		"ftp://tabby.example.com":    false,
		"https://":                   false,
		"https://a.example/api":      false,
		"https://a.example?x=1":      false,
		"https://a.example#x":        false,
		"https://user@a.example":     false,
	} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			_, err := tabby.New(tabby.Config{SecretKey: testKey, MerchantCode: "SA", BaseURL: url})
			assert.Equal(t, ok, err == nil, "%v", err)
		})
	}
}

func TestTheHostGoesByTheCurrency(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		currency paylinks.Currency
		baseURL  string
		host     string
	}{
		{paylinks.SAR, "", saudi},
		{paylinks.AED, "", other},
		{paylinks.KWD, "", other},
		{paylinks.SAR, "http://stand-in.test/", "http://stand-in.test"},
		{paylinks.AED, "http://stand-in.test", "http://stand-in.test"},
	} {
		t.Run(string(tt.currency)+tt.baseURL, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, func(c *tabby.Config) { c.BaseURL = tt.baseURL })
			e.Answer(http.MethodGet, tt.host+"/api/v2/payments/"+paymentID, 200, payment(t, map[string]any{"currency": tt.currency}))
			_, err := e.Fetch(t.Context(), ref(t, "250", tt.currency))
			require.NoError(t, err)
		})
	}
}

func TestTheHostOfCallsWithoutAnAmountGoesByTheMerchantCode(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code     string
		currency paylinks.Currency
		host     string
	}{
		{"SA", "", saudi},
		{"riyadh-04", "", saudi},
		{"AE", "", other},
		{"ae", "", other},
		{"KW", "", other},
		{"dubai-mall", paylinks.AED, other},
	} {
		t.Run(tt.code, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, func(c *tabby.Config) { c.MerchantCode, c.Currency = tt.code, tt.currency })
			e.Answer(http.MethodGet, tt.host+"/api/v1/webhooks", 200, `null`)
			e.Answer(http.MethodPost, tt.host+"/api/v1/webhooks", 200, `{"id":"w1"}`)
			require.NoError(t, e.RegisterWebhook(t.Context(), "https://shop.example/hook"))
			assert.Equal(t, tt.code, e.Sent[0].Header.Get("X-Merchant-Code"))
		})
	}
}

func TestNoFormattingShowsASecret(t *testing.T) {
	t.Parallel()
	exchangetest.Hidden(t, tabby.Config{SecretKey: testKey, WebhookSecret: secret, MerchantCode: "SA"}, "708192", secret)
}

func TestInfoIsWhatWasPublished(t *testing.T) {
	t.Parallel()
	info := tabby.Info()
	assert.Equal(t, info, newExchange(t).Info())
	assert.Equal(t, "tabby", info.ID)
	assert.Equal(t, "Tabby", info.Name)
	assert.Equal(t, "KSA, UAE, Kuwait", info.Regions)
	assert.Equal(t, "tabby-pos-paylinks", info.AppSlug)
	assert.Equal(t, paylinks.KindBNPL, info.Kind)
	assert.Equal(t, paylinks.DeliveryQR, info.Checkout)
	assert.True(t, info.Accepts(paylinks.KWD))
	assert.False(t, info.Accepts(paylinks.BHD), "Tabby left Bahrain")
	assert.False(t, info.Can(paylinks.CanFindByReference), "a lost session can't be asked for")
}

func TestAProviderDoesNotPrintItsKey(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	exchangetest.Hidden(t, e.Provider, "708192", secret)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		assert.Contains(t, fmt.Sprintf(verb, e.Provider), "tabby.Provider", verb)
	}
}
