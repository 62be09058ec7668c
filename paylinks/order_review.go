package paylinks

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"reflect"
	"time"
)

// orderLinks are the links of an order by id.
type orderLinks map[string]*Paylink

// live is the link that is open or may turn out to be, nil for none.
func (l orderLinks) live(order *Order) *Paylink {
	for _, a := range order.Attempts {
		if link := l[a.PaylinkID]; link != nil && link.live() {
			return link
		}
	}
	return nil
}

// live tells whether a buyer can pay a link now, or perhaps can.
func (p *Paylink) live() bool { return p.Status == StatusCreated || p.Status == StatusCreating }

// reviewed is the order as its links say that it is. It decides nothing and is the same however often and late it's asked.
func (o *Order) reviewed(links orderLinks) *Order {
	next := o.clone()
	next.ActiveGateway, next.PaylinkID, next.OpenPaylink = "", "", false
	next.PaidBy = next.payingLink(links)
	var open, unknown, cancelled bool
	for i := range next.Attempts {
		a := &next.Attempts[i]
		link := links[a.PaylinkID]
		if link == nil {
			continue
		}
		a.Outcome, a.Reason = attemptOutcome(link)
		if (a.Outcome == AttemptAccepted && next.PaidBy == "") || a.PaylinkID == next.PaidBy {
			next.ActiveGateway, next.PaylinkID, next.OpenPaylink = a.Provider, a.PaylinkID, link.Status == StatusCreated
		}
		open = open || link.Status == StatusCreated
		unknown = unknown || link.Status == StatusCreating
		cancelled = link.Status == StatusCancelled
	}
	gateway := len(next.Providers) > 0 && next.Providers[0].Kind == KindGatewaySync
	if gateway {
		next.ActiveGateway = next.Providers[0].Provider
	}
	switch {
	case next.PaidBy != "" || (next.Payment != nil && next.Payment.Status.paid()):
		next.Status = OrderPaid
	case gateway:
		next.Status = OrderPendingSync
	case unknown:
		next.Status = OrderUnknown
	case open:
		next.Status = OrderPending
	case cancelled:
		next.Status = OrderCancelled
	case next.CanTryNext():
		next.Status = OrderPending
	default:
		next.Status = OrderFailed
	}
	return next
}

// payingLink is the link whose payment counts: the one that did so far, or else the first that is paid.
func (o *Order) payingLink(links orderLinks) string {
	if link := links[o.PaidBy]; link != nil && link.Status.Paid() {
		return o.PaidBy
	}
	for _, a := range o.Attempts {
		if link := links[a.PaylinkID]; link != nil && link.Status.Paid() {
			return a.PaylinkID
		}
	}
	return ""
}

// attemptOutcome is what trying a provider has come to, by the link that it was asked for.
func attemptOutcome(link *Paylink) (AttemptOutcome, string) {
	switch link.Status {
	case StatusCreating:
		return AttemptUnknown, ""
	case StatusRejected:
		return AttemptRejected, link.Reason
	case StatusExpired, StatusCancelled:
		return AttemptAccepted, string(link.Status)
	case StatusFailed:
		switch {
		case link.Reason == reasonOutcomeUnknown:
			return AttemptUnknown, link.Reason
		case link.CheckoutURL == "" && link.Ref.PaymentID == "" && link.Ref.SessionID == "":
			return AttemptUnavailable, link.Reason
		default:
			return AttemptAccepted, cmp.Or(link.Reason, string(link.Status))
		}
	default:
		return AttemptAccepted, ""
	}
}

// paidTwice is an attempt whose link was paid though another payment counts, and of which nobody was told yet. nil for none.
func (o *Order) paidTwice(links orderLinks) (*OrderAttempt, *Paylink) {
	for i := range o.Attempts {
		a := &o.Attempts[i]
		if link := links[a.PaylinkID]; link != nil && link.Status.Paid() && a.PaylinkID != o.PaidBy && !a.Duplicate {
			return a, link
		}
	}
	return nil, nil
}

// wakeOrder is the wake of the order that a link belongs to, where something has happened to the link.
func (s *Service) wakeOrder(link *Paylink, events []Event) OrderWake {
	if link.OrderRef == "" || len(events) == 0 {
		return OrderWake{}
	}
	return OrderWake{ID: link.OrderRef, At: s.now()}
}

// woken has Run see to an order that was woken.
func (s *Service) woken(order OrderWake) {
	if order.ID != "" {
		wake(s.ordersDue)
	}
}

// followPause is how long a link that is to be called off waits for the next try, and follower the Holder of a review by Run.
const (
	followPause = 15 * time.Second
	follower    = "follower"
)

// review brings a stored order up to what its links say, and tells of links that were paid twice. For the call that holds the
// order it ends the hold where done. For others an order that is held stays as it is, and is returned as it would be.
func (s *Service) review(ctx context.Context, store OrderStore, id, me string, done bool) (*Order, orderLinks, error) {
	for {
		order, err := store.Order(ctx, id)
		if err != nil {
			return nil, nil, err
		}
		links, err := s.linksOf(ctx, order)
		if err != nil {
			return nil, nil, err
		}
		now := s.now()
		next := order.reviewed(links)
		mine := order.Holder == me && me != ""
		if !mine && order.HeldUntil.After(now) {
			return next, links, nil
		}
		change := Change{Order: next}
		if a, link := next.paidTwice(links); a != nil {
			a.Duplicate = true
			changed := *link
			change.Events = []Event{newEvent(&changed, EventDuplicatePayment, news{source: SourcePoll}, now)}
			change.Update = &changed
		}
		next.Holder, next.HeldUntil, next.NextCheckAt = "", time.Time{}, s.nextReview(next, links, me, now)
		keep := mine && !done
		if keep {
			next.Holder, next.HeldUntil, next.NextCheckAt = order.Holder, order.HeldUntil, order.NextCheckAt
		}
		settled := me == "" || keep || (order.NextCheckAt.IsZero() && next.NextCheckAt.IsZero())
		if settled && change.Update == nil && sameOrder(order, next) {
			return order, links, nil
		}
		next.UpdatedAt = now
		switch err := s.store.Write(ctx, change); {
		case errors.Is(err, ErrStale):
			continue
		case err != nil:
			return nil, nil, err
		}
		next.Version++
		s.tellReviewed(ctx, next, change)
		if change.Update == nil {
			return next, links, nil
		}
	}
}

// tellReviewed tells this process of what a review has written.
func (s *Service) tellReviewed(ctx context.Context, order *Order, change Change) {
	if len(change.Events) > 0 {
		s.log.ErrorContext(ctx, "an order was paid twice: void or refund one of the payments",
			slog.String("order", order.ID), slog.String("paylink_id", change.Update.ID), slog.String("provider", change.Update.Provider))
	}
	if change.Update != nil {
		s.published(ctx, change.Update.Provider, change.Events)
	}
	if !order.NextCheckAt.IsZero() && order.HeldUntil.IsZero() {
		wake(s.ordersDue)
	}
}

// nextReview is when an order needs to be looked at though none of its links changes: while one is open beside a payment.
func (s *Service) nextReview(order *Order, links orderLinks, me string, now time.Time) time.Time {
	switch {
	case order.PaidBy == "" || links.live(order) == nil:
		return time.Time{}
	case me == follower:
		return now.Add(followPause)
	default:
		return now
	}
}

// sameOrder tells whether a review has found nothing new.
func sameOrder(a, b *Order) bool {
	return a.Status == b.Status && a.ActiveGateway == b.ActiveGateway && a.PaylinkID == b.PaylinkID && a.OpenPaylink == b.OpenPaylink &&
		a.PaidBy == b.PaidBy && a.Holder == b.Holder && a.HeldUntil.Equal(b.HeldUntil) && reflect.DeepEqual(a.Attempts, b.Attempts)
}

// linksOf reads the links of an order.
func (s *Service) linksOf(ctx context.Context, order *Order) (orderLinks, error) {
	links := orderLinks{}
	for _, a := range order.Attempts {
		if a.PaylinkID == "" {
			continue
		}
		link, err := s.store.Paylink(ctx, a.PaylinkID)
		if err != nil {
			return nil, err
		}
		links[link.ID] = link
	}
	return links, nil
}

// followOrders looks at the orders that are due.
func (s *Service) followOrders(ctx context.Context, c *crew) (more bool, err error) {
	store, ok := s.store.(OrderStore)
	free, now := c.free(), s.now()
	if !ok || free == 0 {
		return false, nil
	}
	orders, err := store.ClaimOrders(ctx, now, now.Add(s.holdTime()), free)
	for _, order := range orders {
		c.work(func() {
			if err := s.followOrder(ctx, store, order.ID); err != nil && !errors.Is(err, context.Canceled) {
				s.log.ErrorContext(ctx, "an order could not be brought up to date yet", slog.String("order", order.ID), slog.Any("cause", err))
			}
		})
	}
	return len(orders) == free, err
}

// followOrder brings one order up to date. Once it's paid, every link that is still open is called off.
func (s *Service) followOrder(ctx context.Context, store OrderStore, id string) (err error) {
	ctx, span := s.trace(ctx, "order.follow")
	defer span.end(&err)
	order, links, err := s.review(ctx, store, id, follower, true)
	if err != nil || order.PaidBy == "" {
		return err
	}
	for _, a := range order.Attempts {
		link := links[a.PaylinkID]
		if link == nil || !link.live() {
			continue
		}
		err := s.callOff(ctx, link)
		if err != nil && !errors.Is(err, CodeAlreadyPaid) {
			s.log.WarnContext(ctx, "a link whose order is paid could not be cancelled yet", slog.String("paylink_id", link.ID), slog.Any("cause", err))
		}
	}
	return nil
}

// callOff cancels an open link of an order. A payment that has been made meanwhile isn't given back: it's an error with [CodeAlreadyPaid].
func (s *Service) callOff(ctx context.Context, link *Paylink) error {
	app, err := s.linkApp(ctx, link.OrgAppID)
	if err != nil {
		return err
	}
	_, err = s.cancel(ctx, link, app, false)
	return err
}
