// Package stripe reads the payments of a Stripe account into one ledger. It changes nothing at Stripe.
//
//	gateway, err := stripe.New(stripe.Config{SecretKey: paylinks.Secret(os.Getenv("STRIPE_SECRET_KEY"))})
//
// What to know of Stripe:
//
//   - A payment is a PaymentIntent. Charges that very old integrations make without one aren't seen.
//   - Stripe lists by creation, newest first, and can't list by the time of change. A walk therefore yields the payments created within
//     its window, and then older ones that were refunded or disputed within it. What else changes late, such as a capture, is seen by looking
//     back: see [Config].
//   - Amounts are integers, with decimals that aren't ISO 4217's for a few currencies.
//   - A restricted key (rk_…) that may read PaymentIntents, Charges, Refunds and Disputes is enough, and better than the secret key.
package stripe
