// Package client calls a remote paylinks server: the methods of [paylinks.Service] over HTTP, with the same types and the same errors.
//
//	c, err := client.New(client.Config{BaseURL: "https://pay.example.com", Token: token})
//	link, err := c.Create(ctx, paylinks.CreateRequest{
//		Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR", BuyerPhone: "0500000001",
//	})
//	for event, err := range c.Watch(ctx, link.ID, 0) { … }
//
// A program written against [paylinks.API] runs on a Client and on a Service alike.
//
// # Nothing twice
//
// Every call that changes something carries an idempotency key: the request's own, or a new one. So a call that got no answer is repeated, under the same
// key, and happens once (what changes endpoints may happen twice if the server dies at that moment). An answer is repeated only where it says that nothing has happened and asks to come again ([paylinks.NotApplied] with Retry-After, a
// proxy's error), and never before the time that it names: one beyond [Config].MaxRetryAfter is the caller's to wait. One that says [paylinks.OutcomeUnknown] is never repeated: the server settles it by itself, and Get shows how.
//
// A caller that may die between two tries takes a name of its own: ReferenceID, or IdempotencyKey. The same name gets the same answer in the next process.
//
// # Errors
//
// Every error is a [*paylinks.Error], as the server had it, with the RequestID that finds the request in its log. A server that can't be reached is
// [paylinks.CodeUnreachable], and so is an answer that isn't the API's, whatever its status: load balancers and captive portals say 200 to everything. Its
// Outcome says whether the call may have happened, in any of its tries. A context that ends is the context's error in the chain; of one that had ended before
// the call, nothing was sent.
//
// # Events
//
// [Client.Watch] follows one link. A program that is to be told of all of them has an endpoint ([Client.AddEndpoint]) and proves what arrives there with a [Receiver].
package client
