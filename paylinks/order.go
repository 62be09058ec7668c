package paylinks

import (
	"slices"
	"time"
)

// Order is a sale for which providers are tried in turn until one accepts the buyer. It has one open link at a time, and one payment counts.
//
// A link of an order is only ever made while a caller waits for it, in [Service.CreateOrder] or [Service.NextProvider]. What becomes of links
// afterwards, or of a call whose process died, only changes what the order says of itself.
type Order struct {
	// ID is ours: links carry it as their OrderRef.
	ID string `json:"id"`
	// CallerID is whose order it is, "" for the program's own.
	CallerID string `json:"caller_id,omitempty"`
	// OrderID is the caller's reference, unique among the caller's orders.
	OrderID string `json:"order_id"`

	Amount Money  `json:"amount"`
	Items  []Item `json:"items,omitempty"`
	Buyer  Buyer  `json:"buyer,omitzero"`
	Lang   string `json:"lang,omitempty"`

	// Providers are those that can be tried, in the order of the request.
	Providers []OrderProvider `json:"providers"`
	// ActiveGateway is the provider through which the order is paid or to be paid, "" for none. PaylinkID is its link, OpenPaylink tells
	// whether that can be paid now.
	ActiveGateway string      `json:"active_gateway,omitempty"`
	PaylinkID     string      `json:"paylink_id,omitempty"`
	OpenPaylink   bool        `json:"open_paylink,omitempty"`
	Status        OrderStatus `json:"status"`
	// Attempts are what was tried, oldest first.
	Attempts []OrderAttempt `json:"attempts,omitempty"`
	// PaidBy is the link whose payment counts, "" for none. Payment does the same for a gateway's payment.
	PaidBy  string        `json:"paid_by,omitempty"`
	Payment *OrderPayment `json:"payment,omitempty"`

	// Key is unique over all orders where it isn't "": the caller's idempotency key. Fingerprint is a hash of the request.
	Key         string `json:"key,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"`

	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`

	// Holder is the call that tries providers for the order, and HeldUntil when it's taken for dead. Stores index the latter.
	Holder    string    `json:"holder,omitempty"`
	HeldUntil time.Time `json:"-"`
	// NextCheckAt is when the order is to be compared with its links by itself, zero for never. Stores index it.
	NextCheckAt time.Time `json:"-"`
	// Version counts the writes of this order and the wakes by its links, from 1; a [Change] carries the one that it was made from.
	Version int64 `json:"-"`
}

// OrderStatus is the state of an order.
type OrderStatus string

// The statuses of an order.
const (
	// OrderPending: the buyer can pay, or, where no link is open, the next provider can be tried.
	OrderPending OrderStatus = "pending"
	// OrderPaid: the buyer has paid through one link, whatever became of the money since.
	OrderPaid OrderStatus = "paid"
	// OrderFailed: no link is open, nobody has paid and no provider is left to try.
	OrderFailed OrderStatus = "failed"
	// OrderCancelled: the last link was cancelled, by the merchant or the buyer. The next provider can still be tried.
	OrderCancelled OrderStatus = "cancelled"
	// OrderPendingSync: a gateway is to take the payment, and a sync of its payments will find it.
	OrderPendingSync OrderStatus = "pending_sync"
	// OrderUnknown: whether a provider has made a link isn't known yet. It settles itself.
	OrderUnknown OrderStatus = "unknown"
)

// Valid tells whether s is a status of orders.
func (s OrderStatus) Valid() bool {
	return slices.Contains([]OrderStatus{OrderPending, OrderPaid, OrderFailed, OrderCancelled, OrderPendingSync, OrderUnknown}, s)
}

// OrderProvider is a provider that can be tried for an order, and the app to do so with.
type OrderProvider struct {
	// Provider is its id; OrgAppID is "" where the caller has no app of it.
	Provider string `json:"provider"`
	Kind     Kind   `json:"kind"`
	OrgAppID string `json:"org_app_id,omitempty"`
	AppSlug  string `json:"app_slug,omitempty"`
}

// OrderAttempt is one provider that was tried for an order.
type OrderAttempt struct {
	// Provider and OrgAppID are who was tried, the latter "" where there's no app.
	Provider string `json:"provider"`
	OrgAppID string `json:"org_app_id,omitempty"`
	// PaylinkID is the link that was made or asked for, "" for a provider that was skipped.
	PaylinkID string         `json:"paylink_id,omitempty"`
	Outcome   AttemptOutcome `json:"outcome"`
	// Reason is a stable word for an outcome other than accepted, and for how an accepted link ended: "expired", "cancelled", ….
	Reason string `json:"reason,omitempty"`
	// Walk names the call that made the attempt.
	Walk string `json:"walk,omitempty"`
	// Duplicate: this link was paid though another payment of the order counts.
	Duplicate bool `json:"duplicate,omitempty"`
}

// AttemptOutcome is what trying a provider came to.
type AttemptOutcome string

// The outcomes of attempts.
const (
	// AttemptAccepted: the provider wants the buyer and has made the link.
	AttemptAccepted AttemptOutcome = "accepted"
	// AttemptRejected: it doesn't want the buyer, whether it said so at once or on its page.
	AttemptRejected AttemptOutcome = "rejected"
	// AttemptUnavailable: it could not be asked, or didn't take our call, and nothing has happened.
	AttemptUnavailable AttemptOutcome = "unavailable"
	// AttemptUnknown: whether it has made the link isn't known (yet).
	AttemptUnknown AttemptOutcome = "unknown"
	// AttemptSkipped: it wasn't asked, for want of an app or since the order isn't one that it takes.
	AttemptSkipped AttemptOutcome = "skipped"
)

// OrderPayment is the payment at a gateway that settled an order.
type OrderPayment struct {
	OrgAppID string `json:"org_app_id"`
	// ID is the gateway's id of the payment.
	ID     string        `json:"id"`
	Status PaymentStatus `json:"status"`
}

// active is the entry of the provider that is active, nil for none.
func (o *Order) active() *OrderProvider {
	for i := range o.Providers {
		if o.Providers[i].Provider == o.ActiveGateway {
			return &o.Providers[i]
		}
	}
	return nil
}

// AppSlug names the integration app of the active gateway, "" for none.
func (o *Order) AppSlug() string {
	if p := o.active(); p != nil {
		return p.AppSlug
	}
	return ""
}

// SyncApp is the gateway app whose payments can settle the order, "" for none. Stores index it.
func (o *Order) SyncApp() string {
	if p := o.active(); p != nil && p.Kind == KindGatewaySync {
		return p.OrgAppID
	}
	return ""
}

// CanTryNext tells whether a provider is left that [Service.NextProvider] would try.
func (o *Order) CanTryNext() bool { return o.candidate(nil) != nil }

// candidate is the provider to try next: one that wasn't tried yet, in the order of the request, and then one that could not be
// asked. Those in passed are left out. nil means that none is left.
func (o *Order) candidate(passed map[string]bool) *OrderProvider {
	last := map[string]AttemptOutcome{}
	for _, a := range o.Attempts {
		last[a.Provider] = a.Outcome
	}
	for _, wanted := range []AttemptOutcome{"", AttemptUnavailable} {
		for i, p := range o.Providers {
			if p.Kind == KindBNPL && !passed[p.Provider] && last[p.Provider] == wanted {
				return &o.Providers[i]
			}
		}
	}
	return nil
}

// clone is a copy whose attempts can be changed.
func (o *Order) clone() *Order {
	next := *o
	next.Attempts = slices.Clone(o.Attempts)
	return &next
}

// paylink is the link that a provider is asked for, without ids and times.
func (o *Order) paylink(p *OrderProvider) *Paylink {
	zero := Zero(o.Amount.Currency())
	return &Paylink{
		Provider: p.Provider, OrgAppID: p.OrgAppID, OrderID: o.OrderID, OrderRef: o.ID, Amount: o.Amount, Captured: zero, Refunded: zero,
		Buyer: o.Buyer, SendTo: o.Buyer.Phone, Lang: o.Lang, Items: o.Items,
	}
}
