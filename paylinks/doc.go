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
// the answer into facts, a [Snapshot]. Only the Service changes a link's state, by the one table in status.go. Only a Store holds state.
//
// # Exactly once
//
// Create, capture, cancel and refund are [Operation]s. Each is written before the provider is called and closed in the transaction that
// writes what came of it, together with the link's new state and its [Event]. A process that dies in between leaves an open operation, and
// [Service.Run] settles it by asking the provider. An [Error] always says by its [Outcome] whether the thing has happened: not_applied
// may be tried again, unknown must not, and settles itself.
//
// # Money
//
// [Money] is an exact decimal with its currency's own number of decimals: two for SAR, three for KWD. No float touches it.
package paylinks
