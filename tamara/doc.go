// Package tamara makes payment links with Tamara, "buy now, pay later" in Saudi Arabia, the UAE and Bahrain.
//
// [New] takes a [Config] and gives a [Provider] for [paylinks.Service]:
//
//	provider, err := tamara.New(tamara.Config{
//		APIToken:          paylinks.Secret(os.Getenv("TAMARA_API_TOKEN")),
//		NotificationToken: paylinks.Secret(os.Getenv("TAMARA_NOTIFICATION_TOKEN")),
//		Environment:       tamara.Sandbox,
//	})
//
// What to know of Tamara:
//
//   - Sandbox and live are two hosts with tokens of their own, which don't tell which they are for.
//   - In a shop, Tamara texts the link to the buyer, and captures by itself as soon as the buyer has paid: there's nothing to capture.
//   - Such a link lives 15 minutes, one of the online checkout 30. Other times are ignored unless Tamara's support enables them.
//   - An online payment is only approved at first: it's lost if the merchant doesn't authorise it within 72 hours. The Service does.
//   - Refunds aren't idempotent. What became of one is told by its reference, which Tamara lists with the order.
//   - A webhook's proof doesn't cover its body: a token that Tamara signs, good for a quarter of an hour. It only says where to look.
//   - Status 409 means "already done" as well as "too late", and a void is answered 200 when nothing was voided: the order is read after both.
//   - How often Tamara repeats a webhook, and from which addresses, isn't documented.
package tamara
