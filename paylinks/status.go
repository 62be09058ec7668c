package paylinks

// Status is the unified state of a payment link.
type Status string

// The statuses of a link. The way of a paid link is
//
//	creating → created → authorized → (partially_captured) → captured → (partially_refunded) → refunded
//
// and the ends without payment are rejected, expired, cancelled and failed.
const (
	// StatusCreating: the provider's answer to our create call isn't known yet.
	StatusCreating Status = "creating"
	// StatusCreated: the buyer can pay.
	StatusCreated Status = "created"
	// StatusAuthorized: the buyer has paid at the provider; the merchant has yet to capture.
	StatusAuthorized Status = "authorized"
	// StatusPartiallyCaptured: a part is captured and more may follow.
	StatusPartiallyCaptured Status = "partially_captured"
	// StatusCaptured: all that will ever be captured is. It can be less than the amount, see [Paylink.Captured].
	StatusCaptured Status = "captured"
	// StatusPartiallyRefunded: a part of what was captured went back.
	StatusPartiallyRefunded Status = "partially_refunded"
	// StatusRefunded: everything captured went back.
	StatusRefunded Status = "refunded"
	// StatusRejected: the provider doesn't want this buyer or amount.
	StatusRejected Status = "rejected"
	// StatusExpired: nobody paid in time.
	StatusExpired Status = "expired"
	// StatusCancelled: cancelled by the merchant or the buyer, or an authorization voided.
	StatusCancelled Status = "cancelled"
	// StatusFailed: it could not be made, or the provider gave up on it.
	StatusFailed Status = "failed"
	// StatusUnknown is only ever said by a [Snapshot]: the provider used a word that no table knows. The link keeps its state.
	StatusUnknown Status = "unknown"
)

// statuses is every status that a stored link can have, in the order of the transition table.
var statuses = [...]Status{
	StatusCreating, StatusCreated, StatusAuthorized, StatusPartiallyCaptured, StatusCaptured, StatusPartiallyRefunded,
	StatusRefunded, StatusRejected, StatusExpired, StatusCancelled, StatusFailed,
}

// transitions is the one table of state changes: a row for each state that a link is in, a column for each state that a
// provider's fact speaks of. 'x' moves the link, 'P' moves it and raises [EventPaidAfterEnd], '.' changes nothing: the
// fact is late, repeated or impossible.
//
// Money decides: a link moves forward along the paid way whatever it was before, even after an end, and never back.
// An authorization can still be voided or lapse; captured money can only be refunded.
var transitions = map[Status]string{
	//                       creating
	//                       |created
	//                       ||authorized
	//                       |||partially_captured
	//                       ||||captured
	//                       |||||partially_refunded
	//                       ||||||refunded
	//                       |||||||rejected
	//                       ||||||||expired
	//                       |||||||||cancelled
	//                       ||||||||||failed
	StatusCreating:          ".xxxxxxxxxx",
	StatusCreated:           "..xxxxxxxxx",
	StatusAuthorized:        "...xxxx.xx.",
	StatusPartiallyCaptured: "....xxx....",
	StatusCaptured:          ".....xx....",
	StatusPartiallyRefunded: "......x....",
	StatusRefunded:          "...........",
	StatusRejected:          "..PPPPP....",
	StatusExpired:           "..PPPPP....",
	StatusCancelled:         "..PPPPP....",
	StatusFailed:            "..PPPPP....",
}

// advance is the state of a link in state from once a provider's fact says to. paidAfterEnd tells that a link that had
// ended without payment turns out to be paid.
func advance(from, to Status) (next Status, paidAfterEnd bool) {
	for column, status := range statuses {
		if status != to {
			continue
		}
		switch transitions[from][column] {
		case 'x':
			return to, false
		case 'P':
			return to, true
		}
		break
	}
	return from, false
}

// Valid tells whether s is a status that a link can have.
func (s Status) Valid() bool {
	_, ok := transitions[s]
	return ok
}

// told tells whether s is a state that a provider can tell of.
func (s Status) told() bool { return s.Valid() && s != StatusCreating }

// Paid tells whether the buyer has paid, whatever became of the money since.
func (s Status) Paid() bool {
	switch s {
	case StatusAuthorized, StatusPartiallyCaptured, StatusCaptured, StatusPartiallyRefunded, StatusRefunded:
		return true
	default:
		return false
	}
}

// Ended tells whether the link ended without payment.
func (s Status) Ended() bool {
	switch s {
	case StatusRejected, StatusExpired, StatusCancelled, StatusFailed:
		return true
	default:
		return false
	}
}

// Final tells whether nothing is expected to happen any more by itself: the link ended, or all of it is captured.
// Refunds still move a captured link. The Service doesn't poll the provider for a final link.
func (s Status) Final() bool {
	return s.Ended() || s == StatusCaptured || s == StatusPartiallyRefunded || s == StatusRefunded
}
