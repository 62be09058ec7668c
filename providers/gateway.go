package providers

import "github.com/paylinks/paylinks-go/paylinks"

// Gateway is a provider whose payments are read into one ledger.
type Gateway = paylinks.Gateway

// Payment is one of its payments.
type Payment = paylinks.Payment
