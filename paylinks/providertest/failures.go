package providertest

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func failureChecks() []Check {
	var checks []Check
	for _, op := range []Op{OpCreate, OpCapture, OpCancel, OpVoid, OpRefund} {
		for _, fault := range []Fault{LostAnswer, CutAnswer, GarbledAnswer, LateError, EarlyError, Redirected, Huge} {
			checks = append(checks, Check{
				"A " + string(op) + " with " + string(fault) + " is unknown and isn't repeated",
				func(t TB, h Harness) { unknownOutcome(t, h, op, fault) },
			})
		}
		checks = append(checks,
			Check{"A " + string(op) + " too many isn't applied", func(t TB, h Harness) { tooMany(t, h, op) }},
			Check{"A " + string(op) + " with " + string(Unauthorized) + " isn't applied, and says why", func(t TB, h Harness) { wrongKey(t, h, op) }},
			Check{"A " + string(op) + " ends with its context and is unknown", func(t TB, h Harness) { givenUp(t, h, op) }},
			Check{"A " + string(op) + " without a connection isn't applied", func(t TB, h Harness) { noConnection(t, h, op) }},
		)
	}
	return append(checks,
		Check{"A capture with a lost answer can be repeated", captureAfterLoss},
		Check{"A refund with a lost answer can be repeated", refundAfterLoss},
		Check{"A capture that has moved no money isn't listed", captureWithoutEffect},
		Check{"A refund that has moved no money isn't listed", refundWithoutEffect},
		Check{"A fetch that fails is an error and no state", fetchFails},
		Check{"A fetch reads no more than it has to", fetchIsBounded},
		Check{"A fetch with " + string(Unauthorized) + " says why", fetchWithWrongKey},
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
	s.Helper()
	return s.actAs(op, ref, s.reference(string(op)))
}

// actAs is op with a reference. The call may be made in another goroutine than the test's, which alone can end it.
func (s *scene) actAs(op Op, ref paylinks.Ref, reference string) call {
	s.Helper()
	if op == OpRefund {
		s.has(paylinks.CanRefund)
	}
	return func(ctx context.Context) (err error) {
		switch op {
		case OpCapture:
			_, err = s.Provider.Capture(ctx, ref, paylinks.CaptureInput{Reference: reference, Amount: ref.Amount, At: time.Now()})
		case OpCancel, OpVoid:
			_, err = s.Provider.Cancel(ctx, ref, paylinks.CancelInput{Reference: reference, Void: op == OpVoid, Amount: ref.Amount})
		case OpRefund:
			_, err = s.Provider.(paylinks.Refunder).Refund(ctx, ref, paylinks.RefundInput{Reference: reference, Amount: ref.Amount})
		case OpFetch:
			_, err = s.Provider.Fetch(ctx, ref)
		default:
			_, err = s.Provider.Create(ctx, s.input(ref.Amount))
		}
		return err
	}
}

// suspects are the habits that make a success of a fault.
var suspects = map[Fault]string{
	Redirected: "the provider follows it",
	Huge:       "the provider reads it without a limit",
}

// strike breaks op and makes a call of it, which has to fail.
func (s *scene) strike(op Op, fault Fault, do call) error {
	s.Helper()
	s.Break(op, fault)
	err := do(s.ctx())
	habit := cmp.Or(suspects[fault], "the provider takes it for a success")
	require.Error(s, err, "with fault %q on op %q: %s, or Subject.Break doesn't make it", fault, op, habit)
	return err
}

// sentOnce checks that a call of op has been sent since there were so many.
func (s *scene) sentOnce(op Op, calls int) {
	s.Helper()
	s.reached(op, calls)
	assert.Equal(s, 1, s.Calls(op)-calls, "what could have an effect is sent once, by Subject.Calls(%q)", op)
}

// reached checks that a call of op has reached the API since there were so many.
func (s *scene) reached(op Op, calls int) {
	s.Helper()
	require.Greater(s, s.Calls(op), calls, "the call never reached the API by Subject.Calls(%q)", op)
}

func unknownOutcome(t TB, h Harness, op Op, fault Fault) {
	s := stage(t, h)
	s.needs("Subject.Break and Calls", s.Break != nil && s.Calls != nil)
	do := s.prepare(op)
	calls := s.Calls(op)
	s.uncertain(s.strike(op, fault, do))
	s.sentOnce(op, calls)
}

func tooMany(t TB, h Harness, op Op) {
	s := stage(t, h)
	s.needs("Subject.Break and Calls", s.Break != nil && s.Calls != nil)
	do := s.prepare(op)
	calls := s.Calls(op)
	s.refused(s.strike(op, TooMany, do), paylinks.RefusedRate)
	s.sentOnce(op, calls)
}

// wrongKey lets a call be repeated: a key that's refused for its age alone may be renewed.
func wrongKey(t TB, h Harness, op Op) {
	s := stage(t, h)
	s.needs("Subject.Break", s.Break != nil)
	s.refused(s.strike(op, Unauthorized, s.prepare(op)), paylinks.RefusedCredentials)
}

func fetchWithWrongKey(t TB, h Harness) {
	s := stage(t, h)
	s.needs("Subject.Break", s.Break != nil)
	s.refused(s.strike(OpFetch, Unauthorized, s.act(OpFetch, s.create(s.money("150")))), paylinks.RefusedCredentials)
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
			require.Error(s, err, "with Subject.Hang(%q) and a context that has ended: has Hang held the call up?", op)
			s.reached(op, calls) // else it has ended with the scene's own time
			return err
		case <-tooLong.C:
			s.reached(op, calls)
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
	require.NotNil(t, s.Provider, "Harness.Down made no provider")
	s.refused(s.act(op, ref)(s.ctx()), paylinks.Unreachable)
}

func captureAfterLoss(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanRepeatCapture)
	s.needs("Subject.Break, Heal and Truth", s.Break != nil && s.Heal != nil && s.Truth != nil)
	ref, reference := s.authorized(s.money("150")), s.reference("capture")
	do := s.actAs(OpCapture, ref, reference)
	for _, fault := range []Fault{EarlyError, LostAnswer} {
		s.uncertain(s.strike(OpCapture, fault, do))
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
	do := s.actAs(OpRefund, ref, reference)
	for _, fault := range []Fault{EarlyError, LostAnswer} {
		s.uncertain(s.strike(OpRefund, fault, do))
		s.Heal()
	}
	s.really(ref, ref.Amount, ref.Amount)
	s.repeated(s.refund(ref, reference, ref.Amount))
	s.really(ref, ref.Amount, ref.Amount)
	if s.info.Can(paylinks.CanTraceRefund) {
		s.traced(s.fetch(ref).Refunds, reference, ref.Amount)
	}
}

func captureWithoutEffect(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanCapture, paylinks.CanTraceCapture)
	s.needs("Subject.Break and Heal", s.Break != nil && s.Heal != nil)
	ref, reference := s.authorized(s.money("150")), s.reference("capture")
	s.uncertain(s.strike(OpCapture, EarlyError, s.actAs(OpCapture, ref, reference)))
	s.Heal()
	snapshot := s.fetch(ref)
	s.untraced(snapshot.Captures, reference)
	s.totals(ref, snapshot, paylinks.Zero(s.currency), paylinks.Zero(s.currency))
}

func refundWithoutEffect(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanRefund, paylinks.CanTraceRefund)
	s.needs("Subject.Break and Heal", s.Break != nil && s.Heal != nil)
	ref, reference := s.captured(s.money("150")), s.reference("refund")
	s.uncertain(s.strike(OpRefund, EarlyError, s.actAs(OpRefund, ref, reference)))
	s.Heal()
	snapshot := s.fetch(ref)
	s.untraced(snapshot.Refunds, reference)
	s.totals(ref, snapshot, ref.Amount, paylinks.Zero(s.currency))
}

func fetchFails(t TB, h Harness) {
	s := stage(t, h)
	s.needs("Subject.Break and Heal", s.Break != nil && s.Heal != nil)
	ref := s.create(s.money("150"))
	for _, fault := range []Fault{EarlyError, GarbledAnswer, LostAnswer, Redirected, Huge} {
		failure := s.providerError(s.strike(OpFetch, fault, s.act(OpFetch, ref)))
		assert.Equal(t, paylinks.Unreachable, failure.Refusal, "%s", fault)
		s.Heal()
	}
	assert.Equal(t, paylinks.StatusCreated, s.fetch(ref).Status)
}

// fetchIsBounded sees by the error's cause whether an answer was read to where it breaks off.
func fetchIsBounded(t TB, h Harness) {
	s := stage(t, h)
	s.needs("Subject.Break and Heal", s.Break != nil && s.Heal != nil)
	do := s.act(OpFetch, s.create(s.money("150")))
	told := errors.Is(s.strike(OpFetch, CutAnswer, do), io.ErrUnexpectedEOF)
	s.needs("errors with the cause of a cut answer", told)
	s.Heal()
	err := s.strike(OpFetch, Endless, do)
	assert.Equal(t, paylinks.Unreachable, s.providerError(err).Refusal)
	assert.NotErrorIs(t, err, io.ErrUnexpectedEOF, "the provider has read 32 MiB to their end: it has to stop at a limit")
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
