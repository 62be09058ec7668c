package paylinks

import (
	"context"
	"iter"

	"github.com/paylinks/paylinks-go/internal/paging"
)

// API is what a program does with payment links, orders and payments, wherever they are: a [Service] does it in this process, and the Client of
// package client at a remote server. A program that is written against it runs on both.
//
// Each method is described at the Service. A remote server doesn't show all that it stores: of a link, what is about the buyer, the items, what only the
// Service needs, CancelledHere and RefundsUnknown are empty in what a Client returns.
//
// It grows with the Service, so it's to be called and not to be implemented: a fake of yours embeds it.
type API interface {
	Create(ctx context.Context, req CreateRequest) (*Paylink, error)
	Get(ctx context.Context, id string) (*Paylink, error)
	List(ctx context.Context, req ListRequest) (Page, error)
	All(ctx context.Context, req ListRequest) iter.Seq2[*Paylink, error]
	Capture(ctx context.Context, id string, req CaptureRequest) (*CaptureResult, error)
	Cancel(ctx context.Context, id string) (*CancelResult, error)
	Refund(ctx context.Context, id string, req RefundRequest) (*RefundResult, error)
	Send(ctx context.Context, id string, req SendRequest) (*SendResult, error)
	Resolve(ctx context.Context, id, referenceID string, happened bool) error
	Forget(ctx context.Context, id string) error

	Events(ctx context.Context, id string, after int64, limit int) ([]Event, error)
	Watch(ctx context.Context, id string, after int64) iter.Seq2[Event, error]

	CreateOrder(ctx context.Context, req OrderRequest) (*OrderResult, error)
	GetOrder(ctx context.Context, orderID string) (*OrderResult, error)
	ListOrders(ctx context.Context, req ListOrdersRequest) (OrdersPage, error)
	AllOrders(ctx context.Context, req ListOrdersRequest) iter.Seq2[*Order, error]
	NextProvider(ctx context.Context, orderID string, req NextRequest) (*OrderResult, error)

	SyncPayments(ctx context.Context, req SyncRequest) (*Sync, error)
	GetSync(ctx context.Context, id string) (*Sync, error)
	ListPayments(ctx context.Context, req ListPaymentsRequest) (PaymentsPage, error)
	AllPayments(ctx context.Context, req ListPaymentsRequest) iter.Seq2[*SyncedPayment, error]
	Report(ctx context.Context, req ReportRequest) iter.Seq2[ReportRow, error]

	AddEndpoint(ctx context.Context, req EndpointRequest) (*EndpointSecret, error)
	Endpoints(ctx context.Context) ([]*Endpoint, error)
	Endpoint(ctx context.Context, id string) (*EndpointSecret, error)
	RotateEndpoint(ctx context.Context, id string) (*EndpointSecret, error)
	DisableEndpoint(ctx context.Context, id string, disabled bool) (*EndpointSecret, error)
	DeleteEndpoint(ctx context.Context, id string) error
	ListDeliveries(ctx context.Context, endpointID string, req ListDeliveriesRequest) (DeliveriesPage, error)
	AllDeliveries(ctx context.Context, endpointID string, req ListDeliveriesRequest) iter.Seq2[*EventDelivery, error]
	GetDelivery(ctx context.Context, endpointID, id string) (*EventDelivery, error)
	Resend(ctx context.Context, endpointID, id string) (*EventDelivery, error)

	Ready(ctx context.Context) error
}

var _ API = (*Service)(nil)

// All yields the links that List lists, page after page. Limit is the size of a page. It stops when the loop breaks; an error ends it.
func (s *Service) All(ctx context.Context, req ListRequest) iter.Seq2[*Paylink, error] {
	return paging.All(req.Cursor, func(cursor string) ([]*Paylink, string, error) {
		req.Cursor = cursor
		page, err := s.List(ctx, req)
		return page.Paylinks, page.NextCursor, err
	})
}

// AllOrders yields the orders that ListOrders lists, as All does with links.
func (s *Service) AllOrders(ctx context.Context, req ListOrdersRequest) iter.Seq2[*Order, error] {
	return paging.All(req.Cursor, func(cursor string) ([]*Order, string, error) {
		req.Cursor = cursor
		page, err := s.ListOrders(ctx, req)
		return page.Orders, page.NextCursor, err
	})
}

// AllPayments yields the payments that ListPayments lists, as All does with links.
func (s *Service) AllPayments(ctx context.Context, req ListPaymentsRequest) iter.Seq2[*SyncedPayment, error] {
	return paging.All(req.Cursor, func(cursor string) ([]*SyncedPayment, string, error) {
		req.Cursor = cursor
		page, err := s.ListPayments(ctx, req)
		return page.Payments, page.NextCursor, err
	})
}

// AllDeliveries yields the deliveries that ListDeliveries lists, as All does with links.
func (s *Service) AllDeliveries(ctx context.Context, endpointID string, req ListDeliveriesRequest) iter.Seq2[*EventDelivery, error] {
	return paging.All(req.Cursor, func(cursor string) ([]*EventDelivery, string, error) {
		req.Cursor = cursor
		page, err := s.ListDeliveries(ctx, endpointID, req)
		return page.Deliveries, page.NextCursor, err
	})
}
