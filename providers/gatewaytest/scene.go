package gatewaytest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// patience bounds a check, so that a walk that never ends fails instead of hanging.
const patience = 60 * time.Second

// scene is one check's subject, with what the checks do to it.
type scene struct {
	TB
	Subject
	ctx   context.Context
	query paylinks.PaymentsQuery
}

func stage(t TB, h Harness, specs []Spec) *scene {
	t.Helper()
	require.NotEmpty(t, h.Currencies, "Harness.Currencies")
	require.NotEmpty(t, h.Statuses, "Harness.Statuses")
	require.NotNil(t, h.New, "Harness.New")
	return open(t, h.New(t, specs))
}

// open is a scene of a subject.
func open(t TB, subject Subject) *scene {
	t.Helper()
	require.NotNil(t, subject.Gateway, "Subject.Gateway")
	require.Positive(t, subject.PageSize, "Subject.PageSize")
	require.NotNil(t, subject.Ledger, "Subject.Ledger")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return &scene{TB: t, Subject: subject, ctx: ctx, query: Query()}
}

// pages is a scene with n pages of payments in one status and currency, and a row more.
func pages(t TB, h Harness, n int) *scene {
	t.Helper()
	size := stage(t, h, nil).PageSize
	return stage(t, h, many(h, n*size+1))
}

// needs skips the check where a control is missing.
func (s *scene) needs(what string, there bool) {
	s.Helper()
	if !there {
		s.Skipf("the harness has no %s", what)
	}
}

// many are n payments of the window, in the first currency.
func many(h Harness, n int) []Spec {
	specs := make([]Spec, 0, n)
	for i := range n {
		specs = append(specs, spec(i, n, h.Currencies[0], usual(h)))
	}
	return specs
}

// usual is a status in which money has been taken, or the first that there is.
func usual(h Harness) paylinks.PaymentStatus {
	for _, status := range h.Statuses {
		if status == paylinks.PaymentCaptured {
			return status
		}
	}
	return h.Statuses[0]
}

// spec is the i-th of n payments, spread over the window. Amounts are all different, and their halves are amounts too, even where the last of
// three decimals has to be zero.
func spec(i, n int, currency paylinks.Currency, status paylinks.PaymentStatus) Spec {
	query := Query()
	step := query.To.Sub(query.From) / time.Duration(n+1)
	half := units(1000+10*int64(i), currency)
	whole, none := half.Times(2), paylinks.Zero(currency)
	s := Spec{
		Reference: fmt.Sprintf("order-%06d", i), Amount: whole, Captured: none, Refunded: none, Status: status,
		At: query.From.Add(time.Duration(i) * step).Truncate(time.Second),
	}
	switch status {
	case paylinks.PaymentCaptured, paylinks.PaymentDisputed:
		s.Captured = whole
	case paylinks.PaymentPartiallyCaptured:
		s.Captured = half
	case paylinks.PaymentPartiallyRefunded:
		s.Captured, s.Refunded = whole, half
	case paylinks.PaymentRefunded:
		s.Captured, s.Refunded = whole, whole
	default: // no money was taken
	}
	return s
}

func units(n int64, currency paylinks.Currency) paylinks.Money {
	money, err := paylinks.MoneyFromUnits(n, currency, currency.Exponent())
	if err != nil {
		panic(err) // units of the currency's own exponent, at least zero
	}
	return money
}

// walk is what came out of one walk.
type walk struct {
	payments []paylinks.Payment
	bad      []*paylinks.BadRow
	// err is what ended the walk, nil where it came to its end.
	err error
}

// walk walks the window from resume on. during, where not nil, is called after each payment with how many there have been, and ends the walk by false.
func (s *scene) walk(resume string, during func(n int) bool) walk {
	s.Helper()
	query := s.query
	query.Resume = resume
	return s.follow(s.ctx, query, during)
}

func (s *scene) follow(ctx context.Context, query paylinks.PaymentsQuery, during func(n int) bool) walk {
	s.Helper()
	var w walk
	for payment, err := range s.Gateway.Payments(ctx, query) {
		var bad *paylinks.BadRow
		switch {
		case w.err != nil:
			s.Errorf("the walk goes on after the error that ends it: %v", w.err)
			s.FailNow()
		case errors.As(err, &bad):
			w.bad = append(w.bad, bad)
		case err != nil:
			_ = s.providerError(err)
			w.err = err
		default:
			w.payments = append(w.payments, payment)
			if during != nil && !during(len(w.payments)) {
				return w
			}
		}
	}
	return w
}

// whole walks the window and expects that nothing ends the walk early.
func (s *scene) whole() walk {
	s.Helper()
	w := s.walk("", nil)
	require.NoError(s, w.err)
	return w
}

// providerError is err as what it must be. Its texts hold no secret.
func (s *scene) providerError(err error) *paylinks.ProviderError {
	s.Helper()
	var failure *paylinks.ProviderError
	require.ErrorAs(s, err, &failure, "an error is a *ProviderError or a *BadRow")
	for _, text := range []string{err.Error(), failure.Message, fmt.Sprintf("%+v", err), fmt.Sprintf("%+v", failure.Err)} {
		s.discreet(text)
	}
	return failure
}

// discreet expects that text has no credential in it.
func (s *scene) discreet(text string) {
	s.Helper()
	for _, secret := range s.Secrets {
		assert.False(s, secret != "" && strings.Contains(text, secret), "a secret comes out")
	}
}

// expect compares payments with all of the ledger that can be read: each is there once, and as it really is.
func (s *scene) expect(payments []paylinks.Payment) {
	s.Helper()
	s.expectBut(payments, nil)
}

// expectBut is expect with some payments that may come or not, and as they like.
func (s *scene) expectBut(payments []paylinks.Payment, exempt map[string]bool) {
	s.Helper()
	truth := map[string]Truth{}
	for _, t := range s.Ledger() {
		if !t.Spoilt {
			truth[t.ID] = t
		}
	}
	times := map[string]int{}
	for _, payment := range payments {
		there, ok := truth[payment.ID]
		if exempt[payment.ID] {
			continue
		}
		times[payment.ID]++
		if !assert.True(s, ok, "payment %q isn't in the ledger", payment.ID) {
			continue
		}
		s.same(there, payment)
	}
	for id := range truth {
		if !exempt[id] {
			assert.Equal(s, 1, times[id], "how often payment %q was yielded", id)
		}
	}
}

func (s *scene) same(truth Truth, payment paylinks.Payment) {
	s.Helper()
	assert.Equal(s, truth.Status, payment.Status, "the status of %s", payment.ID)
	assert.Equal(s, truth.Reference, payment.Reference, "the reference of %s", payment.ID)
	for _, pair := range []struct {
		what         string
		wanted, said paylinks.Money
	}{
		{"amount", truth.Amount, payment.Amount}, {"captured", truth.Captured, payment.Captured}, {"refunded", truth.Refunded, payment.Refunded},
	} {
		assert.True(s, pair.wanted.Equal(pair.said), "%s of %s is %s %s, and yielded as %s %s",
			pair.what, payment.ID, pair.wanted, pair.wanted.Currency(), pair.said, pair.said.Currency())
	}
}
