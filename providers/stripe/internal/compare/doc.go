// Package compare measures the gateway side by side with Stripe's own client on one simulated Stripe. It's a module of its own, and isn't
// published, so that Stripe's client is nobody else's dependency.
//
//	cd providers/stripe/internal/compare && go test -bench . -history 200000 -benchtime 1x
package compare
