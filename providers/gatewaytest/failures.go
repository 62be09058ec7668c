package gatewaytest

import (
	"context"
	"slices"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func failureChecks() []Check {
	var checks []Check
	for _, fault := range []Fault{TooMany, Unavailable, Dropped, Cut, Garbled, Redirected} {
		checks = append(checks, Check{
			"A walk that meets " + string(fault) + " loses nothing",
			func(t TB, h Harness) { meets(t, h, fault) },
		})
	}
	for _, fault := range []Fault{Unavailable, Dropped, Cut, Garbled} {
		checks = append(checks, Check{
			"A walk that meets nothing but " + string(fault) + " ends with an error",
			func(t TB, h Harness) { meetsForever(t, h, fault, paylinks.Unreachable) },
		})
	}
	return append(checks,
		Check{"A walk that meets nothing but " + string(Redirected) + " ends with an error", func(t TB, h Harness) {
			meetsForever(t, h, Redirected, paylinks.Unreachable, paylinks.RefusedRequest) // as the host's failure, or as a wrong host
		}},
		Check{"A walk waits as long as Retry-After says", waits},
		Check{"A walk without a connection ends with an error", noConnection},
		Check{"A token that expires in mid-walk is renewed", expiredToken},
		Check{"Refused credentials end the walk with words that help", refused},
		Check{"Credentials refused in mid-walk end it, and lose nothing", refusedLater},
		Check{"A walk ends with its context", endedContext},
		Check{"A walk that waits for an answer ends with its context", givenUp},
	)
}

// meets has the second page meet a fault: the walk gets over it, or ends with an error and can be resumed.
func meets(t TB, h Harness, fault Fault) {
	s := pages(t, h, 3)
	s.needs("Subject.Break", s.Break != nil)
	w := s.walk("", func(n int) bool {
		if n == 1 {
			s.Break(fault, 1)
		}
		return true
	})
	if fault == TooMany {
		require.NoError(t, w.err, "a walk waits where the provider says so")
	}
	s.expect(s.resumed(w))
}

// resumed are the payments of a walk, with what a second one yields after the checkpoint before the error where it ended with one.
func (s *scene) resumed(w walk) []paylinks.Payment {
	s.Helper()
	if w.err == nil {
		return w.payments
	}
	kept, checkpoint := 0, ""
	for i, payment := range w.payments {
		if payment.Checkpoint != "" {
			kept, checkpoint = i+1, payment.Checkpoint
		}
	}
	rest := s.walk(checkpoint, nil)
	require.NoError(s, rest.err)
	return slices.Concat(w.payments[:kept], rest.payments)
}

func meetsForever(t TB, h Harness, fault Fault, refusals ...paylinks.Refusal) {
	s := pages(t, h, 3)
	s.needs("Subject.Break and Heal", s.Break != nil && s.Heal != nil)
	w := s.walk("", func(n int) bool {
		if n == 1 {
			s.Break(fault, 0)
		}
		return true
	})
	require.Error(t, w.err)
	require.NoError(t, s.ctx.Err(), "the walk gives up by itself")
	assert.Contains(t, refusals, s.providerError(w.err).Refusal)
	s.Heal()
	s.expect(s.resumed(w))
}

func waits(t TB, h Harness) {
	s := pages(t, h, 2)
	s.needs("Subject.Break and Waited", s.Break != nil && s.Waited != nil)
	before := s.Waited()
	s.Break(TooMany, 1)
	s.expect(s.whole().payments)
	assert.GreaterOrEqual(t, s.Waited()-before, RetryAfter)
}

func noConnection(t TB, h Harness) {
	s := stage(t, h, nil)
	s.needs("Harness.Down", h.Down != nil)
	s.Gateway = h.Down(t)
	w := s.walk("", nil)
	require.Error(t, w.err)
	assert.Empty(t, w.payments)
	assert.Equal(t, paylinks.Unreachable, s.providerError(w.err).Refusal)
}

func expiredToken(t TB, h Harness) {
	s := pages(t, h, 3)
	s.needs("Subject.ExpireToken", s.ExpireToken != nil)
	w := s.walk("", func(n int) bool {
		if n == 1 || n == s.PageSize+1 {
			s.ExpireToken()
		}
		return true
	})
	require.NoError(t, w.err)
	s.expect(w.payments)
}

func refused(t TB, h Harness) {
	s := stage(t, h, many(h, 1))
	s.needs("Subject.Revoke", s.Revoke != nil)
	s.Revoke()
	w := s.walk("", nil)
	assert.Empty(t, w.payments)
	s.refusedCredentials(w.err)
}

func (s *scene) refusedCredentials(err error) {
	s.Helper()
	require.Error(s, err)
	failure := s.providerError(err)
	assert.Equal(s, paylinks.RefusedCredentials, failure.Refusal)
	const aFewWords = 20
	assert.Greater(s, len(failure.Message), aFewWords, "the message says what to check")
}

func refusedLater(t TB, h Harness) {
	s := pages(t, h, 3)
	s.needs("Subject.Revoke", s.Revoke != nil)
	w := s.walk("", func(n int) bool {
		if n == 1 {
			s.Revoke()
		}
		return true
	})
	s.refusedCredentials(w.err)
	assert.Less(t, len(w.payments), 3*s.PageSize+1)
}

func endedContext(t TB, h Harness) {
	s := pages(t, h, 3)
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	stop := s.PageSize + 1
	w := s.follow(ctx, s.query, func(n int) bool {
		if n == stop {
			cancel()
		}
		return true
	})
	assert.Len(t, w.payments, stop, "nothing is yielded once the context has ended")
	require.ErrorIs(t, w.err, context.Canceled, "the reason is among the error's causes")

	w = s.follow(ctx, s.query, nil)
	assert.Empty(t, w.payments)
	require.ErrorIs(t, w.err, context.Canceled)
}

func givenUp(t TB, h Harness) {
	s := pages(t, h, 3)
	s.needs("Subject.Hang and Calls", s.Hang != nil && s.Calls != nil)
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	s.Hang()
	calls, ended := s.Calls(), make(chan walk, 1)
	go func() {
		defer close(ended)
		ended <- s.follow(ctx, s.query, nil)
	}()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for {
		select {
		case w, ok := <-ended:
			require.True(t, ok, "the walk came to an end")
			assert.Empty(t, w.payments)
			require.ErrorIs(t, w.err, context.Canceled)
			return
		case <-s.ctx.Done():
			require.NoError(t, s.ctx.Err(), "the walk goes on after its context has ended")
		case <-look.C:
			if s.Calls() > calls {
				cancel()
			}
		}
	}
}
