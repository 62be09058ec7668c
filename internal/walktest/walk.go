package walktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// TB is what of a test is needed here.
type TB interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	FailNow()
}

// Walk is what a walk yields. Err is what ended it.
type Walk struct {
	Payments []paylinks.Payment
	Bad      []*paylinks.BadRow
	Err      error
}

// Of walks to the end.
func Of(t TB, gateway paylinks.Gateway, query paylinks.PaymentsQuery) Walk {
	t.Helper()
	return Under(t.Context(), t, gateway, query)
}

// Under is [Of] with a context of its own.
func Under(ctx context.Context, t TB, gateway paylinks.Gateway, query paylinks.PaymentsQuery) Walk {
	t.Helper()
	var w Walk
	for payment, err := range gateway.Payments(ctx, query) {
		require.NoError(t, w.Err, "nothing comes after the error that ends a walk")
		var bad *paylinks.BadRow
		switch {
		case errors.As(err, &bad):
			w.Bad = append(w.Bad, bad)
		case err != nil:
			w.Err = err
		default:
			w.Payments = append(w.Payments, payment)
		}
	}
	return w
}

// Whole are the payments of a walk in which nothing goes wrong.
func (w Walk) Whole(t TB) []paylinks.Payment {
	t.Helper()
	require.NoError(t, w.Err)
	require.Empty(t, w.Bad)
	return w.Payments
}

// One is the only one of payments.
func One(t TB, payments []paylinks.Payment) paylinks.Payment {
	t.Helper()
	require.Len(t, payments, 1)
	return payments[0]
}

// Failure is err as what it must be. It tells no secret.
func Failure(t TB, err error, secrets ...string) *paylinks.ProviderError {
	t.Helper()
	var e *paylinks.ProviderError
	require.ErrorAs(t, err, &e)
	for _, secret := range secrets {
		assert.NotContains(t, err.Error(), secret)
	}
	return e
}

// InPieces walks with a break after each checkpoint, each time with another gateway, and yields what all walks together do.
func InPieces(t TB, connect func() paylinks.Gateway, query paylinks.PaymentsQuery) []paylinks.Payment {
	t.Helper()
	var pieces []paylinks.Payment
	for {
		on := query.Resume
		for payment, err := range connect().Payments(t.Context(), query) {
			require.NoError(t, err)
			pieces = append(pieces, payment)
			if payment.Checkpoint != "" {
				query.Resume = payment.Checkpoint
				break
			}
		}
		if query.Resume == on {
			return pieces
		}
	}
}

// Plain are payments in what can be compared.
func Plain(payments []paylinks.Payment) []string {
	var list []string
	for _, p := range payments {
		list = append(list, strings.Join([]string{
			p.ID, string(p.Status), p.Amount.String(), p.Captured.String(), p.Refunded.String(), p.Reference, p.UpdatedAt.String(),
		}, " "))
	}
	return list
}

// Wrong is what a payment must not be, whatever it was read from: nil where it's whole.
func Wrong(p paylinks.Payment) error {
	switch {
	case p.ID == "" || !p.Amount.IsSet() || !p.Captured.IsSet() || !p.Refunded.IsSet() || !p.Status.Valid() || p.CreatedAt.IsZero():
		return fmt.Errorf("a payment that isn't whole: %+v", p)
	case p.Refunded.Cmp(p.Captured) > 0:
		return fmt.Errorf("more is refunded than was captured: %+v", p)
	case !json.Valid(p.Raw):
		return fmt.Errorf("the row as received is no JSON: %s", p.Raw)
	}
	return nil
}
