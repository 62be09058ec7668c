package dinero_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/providers/dinero"
)

func TestConfig(t *testing.T) {
	t.Parallel()
	with := func(change func(*dinero.Config)) dinero.Config {
		config := dinero.Config{MerchantKey: merchantKey, Password: password, PaymentIDs: []string{paymentID}}
		change(&config)
		return config
	}
	for name, tt := range map[string]struct {
		config dinero.Config
		wrong  []string
	}{
		"whole":                     {with(func(*dinero.Config) {}), nil},
		"no payments":               {with(func(c *dinero.Config) { c.PaymentIDs = nil }), nil},
		"space around":              {with(func(c *dinero.Config) { c.MerchantKey, c.BaseURL = " "+merchantKey, " https://x.example/ " }), nil},
		"orders":                    {with(func(c *dinero.Config) { c.OrderIDs = []string{"shop 81/a"} }), nil},
		"nothing":                   {dinero.Config{}, []string{"MerchantKey", "Password"}},
		"no password":               {with(func(c *dinero.Config) { c.Password = " " }), []string{"Password"}},
		"a key with a slash":        {with(func(c *dinero.Config) { c.MerchantKey = "a/b" }), []string{"MerchantKey"}},
		"an id with a slash":        {with(func(c *dinero.Config) { c.PaymentIDs = []string{paymentID, "a/b"} }), []string{"PaymentIDs[1]"}},
		"an id without end":         {with(func(c *dinero.Config) { c.PaymentIDs = []string{strings.Repeat("a", 256)} }), []string{"PaymentIDs[0]"}},
		"an order beyond ASCII":     {with(func(c *dinero.Config) { c.OrderIDs = []string{"قهوة"} }), []string{"OrderIDs[0]"}},
		"an order without end":      {with(func(c *dinero.Config) { c.OrderIDs = []string{strings.Repeat("a", 256)} }), []string{"OrderIDs[0]"}},
		"a path in the URL":         {with(func(c *dinero.Config) { c.BaseURL = "https://checkout.dineropay.com/api" }), []string{"BaseURL"}},
		"a host without its scheme": {with(func(c *dinero.Config) { c.BaseURL = "checkout.dineropay.com" }), []string{"BaseURL"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway, err := dinero.New(tt.config)
			if tt.wrong == nil {
				require.NoError(t, err)
				assert.Equal(t, dinero.Info(), gateway.Info())
				return
			}
			require.Error(t, err)
			assert.Nil(t, gateway)
			assert.Equal(t, tt.wrong, walktest.Fields(err))
			assert.NotContains(t, err.Error(), password)
		})
	}
}

func TestFromCredentials(t *testing.T) {
	t.Parallel()
	set := map[string]string{
		"DINERO_MERCHANT_KEY": merchantKey, "DINERO_PASSWORD": password, "DINERO_PAYMENT_IDS": " " + paymentID + ",, " + otherID + "\n",
	}
	credential := func(name string) string { return set[name] }
	for name, tt := range map[string]struct {
		config dinero.Config
		want   []string
	}{
		"the list of the environment": {dinero.Config{}, []string{paymentID, otherID}},
		"the list of the config":      {dinero.Config{PaymentIDs: []string{otherID}}, []string{otherID}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway, err := dinero.FromCredentials(credential, tt.config)
			require.NoError(t, err)
			bare, _ := newGateway(t, nil, tt.want)
			assert.Equal(t, bare.Targets(), gateway.Targets())
		})
	}
	_, err := dinero.FromCredentials(func(string) string { return "" }, dinero.Config{})
	assert.Equal(t, []string{"MerchantKey", "Password"}, walktest.Fields(err))
	for _, listed := range dinero.Info().Credentials {
		assert.Contains(t, set, listed.Name)
	}
}

func TestAGatewayTellsNoPassword(t *testing.T) {
	t.Parallel()
	gateway, _ := newGateway(t, nil, nil)
	walktest.Prints(t, gateway, "dinero.Gateway")
}
