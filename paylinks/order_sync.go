package paylinks

import (
	"context"
	"errors"
	"log/slog"
	"slices"
)

// settleOrderByPayment settles the order that a gateway's payment is for, found by reference = order_id in the orders that wait for a payment of
// that app, with the same amount and currency. A payment that is for no order of ours changes nothing.
//
// A sync calls it for every payment that it reads, before the page of that payment is stored with its checkpoint: whichever of the two a
// crash cuts off happens again, and calling twice changes nothing. A payment that is void later has its order wait again.
func (s *Service) settleOrderByPayment(ctx context.Context, orgAppID string, payment Payment) error {
	store, ok := s.store.(OrderStore)
	if !ok || payment.Reference == "" {
		return nil
	}
	for range maxRounds {
		orders, err := store.OrdersToSettle(ctx, orgAppID, payment.Reference)
		if err != nil {
			return err
		}
		orders = slices.DeleteFunc(orders, func(o *Order) bool { return !s.concerns(o, payment) })
		if len(orders) != 1 {
			if len(orders) > 1 {
				s.log.ErrorContext(ctx, "a payment could be for several orders and settles none: settle it by hand",
					slog.String("org_app_id", orgAppID), slog.String("payment_id", payment.ID))
			}
			return nil
		}
		next := orders[0].clone()
		next.Payment = &OrderPayment{OrgAppID: orgAppID, ID: payment.ID, Status: payment.Status}
		next = next.reviewed(nil)
		next.UpdatedAt = s.now()
		err = s.store.Write(ctx, Change{Order: next})
		if !errors.Is(err, ErrStale) {
			return err
		}
	}
	return ErrStale
}

// concerns tells whether a payment changes what an order is.
func (s *Service) concerns(order *Order, payment Payment) bool {
	settled := order.Payment
	switch {
	case settled != nil && settled.ID == payment.ID:
		return settled.Status != payment.Status
	case !payment.Status.paid():
		return false
	case !payment.Amount.Equal(order.Amount):
		s.log.Warn("a payment has the reference of an order and another amount: it does not settle it",
			slog.String("order", order.ID), slog.String("payment_id", payment.ID))
		return false
	case settled != nil && settled.Status.paid():
		s.log.Error("an order was paid twice at a gateway: refund one of the payments",
			slog.String("order", order.ID), slog.String("payment_id", payment.ID), slog.String("settled_by", settled.ID))
		return false
	default:
		return true
	}
}

// paid tells whether the buyer has paid, whatever became of the money since.
func (s PaymentStatus) paid() bool {
	switch s {
	case PaymentAuthorized, PaymentPartiallyCaptured, PaymentCaptured, PaymentPartiallyRefunded, PaymentRefunded, PaymentDisputed:
		return true
	default:
		return false
	}
}
