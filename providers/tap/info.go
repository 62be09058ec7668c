package tap

import "github.com/paylinks/paylinks-go/paylinks"

// Info describes Tap as a gateway. It needs no configuration.
func Info() paylinks.Info {
	return paylinks.Info{
		ID:           "tap",
		Name:         "Tap",
		Description:  "Tap: charges list sync, joined with refunds",
		Kind:         paylinks.KindGatewaySync,
		Regions:      "GCC / Tap markets",
		AppSlug:      "tap-payments",
		Capabilities: []paylinks.Capability{paylinks.CanSync, paylinks.CanReceiveWebhook},
		Credentials: []paylinks.Credential{
			{Name: "TAP_SECRET_KEY", Required: true, Description: "Secret key, sk_test_… or sk_live_…"},
		},
		LookBack: DefaultLookBack,
	}
}
