package paylinks

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"strings"
	"time"
)

// ReportKind is how what was sold and what was paid for it compare.
type ReportKind string

// The kinds of rows.
const (
	// ReportMatched: one payment, of the amount of the order or link.
	ReportMatched ReportKind = "matched"
	// ReportAmountDiffers: one payment, of another amount or currency.
	ReportAmountDiffers ReportKind = "amount_differs"
	// ReportPaidTwice: more than one payment for one order, at one gateway, at several, or at a gateway and through a link.
	ReportPaidTwice ReportKind = "paid_twice"
	// ReportMissing: an order waits for a gateway's payment, and none was synced.
	ReportMissing ReportKind = "missing"
	// ReportUnmatched: a payment that is for no order or link that is known.
	ReportUnmatched ReportKind = "unmatched"
)

// ReportRow compares one order reference.
type ReportRow struct {
	// Kind is how the rest compares.
	Kind ReportKind
	// Reference is the order's, "" for a payment that has none.
	Reference string
	// Expected is the amount of the order or link, unset where there's none. Paid is that of the newest payment, unset where there's none.
	Expected Money
	Paid     Money
	// Payments are the gateways' payments that were made, as "org_app_id/payment_id", Paylinks the paid links.
	Payments []string
	Paylinks []string
}

// ReportRequest says what to compare.
type ReportRequest struct {
	// From (inclusive) and To (exclusive) are over the times at which payments and orders were created. Zero leaves a side open.
	From time.Time
	To   time.Time
	// OrgAppID limits the payments to one gateway app, "" for all that the caller may use.
	OrgAppID string
}

// reportPage is how many rows are read at a time.
const reportPage = 200

// Report compares the orders and links of the caller with the synced payments: first every reference that was paid, newest payment first, and then
// the orders for which a payment is missing. It reads page by page and stops when the loop breaks; an error ends it.
func (s *Service) Report(ctx context.Context, req ReportRequest) iter.Seq2[ReportRow, error] {
	return func(yield func(ReportRow, error) bool) {
		ledger, ok := s.store.(Ledger)
		apps, none := visibleApps(ctx, req.OrgAppID)
		if !ok || none {
			return
		}
		for _, part := range []func(context.Context, Ledger, []string, ReportRequest, func(ReportRow) bool) error{s.reportPayments, s.reportMissing} {
			stopped := false
			err := part(ctx, ledger, apps, req, func(row ReportRow) bool {
				stopped = !yield(row, nil)
				return !stopped
			})
			if stopped {
				return
			}
			if err != nil {
				named("report", &err)
				yield(ReportRow{}, err)
				return
			}
		}
	}
}

// reportPayments reports every reference once, by its newest payment.
func (s *Service) reportPayments(ctx context.Context, ledger Ledger, apps []string, req ReportRequest, yield func(ReportRow) bool) error {
	query := SyncedPaymentQuery{OrgAppIDs: apps, CreatedFrom: req.From, CreatedTo: req.To, Limit: reportPage}
	for {
		payments, err := ledger.Payments(ctx, query)
		if err != nil {
			return err
		}
		for _, payment := range payments {
			if !payment.Payment.Status.paid() {
				continue
			}
			row, newest, err := s.compare(ctx, ledger, apps, payment)
			if err != nil {
				return err
			}
			if newest && !yield(row) {
				return nil
			}
		}
		if len(payments) < reportPage {
			return nil
		}
		last := payments[len(payments)-1]
		query.After = PaylinkCursor{CreatedAt: last.Payment.CreatedAt, ID: last.ID}
	}
}

// compare holds a payment against what it's for. newest tells that there's no later payment for the same reference, whose row this would be.
func (s *Service) compare(ctx context.Context, ledger Ledger, apps []string, payment *SyncedPayment) (row ReportRow, newest bool, err error) {
	row = ReportRow{Kind: ReportUnmatched, Reference: payment.Payment.Reference, Paid: payment.Payment.Amount}
	if row.Reference == "" {
		row.Payments = []string{nameOf(payment)}
		return row, true, nil
	}
	siblings, err := ledger.Payments(ctx, SyncedPaymentQuery{OrgAppIDs: apps, Reference: row.Reference, Limit: reportPage})
	if err != nil {
		return row, false, err
	}
	for _, sibling := range siblings {
		if !sibling.Payment.Status.paid() {
			continue
		}
		if len(row.Payments) == 0 && sibling.ID != payment.ID {
			return row, false, nil
		}
		row.Payments = append(row.Payments, nameOf(sibling))
	}
	links, err := s.store.Paylinks(ctx, PaylinkQuery{OrgAppIDs: CallerFrom(ctx).OrgApps, OrderID: row.Reference, Limit: reportPage})
	if err != nil {
		return row, false, err
	}
	for _, link := range links {
		row.Expected = link.Amount
		if link.Status.Paid() {
			row.Paylinks = append(row.Paylinks, link.ID)
		}
	}
	if orders, ok := s.store.(OrderStore); ok {
		order, err := orders.FindOrder(ctx, CallerFrom(ctx).ID, row.Reference)
		if err == nil {
			row.Expected = order.Amount
		} else if !errors.Is(err, ErrNotFound) {
			return row, false, err
		}
	}
	switch {
	case len(row.Payments)+len(row.Paylinks) > 1:
		row.Kind = ReportPaidTwice
	case !row.Expected.IsSet():
		row.Kind = ReportUnmatched
	case !row.Expected.Equal(row.Paid):
		row.Kind = ReportAmountDiffers
	default:
		row.Kind = ReportMatched
	}
	return row, true, nil
}

func nameOf(payment *SyncedPayment) string { return payment.OrgAppID + "/" + payment.Payment.ID }

// reportMissing reports the caller's orders that wait for a payment of a gateway.
func (s *Service) reportMissing(ctx context.Context, _ Ledger, apps []string, req ReportRequest, yield func(ReportRow) bool) error {
	store, ok := s.store.(OrderStore)
	if !ok {
		return nil
	}
	query := OrderQuery{CallerID: CallerFrom(ctx).ID, Status: OrderPendingSync, CreatedFrom: req.From, CreatedTo: req.To, Limit: reportPage}
	for {
		orders, err := store.Orders(ctx, query)
		if err != nil {
			return err
		}
		for _, order := range orders {
			if req.OrgAppID != "" && order.SyncApp() != apps[0] {
				continue
			}
			if !yield(ReportRow{Kind: ReportMissing, Reference: order.OrderID, Expected: order.Amount}) {
				return nil
			}
		}
		if len(orders) < reportPage {
			return nil
		}
		last := orders[len(orders)-1]
		query.After = PaylinkCursor{CreatedAt: last.CreatedAt, ID: last.ID}
	}
}

// ReportColumns are the columns of [WriteReport].
func ReportColumns() []string {
	return []string{"kind", "reference", "expected_amount", "expected_currency", "paid_amount", "paid_currency", "payments", "paylinks"}
}

// WriteReport writes a report as CSV with a line of column names. Lists in a cell have spaces between their entries. A cell that a spreadsheet
// would take for a formula gets a quote in front.
func WriteReport(w io.Writer, rows iter.Seq2[ReportRow, error]) error {
	out := csv.NewWriter(w)
	if err := out.Write(ReportColumns()); err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		cells := []string{string(row.Kind), row.Reference}
		for _, amount := range []Money{row.Expected, row.Paid} {
			text := ""
			if amount.IsSet() {
				text = amount.String()
			}
			cells = append(cells, text, string(amount.Currency()))
		}
		cells = append(cells, strings.Join(row.Payments, " "), strings.Join(row.Paylinks, " "))
		for i, cell := range cells {
			if cell != "" && strings.ContainsRune("=+-@\t", rune(cell[0])) {
				cells[i] = "'" + cell
			}
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
