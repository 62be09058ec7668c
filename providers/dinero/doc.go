// Package dinero reads payments of a Dinero Pay account (dineropay.com, a Saudi payment gateway).
//
//	gateway, err := dinero.New(dinero.Config{
//		MerchantKey: os.Getenv("DINERO_MERCHANT_KEY"),
//		Password:    paylinks.Secret(os.Getenv("DINERO_PASSWORD")),
//		PaymentIDs:  ids,
//	})
//
// What to know of Dinero Pay:
//
//   - It can't list payments. Each configured payment id is asked for by itself, so the window of a walk doesn't apply: every walk asks
//     for every id. Take an id off the list once its payment is final and old.
//   - It tells no refunded amount. A payment that is refunded in part stays settled, and shows here as captured with nothing refunded: what
//     was refunded in part isn't known here. Only a full refund shows.
//   - A payment's date has no time zone, and there's no time of change.
//   - There's no sandbox host. The merchant key decides, test or live.
package dinero
