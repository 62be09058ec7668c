package providertest

import (
	"github.com/stretchr/testify/assert"

	"github.com/paylinks/paylinks-go/paylinks"
)

func refundChecks() []Check {
	return []Check{
		{"Refund gives everything back, in every currency", refundWhole},
		{"Refund tells two parts of one amount apart by their references", refundParts},
		{"Refund with one reference happens once", refundRepeated},
		{"Refund of an unpaid link is refused", refundUnpaid},
		{"Refund of more than was captured is refused", refundTooMuch},
		{"Refund of a disputed payment says that it's disputed", refundDisputed},
	}
}

func refundWhole(t TB, h Harness) {
	for _, currency := range h.Currencies {
		s := stageIn(t, h, currency)
		s.can(paylinks.CanRefund)
		ref := s.captured(s.money("150"))
		reference := s.reference("refund")
		snapshot, err := s.refund(ref, reference, ref.Amount)
		s.fine(snapshot, err)
		s.totals(ref, snapshot, ref.Amount, ref.Amount)

		seen := s.fetch(ref)
		if seen.Refunded.IsSet() {
			assert.Equal(t, paylinks.StatusRefunded, seen.Status)
		}
		s.totals(ref, seen, ref.Amount, ref.Amount)
		if s.info.Can(paylinks.CanTraceRefund) {
			s.traced(seen.Refunds, reference, ref.Amount)
		}
	}
}

func refundParts(t TB, h Harness) {
	for _, currency := range h.Currencies {
		s := stageIn(t, h, currency)
		s.can(paylinks.CanRefund, paylinks.CanRefundPartly)
		ref := s.captured(s.money("150"))
		part, first, second := s.money("50"), s.reference("refund"), s.reference("refund")

		snapshot, err := s.refund(ref, first, part)
		s.fine(snapshot, err)
		s.totals(ref, snapshot, ref.Amount, part)

		snapshot, err = s.refund(ref, second, part)
		s.fine(snapshot, err)
		s.totals(ref, snapshot, ref.Amount, part.Times(2))

		seen := s.fetch(ref)
		if seen.Refunded.IsSet() {
			assert.Equal(t, paylinks.StatusPartiallyRefunded, seen.Status)
		}
		if s.info.Can(paylinks.CanTraceRefund) {
			s.traced(seen.Refunds, first, part)
			s.traced(seen.Refunds, second, part)
		}
	}
}

func refundRepeated(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanRepeatRefund)
	s.needs("Subject.Truth", s.Truth != nil)
	ref := s.captured(s.money("150"))
	part, reference := s.money("50"), s.reference("refund")
	if !s.info.Can(paylinks.CanRefundPartly) {
		part = ref.Amount
	}
	for range 3 {
		s.repeated(s.refund(ref, reference, part))
		s.really(ref, ref.Amount, part)
	}
}

func refundUnpaid(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanRefund)
	ref := s.create(s.money("150"))
	_, err := s.refund(ref, s.reference("refund"), ref.Amount)
	s.refused(err)
	s.really(ref, paylinks.Zero(s.currency), paylinks.Zero(s.currency))
}

func refundTooMuch(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanRefund)
	ref := s.captured(s.money("150"))
	_, err := s.refund(ref, s.reference("refund"), ref.Amount.Add(s.money("1")))
	s.refused(err)
	s.really(ref, ref.Amount, paylinks.Zero(s.currency))
}

func refundDisputed(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanRefund)
	s.needs("Subject.Dispute", s.Dispute != nil)
	ref := s.captured(s.money("150"))
	assert.NoError(t, s.Dispute(ref))
	_, err := s.refund(ref, s.reference("refund"), ref.Amount)
	s.refused(err, paylinks.RefusedDisputed)
	s.really(ref, ref.Amount, paylinks.Zero(s.currency))
}
