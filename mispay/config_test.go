package mispay_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/exchangetest"
	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/paylinks"
)

func fineConfig() mispay.Config {
	return mispay.Config{Environment: mispay.Live, AppID: appID, AppSecret: appSecret, WebhookSecret: webhookSecret}
}

func TestTheZeroConfigIsRefused(t *testing.T) {
	t.Parallel()
	provider, err := mispay.New(mispay.Config{})
	assert.Nil(t, provider)
	assert.Equal(t, map[string]string{
		"AppID": "required", "AppSecret": "required", "WebhookSecret": "required", "Environment": "required",
	}, exchangetest.WrongFields(t, err))
}

func TestEveryWrongFieldIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	aed, err := paylinks.ParseMoney("100", paylinks.AED)
	require.NoError(t, err)
	_, err = mispay.New(mispay.Config{
		AppID: "app 7", AppSecret: "secret\n", WebhookSecret: "a/b", Environment: "test", BaseURL: "https://api.mispay.co",
		Paths:   mispay.Paths{Token: "token", TrackCheckout: "/track", EndCheckout: "/end/{id}/{id}", Refund: "/refund/{id}", StartCheckout: "start"},
		Version: "v2", Lang: "fr", Lifetime: 31 * 24 * time.Hour, MinAmount: aed, MaxAmount: aed,
		CheckoutExtra: map[string]any{"f": func() {}}, RefundExtra: map[string]any{"c": make(chan int)},
	})
	assert.Equal(t, map[string]string{
		"AppID": "invalid", "AppSecret": "invalid", "WebhookSecret": "invalid", "Environment": "invalid", "BaseURL": "invalid",
		"Paths.Token": "invalid", "Paths.StartCheckout": "invalid", "Paths.TrackCheckout": "invalid", "Paths.EndCheckout": "invalid", "Paths.Refund": "invalid",
		"Version": "invalid", "Lang": "invalid", "Lifetime": "invalid", "MinAmount": "unsupported", "MaxAmount": "unsupported",
		"CheckoutExtra": "invalid", "RefundExtra": "invalid",
	}, exchangetest.WrongFields(t, err))
}

func TestTheEnvironmentIsSaidNeverGuessed(t *testing.T) {
	t.Parallel()
	const sandbox = "https://api-sandbox.mispay.dev/v1/api"
	for _, tt := range []struct {
		name        string
		environment mispay.Environment
		baseURL     string
		base        string
		wrong       map[string]string
	}{
		{"live", mispay.Live, "", live, nil},
		{"sandbox", mispay.Sandbox, "", sandbox, nil},
		{"a base URL says it", "", "http://127.0.0.1:9/mispay/v1/api", "http://127.0.0.1:9/mispay/v1/api", nil},
		{"a trailing slash", "", live + "/", live, nil},
		{"an old sandbox", mispay.Sandbox, "https://api.sandbox.mispay.co/v1/api", "https://api.sandbox.mispay.co/v1/api", nil},
		{"the oldest sandbox", "", "https://api.mispay.co/sandbox/v1/api/", "https://api.mispay.co/sandbox/v1/api", nil},
		{"live, but an old sandbox", mispay.Live, "https://api.mispay.co/sandbox/v1/api", "", map[string]string{"Environment": "invalid"}},
		{"sandbox, but live", mispay.Sandbox, live, "", map[string]string{"Environment": "invalid"}},
		{"neither", "", "", "", map[string]string{"Environment": "required"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			config := fineConfig()
			config.Environment, config.BaseURL = tt.environment, tt.baseURL
			if tt.wrong != nil {
				_, err := mispay.New(config)
				assert.Equal(t, tt.wrong, exchangetest.WrongFields(t, err))
				return
			}
			e := newExchange(t, func(c *mispay.Config) { c.Environment, c.BaseURL = tt.environment, tt.baseURL })
			e.Mock.Reset()
			e.giveTokens(t, tt.base)
			e.Mock.RegisterResponder(http.MethodGet, tt.base+"/track-checkout/"+trackID, says(200, tracked("pending")).Respond)
			_, err := e.Fetch(t.Context(), unpaidRef(t))
			require.NoError(t, err)
		})
	}
}

func TestBaseURLHoldsItsPath(t *testing.T) {
	t.Parallel()
	for url, ok := range map[string]bool{
		"https://mispay.example.com/v1/api": true,
		"http://127.0.0.1:8081/mis/v1/api/": true,
		"https://mispay.example.com":        false,
		"https://mispay.example.com/":       false,
		"mispay.example.com/v1/api":         false,
		"ftp://mispay.example.com/v1/api":   false,
		"https:///v1/api":                   false,
		"https://a.example/v1/api?x=1":      false,
		"https://a.example/v1/api#x":        false,
		"https://user@a.example/v1/api":     false,
	} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			config := fineConfig()
			config.Environment, config.BaseURL = "", url
			_, err := mispay.New(config)
			assert.Equal(t, ok, err == nil, "%v", err)
		})
	}
}

func TestTheAppSecretIsUsedByteByByte(t *testing.T) {
	t.Parallel()
	for secret, ok := range map[string]bool{
		"plain": true, "with space inside": true, "0x1234": true, "c2VjcmV0": true, "geheimnüs": true, "x": true,
		" leading": false, "trailing ": false, "line\n": false, "a\x00b": false, "tab\tinside": false,
	} {
		t.Run(fmt.Sprintf("%q", secret), func(t *testing.T) {
			t.Parallel()
			config := fineConfig()
			config.AppSecret = paylinks.Secret(secret)
			_, err := mispay.New(config)
			assert.Equal(t, ok, err == nil, "%v", err)
		})
	}
}

func TestPathsCanBeReplaced(t *testing.T) {
	t.Parallel()
	e := newExchange(t, func(c *mispay.Config) {
		c.Paths = mispay.Paths{TrackCheckout: "/checkouts/{id}/state", EndCheckout: "/confirm/{id}", StartCheckout: "/v2/start", Refund: "/refunds"}
	})
	e.Answer(http.MethodPost, "/v2/start", 201, started)
	e.Answer(http.MethodGet, "/checkouts/"+trackID+"/state", 200, tracked("success"))
	e.Answer(http.MethodPut, "/confirm/"+checkoutID, 200, ended)
	e.Answer(http.MethodPost, "/refunds", 201, `{"status":"success"}`)
	_, err := e.Create(t.Context(), fullInput(t))
	require.NoError(t, err)
	_, err = e.Fetch(t.Context(), unpaidRef(t))
	require.NoError(t, err)
	_, err = e.Capture(t.Context(), paidRef(t), paylinks.CaptureInput{Amount: paidRef(t).Amount})
	require.NoError(t, err)
	_, err = e.Refund(t.Context(), paidRef(t), paylinks.RefundInput{Reference: "refund-1", Amount: sar(t, "1")})
	require.NoError(t, err)
}

func TestNoFormattingShowsASecret(t *testing.T) {
	t.Parallel()
	exchangetest.Hidden(t, fineConfig(), appSecret, webhookSecret)
}

func TestInfoIsWhatWasPublished(t *testing.T) {
	t.Parallel()
	info := mispay.Info()
	assert.Equal(t, info, newExchange(t).Info())
	assert.Equal(t, "mispay", info.ID)
	assert.Equal(t, "MisPay", info.Name)
	assert.Equal(t, "Split-in-4 BNPL with QR code checkout for POS", info.Description)
	assert.Equal(t, "KSA", info.Regions)
	assert.Equal(t, "mispay-pos-paylinks", info.AppSlug)
	assert.Equal(t, paylinks.KindBNPL, info.Kind)
	assert.Equal(t, paylinks.DeliveryQR, info.Checkout)
	assert.Equal(t, []paylinks.Currency{paylinks.SAR}, info.Currencies)
	assert.ElementsMatch(t, []paylinks.Capability{
		paylinks.CanCapture, paylinks.CanRepeatCapture, paylinks.CanRefund, paylinks.CanRefundPartly, paylinks.CanReceiveWebhook,
	}, info.Capabilities, "no cancel, no void, no part, and a refund can be neither repeated nor traced")
}

func TestALinkIsWatchedForADayOrItsLifetime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ lifetime, link, settle time.Duration }{
		{0, 24 * time.Hour, 24 * time.Hour},
		{30 * time.Minute, 30 * time.Minute, 24 * time.Hour},
		{72 * time.Hour, 72 * time.Hour, 72 * time.Hour},
	} {
		info := newExchange(t, func(c *mispay.Config) { c.Lifetime = tt.lifetime }).Info()
		assert.Equal(t, tt.link, info.LinkLife)
		assert.Equal(t, tt.settle, info.SettleLife)
	}
}
