// Package moyasar reads the payments of a Moyasar account into one ledger. It changes nothing at Moyasar.
//
//	gateway, err := moyasar.New(moyasar.Config{SecretKey: paylinks.Secret(os.Getenv("MOYASAR_SECRET_KEY"))})
//
// What to know of Moyasar:
//
//   - A window is of the time of change, so that a sync sees every late change. Each payment is as of now.
//   - Pages hold 40 payments and go by number, newest first by creation, so that they shift when payments change. A walk therefore goes on by
//     the time of creation of the last payment seen, not by the next number.
//   - There's no status for a partial refund nor for a lapsed authorization, and nothing tells of disputes: amounts and time decide, see
//     [Config].
//   - Webhooks aren't signed. A shared secret in the body is their proof, so of the body no more than the payment's id is used.
package moyasar
