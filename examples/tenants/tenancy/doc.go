// Package tenancy is a server's own idea of its customers, in tables of its own: tenants, their API keys, and the provider accounts that they have installed. It gives
// paylinks the two things that it asks for: [Keys] tells who calls, and [Accounts] finds the account that a call names, with the credentials that it has now.
//
// It's an example to copy. docs/tenancy.md explains it.
package tenancy
