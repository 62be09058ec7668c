package paylinks

import (
	"context"
)

// ClaimAnswer takes an idempotency key for one request of the HTTP API. key is a hash of caller, method, path and Idempotency-Key, fingerprint one of
// the body. note is kept in the answer's Body until that is final, so that the same request, where it comes again, finds the note of its first time. Not
// claimed means that the answer is final and to be replayed. An error has [CodeIdempotencyMismatch] where the key
// belongs to another request, or [CodeIdempotencyInProgress] where the first one still runs.
func (s *Service) ClaimAnswer(ctx context.Context, key, fingerprint string, note []byte) (answer Answer, claimed bool, err error) {
	now := s.now()
	answer, claimed, err = s.store.ClaimAnswer(ctx, Answer{
		Key: key, Fingerprint: fingerprint, Body: note, DueAt: now.Add(s.lease()), ExpiresAt: now.Add(s.opts.KeepAnswers),
	}, now)
	switch {
	case err != nil || claimed:
		return answer, claimed, err
	case answer.Fingerprint != fingerprint:
		return Answer{}, false, idempotencyMismatch("", "the idempotency key was used for another request: use a new one")
	case answer.Status == 0:
		return Answer{}, false, inProgress("", CodeIdempotencyInProgress, "")
	default:
		return answer, false, nil
	}
}

// KeepAnswer makes an answer the final one of its claimed key.
func (s *Service) KeepAnswer(ctx context.Context, claimed Answer, status int, body []byte) error {
	claimed.Status, claimed.Body = status, body
	return s.store.Write(ctx, Change{Answer: &claimed})
}

// ReleaseAnswer gives a claimed key back without an answer. If bound, the outcome of the request isn't known yet: only the same request
// may take the key again.
func (s *Service) ReleaseAnswer(ctx context.Context, claimed Answer, bound bool) error {
	if !bound {
		return s.store.Write(ctx, Change{FreeAnswer: claimed.Key})
	}
	claimed.DueAt = s.now()
	return s.store.Write(ctx, Change{Answer: &claimed})
}
