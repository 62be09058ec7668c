package paylinks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/paylinks/paylinks-go/internal/failpoint"
)

// Create makes a payment link. The link is stored before the provider is called: an error with [CodeProviderTimeout] names
// it, and the Service settles it. A buyer whom the provider refuses is an error with [CodeBuyerRejected], its Reason and Messages.
func (s *Service) Create(ctx context.Context, req CreateRequest) (_ *Paylink, err error) {
	defer named("create", &err)
	ctx, span := s.trace(ctx, "create")
	defer span.end(&err)
	link, err := req.parse()
	if err != nil {
		return nil, err
	}
	if err := checkKey("create", req.IdempotencyKey); err != nil {
		return nil, err
	}
	app, err := s.app(ctx, req.OrgAppID)
	if err != nil {
		return nil, err
	}
	if app.Provider == nil || app.Provider.Info().ID != req.Provider {
		e := orgAppNotFound(req.OrgAppID)
		e.Message = fmt.Sprintf("no app %q of the provider %s is installed that you may use: check org_app_id and provider", req.OrgAppID, req.Provider)
		return nil, e
	}
	info := app.Provider.Info()
	if err := checkProvider(link, info); err != nil {
		return nil, err
	}

	op := &Operation{ID: newID(), Kind: OperationCreate, StartedAt: s.now()}
	if req.IdempotencyKey != "" {
		op.Fingerprint = fingerprint(link)
		op.Key = hash("create", CallerFrom(ctx).ID, req.IdempotencyKey)
		earlier, err := s.store.Operation(ctx, op.Key)
		if err == nil {
			return s.createdBefore(ctx, earlier, op.Fingerprint)
		}
		if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	identifyCreate(link, op, info)

	if err := s.beginCreate(ctx, link, op, nil); err != nil {
		if errors.Is(err, ErrDuplicate) && op.Key != "" { // the same key, at the same moment
			return nil, inProgress("create", CodeIdempotencyInProgress, "")
		}
		return nil, err
	}
	v := s.attempt(ctx, app.Provider, link, op)
	return s.settleCreate(ctx, link, op, v, SourceOperation, info)
}

// identifyCreate gives a new link and its create operation their ids and times.
func identifyCreate(link *Paylink, op *Operation, info Info) {
	link.ID, link.Status = newID(), StatusCreating
	link.CreatedAt, link.UpdatedAt = op.StartedAt, op.StartedAt
	link.Delivery = info.Checkout
	link.Ref = Ref{Reference: op.ID, OrderID: link.OrderID, Amount: link.Amount}
	op.PaylinkID, op.Reference, op.Amount = link.ID, op.ID, link.Amount
}

// beginCreate writes a link and its create operation together, and the order that they are for, nil for none.
func (s *Service) beginCreate(ctx context.Context, link *Paylink, op *Operation, order *Order) error {
	failpoint.Hit(string(op.Kind), failpoint.Asked)
	op.Open, op.Attempts = true, 1
	op.DueAt = s.now().Add(s.lease())
	if err := s.keepForProgram(ctx); err != nil {
		return err
	}
	if err := s.store.Write(ctx, Change{Insert: link, Begin: op, Order: order}); err != nil {
		return err
	}
	link.Version = 1
	about(ctx, link)
	s.statusChanged(ctx, "", link)
	failpoint.Hit(string(op.Kind), failpoint.Begun)
	return nil
}

// settleCreate writes what a create came to and turns it into the caller's answer.
func (s *Service) settleCreate(ctx context.Context, link *Paylink, op *Operation, v verdict, source Source, info Info) (*Paylink, error) {
	heard := news{source: source}
	if problem := unusable(link, v, info); problem != "" {
		heard.end, heard.reason = StatusFailed, problem
		v = verdict{
			outcome: OutcomeUnknown, final: true, facts: &Snapshot{Ref: v.facts.Ref, ProviderStatus: v.facts.ProviderStatus, Status: StatusCreated},
			cause: &ProviderError{Refusal: RefusedRequest, Outcome: OutcomeUnknown, Message: "its answer can't be used: " + problem},
		}
	}
	switch {
	case v.outcome == NotApplied && v.cause.Refusal == RefusedBuyer:
		heard.end, heard.reason, heard.messages = StatusRejected, v.cause.Reason, v.cause.Messages
	case v.outcome == NotApplied:
		heard.end, heard.reason = StatusFailed, "provider_"+string(v.cause.Refusal)
	case v.outcome == Applied && v.facts.Status == StatusUnknown:
		s.unknownStatus(ctx, link, v.facts.ProviderStatus)
		v.facts.Status = StatusCreated // there is a link to pay; what the provider calls it doesn't matter yet
	}
	settled, err := s.settle(ctx, link, op, v, heard, info)
	if err != nil {
		return nil, err
	}
	if v.outcome != Applied {
		return nil, failure(op, settled, v)
	}
	return created(settled)
}

// unusable says why nobody should pay a link that the provider has made, "" for nothing: it's for another amount, or there's no way to it.
func unusable(link *Paylink, v verdict, info Info) string {
	switch {
	case v.outcome != Applied || v.facts.Status == StatusRejected:
		return ""
	case contradicts(v.facts, link):
		return "amount_mismatch"
	case v.facts.CheckoutURL == "" && cmp.Or(v.facts.Delivery, info.Checkout) != DeliverySMS:
		return "no_checkout_url"
	default:
		return ""
	}
}

// created is the answer to a create that went through: the link, or the error of a refused buyer.
func created(link *Paylink) (*Paylink, error) {
	if link.Status != StatusRejected {
		return link, nil
	}
	return nil, &Error{
		Code: CodeBuyerRejected, Outcome: NotApplied, Op: string(OperationCreate), Provider: link.Provider,
		Message:   "the provider does not accept this buyer or amount",
		PaylinkID: link.ID, Status: link.Status, Reason: link.Reason, Messages: link.Messages,
	}
}

// createdBefore answers a create whose idempotency key was used before.
func (s *Service) createdBefore(ctx context.Context, op *Operation, fingerprint string) (*Paylink, error) {
	if op.Fingerprint != fingerprint {
		return nil, idempotencyMismatch("create", "the idempotency key belongs to another request")
	}
	link, err := s.store.Paylink(ctx, op.PaylinkID)
	if err != nil {
		return nil, err
	}
	switch {
	case op.Open && op.Outcome != OutcomeUnknown && op.DueAt.After(s.now()):
		return nil, inProgress("create", CodeIdempotencyInProgress, link.ID)
	case op.Open:
		return nil, failure(op, link, unclear())
	default:
		return created(link)
	}
}

// unclear is the verdict on an operation that nobody is running and that isn't settled yet.
func unclear() verdict {
	return verdict{outcome: OutcomeUnknown, cause: &ProviderError{Refusal: Unreachable, Outcome: OutcomeUnknown}}
}

// createInput is what the provider is told of a link.
func (s *Service) createInput(link *Paylink, op *Operation) CreateInput {
	in := CreateInput{
		Reference: op.ID, PaylinkID: link.ID, OrderID: link.OrderID, Amount: link.Amount, Description: link.Description,
		Buyer: link.Buyer, SendTo: link.SendTo, Lang: link.Lang, Items: link.Items, Options: link.Options,
	}
	if len(in.Items) == 0 {
		in.Items = []Item{wholeOrder(link)}
	}
	if base := strings.TrimRight(s.opts.PublicURL, "/"); base != "" {
		path := "/" + url.PathEscape(link.Provider) + "/" + url.PathEscape(link.OrgAppID)
		in.ReturnURL = base + "/api/v1/providers/callbacks" + path
		in.NotifyURL = base + "/api/v1/providers/webhooks" + path
	}
	return in
}

// wholeOrder is the one item of an order that has none.
func wholeOrder(link *Paylink) Item {
	name := link.Description
	if name == "" {
		name = "Order " + link.OrderID
	}
	zero := Zero(link.Amount.Currency())
	return Item{Name: name, Quantity: 1, UnitPrice: link.Amount, SKU: link.OrderID, Discount: zero, Tax: zero}
}
