package tamara

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara/internal/api"
)

var (
	_ paylinks.Provider           = (*Provider)(nil)
	_ paylinks.Refunder           = (*Provider)(nil)
	_ paylinks.Confirmer          = (*Provider)(nil)
	_ paylinks.ReferenceFinder    = (*Provider)(nil)
	_ paylinks.EligibilityChecker = (*Provider)(nil)
	_ paylinks.WebhookReceiver    = (*Provider)(nil)
	_ paylinks.WebhookRegistrar   = (*Provider)(nil)
	_ paylinks.CallbackReceiver   = (*Provider)(nil)
)

// Provider is one Tamara account. It's safe for concurrent use.
type Provider struct {
	config Config
	api    *api.Client
}

// New makes a Provider. Its error names every wrong field of config, each as a [*paylinks.FieldError].
func New(config Config) (*Provider, error) {
	config = config.normalized()
	if err := config.check(); err != nil {
		return nil, err
	}
	return &Provider{
		config: config,
		api: &api.Client{
			BaseURL: config.BaseURL, Token: config.APIToken,
			REST: rest.New(rest.Config{
				HTTPClient: config.HTTPClient, Timeout: config.Timeout, Retries: config.Retries, Logger: config.Logger,
			}),
		},
	}, nil
}

// Create makes a checkout session and its order, in the configured flow. Of FlowSMS, Tamara texts the link at once.
func (p *Provider) Create(ctx context.Context, in paylinks.CreateInput) (paylinks.Snapshot, error) {
	session, raw, err := p.createSession(ctx, in)
	if err != nil {
		return rejected(refusal(err))
	}
	return p.sessionFacts(in, session, raw)
}

// Fetch reads the order.
func (p *Provider) Fetch(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	if err := needOrder(ref); err != nil {
		return paylinks.Snapshot{}, err
	}
	order, raw, err := p.api.Order(ctx, ref.PaymentID)
	if err != nil {
		return paylinks.Snapshot{}, refusal(err)
	}
	if !strings.EqualFold(order.ID, ref.PaymentID) {
		return paylinks.Snapshot{}, unreadable("it's about another order", nil)
	}
	return p.orderFacts(order, raw, p.config.flow(ref))
}

// Confirm authorises an approved order: without it, Tamara lets the payment lapse after 72 hours. An account with auto-capture
// captures at the same time. Where Tamara refuses, the order tells whether it was authorised before.
func (p *Provider) Confirm(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	if err := needOrder(ref); err != nil {
		return paylinks.Snapshot{}, err
	}
	answer, raw, err := p.api.Authorise(ctx, ref.PaymentID)
	if err == nil {
		return p.authorisedFacts(ref, answer, raw)
	}
	refused := refusal(err)
	if !isState(refused) {
		return paylinks.Snapshot{}, refused
	}
	facts, err := p.Fetch(ctx, ref)
	if err == nil && facts.ConfirmNeeded {
		return paylinks.Snapshot{}, refused
	}
	return facts, err
}

// Capture captures a part or all of an authorised order; one that is only approved is authorised first. In a shop Tamara captures by itself, unless the account leaves that to
// the merchant.
//
// Tamara doesn't say whether its answer has this capture's amount or the total so far, so that the order is read for it.
func (p *Provider) Capture(ctx context.Context, ref paylinks.Ref, in paylinks.CaptureInput) (paylinks.Snapshot, error) {
	if err := needOrder(ref); err != nil {
		return paylinks.Snapshot{}, err
	}
	var answer api.Captured
	var raw json.RawMessage
	err := p.onceAuthorised(ctx, ref, func() (err error) {
		answer, raw, err = p.api.Capture(ctx, p.capture(ref, in))
		return err
	})
	if err != nil {
		return paylinks.Snapshot{}, err
	}

	facts, err := p.Fetch(ctx, ref)
	if err == nil && (answer.CaptureID == "" || claim(facts.Captures, answer.CaptureID, in.Reference)) {
		facts.ProviderStatus = cmp.Or(answer.Status, facts.ProviderStatus)
		return facts, nil
	}
	if word(answer.Status) == paylinks.StatusCaptured && in.Amount.Equal(ref.Amount) {
		// The whole order in one capture: the answer proves all that the order could.
		return p.capturedFacts(ref, in, answer, raw), nil
	}
	return paylinks.Snapshot{}, unreadable("the capture is made, and the order doesn't show it yet", err)
}

// Refund gives back a part or all of what was captured. Tamara has no protection from duplicates: each call refunds.
func (p *Provider) Refund(ctx context.Context, ref paylinks.Ref, in paylinks.RefundInput) (paylinks.Snapshot, error) {
	if err := needOrder(ref); err != nil {
		return paylinks.Snapshot{}, err
	}
	answer, raw, err := p.api.Refund(ctx, ref.PaymentID, api.Refund{
		Total: money(in.Amount), Comment: cmp.Or(in.Reason, defaultComment), MerchantRefundID: in.Reference,
	})
	if err != nil {
		return paylinks.Snapshot{}, refusal(err)
	}
	facts, err := p.Fetch(ctx, ref)
	if err == nil && claim(facts.Refunds, answer.RefundID, in.Reference) {
		facts.ProviderStatus = cmp.Or(answer.Status, facts.ProviderStatus)
		return facts, nil
	}
	return p.refundedFacts(ref, in, answer, raw), nil
}

// Cancel voids an unpaid link of a shop, or cancels an authorised order. An unpaid link of the online checkout can't be ended.
func (p *Provider) Cancel(ctx context.Context, ref paylinks.Ref, in paylinks.CancelInput) (paylinks.Snapshot, error) {
	if err := needOrder(ref); err != nil {
		return paylinks.Snapshot{}, err
	}
	if in.Void {
		return p.void(ctx, ref, in)
	}
	switch {
	case p.config.flow(ref) == FlowOnline:
		return paylinks.Snapshot{}, unsupported("Tamara can't end an unpaid link of the online checkout: it expires by itself")
	case !isUUID(ref.SessionID):
		return paylinks.Snapshot{}, unsupported("the link has no checkout id, which Tamara tells only once, when it's made: it expires by itself")
	}
	answer, raw, err := p.api.VoidCheckout(ctx, ref.SessionID, api.Void{OrderID: ref.PaymentID, StoreCode: p.config.StoreCode})
	if err != nil {
		return paylinks.Snapshot{}, refusal(err)
	}
	facts, err := voidedFacts(ref, answer, raw)
	if err != nil || facts.Status != paylinks.StatusCancelled {
		return facts, err
	}
	// The answer has no word for what the order is now, and neither has the documentation. The order has; without it, the void stands.
	if order, err := p.Fetch(ctx, ref); err == nil {
		if order.Status.Paid() {
			return order, nil
		}
		facts.ProviderStatus = order.ProviderStatus
	}
	return facts, nil
}

// void gives back what is authorised and not captured.
func (p *Provider) void(ctx context.Context, ref paylinks.Ref, in paylinks.CancelInput) (paylinks.Snapshot, error) {
	var answer api.Canceled
	var raw json.RawMessage
	err := p.onceAuthorised(ctx, ref, func() (err error) {
		answer, raw, err = p.api.CancelOrder(ctx, ref.PaymentID, api.Cancel{Total: money(in.Amount)})
		return err
	})
	if err != nil {
		return paylinks.Snapshot{}, err
	}
	if status := word(answer.Status); status == paylinks.StatusCancelled {
		return paylinks.Snapshot{Ref: paylinks.Ref{PaymentID: ref.PaymentID}, ProviderStatus: answer.Status, Status: status, Raw: raw}, nil
	}
	return p.Fetch(ctx, ref)
}

// onceAuthorised makes a call that Tamara refuses, undone, as long as an order is only approved. Such an order is authorised first.
func (p *Provider) onceAuthorised(ctx context.Context, ref paylinks.Ref, call func() error) error {
	err := call()
	if p.config.ManualAuthorise || !isState(refusal(err)) || !p.stillApproved(ctx, ref, err) {
		return refusal(err)
	}
	_, _, err = p.api.Authorise(ctx, ref.PaymentID)
	failed := refusal(err)
	if failed == nil || isState(failed) { // somebody else has authorised it, or the call is told what stands in its way now
		return refusal(call())
	}
	var known *paylinks.ProviderError
	if !errors.As(failed, &known) || known.Outcome == paylinks.NotApplied {
		return failed
	}
	// It may be authorised, and where the account captures with that, captured: only the order tells.
	switch approved, err := p.isApproved(ctx, ref); {
	case err != nil:
		return failed
	case approved:
		undone := *known
		undone.Outcome = paylinks.NotApplied
		return &undone
	default:
		return refusal(call())
	}
}

// stillApproved tells whether Tamara refused a call since the order isn't authorised yet. Where the refusal doesn't say in which state the order
// is (REF errors: data is optional), the order does.
func (p *Provider) stillApproved(ctx context.Context, ref paylinks.Ref, err error) bool {
	if state := refusedState(err); state != "" {
		return strings.EqualFold(state, approved)
	}
	is, err := p.isApproved(ctx, ref)
	return err == nil && is
}

func (p *Provider) isApproved(ctx context.Context, ref paylinks.Ref) (bool, error) {
	order, _, err := p.api.Order(ctx, ref.PaymentID)
	return err == nil && strings.EqualFold(order.ID, ref.PaymentID) && strings.EqualFold(order.Status, approved), err
}

// claim gives the capture or refund that we made our reference, among those that the order lists, and tells whether it's there.
func claim(list []paylinks.Transaction, id, reference string) bool {
	for i := range list {
		if list[i].Reference == reference || (id != "" && strings.EqualFold(list[i].ID, id)) {
			list[i].Reference = reference
			return true
		}
	}
	return false
}

// needOrder checks the id that becomes a part of the path.
func needOrder(ref paylinks.Ref) error {
	if !isUUID(ref.PaymentID) {
		return notACall("the link has no order id of Tamara")
	}
	return nil
}
