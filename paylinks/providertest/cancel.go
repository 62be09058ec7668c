package providertest

import (
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func cancelChecks() []Check {
	return []Check{
		{"Cancel ends an unpaid link", cancelUnpaid},
		{"Cancel of a paid link is refused and keeps the payment", cancelPaid},
		{"Cancel voids an authorization", voidWhole},
		{"Cancel voids what is left after a partial capture", voidRest},
		{"Cancel of a captured payment is refused", voidCaptured},
	}
}

func cancelUnpaid(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanCancel)
	ref := s.create(s.money("150"))
	snapshot, err := s.cancel(ref)
	s.fine(snapshot, err)
	assert.Contains(t, []paylinks.Status{paylinks.StatusCancelled, paylinks.StatusExpired}, snapshot.Status)
	assert.Contains(t, []paylinks.Status{paylinks.StatusCancelled, paylinks.StatusExpired}, s.fetch(ref).Status)
	if s.Pay != nil {
		_, err := s.Pay(ref)
		assert.Error(t, err, "nobody can pay a cancelled link")
	}
}

func cancelPaid(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanCancel)
	ref, before := s.paid(s.money("150"))
	_, err := s.cancel(ref)
	s.refused(err, paylinks.RefusedState)
	assert.Equal(t, before.Status, s.fetch(ref).Status)
}

func voidWhole(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanVoid)
	ref := s.authorized(s.money("150"))
	snapshot, err := s.void(ref, ref.Amount)
	s.fine(snapshot, err)
	assert.Equal(t, paylinks.StatusCancelled, snapshot.Status)
	assert.Equal(t, paylinks.StatusCancelled, s.fetch(ref).Status)
	s.totals(ref, snapshot, paylinks.Zero(s.currency), paylinks.Zero(s.currency))

	_, err = s.capture(ref, s.reference("capture"), ref.Amount)
	s.refused(err, paylinks.RefusedState)
	s.really(ref, paylinks.Zero(s.currency), paylinks.Zero(s.currency))
}

func voidRest(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanVoid, paylinks.CanCapturePartly)
	ref := s.authorized(s.money("150"))
	part := s.money("50")
	_, err := s.capture(ref, s.reference("capture"), part)
	require.NoError(t, err)

	snapshot, err := s.void(ref, ref.Amount.Sub(part))
	if err != nil {
		s.refused(err) // A provider may void whole authorizations alone.
		return
	}
	s.fine(snapshot, err)
	assert.Equal(t, paylinks.StatusCaptured, snapshot.Status, "what is captured is all there will be")
	s.totals(ref, snapshot, part, paylinks.Zero(s.currency))
}

func voidCaptured(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanVoid)
	ref := s.captured(s.money("150"))
	_, err := s.void(ref, ref.Amount)
	s.refused(err, paylinks.RefusedState, paylinks.RefusedUnsupported)
	s.really(ref, ref.Amount, paylinks.Zero(s.currency))
}
