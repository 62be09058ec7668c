// Package tabby makes payment links with Tabby, "buy now, pay later" in Saudi Arabia, the UAE and Kuwait.
//
// [New] takes a [Config] and gives a [Provider] for paylinks.Service:
//
//	provider, err := tabby.New(tabby.Config{
//		SecretKey:     paylinks.Secret(os.Getenv("TABBY_SECRET_KEY")),
//		MerchantCode:  os.Getenv("TABBY_MERCHANT_CODE"),
//		WebhookSecret: paylinks.Secret(os.Getenv("TABBY_WEBHOOK_SECRET")),
//	})
//
// What to know of Tabby:
//
//   - There's no sandbox host. The key decides: sk_test_… is test, sk_… is live.
//   - A link lives 20 minutes, and its payment settles some minutes after. Neither can be chosen.
//   - A link has two ids: the session's, for sending and cancelling it, and the payment's, for everything after.
//   - Captures and refunds are idempotent by their reference. Creating a link isn't.
package tabby
