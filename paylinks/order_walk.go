package paylinks

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"time"
)

// A call that tries providers holds the order while it does. Each attempt passes these steps:
//
//	begin    one transaction writes the attempt, its link and the link's create operation, all on the order's version that was decided on:
//	         a link of the order that has changed meanwhile makes it stale
//	attempt  the provider is called, as for any link
//	settle   one transaction writes the link and its events, and wakes the order
//	review   the order learns from its links what has come of it
//
// A process that dies in between leaves an order whose last attempt is unknown until the operation's own recovery has settled the link.
// No provider is tried for a caller who has gone: the same call again goes on, or [Service.NextProvider].

// holdTime is how long a call holds an order without a sign of life: two provider calls, since it may have to cancel a link first.
func (s *Service) holdTime() time.Duration { return 2 * s.lease() }

// walk is one call's way through the providers of an order.
type walk struct {
	store OrderStore
	// me is the holder, name the call: the same when it's repeated under the same idempotency key.
	me, name string
	order    *Order
	links    orderLinks
	// passed are the providers that this call has tried.
	passed map[string]bool
}

// tryProviders tries one provider after the other until one accepts, one's outcome is unknown, or none is left, and lets the order go.
func (s *Service) tryProviders(ctx context.Context, w *walk) (*OrderResult, error) {
	ctx = context.WithoutCancel(ctx) // what has begun is brought to its end, so that the order's state is the answer's
	w.passed = map[string]bool{}
	for w.order.PaidBy == "" && w.links.live(w.order) == nil {
		p := w.order.candidate(w.passed)
		if p == nil {
			break
		}
		if err := s.tryProvider(ctx, w, p); err != nil {
			return nil, err
		}
	}
	return s.finishWalk(ctx, w)
}

// finishWalk lets the order go and answers with what it has come to.
func (s *Service) finishWalk(ctx context.Context, w *walk) (*OrderResult, error) {
	order, links, err := s.review(ctx, w.store, w.order.ID, w.me, true)
	if err != nil {
		return nil, err
	}
	w.order, w.links = order, links
	return w.answer()
}

// tryProvider makes one attempt and has the order learn of it.
func (s *Service) tryProvider(ctx context.Context, w *walk, p *OrderProvider) error {
	link := w.order.paylink(p)
	app, err := s.linkApp(ctx, p.OrgAppID)
	if err != nil && !errors.Is(err, CodeOrgAppNotFound) {
		return err
	}
	reason := problemNone // an app that was removed since
	if err == nil && app.info().ID == p.Provider {
		reason = whyNot(w.order, app.info())
	}
	next := w.order.clone()
	if reason != "" {
		next.Attempts = append(next.Attempts, OrderAttempt{Provider: p.Provider, OrgAppID: p.OrgAppID, Outcome: AttemptSkipped, Reason: reason, Walk: w.name})
		w.passed[p.Provider] = true
		return s.hold(ctx, w, next)
	}

	info := app.Provider.Info()
	op := &Operation{
		ID: newID(), Kind: OperationCreate, Fingerprint: fingerprint(link), StartedAt: s.now(),
		Key: hash("order attempt", next.ID, strconv.Itoa(len(next.Attempts))), // no attempt has two links, whatever else goes wrong
	}
	identifyCreate(link, op, info)
	next.Attempts = append(next.Attempts, OrderAttempt{
		Provider: p.Provider, OrgAppID: p.OrgAppID, PaylinkID: link.ID, Outcome: AttemptUnknown, Walk: w.name,
	})
	next.Status = OrderUnknown
	s.prolong(next, w.me)
	if err := s.beginCreate(ctx, link, op, next); err != nil {
		return s.orderWriteError(ctx, w, err)
	}
	next.Version++
	w.passed[p.Provider] = true
	v := s.attempt(ctx, app.Provider, link, op)
	var refused *Error
	if _, err := s.settleCreate(ctx, link, op, v, SourceOperation, info); err != nil && !errors.As(err, &refused) {
		return err
	}
	w.order, w.links, err = s.review(ctx, w.store, next.ID, w.me, false)
	return err
}

// hold writes an order for the call that holds it, or begins to.
func (s *Service) hold(ctx context.Context, w *walk, next *Order) error {
	s.prolong(next, w.me)
	if err := s.store.Write(ctx, Change{Order: next}); err != nil {
		return s.orderWriteError(ctx, w, err)
	}
	next.Version++
	w.order = next
	return nil
}

func (s *Service) prolong(order *Order, me string) {
	now := s.now()
	order.Holder, order.HeldUntil, order.UpdatedAt = me, now.Add(s.holdTime()), now
	order.NextCheckAt = order.HeldUntil
}

// orderWriteError is what a write of an order that was refused means. A stale one is read again, nil: the walk decides anew.
func (s *Service) orderWriteError(ctx context.Context, w *walk, err error) error {
	switch {
	case errors.Is(err, ErrDuplicate) && w.order.Version == 0: // the same order, at the same moment
		return s.alreadyOrdered(ctx, w)
	case !errors.Is(err, ErrStale):
		return err
	}
	order, links, err := s.review(ctx, w.store, w.order.ID, w.me, false)
	if err != nil {
		return err
	}
	if order.Holder != w.me {
		return orderInProgress(order, CodeOperationInProgress)
	}
	w.order, w.links = order, links
	return nil
}

// alreadyOrdered is why a new order can't be stored: another call has made it a moment ago.
func (s *Service) alreadyOrdered(ctx context.Context, w *walk) error {
	if w.order.Key != "" {
		if _, err := w.store.OrderByKey(ctx, w.order.Key); err == nil {
			return orderInProgress(w.order, CodeIdempotencyInProgress)
		}
	}
	return orderExists(w.order.OrderID)
}

// takeOver begins to hold a stored order, and settles what an earlier call has left of it as far as the providers can tell now.
func (s *Service) takeOver(ctx context.Context, w *walk, busy Code) error {
	for range maxRounds {
		order, links, err := s.review(ctx, w.store, w.order.ID, "", false)
		if err != nil {
			return err
		}
		w.order, w.links = order, links
		if order.HeldUntil.After(s.now()) {
			return orderInProgress(order, busy)
		}
		next := order.clone()
		s.prolong(next, w.me)
		switch err := s.store.Write(ctx, Change{Order: next}); {
		case err == nil:
			return s.settleAttempt(ctx, w)
		case !errors.Is(err, ErrStale):
			return err
		}
	}
	return orderInProgress(w.order, busy)
}

// settleAttempt finds out what became of an attempt without a known outcome, where its provider can tell, and reads the order again. Nobody
// runs the attempt any more: its call would hold the order.
func (s *Service) settleAttempt(ctx context.Context, w *walk) error {
	if link := w.links.live(w.order); link != nil && link.Status == StatusCreating {
		op, err := s.operation(ctx, link.ID, func(op *Operation) bool { return op.Open && op.Kind == OperationCreate })
		if err != nil {
			return err
		}
		if op != nil {
			if err := s.recover(ctx, op); err != nil {
				return err
			}
		}
	}
	var err error
	w.order, w.links, err = s.review(ctx, w.store, w.order.ID, w.me, false)
	return err
}

// answer is what the order has come to, for its caller: its link, or why there's none.
func (w *walk) answer() (*OrderResult, error) {
	live := w.links.live(w.order)
	switch {
	case live != nil && live.Status == StatusCreating:
		return nil, &Error{
			Code: CodeProviderTimeout, Outcome: OutcomeUnknown, Op: "order", Provider: live.Provider, PaylinkID: live.ID, Status: live.Status,
			OrderID: w.order.OrderID, Attempts: w.order.Attempts,
			Message: "the provider gave no clear answer: it may have made a link. The order settles itself, ask again with GET",
		}
	case live != nil || w.order.Status == OrderPaid || w.order.Status == OrderPendingSync || w.made(w.name):
		return &OrderResult{Order: w.order, Paylink: w.links[w.order.PaylinkID]}, nil
	default:
		return nil, w.refusal()
	}
}

// made tells whether a call has made a link, whatever became of it since.
func (w *walk) made(call string) bool {
	for _, a := range w.order.Attempts {
		link := w.links[a.PaylinkID]
		if link != nil && a.Walk == call && (a.Outcome == AttemptAccepted || link.CheckoutURL != "") {
			return true
		}
	}
	return false
}

// refusal is why no provider has accepted. Only where all of them have rejected the buyer is that the answer.
func (w *walk) refusal() *Error {
	e := &Error{
		Code: CodeNoUsableProvider, Outcome: NotApplied, Op: "order", OrderID: w.order.OrderID, Attempts: w.order.Attempts,
		Message: "no provider is left that can be tried for this order",
	}
	for _, a := range w.order.Attempts {
		link := w.links[a.PaylinkID]
		switch {
		case a.Outcome == AttemptUnavailable && temporaryReason(a.Reason):
			e.Code, e.Message, e.RetryAfter = CodeProviderUnavailable, "a provider could not be reached and nothing has happened: try again, or the next provider", defaultRetryAfter
		case a.Outcome == AttemptUnavailable && e.Code != CodeProviderUnavailable:
			e.Code, e.Message = CodeProviderError, "a provider refused our call, not the buyer: check its app's settings"
		case a.Outcome == AttemptRejected && link != nil && (e.Code == CodeNoUsableProvider || e.Code == CodeBuyerRejected):
			e.Code, e.Message = CodeBuyerRejected, "no provider accepts this buyer or amount"
			e.Reason, e.Messages = link.Reason, link.Messages
		default:
			continue
		}
		e.Provider, e.PaylinkID, e.Status = a.Provider, a.PaylinkID, link.Status
	}
	return e
}

// temporaryReason tells of an unavailable provider whether it may be available in a moment.
func temporaryReason(reason string) bool {
	switch reason {
	case "provider_" + string(Unreachable), "provider_" + string(RefusedRate), "create_not_applied":
		return true
	default:
		return false
	}
}

func orderInProgress(order *Order, code Code) *Error {
	e := inProgress("order", code, "")
	e.OrderID = order.OrderID
	return e
}

func orderExists(orderID string) *Error {
	return &Error{
		Code: CodeOrderExists, Outcome: NotApplied, Op: "order", OrderID: orderID,
		Message: "you have an order with this order_id already: read it, have its next provider tried, or take another order_id",
	}
}

func orderConflict(order *Order, code Code, message string) *Error {
	return &Error{
		Code: code, Outcome: NotApplied, Op: "order", Provider: order.ActiveGateway, OrderID: order.OrderID,
		PaylinkID: cmp.Or(order.PaidBy, order.PaylinkID), Message: message,
	}
}
