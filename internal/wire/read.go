package wire

import (
	"errors"
	"fmt"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// reader reads amounts, and keeps the first that isn't one.
type reader struct{ err error }

// id reads an id, which is never empty.
func (r *reader) id(field, id string) string {
	if id == "" && r.err == nil {
		r.err = errors.New(field + " is missing")
	}
	return id
}

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
	link := &paylinks.Paylink{
		ID: r.id("paylink_id", a.PaylinkID), Provider: a.Provider, OrderID: a.OrderID, Status: a.Status, ProviderStatus: a.ProviderStatus,
		Amount:      r.money("amount", a.Amount, a.Currency),
		Captured:    r.money("captured_amount", a.CapturedAmount, a.Currency),
		Refunded:    r.money("refunded_amount", a.RefundedAmount, a.Currency),
		CheckoutURL: a.CheckoutURL, QRCodeURL: a.QRCodeURL, Delivery: a.Delivery, ExpiresAt: a.ExpiresAt, Metadata: a.Metadata,
	}
	link.Ref = paylinks.Ref{OrderID: a.OrderID, SessionID: a.SessionID, PaymentID: a.PaymentID, Amount: link.Amount}
	return link, r.err
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
	return link, r.err
}

// ToPage reads a page of links.
func ToPage(a api.PaylinkList) (paylinks.Page, error) {
	links, err := each(a.Paylinks, ToPaylink)
	return paylinks.Page{Paylinks: links, NextCursor: a.NextCursor}, err
}

// ToCapture reads the answer to a capture.
func ToCapture(a api.CaptureAnswer) (*paylinks.CaptureResult, error) {
	var r reader
	result := &paylinks.CaptureResult{
		PaylinkID: r.id("paylink_id", a.PaylinkID), Provider: a.Provider, PaymentID: a.PaymentID, ProviderStatus: a.Status, Status: a.PaylinkStatus,
		Amount:      r.money("amount", a.Amount, a.Currency),
		Captured:    r.money("captured_amount", a.CapturedAmount, a.Currency),
		Refunded:    r.money("refunded_amount", a.RefundedAmount, a.Currency),
		ReferenceID: a.ReferenceID, AlreadyCaptured: a.AlreadyCaptured, FinalizePending: a.FinalizePending, Metadata: a.Metadata,
	}
	return result, r.err
}

// ToCancel reads the answer to a cancellation.
func ToCancel(a api.CancelAnswer) (*paylinks.CancelResult, error) {
	var r reader
	result := &paylinks.CancelResult{
		PaylinkID: a.PaylinkID, Provider: a.Provider, ProviderStatus: a.ProviderStatus, Status: a.Status, Metadata: a.Metadata,
		Captured:      r.money("captured_amount", a.CapturedAmount, a.Currency),
		Refunded:      r.money("refunded_amount", a.RefundedAmount, a.Currency),
		CancelledHere: a.ProviderCancelled != nil && !*a.ProviderCancelled,
	}
	return result, r.err
}

// ToRefund reads the answer to a refund.
func ToRefund(a api.RefundAnswer) (*paylinks.RefundResult, error) {
	var r reader
	result := &paylinks.RefundResult{
		PaylinkID: r.id("paylink_id", a.PaylinkID), Provider: a.Provider, PaymentID: a.PaymentID, RefundID: a.RefundID, ProviderStatus: a.Status, Status: a.PaylinkStatus,
		Amount:      r.money("amount", a.Amount, a.Currency),
		Captured:    r.money("captured_amount", a.CapturedAmount, a.Currency),
		Refunded:    r.money("refunded_amount", a.RefundedAmount, a.Currency),
		ReferenceID: a.ReferenceID, Metadata: a.Metadata,
	}
	return result, r.err
}

// ToSend reads the answer to a send.
func ToSend(a api.SendAnswer) *paylinks.SendResult {
	return &paylinks.SendResult{PaylinkID: a.PaylinkID, Provider: a.Provider, Delivery: a.Delivery, SentTo: a.SentTo}
}

// ToEvent reads an event.
func ToEvent(a api.Event) paylinks.Event {
	return paylinks.Event{
		ID: a.ID, Type: a.Type, Sequence: a.Sequence, OccurredAt: a.OccurredAt, PaylinkID: a.PaylinkID, Status: a.Status, Data: a.Data,
	}
}

// ToEvents reads a page of events.
func ToEvents(a api.EventList) []paylinks.Event {
	events := make([]paylinks.Event, 0, len(a.Events))
	for _, e := range a.Events {
		events = append(events, ToEvent(e))
	}
	return events
}

// ToOrdered reads the answer to a call that has made or moved an order.
func ToOrdered(a api.OrderAnswer) (*paylinks.OrderResult, error) {
	result, err := ToOrder(a.Data)
	if err != nil {
		return nil, err
	}
	result.Warnings = a.Warnings
	return result, nil
}

// ToOrder reads an order with its link.
func ToOrder(a api.Order) (*paylinks.OrderResult, error) {
	order, err := toOrder(a)
	if err != nil || a.Paylink == nil {
		return &paylinks.OrderResult{Order: order}, err
	}
	link, err := ToCreated(*a.Paylink)
	if err != nil {
		return nil, fmt.Errorf("paylink.%w", err)
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
	return order, r.err
}

// ToOrdersPage reads a page of orders.
func ToOrdersPage(a api.OrderList) (paylinks.OrdersPage, error) {
	orders, err := each(a.Orders, toOrder)
	return paylinks.OrdersPage{Orders: orders, NextCursor: a.NextCursor}, err
}

// ToSyncStarted reads the answer to the start of a sync.
func ToSyncStarted(a api.SyncStarted) *paylinks.Sync {
	return &paylinks.Sync{ID: a.SyncID, Status: a.Status}
}

// ToSync reads a sync.
func ToSync(a api.Sync) *paylinks.Sync {
	return &paylinks.Sync{
		ID: a.SyncID, OrgAppID: a.OrgAppID, Provider: a.Provider, Status: a.Status,
		Fetched: a.Fetched, Created: a.Created, Updated: a.Updated, Unchanged: a.Unchanged,
		Skipped: a.Skipped, SkippedCount: max(a.SkippedCount, len(a.Skipped)), Error: a.Error, StartedAt: a.StartedAt, FinishedAt: a.FinishedAt,
	}
}

// ToPayment reads a synced payment.
func ToPayment(a api.Payment) (*paylinks.SyncedPayment, error) {
	var r reader
	payment := &paylinks.SyncedPayment{
		ID: a.ID, Provider: a.Provider, OrgAppID: a.OrgAppID, SyncedAt: a.SyncedAt,
		Payment: paylinks.Payment{
			ID: a.ProviderPaymentID, Reference: a.Reference,
			Amount:   r.money("amount", a.Amount, a.Currency),
			Captured: r.money("captured_amount", a.CapturedAmount, a.Currency),
			Refunded: r.money("refunded_amount", a.RefundedAmount, a.Currency),
			Fee:      r.money("fee", a.Fee, a.Currency),
			Status:   a.Status, ProviderStatus: a.ProviderStatus, Method: a.Method, Brand: a.Brand, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
		},
	}
	return payment, r.err
}

// ToPaymentsPage reads a page of synced payments.
func ToPaymentsPage(a api.PaymentList) (paylinks.PaymentsPage, error) {
	payments, err := each(a.Payments, ToPayment)
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
	return row, r.err
}

// ToEndpoint reads an endpoint.
func ToEndpoint(a api.Endpoint) *paylinks.Endpoint {
	return &paylinks.Endpoint{
		ID: a.ID, URL: a.URL, Description: a.Description, Types: a.Types, OrgApps: a.OrgAppIDs, Disabled: a.Disabled,
		OldKeyUntil: a.OldSecretUntil, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
	}
}

// ToEndpoints reads a list of endpoints.
func ToEndpoints(a api.EndpointList) []*paylinks.Endpoint {
	endpoints := make([]*paylinks.Endpoint, 0, len(a.Endpoints))
	for _, e := range a.Endpoints {
		endpoints = append(endpoints, ToEndpoint(e))
	}
	return endpoints
}

// ToDelivery reads a delivery.
func ToDelivery(a api.Delivery) *paylinks.EventDelivery {
	d := &paylinks.EventDelivery{
		ID: a.ID, EndpointID: a.EndpointID, Event: ToEvent(a.Event), State: a.State, CreatedAt: a.CreatedAt, DueAt: a.NextTryAt,
	}
	for _, try := range a.Tries {
		d.Tries = append(d.Tries, paylinks.DeliveryTry{At: try.At, Status: try.Status, Error: try.Error})
	}
	return d
}

// ToDeliveriesPage reads a page of deliveries.
func ToDeliveriesPage(a api.DeliveryList) paylinks.DeliveriesPage {
	page := paylinks.DeliveriesPage{Deliveries: make([]*paylinks.EventDelivery, 0, len(a.Deliveries)), NextCursor: a.NextBefore}
	for _, d := range a.Deliveries {
		page.Deliveries = append(page.Deliveries, ToDelivery(d))
	}
	return page
}

// each reads every element of a list.
func each[A, B any](list []A, read func(A) (B, error)) ([]B, error) {
	out := make([]B, 0, len(list))
	for i, element := range list {
		b, err := read(element)
		if err != nil {
			return nil, fmt.Errorf("[%d].%w", i, err)
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
