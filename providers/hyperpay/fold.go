package hyperpay

import (
	"encoding/json"
	"slices"

	"github.com/paylinks/paylinks-go/internal/rest/received"
	"github.com/paylinks/paylinks-go/paylinks"
)

// facts is what the operations of a payment add up to.
type facts struct {
	captured, refunded paylinks.Money
	reversed, disputed bool
	// These are the codes that decided for each of them.
	capture, refund, reversal, dispute string
}

// sum sums up the operations that follow a payment and took place. family is sorted by time.
func sum(root record, family []record) facts {
	none := paylinks.Zero(root.amount.Currency())
	f := facts{captured: none, refunded: none}
	if root.Type == typeDebit {
		f.captured, f.capture = root.amount, root.Result.Code
	}
	captures := map[string]bool{}
	for _, r := range family {
		captures[r.ID] = r.Type == typeCapture
	}
	givenBack := map[string]bool{}
	for _, r := range family {
		if r.Type == typeReversal && r.succeeded() && captures[r.ReferencedID] {
			givenBack[r.ReferencedID] = true
		}
	}
	for _, r := range family {
		if r.class.effect == disputed {
			f.disputed, f.dispute = true, r.Result.Code
		}
		if !r.succeeded() {
			continue
		}
		switch r.Type {
		case typeCapture:
			if !givenBack[r.ID] && root.Type == typeAuthorization && r.amount.Currency() == root.amount.Currency() {
				f.captured, f.capture = f.captured.Add(r.amount), r.Result.Code
			}
		case typeRefund:
			if r.amount.Currency() == root.amount.Currency() {
				f.refunded, f.refund = f.refunded.Add(r.amount), r.Result.Code
			}
		case typeReversal:
			if r.ReferencedID == root.ID {
				f.reversed, f.reversal = true, r.Result.Code
			}
		case typeChargeback:
			f.disputed, f.dispute = true, r.Result.Code
		case typeReversedBack:
			f.disputed = false
		}
	}
	return f
}

// state is what a payment is, and the result code that decided.
type state struct {
	status             paylinks.PaymentStatus
	captured, refunded paylinks.Money
	code               string
}

// byEffect is what a payment is by the code of its own operation alone, where that's not a success.
var byEffect = map[effect]paylinks.PaymentStatus{
	pending: paylinks.PaymentPending, created: paylinks.PaymentCreated, cancelled: paylinks.PaymentCancelled,
	failed: paylinks.PaymentFailed, expired: paylinks.PaymentExpired,
}

// stateOf goes through the rules in their order; the first that holds decides. A payment isn't refunded by more than was captured of it.
func stateOf(root record, family []record) state {
	none := paylinks.Zero(root.amount.Currency())
	f := sum(root, family)
	if f.refunded.Cmp(f.captured) > 0 {
		f.refunded = f.captured
	}
	own := root.Result.Code
	status, ended := byEffect[root.class.effect]
	switch {
	case ended:
		return state{status, none, none, own}
	case root.class.effect == disputed:
		return state{paylinks.PaymentDisputed, f.captured, f.refunded, own}
	case !root.succeeded():
		return state{paylinks.PaymentUnknown, none, none, own}
	case f.disputed:
		return state{paylinks.PaymentDisputed, f.captured, f.refunded, f.dispute}
	case !f.captured.IsZero() && f.refunded.Cmp(f.captured) >= 0:
		return state{paylinks.PaymentRefunded, f.captured, f.refunded, f.refund}
	case !f.refunded.IsZero():
		return state{paylinks.PaymentPartiallyRefunded, f.captured, f.refunded, f.refund}
	case f.reversed && (root.Type == typeDebit || f.captured.IsZero()):
		return state{paylinks.PaymentCancelled, none, none, f.reversal}
	case f.captured.IsZero():
		return state{paylinks.PaymentAuthorized, none, none, own}
	case f.captured.Cmp(root.amount) < 0:
		return state{paylinks.PaymentPartiallyCaptured, f.captured, none, f.capture}
	default:
		return state{paylinks.PaymentCaptured, f.captured, none, f.capture}
	}
}

// fold makes a payment of its operations.
func (g *Gateway) fold(root record, family []record) paylinks.Payment {
	slices.SortStableFunc(family, func(a, b record) int { return a.at.Compare(b.at) })
	s := stateOf(root, family)
	p := paylinks.Payment{
		ID: root.ID, Reference: g.reference(root), Amount: root.amount, Captured: s.captured, Refunded: s.refunded, Status: s.status, ProviderStatus: s.code,
		CreatedAt: root.at, UpdatedAt: root.at, Raw: rawOf(root, family),
	}
	p.Method, p.Brand = methodOf(root)
	for _, r := range family {
		if r.at.After(p.UpdatedAt) {
			p.UpdatedAt = r.at
		}
	}
	return p
}

// rawOf is the payment's record as received, in an array with those that follow it where there are any.
func rawOf(root record, family []record) json.RawMessage {
	var others []json.RawMessage
	for _, r := range family {
		others = append(others, r.raw)
	}
	return received.Together(root.raw, others...)
}
