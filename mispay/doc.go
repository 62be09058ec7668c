// Package mispay makes payment links with MisPay, "buy now, pay later" in Saudi Arabia.
//
// [New] takes a [Config] and gives a [Provider] for [paylinks.Service]:
//
//	provider, err := mispay.New(mispay.Config{
//		Environment:   mispay.Live,
//		AppID:         os.Getenv("MISPAY_APP_ID"),
//		AppSecret:     paylinks.Secret(os.Getenv("MISPAY_APP_SECRET")),
//		WebhookSecret: paylinks.Secret(os.Getenv("MISPAY_WEBHOOK_SECRET")),
//	})
//
// What to know of MisPay:
//
//   - It captures by itself: a paid checkout is paid. Capture here tells MisPay that the merchant knows ("end"); while that can't be done yet, the
//     capture counts, and is finished in the background.
//   - It has three ids. A link starts with its trackId; the checkoutId, which ending and refunding need, comes later by callback, webhook or track.
//   - Its webhooks come once and unsigned, so links are polled. The proof is a secret part of the webhook URL, which MisPay staff registers along
//     with the callback URL: https://…/webhooks/mispay/{org_app_id}/{secret}. The callback page must be served with a slash at its end, too.
//   - Refunds can't be looked up. One whose outcome isn't known stays so, and is never repeated by itself.
//   - How long a link lives isn't known. See [Config].Lifetime.
//   - Nothing can be cancelled at MisPay, and nothing listed.
package mispay
