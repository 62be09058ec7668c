package acmepay

import "github.com/paylinks/paylinks-go/paylinks"

// words says what Acme Pay's words for a link mean before its amounts are looked at.
var words = map[string]paylinks.Status{
	"open":       paylinks.StatusCreated,
	"declined":   paylinks.StatusRejected,
	"expired":    paylinks.StatusExpired,
	"cancelled":  paylinks.StatusCancelled,
	"authorized": paylinks.StatusAuthorized,
	"voided":     paylinks.StatusCancelled,
	"captured":   paylinks.StatusCaptured,
}

// statusOf is the unified status of a link. A word that isn't in the table is [paylinks.StatusUnknown]: the link keeps what it has, and nobody guesses.
func statusOf(word string, captured, refunded paylinks.Money) paylinks.Status {
	status, known := words[word]
	switch {
	case !known:
		return paylinks.StatusUnknown
	case status == paylinks.StatusAuthorized && !captured.IsZero():
		return paylinks.StatusPartiallyCaptured
	case status != paylinks.StatusCaptured || refunded.IsZero():
		return status
	case refunded.Cmp(captured) < 0:
		return paylinks.StatusPartiallyRefunded
	default:
		return paylinks.StatusRefunded
	}
}
