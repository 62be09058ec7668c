// Package tabby makes payment links with Tabby, "buy now, pay later" in Saudi Arabia, the UAE and Kuwait.
//
// [New] takes a [Config] and gives a [Provider] for [paylinks.Service]:
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
//   - The currency decides the host: SAR is api.tabby.sa, AED and KWD api.tabby.ai. The wrong one answers 403 (Tabby, response codes).
//   - A link lives 20 minutes, and its payment settles some minutes after (Tabby, payment processing). Neither can be chosen.
//   - A link has two ids: the session's, for sending and cancelling it, and the payment's, for everything after.
//   - A buyer whom Tabby doesn't want is an answer with status 200, and Tabby prescribes what to show (Tabby, checkout flow). Here that's a
//     [paylinks.Snapshot] that says rejected, with its Messages.
//   - CLOSED means captured, cancelled or refunded: the captures and refunds of the payment tell which.
//   - Captures and refunds are idempotent by their reference. Creating a link isn't.
//   - What isn't captured after 21 days may be captured by Tabby: give an unwanted payment back with Cancel.
//   - Webhooks aren't signed. Their proof is a header that we chose. As third parties tell, they come up to five times within some ten minutes,
//     and are lost then. Test and live keys have webhooks of their own.
package tabby
