package stripe

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/received"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/stripe/internal/api"
)

// outcome is a row as it's yielded: a payment, or a [*paylinks.BadRow].
type outcome struct {
	paylinks.Payment
	err error
	// disputed: the charge was disputed once, and undisputed is the status where that has ended well.
	disputed   bool
	undisputed paylinks.PaymentStatus
}

// clientSecret is the field that gives power: whoever has it can complete the payment.
const clientSecret = "client_secret"

// read turns a PaymentIntent, with its latest charge expanded, into a payment.
func (g *Gateway) read(raw json.RawMessage) outcome {
	var intent api.PaymentIntent
	if err := json.Unmarshal(raw, &intent); err != nil {
		return bad(idOf(raw), "it doesn't have the form of a PaymentIntent")
	}
	switch {
	case !idShape.MatchString(intent.ID):
		return bad("", "it has no id")
	case intent.Object != "" && intent.Object != "payment_intent":
		return bad(intent.ID, "it's no PaymentIntent")
	case intent.Amount == nil || intent.AmountReceived == nil:
		return bad(intent.ID, "an amount is missing")
	case intent.Status == "":
		return bad(intent.ID, "it has no status")
	case intent.Created <= 0:
		return bad(intent.ID, "it has no time of creation")
	}
	currency, err := paylinks.ParseCurrency(intent.Currency)
	if err != nil {
		return bad(intent.ID, "its currency is unknown")
	}
	p := paylinks.Payment{
		ID:             intent.ID,
		Reference:      g.reference(intent),
		ProviderStatus: intent.Status,
		CreatedAt:      time.Unix(intent.Created, 0).UTC(),
		Raw:            received.Redact(raw, clientSecret),
	}
	for _, amount := range []struct {
		to    *paylinks.Money
		units int64
	}{
		{&p.Amount, *intent.Amount},
		{&p.Captured, *intent.AmountReceived},
		{&p.Refunded, refundedUnits(intent)},
	} {
		if *amount.to, err = paylinks.MoneyFromUnits(amount.units, currency, exponent(currency)); err != nil {
			return bad(intent.ID, err.Error())
		}
	}
	p.Method, p.Brand = methodOf(intent)
	p.Status = statusOf(intent)
	o := outcome{Payment: p}
	if p.Status == paylinks.PaymentDisputed {
		o.disputed = true
		intent.LatestCharge.Disputed = false
		o.undisputed = statusOf(intent)
	}
	return o
}

func bad(id, reason string) outcome {
	return outcome{err: &paylinks.BadRow{ID: id, Reason: reason}}
}

// refundedUnits is what was given back of what was taken. Stripe counts a hold that was let go as refunded too, where nothing, or less, was
// taken: after a cancellation its charge says that all is.
func refundedUnits(intent api.PaymentIntent) int64 {
	if intent.Status == canceled {
		return 0
	}
	return min(intent.LatestCharge.AmountRefunded, *intent.AmountReceived)
}

// reference is the merchant's: Stripe has no field of its own for it.
func (g *Gateway) reference(intent api.PaymentIntent) string {
	for _, key := range []string{g.config.ReferenceKey, "order_id", "reference"} {
		if value := intent.Metadata[key]; key != "" && value != "" {
			return string(value)
		}
	}
	return string(intent.Description)
}

// The currencies in which Stripe's units aren't hundredths. UGX and ISK have no decimals, and are hundredths here all the same: 500 is 5 ISK.
const (
	wholes      = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
	thousandths = "BHD JOD KWD OMR TND"
)

// exponent is the number of decimals of Stripe's units.
func exponent(currency paylinks.Currency) int32 {
	switch {
	case strings.Contains(wholes, string(currency)):
		return 0
	case strings.Contains(thousandths, string(currency)):
		return 3
	default:
		return 2
	}
}
