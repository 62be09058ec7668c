// Package hyperpay reads the payments of a HyperPay account (ACI's OPPWA platform) into one ledger.
//
//	gateway, err := hyperpay.New(hyperpay.Config{
//		AccessToken: paylinks.Secret(os.Getenv("HYPERPAY_ACCESS_TOKEN")),
//		EntityIDs:   []string{visaAndMaster, mada},
//		Environment: hyperpay.Live,
//	})
//
// HyperPay lists operations: a payment, its captures, refunds and reversals are records with ids of their own, tied together by referencedId. It
// lists them by date, for one entity at a time, and allows about two such queries a minute. What [Gateway.Payments] does about that:
//
//   - For each entity it asks for a day at a time ([Config].Window), newest first, with a pause between two queries ([Config].QueryInterval). It holds
//     the records of one such window, so that they can be put together.
//   - A refund is newer than its payment. Walking back in time, it meets the refund first, and notes the id that it refers to. The payment, once met, is
//     asked for by its id with all its relatives (such queries aren't limited, as far as known): each payment is yielded once, as it
//     stands at the time. What is kept for that grows with the refunds that still wait for their payment, and is ids alone.
//   - A refund or chargeback whose payment is older than the walk is an update of that payment: it's asked for by id at the end of its entity,
//     and yielded under its own id.
//   - A payment that has been pending for more than half an hour, and one that was probably cancelled, is asked for again; one that
//     is still pending has expired.
//
// What happened is told by result codes, tested against a list of patterns in a fixed order. A payment's ProviderStatus is the code that decided.
//
// What isn't known of HyperPay, and what the package does instead: the time zone of date queries and whether their ends are included (UTC is
// assumed, records of two windows are recognized by their ids, and a sync looks back a day); with how many decimals amounts of three-decimal
// currencies come (any number is read exactly); the HTTP status of an empty answer (the code counts, not the status); whether
// chargebacks are reported at all (they are read if they are).
//
// HyperPay's other product, the PTSP payment link API, has hosts and payments of its own, which aren't seen here.
package hyperpay
