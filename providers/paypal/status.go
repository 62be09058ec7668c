package paypal

import (
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

// rowStatuses is what the transaction_status of a payment's row means by itself; the rows that refer to it decide further. F isn't in PayPal's
// reference; third parties have seen it.
var rowStatuses = map[string]paylinks.PaymentStatus{
	"S": paylinks.PaymentCaptured,
	"P": paylinks.PaymentPending,
	"V": paylinks.PaymentRefunded,
	"D": paylinks.PaymentFailed,
	"F": paylinks.PaymentPartiallyRefunded,
}

// captureStatuses and authorizationStatuses are the words of the Payments API for single objects.
var captureStatuses = map[string]paylinks.PaymentStatus{
	"COMPLETED":          paylinks.PaymentCaptured,
	"PENDING":            paylinks.PaymentPending,
	"DECLINED":           paylinks.PaymentFailed,
	"FAILED":             paylinks.PaymentFailed,
	"PARTIALLY_REFUNDED": paylinks.PaymentPartiallyRefunded,
	"REFUNDED":           paylinks.PaymentRefunded,
}

var authorizationStatuses = map[string]paylinks.PaymentStatus{
	"CREATED":            paylinks.PaymentAuthorized,
	"CAPTURED":           paylinks.PaymentCaptured,
	"PARTIALLY_CAPTURED": paylinks.PaymentPartiallyCaptured,
	"DENIED":             paylinks.PaymentFailed,
	"VOIDED":             paylinks.PaymentCancelled,
	"PENDING":            paylinks.PaymentPending,
}

// disputeReasons are the reasons of a capture's status that mean a dispute.
var disputeReasons = map[string]bool{"CHARGEBACK": true, "BUYER_COMPLAINT": true}

// kind is what a row of the ledger is to us.
type kind uint8

const (
	// other rows are fees, conversions, transfers, and payments that the merchant made.
	other kind = iota
	// payment rows are money that came in for something, T00nn.
	payment
	// authorization rows are T1300.
	authorization
	// follower rows change the payment that they refer to.
	follower
)

// The T-codes that a payment's state depends on. PayPal's reference has T1201 and the T13nn; the others are third parties' word.
const (
	codeCard         = "T0005"
	codeTerminal     = "T0012"
	codeReversed     = "T1106"
	codeRefund       = "T1107"
	codeHold         = "T1110"
	codeHoldLifted   = "T1111"
	codeChargeback   = "T1201"
	codeReversedBack = "T1202"
	codeWithdrawn    = "T1208"
	codeAuthorized   = "T1300"
	codeVoid         = "T1302"
)

// endings are the rows that end each kind of dispute: the money came back, or the hold on it was lifted.
var endings = map[string][]string{
	codeReversed:   {codeHoldLifted, codeReversedBack, codeWithdrawn},
	codeHold:       {codeHoldLifted},
	codeChargeback: {codeReversedBack, codeWithdrawn},
}

// followers are the codes of rows that change another. Other reversals and adjustments (fees given back, credits without reference) don't.
var followers = map[string]bool{
	codeReversed: true, codeRefund: true, codeHold: true, codeHoldLifted: true, codeChargeback: true,
	codeReversedBack: true, codeWithdrawn: true, codeVoid: true,
}

// kindOf is what a row with that code and direction is. A negative T00nn is a payment that the merchant made.
func kindOf(code string, incoming, refersToTransaction bool) kind {
	switch {
	case strings.HasPrefix(code, "T00") && incoming:
		return payment
	case code == codeAuthorized:
		return authorization
	case followers[code] && refersToTransaction:
		return follower
	default:
		return other
	}
}

// instruments is what PayPal's words for means of payment are here. PUI is "pay upon invoice", mEFT a bank transfer made by hand.
var instruments = map[string]paylinks.PaymentMethod{
	"CREDITCARD":  paylinks.MethodCard,
	"DEBITCARD":   paylinks.MethodCard,
	"PUI":         paylinks.MethodBNPL,
	"INSTALLMENT": paylinks.MethodBNPL,
	"MEFT":        paylinks.MethodBankTransfer,
}

// methodOf is what the buyer paid with: the first word that is known, a card for codes that mean one, else PayPal.
func methodOf(code string, words ...string) paylinks.PaymentMethod {
	if code == codeCard || code == codeTerminal {
		return paylinks.MethodCard
	}
	for _, word := range words {
		if method, ok := instruments[strings.ToUpper(word)]; ok {
			return method
		}
	}
	return paylinks.MethodPayPal
}
