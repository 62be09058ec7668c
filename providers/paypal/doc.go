// Package paypal reads the payments of a PayPal account into one ledger.
//
//	gateway, err := paypal.New(paypal.Config{
//		ClientID:     os.Getenv("PAYPAL_CLIENT_ID"),
//		ClientSecret: paylinks.Secret(os.Getenv("PAYPAL_CLIENT_SECRET")),
//		Environment:  paypal.Live,
//	})
//
// PayPal can't list payments. Its Transaction Search lists the rows of an account: payments, refunds, fees, chargebacks and withdrawals are rows
// of equal rank, told apart by T-codes, and one payment's rows may lie months apart. What [Gateway.Payments] does about that:
//
//   - It asks for windows of at most 31 days, newest first, and cuts a window that is too large in half.
//   - It holds the rows of one window, so that they can be put together: at most [Config].MaxRows, 10,000 by default.
//   - Refunds and disputes are newer than their payment. Walking back in time, it meets them first, and keeps them until it meets the payment: each
//     payment is yielded once, with all that has happened to it until the end of the walk. What is kept grows with the refunds and disputes
//     that still wait for their payment, never with the payments.
//   - A refund or dispute whose payment is older than the walk is an update of that payment: at the end of the walk it's read by itself
//     (Payments API, captures), with its refunds so far, and yielded under its own id.
//   - A row shows up to three hours late, so the walk ends three hours ago ([Config].Delay) at the latest. What shows still later is
//     seen by the next sync, which looks back [Config].LookBack.
//
// What isn't known of PayPal, and what the package does instead: whether the dates of a query filter by a row's initiation or by its update, and
// whether they are inclusive (rows of two windows are recognized by their ids, so any answer will do); how many calls it allows (40 a minute are
// made: third parties tell of 50, and of a ban beyond).
package paypal
