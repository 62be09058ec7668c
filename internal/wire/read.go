package wire

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// ErrForeign is in the error for an answer that lacks what the API's own always has: somebody else has answered, whatever the status says.
var ErrForeign = errors.New("this isn't the API's answer")

// reader reads amounts, and keeps the first that isn't one. Where something is missing that's always there, that comes first.
type reader struct{ err, foreign error }

// success reads the word of an answer to a call with an effect that this effect is there.
func (r *reader) success(success bool) {
	if !success {
		r.miss("success")
	}
}

// id reads an id, which is never empty.
func (r *reader) id(field, id string) string {
	if id == "" {
		r.miss(field)
	}
	return id
}

func (r *reader) miss(field string) {
	if r.foreign == nil {
		r.foreign = fmt.Errorf("%w: %s is missing", ErrForeign, field)
	}
}

// done is what was wrong, nil for nothing.
func (r *reader) done() error { return cmp.Or(r.foreign, r.err) }

// money reads an amount, unset where there's none.
func (r *reader) money(field, amount string, currency paylinks.Currency) paylinks.Money {
	if amount == "" {
		return paylinks.Money{}
	}
	m, err := paylinks.ParseMoney(amount, currency)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%s: %w", field, err)
	}
	return m
}

// ToCreated reads the answer to a create. It doesn't say which app made the link.
func ToCreated(a api.CreateAnswer) (*paylinks.Paylink, error) {
	var r reader
	r.success(a.Success)
	link := &paylinks.Paylink{
		ID: r.id("paylink_id", a.PaylinkID), Provider: a.Provider, OrderID: a.OrderID, Status: a.Status, ProviderStatus: a.ProviderStatus,
		Amount:      r.money("amount", a.Amount, a.Currency),
		Captured:    r.money("captured_amount", a.CapturedAmount, a.Currency),
		Refunded:    r.money("refunded_amount", a.RefundedAmount, a.Currency),
		CheckoutURL: a.CheckoutURL, QRCodeURL: a.QRCodeURL, Delivery: a.Delivery, ExpiresAt: a.ExpiresAt, Metadata: a.Metadata,
	}
	link.Ref = paylinks.Ref{OrderID: a.OrderID, SessionID: a.SessionID, PaymentID: a.PaymentID, Amount: link.Amount}
	return link, r.done()
}

// ToPaylink reads a link.
func ToPaylink(a api.Paylink) (*paylinks.Paylink, error) {
	var r reader
	link := &paylinks.Paylink{
		ID: r.id("id", a.ID), Provider: a.Provider, OrgAppID: a.OrgAppID, OrderID: a.OrderID, Status: a.Status, ProviderStatus: a.ProviderStatus,
		Amount:      r.money("amount", a.Amount, a.Currency),
		Captured:    r.money("captured_amount", a.CapturedAmount, a.Currency),
		Refunded:    r.money("refunded_amount", a.RefundedAmount, a.Currency),
		CheckoutURL: a.CheckoutURL, QRCodeURL: a.QRCodeURL, Delivery: a.Delivery, ExpiresAt: a.ExpiresAt,
		Description: a.Description, Metadata: a.Metadata, Reason: a.Reason, Messages: a.Messages,
		AmountMismatch: a.AmountMismatch, FinalizePending: a.FinalizePending,
		CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt, RefreshedAt: a.RefreshedAt, Stale: a.Stale,
	}
	link.Ref = paylinks.Ref{OrderID: a.OrderID, SessionID: a.SessionID, PaymentID: a.PaymentID, Amount: link.Amount}
	return link, r.done()
}

// ToPage reads a page of links.
func ToPage(a api.PaylinkList) (paylinks.Page, error) {
	links, err := each("paylinks", a.Paylinks, ToPaylink)
	return paylinks.Page{Paylinks: links, NextCursor: a.NextCursor}, err
}

// ToCapture reads the answer to a capture.
func ToCapture(a api.CaptureAnswer) (*paylinks.CaptureResult, error) {
	var r reader
	r.success(a.Success)
	result := &paylinks.CaptureResult{
		PaylinkID: r.id("paylink_id", a.PaylinkID), Provider: a.Provider, PaymentID: a.PaymentID, ProviderStatus: a.Status, Status: a.PaylinkStatus,
		Amount:      r.money("amount", a.Amount, a.Currency),
		Captured:    r.money("captured_amount", a.CapturedAmount, a.Currency),
		Refunded:    r.money("refunded_amount", a.RefundedAmount, a.Currency),
		ReferenceID: a.ReferenceID, AlreadyCaptured: a.AlreadyCaptured, FinalizePending: a.FinalizePending, Metadata: a.Metadata,
	}
	return result, r.done()
}

// ToCancel reads the answer to a cancellation.
func ToCancel(a api.CancelAnswer) (*paylinks.CancelResult, error) {
	var r reader
	r.success(a.Success)
	result := &paylinks.CancelResult{
		PaylinkID: r.id("paylink_id", a.PaylinkID), Provider: a.Provider, ProviderStatus: a.ProviderStatus, Status: a.Status, Metadata: a.Metadata,
		Captured:      r.money("captured_amount", a.CapturedAmount, a.Currency),
		Refunded:      r.money("refunded_amount", a.RefundedAmount, a.Currency),
		CancelledHere: a.ProviderCancelled != nil && !*a.ProviderCancelled,
	}
	return result, r.done()
}

// ToRefund reads the answer to a refund.
func ToRefund(a api.RefundAnswer) (*paylinks.RefundResult, error) {
	var r reader
	r.success(a.Success)
	result := &paylinks.RefundResult{
		PaylinkID: r.id("paylink_id", a.PaylinkID), Provider: a.Provider, PaymentID: a.PaymentID, RefundID: a.RefundID, ProviderStatus: a.Status, Status: a.PaylinkStatus,
		Amount:      r.money("amount", a.Amount, a.Currency),
		Captured:    r.money("captured_amount", a.CapturedAmount, a.Currency),
		Refunded:    r.money("refunded_amount", a.RefundedAmount, a.Currency),
		ReferenceID: a.ReferenceID, Metadata: a.Metadata,
	}
	return result, r.done()
}

// ToSend reads the answer to a send.
func ToSend(a api.SendAnswer) (*paylinks.SendResult, error) {
	var r reader
	r.success(a.Success)
	result := &paylinks.SendResult{PaylinkID: r.id("paylink_id", a.PaylinkID), Provider: a.Provider, Delivery: a.Delivery, SentTo: a.SentTo}
	return result, r.done()
}

// ToResolved reads the answer to what became of an operation: the reference that was told.
func ToResolved(a api.ResolveAnswer) (referenceID string, err error) {
	var r reader
	r.success(a.Success)
	r.id("paylink_id", a.PaylinkID)
	return r.id("reference_id", a.ReferenceID), r.done()
}

// ToForgotten reads the answer to the erasure of a link's buyer: the link's id.
func ToForgotten(a api.ForgetAnswer) (paylinkID string, err error) {
	var r reader
	r.success(a.Success)
	return r.id("paylink_id", a.PaylinkID), r.done()
}

// ToEvent reads an event.
func ToEvent(a api.Event) paylinks.Event {
	return paylinks.Event{
		ID: a.ID, Type: a.Type, Sequence: a.Sequence, OccurredAt: a.OccurredAt, PaylinkID: a.PaylinkID, Status: a.Status, Data: a.Data,
	}
}

// ToEvents reads a page of events.
func ToEvents(a api.EventList) ([]paylinks.Event, error) {
	return each("events", a.Events, func(e api.Event) (paylinks.Event, error) {
		var r reader
		r.id("id", e.ID)
		return ToEvent(e), r.done()
	})
}

// ToOrdered reads the answer to a call that has made or moved an order.
func ToOrdered(a api.OrderAnswer) (*paylinks.OrderResult, error) {
	var r reader
	r.success(a.Success)
	result, err := ToOrder(a.Data)
	if err := cmp.Or(r.done(), err); err != nil {
		return nil, err
	}
	result.Warnings = a.Warnings
	return result, nil
}

// ToOrder reads an order with its link.
func ToOrder(a api.Order) (*paylinks.OrderResult, error) {
	order, err := toOrder(a)
	if a.Paylink == nil || errors.Is(err, ErrForeign) {
		return &paylinks.OrderResult{Order: order}, err
	}
	link, wrong := ToCreated(*a.Paylink)
	if wrong != nil {
		return nil, fmt.Errorf("paylink: %w", wrong)
	}
	if err != nil {
		return nil, err
	}
	link.Stale = a.Stale
	for _, attempt := range order.Attempts {
		if attempt.PaylinkID == link.ID {
			link.OrgAppID = attempt.OrgAppID
		}
	}
	return &paylinks.OrderResult{Order: order, Paylink: link}, nil
}

func toOrder(a api.Order) (*paylinks.Order, error) {
	var r reader
	order := &paylinks.Order{
		OrderID: r.id("order_id", a.OrderID), Amount: r.money("total_amount", a.TotalAmount, a.Currency), Status: a.Status,
		ActiveGateway: a.ActiveGateway, PaylinkID: a.PaylinkID, OpenPaylink: a.NextAction == actionPay,
		Attempts: toAttempts(a.Attempts), CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
	}
	for _, id := range a.AcceptedGateways {
		provider := paylinks.OrderProvider{Provider: id}
		if id == a.ActiveGateway {
			provider.AppSlug = a.AppSlug
		}
		order.Providers = append(order.Providers, provider)
	}
	if a.PaymentID != "" {
		order.Payment = &paylinks.OrderPayment{ID: a.PaymentID}
	}
	return order, r.done()
}

// ToOrdersPage reads a page of orders.
func ToOrdersPage(a api.OrderList) (paylinks.OrdersPage, error) {
	orders, err := each("orders", a.Orders, toOrder)
	return paylinks.OrdersPage{Orders: orders, NextCursor: a.NextCursor}, err
}

// ToSyncStarted reads the answer to the start of a sync.
func ToSyncStarted(a api.SyncStarted) (*paylinks.Sync, error) {
	var r reader
	r.success(a.Success)
	return &paylinks.Sync{ID: r.id("sync_id", a.SyncID), Status: a.Status}, r.done()
}

// ToSync reads a sync.
func ToSync(a api.Sync) (*paylinks.Sync, error) {
	var r reader
	sync := &paylinks.Sync{
		ID: r.id("sync_id", a.SyncID), OrgAppID: a.OrgAppID, Provider: a.Provider, Status: a.Status,
		Fetched: a.Fetched, Created: a.Created, Updated: a.Updated, Unchanged: a.Unchanged,
		Skipped: a.Skipped, SkippedCount: max(a.SkippedCount, len(a.Skipped)), Error: a.Error, StartedAt: a.StartedAt, FinishedAt: a.FinishedAt,
	}
	return sync, r.done()
}

// ToPayment reads a synced payment.
func ToPayment(a api.Payment) (*paylinks.SyncedPayment, error) {
	var r reader
	payment := &paylinks.SyncedPayment{
		ID: r.id("id", a.ID), Provider: a.Provider, OrgAppID: a.OrgAppID, SyncedAt: a.SyncedAt,
		Payment: paylinks.Payment{
			ID: a.ProviderPaymentID, Reference: a.Reference,
			Amount:   r.money("amount", a.Amount, a.Currency),
			Captured: r.money("captured_amount", a.CapturedAmount, a.Currency),
			Refunded: r.money("refunded_amount", a.RefundedAmount, a.Currency),
			Fee:      r.money("fee", a.Fee, a.Currency),
			Status:   a.Status, ProviderStatus: a.ProviderStatus, Method: a.Method, Brand: a.Brand, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
		},
	}
	return payment, r.done()
}

// ToPaymentsPage reads a page of synced payments.
func ToPaymentsPage(a api.PaymentList) (paylinks.PaymentsPage, error) {
	payments, err := each("payments", a.Payments, ToPayment)
	return paylinks.PaymentsPage{Payments: payments, NextCursor: a.NextCursor}, err
}

// ToReportRow reads a row of the report.
func ToReportRow(a api.ReportRow) (paylinks.ReportRow, error) {
	var r reader
	row := paylinks.ReportRow{
		Kind: a.Kind, Reference: a.Reference, Payments: a.Payments, Paylinks: a.Paylinks,
		Expected: r.money("expected_amount", a.ExpectedAmount, a.ExpectedCurrency),
		Paid:     r.money("paid_amount", a.PaidAmount, a.PaidCurrency),
	}
	return row, r.done()
}

// ToEndpoint reads an endpoint.
func ToEndpoint(a api.Endpoint) (*paylinks.Endpoint, error) {
	var r reader
	endpoint := &paylinks.Endpoint{
		ID: r.id("id", a.ID), URL: a.URL, Description: a.Description, Types: a.Types, OrgApps: a.OrgAppIDs, Disabled: a.Disabled,
		OldKeyUntil: a.OldSecretUntil, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
	}
	return endpoint, r.done()
}

// ToEndpointChange reads the answer to what changes an endpoint.
func ToEndpointChange(a api.EndpointAnswer) (*paylinks.Endpoint, error) {
	var r reader
	r.success(a.Success)
	endpoint, err := ToEndpoint(a.Endpoint)
	return endpoint, cmp.Or(r.done(), err)
}

// ToEndpoints reads a list of endpoints.
func ToEndpoints(a api.EndpointList) ([]*paylinks.Endpoint, error) {
	return each("endpoints", a.Endpoints, ToEndpoint)
}

// ToEndpointSecret reads an endpoint's secret.
func ToEndpointSecret(a api.EndpointSecret) (paylinks.Secret, error) {
	var r reader
	r.id("id", a.ID)
	return paylinks.Secret(r.id("secret", a.Secret)), r.done()
}

// ToDelivery reads a delivery.
func ToDelivery(a api.Delivery) (*paylinks.EventDelivery, error) {
	var r reader
	d := &paylinks.EventDelivery{
		ID: r.id("id", a.ID), EndpointID: r.id("endpoint_id", a.EndpointID), Event: ToEvent(a.Event), State: a.State, CreatedAt: a.CreatedAt, DueAt: a.NextTryAt,
	}
	for _, try := range a.Tries {
		d.Tries = append(d.Tries, paylinks.DeliveryTry{At: try.At, Status: try.Status, Error: try.Error})
	}
	return d, r.done()
}

// ToResent reads the answer to a re-send.
func ToResent(a api.DeliveryAnswer) (*paylinks.EventDelivery, error) {
	var r reader
	r.success(a.Success)
	delivery, err := ToDelivery(a.Delivery)
	return delivery, cmp.Or(r.done(), err)
}

// ToDeliveriesPage reads a page of deliveries.
func ToDeliveriesPage(a api.DeliveryList) (paylinks.DeliveriesPage, error) {
	deliveries, err := each("deliveries", a.Deliveries, ToDelivery)
	return paylinks.DeliveriesPage{Deliveries: deliveries, NextCursor: a.NextBefore}, err
}

// ToCatalogue reads the list of providers.
func ToCatalogue(a api.ProviderList) ([]api.Provider, error) {
	return each("providers", a.Providers, func(p api.Provider) (api.Provider, error) {
		var r reader
		r.id("id", p.ID)
		return p, r.done()
	})
}

// ToProviderConfig reads what an integrator must know of a provider.
func ToProviderConfig(a api.ProviderConfig) (api.ProviderConfig, error) {
	var r reader
	r.id("provider", a.Provider)
	return a, r.done()
}

// Ready is the answer of a server that is.
type Ready struct {
	Status string `json:"status"`
}

// ToReady reads it.
func ToReady(a Ready) (Ready, error) {
	if a.Status != "ready" {
		return a, fmt.Errorf("%w: its status is %q", ErrForeign, a.Status)
	}
	return a, nil
}

// each reads every element of a list, which is there even where it's empty.
func each[A, B any](field string, list []A, read func(A) (B, error)) ([]B, error) {
	if list == nil {
		var r reader
		r.miss(field)
		return nil, r.done()
	}
	out := make([]B, 0, len(list))
	for i, element := range list {
		b, err := read(element)
		if err != nil {
			return nil, fmt.Errorf("%s[%d]: %w", field, i, err)
		}
		out = append(out, b)
	}
	return out, nil
}

// instant is a time on the wire, "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
