package memstore

import (
	"context"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// mostForgotten is how many expired answers one change removes, so that it doesn't hold up the others.
const mostForgotten = 1000

// ClaimAnswer takes the key of an answer where it's free, expired, or left behind by the same request. The look and the write are one transaction: of
// many who ask for one key, one gets it.
func (s *Store) ClaimAnswer(ctx context.Context, answer paylinks.Answer, now time.Time) (stored paylinks.Answer, claimed bool, err error) {
	err = s.transaction(ctx, func() error {
		if row := s.answers[answer.Key]; row == nil || takeable(row, answer, now) {
			put(s, s.answers, answer.Key, cloneAnswer(&answer))
			claimed = true
		}
		stored = *cloneAnswer(s.answers[answer.Key])
		return nil
	})
	return stored, claimed, err
}

// takeable tells whether a stored answer gives way to another. One without an expiry never expires.
func takeable(stored *paylinks.Answer, next paylinks.Answer, now time.Time) bool {
	expired := !stored.ExpiresAt.IsZero() && !stored.ExpiresAt.After(now)
	leftBehind := stored.Status == 0 && !stored.DueAt.After(now) && stored.Fingerprint == next.Fingerprint
	return expired || leftBehind
}

func (s *Store) putAnswer(change paylinks.Change) error {
	if change.Answer != nil {
		put(s, s.answers, change.Answer.Key, cloneAnswer(change.Answer))
	}
	if change.FreeAnswer != "" {
		remove(s, s.answers, change.FreeAnswer)
	}
	return nil
}

func (s *Store) forgetAnswers(change paylinks.Change) error {
	forgotten := 0
	for key, answer := range s.answers {
		expired := !answer.ExpiresAt.IsZero() && answer.ExpiresAt.Before(change.ForgetAnswersBefore)
		if expired && forgotten < mostForgotten {
			remove(s, s.answers, key)
			forgotten++
		}
	}
	return nil
}
