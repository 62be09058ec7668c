// Package paylinks makes and follows buy-now-pay-later payment links: one API over providers that each want it done their own way.
//
//	store, err := sqlite.Open(ctx, "paylinks.db")
//	provider, err := tabby.New(tabby.Config{SecretKey: key, MerchantCode: "SA", WebhookSecret: secret})
//	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{})
//	go service.Run(ctx)
//
//	link, err := service.Create(ctx, paylinks.CreateRequest{
//		Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR",
//	})
//
// Providers translate, the [Service] decides, the [Store] remembers. A [Provider] turns one call into one HTTP exchange and
// the answer into facts, a [Snapshot]. Only the Service changes a link's state, by one table ([Status] has its words). Only a Store holds state.
//
// The map of the library:
//
//	paylinks                       the Service and everything that it speaks of: links, orders, the ledger, events
//	paylinks/sqlstore/sqlite       a Store in a SQLite file
//	tabby, tamara, mispay          the providers of payment links
//	providers/stripe, …            gateways, whose payments are read into one ledger
//	providers                      the catalogue of all nine, to install one from the credentials that it names
//	httpserver, paylinks/api       the unified HTTP API, and its wire types
//	paylinks/client                the Service's methods, at a remote server
//	tabby/tabbytest, …             each provider as a simulator, for your tests and ours
//	paylinks/simulator             what simulators are made of
//	paylinks/providertest,         what a provider, a store or a gateway of your own has to pass
//	paylinks/storetest,
//	providers/gatewaytest
//
// A program that is written against [API] runs on a Service in its own process, and on a Client of a remote server alike.
//
// # Exactly once
//
// Create, capture, cancel, refund and send are operations ([Operation]). Each is written before the provider is called, and closed in the transaction that
// writes what came of it, together with the link's new state and its [Event]. A process that dies in between leaves an open operation, and
// [Service.Run] settles it by asking the provider.
//
// A caller who may have to repeat a call names it: [CaptureRequest] and [RefundRequest] by a ReferenceID, unique for a link and kind and good for ever,
// the others by an IdempotencyKey, unique for a [Caller]. The same name gets the first answer and does nothing twice. A call without a name is an
// operation of its own each time.
//
// # Money
//
// [Money] is an exact decimal with its currency's own number of decimals: two for SAR, three for KWD. Requests have it as a plain decimal string in
// major units, "150.00", as [ParseMoney] reads it: no sign, no exponent, no grouping, no more decimals than the currency has. No float touches it.
//
// # Errors
//
// Every call of the Service fails with an [*Error], but for a store that can't answer, whose own error comes through. Two words of it matter. Its [Code] is
// stable and says why:
//
//	if errors.Is(err, paylinks.CodeBuyerRejected) { … }
//
// Its [Outcome] says whether it has happened all the same: [NotApplied] may be tried again, [OutcomeUnknown] must not be under another name, and settles
// itself. The rest is for people: Message for the developer, Messages for the buyer, Fields for a form. No text has a secret or personal data in it.
//
// # Events and webhooks
//
// Each change of a link is an [Event], numbered without gaps and stored with the change. [Service.Events] lists a link's, [Service.Watch] waits for more.
// [Options].OnEvent is told of all of them, and so is each endpoint of [Service.AddEndpoint], over HTTP and signed by the Standard Webhooks scheme: at least
// once, in order for each link, again and again for three days.
//
// Webhooks of providers come in by [Service.HandleWebhook], which package httpserver calls. One is proven, stored and answered; what it says isn't believed,
// but makes Run read the payment. No webhook is needed: links are polled, too.
//
// # Tenancy
//
// An app is one provider account, by an org_app_id of your own: [StaticApps] for a few, your own [Apps] for thousands. [WithCaller] puts a [Caller] into a
// context, and with it the Service sees and uses the apps of that caller alone. Somebody else's link is as good as none: [CodePaylinkNotFound]. Without
// a caller the Service acts for the program itself, which may use every app.
//
// # Background work
//
// [Service.Run] does everything that no caller waits for, until its context ends: it settles operations whose outcome was unknown, looks at links until they
// end, handles webhooks, tells of events, and runs syncs. Start it once per process. Any number of processes may Run on one store; what one was doing when it
// died is taken up by another. Without Run the other methods still work and [Service.Get] still asks the provider, but nothing happens by itself.
//
// # Orders and the ledger
//
// [Service.CreateOrder] tries providers in turn for one sale: at most one link is live, and one payment counts. [Service.SyncPayments] has a [Gateway]'s
// payments read, [Service.ListPayments] lists them, and [Service.Report] compares them with what was sold.
//
// # Examples
//
// Each runs against a simulator and can be pasted: the whole way of a link (package example), a part captured and the call repeated
// ([Service.Capture]), a buyer who is refused ([Service.Create]), an answer that got lost ([Outcome]), two accounts ([StaticApps]), a receiver that checks
// signatures ([Service.AddEndpoint]), a webhook from arrival to event ([Service.HandleWebhook]), a sale over two providers ([Service.CreateOrder]), a sync
// and its payments ([Service.SyncPayments]), the report as CSV ([WriteReport]).
package paylinks
