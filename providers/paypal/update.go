package paypal

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/internal/rest/span"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal/internal/api"
)

// updates yields the payments that were refunded or disputed during the walk and are older than it.
func (w *walk) updates(ctx context.Context, yield func(paylinks.Payment, error) bool) error {
	for _, id := range slices.Sorted(maps.Keys(w.waiting)) {
		family := slices.DeleteFunc(w.waiting[id], func(r row) bool { return r.kind != follower })
		if len(family) == 0 { // captures of an older authorization: payments themselves
			continue
		}
		payment, err := w.update(ctx, id, family)
		if reason := unreadable(err); reason != "" {
			err = &paylinks.BadRow{ID: id, Reason: "it was changed by " + family[0].Code + " and is older than the walk, but " + reason}
		}
		var bad *paylinks.BadRow
		switch {
		case errors.As(err, &bad):
			if !yield(paylinks.Payment{}, bad) {
				return errStopped
			}
		case err != nil:
			return err
		case ctx.Err() != nil:
			return patience.Ended(ctx.Err())
		default:
			if !yield(payment, nil) {
				return errStopped
			}
		}
	}
	return nil
}

// unreadable says why a payment can't be had where that is its own trouble, and not the walk's.
func unreadable(err error) string {
	var failure *paylinks.ProviderError
	if !errors.As(err, &failure) {
		return ""
	}
	switch {
	case failure.Refusal == paylinks.RefusedNotFound:
		return "PayPal's Payments API doesn't know it"
	case failure.Refusal == paylinks.RefusedRequest:
		return "PayPal's Payments API doesn't take its id"
	case failure.Refusal == paylinks.RefusedCredentials && failure.Code == "NOT_AUTHORIZED":
		return "the app may not read it with PayPal's Payments API"
	default:
		return ""
	}
}

// update reads a payment by itself. Its capture tells when it was made, and so where to find its own row in the ledger, which makes the
// update the same in form as what earlier walks have yielded; its last refund tells the sum of all refunds.
func (w *walk) update(ctx context.Context, id string, family []row) (paylinks.Payment, error) {
	object, parts, err := w.object(ctx, id, family)
	if err != nil {
		return paylinks.Payment{}, err
	}
	amount, _, err := readMoney(object.Amount)
	if err != nil {
		return paylinks.Payment{}, &paylinks.BadRow{ID: id, Reason: "its amount can't be read"}
	}
	created, err := api.ParseTime(object.CreateTime)
	if err != nil || created.IsZero() {
		return paylinks.Payment{}, &paylinks.BadRow{ID: id, Reason: "its create_time can't be read"}
	}
	f := read(family, amount.Currency())
	f.disputed = f.disputed || disputeReasons[object.StatusDetails.Reason]
	total, more, err := w.refunds(ctx, family)
	if err != nil {
		return paylinks.Payment{}, err
	}
	if total.Currency() == amount.Currency() {
		f.refunded = f.refunded.Max(total)
	}
	root, err := w.rowOf(ctx, id, created)
	if err != nil {
		return paylinks.Payment{}, err
	}
	if root.ID == id && root.amount.Equal(amount) {
		return compose(root, f, rawOf(root.raw, slices.Concat(parts, more, family)), w.config.Now()), nil
	}
	return w.fromObject(object, amount, created, f, rawOf(parts[0].raw, slices.Concat(more, family))), nil
}

// object is the capture with that id, or the authorization where it was voided. parts has its bytes.
func (w *walk) object(ctx context.Context, id string, family []row) (object api.Payment, parts []row, err error) {
	call := w.api.Capture
	if slices.ContainsFunc(family, func(r row) bool { return r.Code == codeVoid }) {
		call = w.api.Authorization
	}
	err = w.call(ctx, func() (err error) {
		var part row
		object, part.raw, err = call(ctx, id)
		parts = []row{part}
		return err
	})
	return object, parts, err
}

// refunds is all that was refunded until the last refund of family, unset where there's none or PayPal doesn't say.
func (w *walk) refunds(ctx context.Context, family []row) (total paylinks.Money, parts []row, err error) {
	var last row
	for _, r := range family { // sorted by time
		if r.Code == codeRefund && r.Status == "S" {
			last = r
		}
	}
	if last.ID == "" {
		return total, nil, nil
	}
	var refund api.Refund
	var part row
	err = w.call(ctx, func() (err error) {
		refund, part.raw, err = w.api.Refund(ctx, last.ID)
		return err
	})
	if unreadable(err) != "" {
		return total, nil, nil
	}
	if err != nil {
		return total, nil, err
	}
	if total, _, err = readMoney(refund.Payable.TotalRefunded); err != nil {
		total = paylinks.Money{}
	}
	return total, []row{part}, nil
}

// rowOf is a payment's own row in the ledger, the zero row where it isn't to be had. Whether PayPal looks for it by its initiation or its update
// isn't known: the window begins a day before it was made and is as long as may be.
func (w *walk) rowOf(ctx context.Context, id string, created time.Time) (row, error) {
	now := w.config.Now().UTC()
	start := span.Later(created.Add(-24*time.Hour), now.AddDate(-memoryYears, 0, 0))
	end := span.Earlier(start.Add(longestWindow), now.Add(-w.config.Delay))
	if !end.After(start) {
		return row{}, nil
	}
	var page api.Page
	err := w.call(ctx, func() (err error) {
		page, err = w.api.Transactions(ctx, api.Search{
			From: start, To: end, All: w.config.Authorizations, Page: 1, PageSize: w.config.PageSize, TransactionID: id,
		})
		return err
	})
	if notAvailable(err) || unreadable(err) != "" {
		return row{}, nil
	}
	if err != nil {
		return row{}, err
	}
	for _, raw := range page.Details {
		if r, wrong := readRow(raw); wrong == nil && r.ID == id && (r.kind == payment || r.kind == authorization) {
			return r, nil
		}
	}
	return row{}, nil
}

// fromObject makes a payment of a capture or authorization alone. It says nothing of the method: the object doesn't.
func (w *walk) fromObject(object api.Payment, amount paylinks.Money, created time.Time, f facts, raw []byte) paylinks.Payment {
	updated, err := api.ParseTime(object.UpdateTime)
	if err != nil {
		updated = created
	}
	p := paylinks.Payment{
		ID: object.ID, Reference: object.InvoiceID, Amount: amount, ProviderStatus: object.Status,
		CreatedAt: created, UpdatedAt: span.Later(updated, f.updated), Raw: raw,
	}
	if p.Reference == "" {
		p.Reference = object.CustomID
	}
	if fee, _, err := readMoney(object.Receivable.Fee); err == nil && fee.Currency() == amount.Currency() {
		p.Fee = fee
	}
	p.Status, p.Captured, p.Refunded = objectState(object, amount, f, w.config.Now())
	return p
}

// objectState is what an object of the Payments API amounts to. An authorization's captures aren't told with it: they're payments of their own.
func objectState(object api.Payment, amount paylinks.Money, f facts, now time.Time) (status paylinks.PaymentStatus, captured, refunded paylinks.Money) {
	if base, ok := captureStatuses[object.Status]; ok {
		return f.state(base, amount)
	}
	none := paylinks.Zero(amount.Currency())
	base, ok := authorizationStatuses[object.Status]
	expires, err := api.ParseTime(object.ExpirationTime)
	switch {
	case !ok:
		return paylinks.PaymentUnknown, none, none
	case base == paylinks.PaymentAuthorized && err == nil && !expires.IsZero() && now.After(expires):
		return paylinks.PaymentExpired, none, none
	default:
		return base, none, none
	}
}
