package dinero

import (
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

// form is what a word of Dinero Pay's means, for the payment's status and its whole amount.
type form struct {
	word     string
	status   paylinks.PaymentStatus
	captured bool
	refunded bool
}

// normalForm has Dinero Pay's words. "void" is its platform's, and "declined" that of recurring payments. "reversal" gives an authorization
// or a debit back; whether it was paid before, the answer doesn't say.
var normalForm = [...]form{
	{word: "prepare", status: paylinks.PaymentPending},
	{word: "redirect", status: paylinks.PaymentPending},
	{word: "3ds", status: paylinks.PaymentPending},
	{word: "pending", status: paylinks.PaymentPending},
	{word: "settled", status: paylinks.PaymentCaptured, captured: true},
	{word: "decline", status: paylinks.PaymentFailed},
	{word: "declined", status: paylinks.PaymentFailed},
	{word: "refund", status: paylinks.PaymentRefunded, captured: true, refunded: true},
	{word: "reversal", status: paylinks.PaymentCancelled},
	{word: "void", status: paylinks.PaymentCancelled},
	{word: "chargeback", status: paylinks.PaymentDisputed, captured: true},
}

// normalFormOf is what a word means: [paylinks.PaymentUnknown] where it isn't in the table. The server-to-server protocol of the platform
// writes capitals, so case doesn't matter.
func normalFormOf(word string, twoStep bool) form {
	for _, row := range normalForm {
		if !strings.EqualFold(row.word, word) {
			continue
		}
		if row.word == "pending" && twoStep {
			row.status = paylinks.PaymentAuthorized
		}
		return row
	}
	return form{word: word, status: paylinks.PaymentUnknown}
}
