package paylinks

import (
	"cmp"
	"context"
	"errors"
)

// CreateOrder makes an order and tries its providers in turn: the first that accepts the buyer becomes active, and its link is in the result. One
// that rejects the buyer, or can't be reached while nothing has happened, gives way to the next. An outcome that isn't known stops the way, with
// [CodeProviderTimeout]: two links are never live by accident.
//
// Where nobody accepts, the error has [CodeBuyerRejected] if all have rejected the buyer, else the code of what kept others from being asked;
// the order is stored either way, and the error has its OrderID and Attempts. An order whose first usable provider is a gateway makes no link: it's
// [OrderPendingSync] until a sync finds its payment.
func (s *Service) CreateOrder(ctx context.Context, req OrderRequest) (_ *OrderResult, err error) {
	defer named("order", &err)
	ctx, span := s.trace(ctx, "order.create")
	defer span.end(&err)
	store, err := s.orderStore()
	if err != nil {
		return nil, err
	}
	id := newID()
	order, err := req.parse(cmp.Or(req.OrderID, id))
	if err != nil {
		return nil, err
	}
	if err := checkKey("order", req.IdempotencyKey); err != nil {
		return nil, err
	}
	order.ID, order.CallerID, order.Fingerprint = id, CallerFrom(ctx).ID, req.fingerprint()
	w := &walk{store: store, me: newID(), name: "create", order: order, links: orderLinks{}}
	if req.IdempotencyKey != "" {
		order.Key = hash("order", order.CallerID, req.IdempotencyKey)
		earlier, err := store.OrderByKey(ctx, order.Key)
		if err == nil {
			return s.orderedBefore(ctx, w, earlier)
		}
		if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	switch earlier, err := store.FindOrder(ctx, order.CallerID, order.OrderID); {
	case err == nil && order.Key != "" && earlier.Key == order.Key: // stored since its key was looked for
		return s.orderedBefore(ctx, w, earlier)
	case err == nil:
		return nil, orderExists(order.OrderID)
	case !errors.Is(err, ErrNotFound):
		return nil, err
	}
	plan, err := s.planOrder(ctx, req, order)
	if err != nil {
		return nil, err
	}
	order.Providers, order.Attempts = plan.providers, plan.skipped
	order.CreatedAt = s.now()

	result, err := s.startOrder(ctx, w, plan)
	if err != nil {
		return nil, err
	}
	result.Warnings = plan.warnings
	return result, nil
}

// startOrder stores a new order, together with its first attempt where it has one.
func (s *Service) startOrder(ctx context.Context, w *walk, plan orderPlan) (*OrderResult, error) {
	if plan.gateway() == "" {
		return s.tryProviders(ctx, w)
	}
	next := w.order.reviewed(nil)
	next.UpdatedAt = next.CreatedAt
	if err := s.store.Write(ctx, Change{Order: next}); err != nil {
		return nil, s.orderWriteError(ctx, w, err)
	}
	next.Version++
	return &OrderResult{Order: next}, nil
}

// orderedBefore goes on with an order whose idempotency key was used before. What one of its providers has accepted, or all have
// rejected, is the answer again.
func (s *Service) orderedBefore(ctx context.Context, w *walk, earlier *Order) (*OrderResult, error) {
	if earlier.Fingerprint != w.order.Fingerprint {
		return nil, idempotencyMismatch("order", "the idempotency key belongs to another request")
	}
	w.order = earlier
	if err := s.takeOver(ctx, w, CodeIdempotencyInProgress); err != nil {
		return nil, err
	}
	if w.made(w.name) {
		return s.finishWalk(ctx, w)
	}
	return s.tryProviders(ctx, w)
}

// NextProvider tries the providers of an order that are left, as CreateOrder does: for a buyer who was rejected on a provider's page, or wants
// another one. An open link is an error with [CodeOrderHasOpenPaylink] unless it's to be cancelled first, a paid one with
// [CodeAlreadyPaid]; with no provider left it's [CodeNoUsableProvider].
func (s *Service) NextProvider(ctx context.Context, orderID string, req NextRequest) (_ *OrderResult, err error) {
	defer named("next", &err)
	ctx, span := s.trace(ctx, "order.next")
	defer span.end(&err)
	if err := checkKey("next", req.IdempotencyKey); err != nil {
		return nil, err
	}
	store, order, err := s.findOrder(ctx, orderID)
	if err != nil {
		return nil, err
	}
	w := &walk{store: store, me: newID(), name: newID(), order: order}
	if req.IdempotencyKey != "" {
		w.name = keyName(req.IdempotencyKey)
	}
	if err := s.takeOver(ctx, w, CodeOperationInProgress); err != nil {
		return nil, err
	}
	if w.made(w.name) {
		return s.finishWalk(ctx, w)
	}
	if err := s.clearOrder(ctx, w, req.CancelCurrent); err != nil {
		if _, _, letGo := s.review(ctx, store, order.ID, w.me, true); letGo != nil {
			return nil, letGo
		}
		return nil, err
	}
	return s.tryProviders(ctx, w)
}

// clearOrder makes way for the next link of an order, or says why it can't.
func (s *Service) clearOrder(ctx context.Context, w *walk, cancel bool) error {
	for range maxRounds {
		live := w.links.live(w.order)
		switch {
		case w.order.Status == OrderPaid:
			return orderConflict(w.order, CodeAlreadyPaid, "the order is paid already")
		case w.order.Status == OrderPendingSync:
			return orderConflict(w.order, CodeOrderHasOpenPaylink, "the order is to be paid at a gateway, which can't be called off from here: make a new order")
		case live == nil && !w.order.CanTryNext():
			return w.exhausted()
		case live == nil:
			return nil
		case live.Status == StatusCreating:
			e := orderConflict(w.order, CodeOrderHasOpenPaylink, "whether the last provider has made a link isn't known yet: it settles itself, ask again later")
			e.PaylinkID, e.Status = live.ID, live.Status
			return e
		case !cancel:
			e := orderConflict(w.order, CodeOrderHasOpenPaylink, `a link of this order can still be paid: cancel it first, or send "cancel_current": true`)
			e.PaylinkID, e.Status = live.ID, live.Status
			return e
		case !w.order.CanTryNext():
			return w.exhausted() // the open link is the last chance: leave it
		}
		if err := s.callOff(ctx, live); err != nil && !errors.Is(err, CodeAlreadyPaid) {
			return err
		}
		var err error
		if w.order, w.links, err = s.review(ctx, w.store, w.order.ID, w.me, false); err != nil {
			return err
		}
	}
	return orderInProgress(w.order, CodeOperationInProgress)
}

// exhausted is the error of an order with no provider left to try.
func (w *walk) exhausted() *Error {
	return &Error{
		Code: CodeNoUsableProvider, Outcome: NotApplied, Op: "order", OrderID: w.order.OrderID, Attempts: w.order.Attempts,
		Message: "no provider is left that can be tried for this order",
	}
}

// GetOrder reads an order of the caller's by its reference. Its active link is refreshed as [Service.Get] does.
func (s *Service) GetOrder(ctx context.Context, orderID string) (_ *OrderResult, err error) {
	defer named("order", &err)
	ctx, span := s.trace(ctx, "order.get")
	defer span.end(&err)
	store, order, err := s.findOrder(ctx, orderID)
	if err != nil {
		return nil, err
	}
	stale, err := s.refreshActive(ctx, order)
	if err != nil {
		return nil, err
	}
	order, links, err := s.review(ctx, store, order.ID, "", false)
	if err != nil {
		return nil, err
	}
	result := &OrderResult{Order: order, Paylink: links[order.PaylinkID]}
	if result.Paylink != nil {
		result.Paylink.Stale = stale
	}
	return result, nil
}

// refreshActive asks the provider about the active link of an order. stale tells that the provider could not be asked.
func (s *Service) refreshActive(ctx context.Context, order *Order) (stale bool, err error) {
	if order.PaylinkID == "" {
		return false, nil
	}
	link, err := s.store.Paylink(ctx, order.PaylinkID)
	if err != nil || !s.mayHaveChanged(link) {
		return false, err
	}
	app, err := s.linkApp(ctx, link.OrgAppID)
	if err != nil {
		return true, nil //nolint:nilerr // an app that was removed: what is stored is the answer
	}
	_, err = s.refresh(ctx, link, app, glance{source: SourceGet, wait: s.opts.RefreshTimeout})
	return err != nil, ctx.Err()
}

// ListOrders lists the caller's orders as stored, newest first, page by page.
func (s *Service) ListOrders(ctx context.Context, req ListOrdersRequest) (_ OrdersPage, err error) {
	defer named("orders", &err)
	store, err := s.orderStore()
	if err != nil {
		return OrdersPage{}, err
	}
	links, err := ListRequest{CreatedFrom: req.CreatedFrom, CreatedTo: req.CreatedTo, Limit: req.Limit, Cursor: req.Cursor}.parse()
	if err != nil {
		return OrdersPage{}, err
	}
	var wrong fieldErrors
	if req.Status != "" && !req.Status.Valid() {
		wrong.add("status", "invalid", "must be a status of an order, such as pending or paid")
	}
	if err := wrong.err("orders"); err != nil {
		return OrdersPage{}, err
	}
	orders, err := store.Orders(ctx, OrderQuery{
		CallerID: CallerFrom(ctx).ID, Status: req.Status, CreatedFrom: links.CreatedFrom, CreatedTo: links.CreatedTo, After: links.After,
		Limit: links.Limit + 1, // one more tells whether there is a next page
	})
	if err != nil || len(orders) <= links.Limit {
		return OrdersPage{Orders: orders}, err
	}
	last := orders[links.Limit-1]
	return OrdersPage{Orders: orders[:links.Limit], NextCursor: encodeCursor(last.CreatedAt, last.ID)}, nil
}

// findOrder reads an order of the caller's.
func (s *Service) findOrder(ctx context.Context, orderID string) (OrderStore, *Order, error) {
	store, err := s.orderStore()
	if err != nil {
		return nil, nil, err
	}
	order, err := store.FindOrder(ctx, CallerFrom(ctx).ID, orderID)
	if errors.Is(err, ErrNotFound) {
		err = &Error{Code: CodeNotFound, Outcome: NotApplied, Op: "order", Message: "no such order: check the order_id"}
	}
	return store, order, err
}

// orderStore is the store's power to keep orders.
func (s *Service) orderStore() (OrderStore, error) {
	store, ok := s.store.(OrderStore)
	if !ok {
		return nil, &Error{Code: CodeUnsupported, Outcome: NotApplied, Op: "order", Message: "the store keeps no orders: use one that does"}
	}
	return store, nil
}
