package providertest

import (
	"context"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func failureChecks() []Check {
	var checks []Check
	for _, op := range []Op{OpCreate, OpCapture, OpCancel, OpVoid, OpRefund} {
		for _, fault := range []Fault{LostAnswer, CutAnswer, GarbledAnswer, LateError, EarlyError} {
			checks = append(checks, Check{
				"A " + string(op) + " with " + string(fault) + " is unknown and isn't repeated",
				func(t TB, h Harness) { unknownOutcome(t, h, op, fault) },
			})
		}
		checks = append(checks,
			Check{"A " + string(op) + " too many isn't applied", func(t TB, h Harness) { tooMany(t, h, op) }},
			Check{"A " + string(op) + " ends with its context and is unknown", func(t TB, h Harness) { givenUp(t, h, op) }},
			Check{"A " + string(op) + " without a connection isn't applied", func(t TB, h Harness) { noConnection(t, h, op) }},
		)
	}
	return append(checks,
		Check{"A capture with a lost answer can be repeated", captureAfterLoss},
		Check{"A refund with a lost answer can be repeated", refundAfterLoss},
		Check{"A fetch that fails is an error and no state", fetchFails},
		Check{"A fetch ends with its context", fetchGivenUp},
		Check{"A call whose context has ended isn't made", endedContext},
	)
}

// call is an effectful operation, ready to be made: on a link that is in the right state for it.
type call func(ctx context.Context) error

// prepare makes a link on which op can be called.
func (s *scene) prepare(op Op) call {
	s.Helper()
	amount := s.money("150")
	switch op {
	case OpCapture:
		s.can(paylinks.CanCapture)
		return s.act(op, s.authorized(amount))
	case OpCancel:
		s.can(paylinks.CanCancel)
		return s.act(op, s.create(amount))
	case OpVoid:
		s.can(paylinks.CanVoid)
		return s.act(op, s.authorized(amount))
	case OpRefund:
		s.can(paylinks.CanRefund)
		return s.act(op, s.captured(amount))
	default:
		return s.act(OpCreate, paylinks.Ref{Amount: amount})
	}
}

// act is op on the link of ref.
func (s *scene) act(op Op, ref paylinks.Ref) call {
	reference := s.reference(string(op))
	return func(ctx context.Context) (err error) {
		switch op {
		case OpCapture:
			_, err = s.Provider.Capture(ctx, ref, paylinks.CaptureInput{Reference: reference, Amount: ref.Amount, At: time.Now()})
		case OpCancel, OpVoid:
			_, err = s.Provider.Cancel(ctx, ref, paylinks.CancelInput{Reference: reference, Void: op == OpVoid, Amount: ref.Amount})
		case OpRefund:
			refunder, ok := s.Provider.(paylinks.Refunder)
			require.True(s, ok, "a provider that can refund is a Refunder")
			_, err = refunder.Refund(ctx, ref, paylinks.RefundInput{Reference: reference, Amount: ref.Amount})
		case OpFetch:
			_, err = s.Provider.Fetch(ctx, ref)
		default:
			_, err = s.Provider.Create(ctx, s.input(ref.Amount))
		}
		return err
	}
}

func unknownOutcome(t TB, h Harness, op Op, fault Fault) {
	s := stage(t, h)
	s.needs("Subject.Break and Calls", s.Break != nil && s.Calls != nil)
	do := s.prepare(op)
	calls := s.Calls(op)
	s.Break(op, fault)
	s.uncertain(do(s.ctx()))
	assert.Equal(t, 1, s.Calls(op)-calls, "what could have an effect is sent once")
}

func tooMany(t TB, h Harness, op Op) {
	s := stage(t, h)
	s.needs("Subject.Break and Calls", s.Break != nil && s.Calls != nil)
	do := s.prepare(op)
	calls := s.Calls(op)
	s.Break(op, TooMany)
	s.refused(do(s.ctx()), paylinks.RefusedRate)
	assert.Equal(t, 1, s.Calls(op)-calls, "what could have an effect is sent once")
}

func givenUp(t TB, h Harness, op Op) {
	s := stage(t, h)
	s.needs("Subject.Hang and Calls", s.Hang != nil && s.Calls != nil)
	do := s.prepare(op)
	err := s.giveUp(op, do)
	s.uncertain(err)
	assert.ErrorIs(t, err, context.Canceled, "the reason is among the error's causes")
}

// giveUp makes a call that hangs, and ends its context once it has reached the API.
func (s *scene) giveUp(op Op, do call) error {
	s.Helper()
	calls := s.Calls(op)
	s.Hang(op)
	ctx, cancel := context.WithCancel(s.ctx())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- do(ctx) }()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	tooLong := time.NewTimer(patience)
	defer tooLong.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-tooLong.C:
			s.Errorf("the call goes on after its context has ended")
			s.FailNow()
		case <-look.C:
			if s.Calls(op) > calls {
				cancel()
			}
		}
	}
}

func noConnection(t TB, h Harness, op Op) {
	s := stage(t, h)
	s.needs("Harness.Down", h.Down != nil)
	ref := paylinks.Ref{Amount: s.money("150")}
	switch op {
	case OpCapture:
		s.can(paylinks.CanCapture)
		ref = s.authorized(ref.Amount)
	case OpVoid:
		s.can(paylinks.CanVoid)
		ref = s.authorized(ref.Amount)
	case OpRefund:
		s.can(paylinks.CanRefund)
		ref = s.captured(ref.Amount)
	case OpCancel:
		s.can(paylinks.CanCancel)
		ref = s.create(ref.Amount)
	default: // they need no payment in any state
	}
	s.Provider = h.Down(t, s.currency)
	s.refused(s.act(op, ref)(s.ctx()), paylinks.Unreachable)
}

func captureAfterLoss(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanRepeatCapture)
	s.needs("Subject.Break, Heal and Truth", s.Break != nil && s.Heal != nil && s.Truth != nil)
	ref, reference := s.authorized(s.money("150")), s.reference("capture")
	for _, fault := range []Fault{EarlyError, LostAnswer} {
		s.Break(OpCapture, fault)
		_, err := s.capture(ref, reference, ref.Amount)
		s.uncertain(err)
		s.Heal()
	}
	s.really(ref, ref.Amount, paylinks.Zero(s.currency))
	s.repeated(s.capture(ref, reference, ref.Amount))
	s.really(ref, ref.Amount, paylinks.Zero(s.currency))
	if s.info.Can(paylinks.CanTraceCapture) {
		s.traced(s.fetch(ref).Captures, reference, ref.Amount)
	}
}

func refundAfterLoss(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanRepeatRefund)
	s.needs("Subject.Break, Heal and Truth", s.Break != nil && s.Heal != nil && s.Truth != nil)
	ref, reference := s.captured(s.money("150")), s.reference("refund")
	for _, fault := range []Fault{EarlyError, LostAnswer} {
		s.Break(OpRefund, fault)
		_, err := s.refund(ref, reference, ref.Amount)
		s.uncertain(err)
		s.Heal()
	}
	s.really(ref, ref.Amount, ref.Amount)
	s.repeated(s.refund(ref, reference, ref.Amount))
	s.really(ref, ref.Amount, ref.Amount)
	if s.info.Can(paylinks.CanTraceRefund) {
		s.traced(s.fetch(ref).Refunds, reference, ref.Amount)
	}
}

func fetchFails(t TB, h Harness) {
	s := stage(t, h)
	s.needs("Subject.Break and Heal", s.Break != nil && s.Heal != nil)
	ref := s.create(s.money("150"))
	for _, fault := range []Fault{EarlyError, GarbledAnswer, LostAnswer} {
		s.Break(OpFetch, fault)
		_, err := s.Provider.Fetch(s.ctx(), ref)
		failure := s.providerError(err)
		assert.Equal(t, paylinks.Unreachable, failure.Refusal, "%s", fault)
		s.Heal()
	}
	assert.Equal(t, paylinks.StatusCreated, s.fetch(ref).Status)
}

func fetchGivenUp(t TB, h Harness) {
	s := stage(t, h)
	s.needs("Subject.Hang and Calls", s.Hang != nil && s.Calls != nil)
	ref := s.create(s.money("150"))
	err := s.giveUp(OpFetch, s.act(OpFetch, ref))
	assert.Equal(t, paylinks.Unreachable, s.providerError(err).Refusal)
	assert.ErrorIs(t, err, context.Canceled)
}

func endedContext(t TB, h Harness) {
	s := stage(t, h)
	do := s.prepare(OpCreate)
	ctx, cancel := context.WithCancel(s.ctx())
	cancel()
	s.refused(do(ctx), paylinks.Unreachable)
	if s.Calls != nil {
		assert.Zero(t, s.Calls(OpCreate))
	}
}
