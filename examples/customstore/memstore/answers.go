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
		row := s.answers[answer.Key]
		free := row == nil || expired(row, now)
		again := !free && row.Status == 0 && !row.DueAt.After(now) && row.Fingerprint == answer.Fingerprint
		if again {
			answer.Body = row.Body
		}
		if claimed = free || again; claimed {
			put(s, s.answers, answer.Key, cloneAnswer(&answer))
		}
		stored = *cloneAnswer(s.answers[answer.Key])
		return nil
	})
	return stored, claimed, err
}

// expired tells of an answer whose time is over. One without an expiry never expires.
func expired(answer *paylinks.Answer, now time.Time) bool {
	return !answer.ExpiresAt.IsZero() && !answer.ExpiresAt.After(now)
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
