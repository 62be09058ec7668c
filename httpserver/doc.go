// Package httpserver serves the unified HTTP API of a [paylinks.Service]: a door to it, and no more. It decides nothing about
// payments; it says who asks, reads what is asked, and writes what the Service answers.
//
//	tokens, err := httpserver.ParseTokens(os.Getenv("PAYLINKS_TOKENS"))
//	mux.Handle("/pay/", httpserver.New(service, httpserver.Options{
//		Prefix: "/pay", PublicURL: "https://shop.example.com/pay", Authenticator: tokens,
//	}))
//
// [New] returns a plain [http.Handler] that mounts anywhere. It starts no goroutine that a request doesn't own, so that [paylinks.Service.Run] is yours to
// start. Without an [Authenticator] nobody is let in.
//
// What to know of it:
//
//   - Links, orders, the ledger and event endpoints are for known callers. Providers' webhooks and the page to which the buyer's browser returns are open:
//     the first are proven by the provider's own proof, the second proves nothing.
//   - Paths begin with /api/v1, but for /healthz and /readyz. Package paylinks/api has them.
//   - Every POST of a caller takes an Idempotency-Key. Its first final answer is kept (35 days, [paylinks.Options]) and given again, with Idempotent-Replayed: true.
//   - Errors are JSON with a stable code and an outcome. A failure inside shows the request's id and nothing else.
//   - An event stream holds its connection: close [Options].Stop to let the server shut down. It sets its own deadlines, so that the server's
//     WriteTimeout doesn't cut it off.
package httpserver
