package tamara_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/exchangetest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara"
)

func TestTheZeroConfigIsRefused(t *testing.T) {
	t.Parallel()
	provider, err := tamara.New(tamara.Config{})
	assert.Nil(t, provider)
	assert.Equal(t, map[string]string{"APIToken": "required", "NotificationToken": "required", "Environment": "required"}, exchangetest.WrongFields(t, err))
}

func TestEveryWrongFieldIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := tamara.New(tamara.Config{
		APIToken: "two words", NotificationToken: "lines\nof it", OldNotificationToken: "ключ", Environment: "test", BaseURL: "https://api.tamara.co/v1",
		Flow: "carrier pigeon", DeviceID: "till 4", Currencies: []paylinks.Currency{paylinks.SAR, paylinks.QAR}, ExpiryMinutes: 4,
		RegisterEvents: []string{"order_approved", "order_eaten"},
	})
	assert.Equal(t, map[string]string{
		"APIToken": "invalid", "NotificationToken": "invalid", "OldNotificationToken": "invalid", "Environment": "invalid", "BaseURL": "invalid",
		"Flow": "invalid", "DeviceID": "invalid", "Currencies": "unsupported", "ExpiryMinutes": "invalid", "RegisterEvents": "invalid",
	}, exchangetest.WrongFields(t, err))
}

func TestSingleFields(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*tamara.Config)
		wrong  map[string]string
	}{
		"sandbox":                 {func(*tamara.Config) {}, map[string]string{}},
		"live":                    {func(c *tamara.Config) { c.Environment = tamara.Live }, map[string]string{}},
		"a stand-in alone":        {func(c *tamara.Config) { c.Environment, c.BaseURL = "", "http://127.0.0.1:8081/" }, map[string]string{}},
		"pasted tokens":           {func(c *tamara.Config) { c.APIToken, c.NotificationToken = " "+testToken+"\r\n", "\n"+notifyKey }, map[string]string{}},
		"a token of blanks":       {func(c *tamara.Config) { c.APIToken = " \n" }, map[string]string{"APIToken": "required"}},
		"QR without a device":     {func(c *tamara.Config) { c.Flow = tamara.FlowQR }, map[string]string{"DeviceID": "required"}},
		"QR with a device":        {func(c *tamara.Config) { c.Flow, c.DeviceID = tamara.FlowQR, "4711" }, map[string]string{}},
		"the shortest expiry":     {func(c *tamara.Config) { c.ExpiryMinutes = 5 }, map[string]string{}},
		"the longest expiry":      {func(c *tamara.Config) { c.ExpiryMinutes = 1440 }, map[string]string{}},
		"too long an expiry":      {func(c *tamara.Config) { c.ExpiryMinutes = 1441 }, map[string]string{"ExpiryMinutes": "invalid"}},
		"a negative expiry":       {func(c *tamara.Config) { c.ExpiryMinutes = -15 }, map[string]string{"ExpiryMinutes": "invalid"}},
		"Kuwait and Oman as well": {func(c *tamara.Config) { c.Currencies = []paylinks.Currency{paylinks.KWD, paylinks.OMR} }, map[string]string{}},
		"a URL with a query":      {func(c *tamara.Config) { c.BaseURL = "https://a.example?x=1" }, map[string]string{"BaseURL": "invalid"}},
		"a URL with a user":       {func(c *tamara.Config) { c.BaseURL = "https://user@a.example" }, map[string]string{"BaseURL": "invalid"}},
		"another scheme":          {func(c *tamara.Config) { c.BaseURL = "ftp://a.example" }, map[string]string{"BaseURL": "invalid"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := tamara.Config{APIToken: testToken, NotificationToken: notifyKey, Environment: tamara.Sandbox}
			tt.change(&config)
			_, err := tamara.New(config)
			assert.Equal(t, tt.wrong, exchangetest.WrongFields(t, err))
			if err != nil {
				assert.NotContains(t, err.Error(), testToken, "the error must not show the token")
			}
		})
	}
}

func TestTheEnvironmentChoosesTheHost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		environment   tamara.Environment
		baseURL, host string
	}{
		{tamara.Sandbox, "", sandbox},
		{tamara.Live, "", live},
		{"", "http://stand-in.test/", "http://stand-in.test"},
		{tamara.Live, "http://stand-in.test", "http://stand-in.test"},
	} {
		t.Run(string(tt.environment)+tt.baseURL, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, func(c *tamara.Config) { c.Environment, c.BaseURL = tt.environment, tt.baseURL })
			e.Answer(http.MethodGet, tt.host+"/orders/"+orderID, 200, order(t, nil))
			_, err := e.Fetch(t.Context(), ref(t, "250", paylinks.SAR))
			require.NoError(t, err)
			assert.Equal(t, "Bearer "+testToken, e.Sent[0].Header.Get("Authorization"))
		})
	}
}

func TestFromCredentials(t *testing.T) {
	t.Parallel()
	credentials := map[string]string{"TAMARA_API_TOKEN": testToken, "TAMARA_NOTIFICATION_TOKEN": notifyKey, "TAMARA_BASE_URL": "http://stand-in.test"}
	for _, credential := range tamara.Info().Credentials {
		assert.Contains(t, credentials, credential.Name, "Info lists what is read")
	}
	_, err := tamara.FromCredentials(func(name string) string { return credentials[name] }, tamara.Config{})
	require.NoError(t, err)
	_, err = tamara.FromCredentials(func(string) string { return "" }, tamara.Config{Environment: tamara.Live})
	assert.Equal(t, map[string]string{"APIToken": "required", "NotificationToken": "required"}, exchangetest.WrongFields(t, err))
}

func TestNoFormattingShowsASecret(t *testing.T) {
	t.Parallel()
	config := tamara.Config{APIToken: testToken, NotificationToken: notifyKey, OldNotificationToken: notifyKey, Environment: tamara.Sandbox}
	exchangetest.Hidden(t, config, testToken, notifyKey)
}

func TestInfoIsWhatWasPublished(t *testing.T) {
	t.Parallel()
	info := tamara.Info()
	assert.Equal(t, info, newExchange(t).Info(), "the default flow")
	assert.Equal(t, "tamara", info.ID)
	assert.Equal(t, "Tamara", info.Name)
	assert.Equal(t, "KSA, UAE, Bahrain", info.Regions)
	assert.Equal(t, "tamara-pos-paylinks", info.AppSlug)
	assert.Equal(t, paylinks.KindBNPL, info.Kind)
	assert.Equal(t, paylinks.DeliverySMS, info.Checkout)
	assert.Equal(t, []string{"phone_number"}, names(info.RequiredFields))
	assert.Equal(t, []string{"payment_type", "store_code", "locale"}, names(info.OptionalFields))
	assert.Equal(t, []paylinks.Currency{paylinks.SAR, paylinks.AED, paylinks.BHD}, info.Currencies)
	assert.Equal(t, 15*time.Minute, info.LinkLife)
}

func names(fields []paylinks.Field) []string {
	var list []string
	for _, field := range fields {
		list = append(list, field.Name)
	}
	return list
}

func TestInfoTellsTheConfiguredFlow(t *testing.T) {
	t.Parallel()
	inStore := []paylinks.Capability{paylinks.CanCancel}
	money := []paylinks.Capability{paylinks.CanCapture, paylinks.CanCapturePartly, paylinks.CanVoid}
	for _, tt := range []struct {
		flow      tamara.Flow
		checkout  paylinks.Delivery
		required  []string
		can, cant []paylinks.Capability
		life      time.Duration
	}{
		{tamara.FlowSMS, paylinks.DeliverySMS, []string{"phone_number"}, slices.Concat(inStore, money), nil, 15 * time.Minute},
		{tamara.FlowQR, paylinks.DeliveryQR, nil, slices.Concat(inStore, money), nil, 15 * time.Minute},
		{tamara.FlowOnline, paylinks.DeliveryQR, []string{"phone_number", "buyer_name", "buyer_email"}, money, inStore, 30 * time.Minute},
	} {
		t.Run(string(tt.flow), func(t *testing.T) {
			t.Parallel()
			flow := func(c *tamara.Config) { c.Flow, c.DeviceID = tt.flow, "4711" }
			info := newExchange(t, flow).Info()
			assert.Equal(t, tt.checkout, info.Checkout)
			assert.Equal(t, tt.required, names(info.RequiredFields))
			assert.Equal(t, tt.life, info.LinkLife)
			assert.Greater(t, info.SettleLife, info.LinkLife)
			for _, capability := range append(tt.can, paylinks.CanRefund, paylinks.CanRefundPartly, paylinks.CanTraceRefund, paylinks.CanFindByReference, paylinks.CanReceiveWebhook) {
				assert.True(t, info.Can(capability), "%s", capability)
			}
			for _, capability := range append(tt.cant, paylinks.CanRepeatRefund, paylinks.CanRepeatCapture, paylinks.CanSend) {
				assert.False(t, info.Can(capability), "%s", capability)
			}
			longer := newExchange(t, flow, func(c *tamara.Config) { c.ExpiryMinutes = 60 }).Info()
			assert.Equal(t, time.Hour, longer.LinkLife)
			more := newExchange(t, flow, func(c *tamara.Config) { c.Currencies = []paylinks.Currency{paylinks.KWD} }).Info()
			assert.True(t, more.Accepts(paylinks.KWD))
		})
	}
}
