// Package providers is the catalogue of all providers: what each is, and what an integrator must know of it. A new provider is one line of it.
//
// A program that imports one provider needs none of this: it calls [tabby.New] and the like. A program that installs whatever its users have, does so by
// the credentials that each provider names:
//
//	entry, ok := providers.Find("tabby")
//	installed, err := entry.New(providers.Settings{Credential: os.Getenv})
//	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": installed}, paylinks.Options{})
//
// Credentials without a base URL are of the provider's live environment, where its keys don't say otherwise.
//
// [Catalogue] describes all of them, and [Config] is one of them in full, as the HTTP API shows it.
package providers
