package providertest

import (
	"github.com/stretchr/testify/assert"

	"github.com/paylinks/paylinks-go/paylinks"
)

func captureChecks() []Check {
	return []Check{
		{"Capture takes the whole amount, in every currency", captureWhole},
		{"Capture takes a part, then the rest", captureParts},
		{"Capture with one reference happens once, in part", captureRepeatedPart},
		{"Capture with one reference happens once, in full", captureRepeatedWhole},
		{"Capture of an unpaid link is refused", captureUnpaid},
		{"Capture of more than was authorized is refused", captureTooMuch},
	}
}

func captureWhole(t TB, h Harness) {
	for _, currency := range h.Currencies {
		s := stageIn(t, h, currency)
		s.can(paylinks.CanCapture)
		ref := s.authorized(s.money("150"))
		reference := s.reference("capture")
		snapshot, err := s.capture(ref, reference, ref.Amount)
		s.fine(snapshot, err)
		assert.Equal(t, paylinks.StatusCaptured, snapshot.Status)
		s.totals(ref, snapshot, ref.Amount, paylinks.Zero(currency))

		seen := s.fetch(ref)
		if seen.Captured.IsSet() {
			assert.Equal(t, paylinks.StatusCaptured, seen.Status)
		}
		s.totals(ref, seen, ref.Amount, paylinks.Zero(currency))
		if s.info.Can(paylinks.CanTraceCapture) {
			s.traced(seen.Captures, reference, ref.Amount)
		}
	}
}

func captureParts(t TB, h Harness) {
	for _, currency := range h.Currencies {
		s := stageIn(t, h, currency)
		s.can(paylinks.CanCapture, paylinks.CanCapturePartly)
		ref := s.authorized(s.money("150"))
		part := s.money("50")
		rest := ref.Amount.Sub(part)
		first, second := s.reference("capture"), s.reference("capture")

		snapshot, err := s.capture(ref, first, part)
		s.fine(snapshot, err)
		assert.Equal(t, paylinks.StatusPartiallyCaptured, snapshot.Status)
		s.totals(ref, snapshot, part, paylinks.Zero(currency))

		snapshot, err = s.capture(ref, second, rest)
		s.fine(snapshot, err)
		assert.Equal(t, paylinks.StatusCaptured, snapshot.Status)
		s.totals(ref, snapshot, ref.Amount, paylinks.Zero(currency))
		if s.info.Can(paylinks.CanTraceCapture) {
			seen := s.fetch(ref)
			s.traced(seen.Captures, first, part)
			s.traced(seen.Captures, second, rest)
		}
	}
}

// repeated is what a repetition may be answered with: the state, or that there's nothing to do any more.
func (s *scene) repeated(snapshot paylinks.Snapshot, err error) {
	s.Helper()
	if err != nil {
		s.refused(err, paylinks.RefusedState)
		return
	}
	s.fine(snapshot, err)
}

func captureRepeatedPart(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanRepeatCapture, paylinks.CanCapturePartly)
	s.needs("Subject.Truth", s.Truth != nil)
	ref := s.authorized(s.money("150"))
	part, reference := s.money("50"), s.reference("capture")
	for range 3 {
		s.repeated(s.capture(ref, reference, part))
		s.really(ref, part, paylinks.Zero(s.currency))
	}
}

func captureRepeatedWhole(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanRepeatCapture)
	s.needs("Subject.Truth", s.Truth != nil)
	ref, reference := s.authorized(s.money("150")), s.reference("capture")
	for range 3 {
		s.repeated(s.capture(ref, reference, ref.Amount))
		s.really(ref, ref.Amount, paylinks.Zero(s.currency))
	}
}

func captureUnpaid(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanCapture)
	ref := s.create(s.money("150"))
	_, err := s.capture(ref, s.reference("capture"), ref.Amount)
	s.refused(err)
	s.really(ref, paylinks.Zero(s.currency), paylinks.Zero(s.currency))
}

func captureTooMuch(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanCapture, paylinks.CanCapturePartly)
	ref := s.authorized(s.money("150"))
	_, err := s.capture(ref, s.reference("capture"), ref.Amount.Add(s.money("1")))
	s.refused(err)
	s.really(ref, paylinks.Zero(s.currency), paylinks.Zero(s.currency))
}
