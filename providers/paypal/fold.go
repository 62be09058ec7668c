package paypal

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/received"
	"github.com/paylinks/paylinks-go/internal/rest/span"
	"github.com/paylinks/paylinks-go/paylinks"
)

// authorizationLife is how long an authorization can be captured.
const authorizationLife = 29 * 24 * time.Hour

// facts is what the rows that follow a payment say of it.
type facts struct {
	// refunded is the sum of the completed refunds in the payment's currency.
	refunded paylinks.Money
	disputed bool
	voided   bool
	updated  time.Time
}

// read reads a payment's followers, which it sorts by time.
func read(family []row, currency paylinks.Currency) facts {
	slices.SortStableFunc(family, func(a, b row) int { return a.initiated.Compare(b.initiated) })
	f := facts{refunded: paylinks.Zero(currency)}
	open := map[string]bool{}
	for _, r := range family {
		f.updated = span.Later(f.updated, span.Later(r.initiated, r.updated))
		if r.Status == "D" { // denied: it didn't happen
			continue
		}
		switch r.Code {
		case codeRefund:
			if r.Status == "S" && r.amount.Currency() == currency {
				f.refunded = f.refunded.Add(r.amount)
			}
		case codeReversed, codeHold, codeChargeback:
			open[r.Code] = true
		case codeVoid:
			f.voided = true
		default:
			for dispute, ends := range endings {
				if slices.Contains(ends, r.Code) {
					delete(open, dispute)
				}
			}
		}
	}
	f.disputed = len(open) > 0
	return f
}

// state is what a payment is, given its own word's meaning and what followed. It's refunded by no more than its amount, although PayPal lets a
// merchant give back somewhat more.
func (f facts) state(base paylinks.PaymentStatus, amount paylinks.Money) (status paylinks.PaymentStatus, captured, refunded paylinks.Money) {
	none := paylinks.Zero(amount.Currency())
	switch base {
	case paylinks.PaymentCaptured, paylinks.PaymentPartiallyRefunded, paylinks.PaymentRefunded:
	default:
		return base, none, none
	}
	refunded = f.refunded
	if refunded.Cmp(amount) > 0 {
		refunded = amount
	}
	switch {
	case f.disputed:
		return paylinks.PaymentDisputed, amount, refunded
	case base == paylinks.PaymentRefunded:
		return paylinks.PaymentRefunded, amount, amount
	case refunded.Cmp(amount) >= 0:
		return paylinks.PaymentRefunded, amount, refunded
	case base == paylinks.PaymentPartiallyRefunded || !refunded.IsZero():
		return paylinks.PaymentPartiallyRefunded, amount, refunded
	default:
		return paylinks.PaymentCaptured, amount, refunded
	}
}

// authorized is what an authorization that wasn't captured is.
func (f facts) authorized(word string, at, now time.Time) paylinks.PaymentStatus {
	switch {
	case word == "D":
		return paylinks.PaymentFailed
	case word == "P":
		return paylinks.PaymentPending
	case word == "V" || f.voided:
		return paylinks.PaymentCancelled
	case word != "S":
		return paylinks.PaymentUnknown
	case now.Sub(at) > authorizationLife:
		return paylinks.PaymentExpired
	default:
		return paylinks.PaymentAuthorized
	}
}

// fold makes a payment of its row and of those that follow it.
func fold(root row, family []row, now time.Time) paylinks.Payment {
	return compose(root, read(family, root.amount.Currency()), rawOf(root.raw, family), now)
}

func compose(root row, f facts, raw json.RawMessage, now time.Time) paylinks.Payment {
	p := paylinks.Payment{
		ID: root.ID, Reference: root.reference(), Amount: root.amount, Fee: root.fee(), ProviderStatus: root.Status,
		Method:    methodOf(root.Code, root.MethodType, root.Instrument, root.InstrumentPart),
		CreatedAt: root.initiated, UpdatedAt: span.Later(span.Later(root.initiated, root.updated), f.updated), Raw: raw,
	}
	if root.kind == authorization {
		p.Status = f.authorized(root.Status, root.initiated, now)
		p.Captured, p.Refunded = paylinks.Zero(root.amount.Currency()), paylinks.Zero(root.amount.Currency())
		return p
	}
	base, ok := rowStatuses[root.Status]
	if !ok {
		base = paylinks.PaymentUnknown
	}
	p.Status, p.Captured, p.Refunded = f.state(base, root.amount)
	return p
}

// rawOf is the payment's row as received, in an array with the rows that follow it where there are any.
func rawOf(root json.RawMessage, family []row) json.RawMessage {
	var others []json.RawMessage
	for _, r := range family {
		others = append(others, r.raw)
	}
	return received.Together(root, others...)
}
