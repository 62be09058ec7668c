package moyasar

import (
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/moyasar/internal/api"
)

// Moyasar's words for the status of a payment. They are all.
const (
	initiated      = "initiated"
	paid           = "paid"
	authorized     = "authorized"
	statusCaptured = "captured"
	statusRefunded = "refunded"
	voided         = "voided"
	failed         = "failed"
	verified       = "verified"
)

// statuses are what the words mean where the amounts don't say more. "verified" is a card check, and no payment.
var statuses = map[string]paylinks.PaymentStatus{
	initiated:      paylinks.PaymentPending,
	paid:           paylinks.PaymentCaptured,
	authorized:     paylinks.PaymentAuthorized,
	statusCaptured: paylinks.PaymentCaptured,
	statusRefunded: paylinks.PaymentRefunded,
	voided:         paylinks.PaymentCancelled,
	failed:         paylinks.PaymentFailed,
	verified:       paylinks.PaymentUnknown,
}

// statusOf is the status of a payment, of which so many units are captured and refunded. Moyasar says "refunded" of a partial refund too.
func (g *Gateway) statusOf(row api.Payment, captured, refunded int64) paylinks.PaymentStatus {
	status, known := statuses[row.Status]
	switch {
	case !known:
		return paylinks.PaymentUnknown
	case refunded > 0 && refunded < captured:
		return paylinks.PaymentPartiallyRefunded
	case refunded > 0:
		return paylinks.PaymentRefunded
	case row.Status == statusCaptured && captured < *row.Amount:
		return paylinks.PaymentPartiallyCaptured
	case row.Status == authorized && g.lapsed(row):
		return paylinks.PaymentExpired
	default:
		return status
	}
}

// lapsed tells whether a bank will have let an authorized amount go. Moyasar never says so.
func (g *Gateway) lapsed(row api.Payment) bool {
	life := g.config.AuthorizationLife
	return life > 0 && g.config.Now().Sub(row.CreatedAt) > life
}
