package stripe

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/paylinks/paylinks-go/internal/rest/lenient"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/stripe/internal/api"
)

// Stripe's words for the status of a PaymentIntent. They are all.
const (
	requiresPaymentMethod = "requires_payment_method"
	requiresConfirmation  = "requires_confirmation"
	requiresAction        = "requires_action"
	processing            = "processing"
	requiresCapture       = "requires_capture"
	canceled              = "canceled"
	succeeded             = "succeeded"
)

// facts are what the status of a payment depends on.
type facts struct {
	word                       string
	amount, received, refunded int64
	// lapsed: Stripe cancelled it, since its time had run out.
	lapsed bool
	// fully: the charge is refunded in full, by Stripe's word.
	fully    bool
	disputed bool
	// declined: an attempt to pay has failed. The buyer may try again on the same PaymentIntent.
	declined bool
}

// statuses are tried in this order: the first that fits is the payment's. Cancelled comes first, since the charge of a hold that was let go looks
// refunded.
var statuses = []struct {
	status paylinks.PaymentStatus
	fits   func(facts) bool
}{
	{paylinks.PaymentExpired, func(f facts) bool { return f.word == canceled && f.lapsed }},
	{paylinks.PaymentCancelled, func(f facts) bool { return f.word == canceled }},
	{paylinks.PaymentDisputed, func(f facts) bool { return f.disputed }},
	{paylinks.PaymentRefunded, func(f facts) bool {
		return f.word == succeeded && f.received > 0 && (f.fully || f.refunded >= f.received)
	}},
	{paylinks.PaymentPartiallyRefunded, func(f facts) bool { return f.word == succeeded && f.refunded > 0 }},
	{paylinks.PaymentPartiallyCaptured, func(f facts) bool { return f.word == succeeded && f.received > 0 && f.received < f.amount }},
	{paylinks.PaymentCaptured, func(f facts) bool { return f.word == succeeded }},
	{paylinks.PaymentPartiallyCaptured, func(f facts) bool { return f.word == requiresCapture && f.received > 0 }},
	{paylinks.PaymentAuthorized, func(f facts) bool { return f.word == requiresCapture }},
	{paylinks.PaymentPending, func(f facts) bool { return f.word == processing || f.word == requiresAction }},
	{paylinks.PaymentFailed, func(f facts) bool { return f.word == requiresPaymentMethod && f.declined }},
	{paylinks.PaymentCreated, func(f facts) bool { return f.word == requiresPaymentMethod || f.word == requiresConfirmation }},
}

func statusOf(intent api.PaymentIntent) paylinks.PaymentStatus {
	f := facts{
		word: intent.Status, amount: *intent.Amount, received: *intent.AmountReceived, refunded: refundedUnits(intent),
		lapsed: intent.CancellationReason == "expired" || intent.CancellationReason == "automatic",
		fully:  intent.LatestCharge.Refunded, disputed: intent.LatestCharge.Disputed, declined: intent.LastPaymentError != nil,
	}
	for _, row := range statuses {
		if row.fits(f) {
			return row.status
		}
	}
	return paylinks.PaymentUnknown
}

// over are the words for a dispute that has ended in the merchant's favour.
var over = map[string]bool{"won": true, "warning_closed": true, "prevented": true}

// won tells whether all disputes of a payment have ended in the merchant's favour. The charge doesn't tell: it stays disputed for ever.
func (g *Gateway) won(ctx context.Context, id string) (bool, error) {
	page, err := g.api.List(ctx, disputes, url.Values{"payment_intent": {id}, "limit": {"100"}})
	if err != nil {
		return false, err
	}
	for _, raw := range page.Data {
		var dispute struct {
			Status lenient.Text `json:"status"`
		}
		// One that can't be read isn't over.
		_ = json.Unmarshal(raw, &dispute)
		if !over[string(dispute.Status)] {
			return false, nil
		}
	}
	return len(page.Data) > 0 && !page.HasMore, nil
}
