package tabby

import (
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

// share is how much of one amount another is. A table row may allow several.
type share uint8

const (
	none share = 1 << iota
	part
	whole

	some     = part | whole
	anything = none | part | whole
)

// normalForm says what a payment's status means, given what is captured of its amount and refunded of its captures. Tabby's CLOSED has three
// meanings: cancelled, captured, and refunded. A capture of less than the amount that is CLOSED released the rest.
var normalForm = [...]struct {
	word     string
	captured share
	refunded share
	status   paylinks.Status
}{
	{"CREATED", anything, anything, paylinks.StatusCreated},
	{"AUTHORIZED", none, anything, paylinks.StatusAuthorized},
	{"AUTHORIZED", part, anything, paylinks.StatusPartiallyCaptured},
	{"AUTHORIZED", whole, anything, paylinks.StatusCaptured},
	{"CLOSED", none, anything, paylinks.StatusCancelled},
	{"CLOSED", some, none, paylinks.StatusCaptured},
	{"CLOSED", some, part, paylinks.StatusPartiallyRefunded},
	{"CLOSED", some, whole, paylinks.StatusRefunded},
	{"REJECTED", anything, anything, paylinks.StatusRejected},
	{"EXPIRED", anything, anything, paylinks.StatusExpired},
}

// statusOf is the unified status of a payment, [paylinks.StatusUnknown] for a word that isn't in the table. Tabby writes its words in
// capitals in answers and in lower case in webhooks.
func statusOf(word string, amount, captured, refunded paylinks.Money) paylinks.Status {
	capturedShare, refundedShare := shareOf(captured, amount), shareOf(refunded, captured)
	for _, row := range normalForm {
		if strings.EqualFold(row.word, word) && row.captured&capturedShare != 0 && row.refunded&refundedShare != 0 {
			return row.status
		}
	}
	return paylinks.StatusUnknown
}

func shareOf(taken, of paylinks.Money) share {
	switch {
	case taken.IsZero():
		return none
	case taken.Cmp(of) < 0:
		return part
	default:
		return whole
	}
}
