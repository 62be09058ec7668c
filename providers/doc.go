// Package providers is the catalogue of all providers: what each is, and what an integrator must know of it. A new provider is one line of it.
package providers
