package mispay

import (
	"context"
	"net/http"
	"net/netip"
	"regexp"
	"time"

	"golang.org/x/time/rate"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/mispay/internal/api"
	"github.com/paylinks/paylinks-go/mispay/internal/blob"
	"github.com/paylinks/paylinks-go/paylinks"
)

var (
	_ paylinks.Provider         = (*Provider)(nil)
	_ paylinks.Refunder         = (*Provider)(nil)
	_ paylinks.Confirmer        = (*Provider)(nil)
	_ paylinks.WebhookReceiver  = (*Provider)(nil)
	_ paylinks.CallbackReceiver = (*Provider)(nil)
)

// Provider is one MisPay application. It's safe for concurrent use.
type Provider struct {
	config Config
	api    *api.Client
	box    *blob.Box
	ips    map[netip.Addr]bool
	// callbacks paces the decryption of what anybody may send.
	callbacks *rate.Limiter
}

// New makes a Provider. Its error names every wrong field of config, each as a [*paylinks.FieldError].
func New(config Config) (*Provider, error) {
	config = config.normalized()
	if err := config.check(); err != nil {
		return nil, err
	}
	checkoutExtra, err := encoded(config.CheckoutExtra)
	if err != nil {
		return nil, err
	}
	refundExtra, err := encoded(config.RefundExtra)
	if err != nil {
		return nil, err
	}
	ips := make(map[netip.Addr]bool, len(config.AllowedWebhookIPs))
	for _, ip := range config.AllowedWebhookIPs {
		ips[ip.Unmap()] = true
	}
	box := blob.New(config.AppSecret.Reveal())
	return &Provider{
		config: config,
		box:    box,
		ips:    ips,
		api: &api.Client{
			REST: rest.New(rest.Config{
				HTTPClient: config.HTTPClient, Timeout: config.Timeout, Retries: config.Retries, Logger: config.Logger,
			}),
			BaseURL: config.base(), Paths: api.Paths(config.Paths), AppID: config.AppID, Secret: config.AppSecret,
			SecretOnAllCalls: config.SendSecretOnAllCalls, CheckoutExtra: checkoutExtra, RefundExtra: refundExtra,
			Tokens: &api.Tokens{Box: box, Now: config.Now},
		},
		callbacks: rate.NewLimiter(callbackRate, callbackBurst),
	}, nil
}

// String names the provider. It keeps fmt from printing the credentials inside.
func (p *Provider) String() string { return "mispay.Provider" }

// GoString does the same for %#v.
func (p *Provider) GoString() string { return p.String() }

// Info describes MisPay, with the configured lifetime of a link.
func (p *Provider) Info() paylinks.Info {
	info := Info()
	info.LinkLife = p.config.Lifetime
	info.SettleLife = max(info.SettleLife, info.LinkLife)
	return info
}

// Create starts a checkout.
func (p *Provider) Create(ctx context.Context, in paylinks.CreateInput) (paylinks.Snapshot, error) {
	checkout, err := p.checkout(in)
	if err != nil {
		return paylinks.Snapshot{}, err
	}
	started, raw, err := p.api.StartCheckout(ctx, checkout)
	if err != nil {
		return paylinks.Snapshot{}, refusal(err)
	}
	return p.startedFacts(started, raw)
}

// Fetch tracks the checkout.
func (p *Provider) Fetch(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	if !isID(ref.SessionID) {
		return paylinks.Snapshot{}, notACall("the link has no trackId of MisPay")
	}
	tracked, raw, err := p.api.TrackCheckout(ctx, ref.SessionID)
	if err != nil {
		return paylinks.Snapshot{}, refusal(err)
	}
	return trackedFacts(ref, tracked, raw)
}

// Capture ends the checkout of a payment: MisPay has taken the money already, and is told that the merchant knows. Where it can't be told yet, since the
// checkoutId is still to come or the call fails, while MisPay shows the payment, the capture counts with [paylinks.Snapshot].FinalizePending.
// A part can't be captured.
func (p *Provider) Capture(ctx context.Context, ref paylinks.Ref, in paylinks.CaptureInput) (paylinks.Snapshot, error) {
	if !in.Amount.Equal(ref.Amount) {
		return paylinks.Snapshot{}, refusedHere(paylinks.RefusedUnsupported, "", "MisPay has no captures of a part")
	}
	var failed error
	if isID(ref.PaymentID) && !p.config.SkipEnd {
		snapshot, err := p.confirmInHalfTheTime(ctx, ref)
		if err == nil {
			return snapshot, nil
		}
		failed = err
	}
	// Not ended, or not yet: what counts is whether the buyer has paid.
	tracked, err := p.Fetch(ctx, ref)
	switch {
	case err != nil && failed != nil:
		return paylinks.Snapshot{}, failed
	case err != nil:
		return paylinks.Snapshot{}, withoutEffect(err)
	case tracked.Amount.IsSet() && !tracked.Amount.Equal(ref.Amount):
		return paylinks.Snapshot{}, refusedHere(paylinks.RefusedState, "amount_mismatch", "MisPay shows another amount for the payment")
	case tracked.Status != paylinks.StatusAuthorized:
		return paylinks.Snapshot{}, refusedHere(paylinks.RefusedState, "", "MisPay doesn't show the payment as paid")
	case p.config.SkipEnd:
		return finalized(ref, tracked), nil
	case failed == nil && isID(tracked.Ref.PaymentID):
		ref.PaymentID = tracked.Ref.PaymentID
		if snapshot, err := p.Confirm(ctx, ref); err == nil {
			return snapshot, nil
		}
	}
	tracked.FinalizePending = true
	return tracked, nil
}

// confirmInHalfTheTime leaves time to look at the payment where the end gets no answer.
func (p *Provider) confirmInHalfTheTime(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/2)
		defer cancel()
	}
	return p.Confirm(ctx, ref)
}

// Confirm ends the checkout of a payment whose capture is pending. Its error says that it's still to be done.
func (p *Provider) Confirm(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	if p.config.SkipEnd {
		return finalized(ref, paylinks.Snapshot{ProviderStatus: wordPaid}), nil
	}
	if !isID(ref.PaymentID) {
		return paylinks.Snapshot{}, checkoutIDUnknown()
	}
	ended, raw, err := p.api.EndCheckout(ctx, ref.PaymentID)
	if err != nil && !endedAlready(err) {
		return paylinks.Snapshot{}, refusal(err)
	}
	return finalized(ref, paylinks.Snapshot{
		Ref:            paylinks.Ref{PaymentID: ref.PaymentID, TransactionID: string(ended.TransactionID)},
		ProviderStatus: wordPaid,
		Raw:            raw,
	}), nil
}

// Cancel isn't possible at MisPay.
func (p *Provider) Cancel(context.Context, paylinks.Ref, paylinks.CancelInput) (paylinks.Snapshot, error) {
	return paylinks.Snapshot{}, refusedHere(paylinks.RefusedUnsupported, "", "MisPay has no call to cancel or void")
}

// Refund gives back a part or all of a payment, each time that it's called. The answer proves this one refund and tells no total.
func (p *Provider) Refund(ctx context.Context, ref paylinks.Ref, in paylinks.RefundInput) (paylinks.Snapshot, error) {
	purchaseID := ref.PaymentID
	if purchaseID == "" && p.config.RefundFallbackToTrackID {
		purchaseID = ref.SessionID
	}
	if !isID(purchaseID) {
		return paylinks.Snapshot{}, checkoutIDUnknown()
	}
	body, err := p.refund(ref, purchaseID, in)
	if err != nil {
		return paylinks.Snapshot{}, err
	}
	refunded, word, raw, err := p.api.Refund(ctx, body)
	if err != nil {
		return paylinks.Snapshot{}, refusal(err)
	}
	return refundedFacts(ref, in, refunded, word, raw), nil
}

// idShape guards every id that becomes a part of a path: it may have come from a browser.
var idShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

func isID(s string) bool { return idShape.MatchString(s) }

func endedAlready(err error) bool {
	answer := answerOf(err)
	return answer != nil && answer.Ended && answer.Status < http.StatusInternalServerError
}
