// Package tap reads the payments of a Tap account: its charges, joined with their refunds.
//
//	gateway, err := tap.New(tap.Config{SecretKey: paylinks.Secret(os.Getenv("TAP_SECRET_KEY"))})
//	for payment, err := range gateway.Payments(ctx, paylinks.PaymentsQuery{From: from, To: to}) { … }
//
// What to know of Tap:
//
//   - There's no sandbox host. The key decides: sk_test_… is test, sk_live_… is live.
//   - A walk's window is over the creation of charges, and Tap can't list by the time of change. So refunds are listed by their own dates:
//     a charge of any age that was refunded within the window comes too, after the others. What else changes late is seen by looking back.
//   - A charge has no status for "refunded", and its refunds are listed apart. They are held in memory for the walk: one short entry for each
//     refunded charge.
//   - An INITIATED charge whose time to pay has passed is shown as expired, since Tap tells nobody.
//   - A capture of an authorization is a charge, and so a payment, of its own. Authorizations that nobody has captured yet aren't listed.
//   - Tap has no status and no object for disputes.
package tap
