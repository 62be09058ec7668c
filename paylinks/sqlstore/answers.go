package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	putAnswerQuery = `INSERT INTO answers (answer_key, fingerprint, status, body, due_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (answer_key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
			body = excluded.body, due_at = excluded.due_at, expires_at = excluded.expires_at`
	// newAnswerQuery claims a key that is free, takeAnswerQuery one that isn't: its answer has expired, or the request that held it is gone without a final
	// answer and this is the same request again.
	newAnswerQuery = `INSERT INTO answers (answer_key, fingerprint, status, body, due_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (answer_key) DO NOTHING`
	takeAnswerQuery = `UPDATE answers SET fingerprint = ?, status = ?, body = ?, due_at = ?, expires_at = ? WHERE answer_key = ? AND
		((expires_at > 0 AND expires_at <= ?) OR (status = 0 AND due_at <= ? AND fingerprint = ?))`
	answerByKey        = `SELECT answer_key, fingerprint, status, body, due_at, expires_at FROM answers WHERE answer_key = ?`
	freeAnswerQuery    = `DELETE FROM answers WHERE answer_key = ?`
	forgetAnswersQuery = `DELETE FROM answers WHERE answer_key IN
		(SELECT answer_key FROM answers WHERE expires_at > 0 AND expires_at < ? ORDER BY expires_at LIMIT 1000)`
)

var answerWrites = []string{putAnswerQuery, newAnswerQuery, takeAnswerQuery, answerByKey, freeAnswerQuery, forgetAnswersQuery}

func putAnswer(a paylinks.Answer) step { return run(putAnswerQuery, answerValues(a), nil) }

func freeAnswer(key string) step { return run(freeAnswerQuery, []any{key}, nil) }

func forgetAnswers(before time.Time) step { return run(forgetAnswersQuery, []any{micros(before)}, nil) }

func answerValues(a paylinks.Answer) []any {
	return []any{a.Key, a.Fingerprint, a.Status, append([]byte{}, a.Body...), micros(a.DueAt), micros(a.ExpiresAt)}
}

// ClaimAnswer takes the key of an answer where it's free, expired, or left behind by the same request. An answer without ExpiresAt
// never expires.
func (s *Store) ClaimAnswer(ctx context.Context, answer paylinks.Answer, now time.Time) (paylinks.Answer, bool, error) {
	var stored paylinks.Answer
	var claimed bool
	err := s.writer.do(ctx, func(ctx context.Context, t *transaction) (err error) {
		stored, claimed, err = claimAnswer(ctx, t, answer, now)
		return err
	})
	if err != nil {
		return paylinks.Answer{}, false, wrap("claim an answer", err)
	}
	return stored, claimed, nil
}

func claimAnswer(ctx context.Context, t *transaction, answer paylinks.Answer, now time.Time) (stored paylinks.Answer, claimed bool, err error) {
	err = sql.ErrNoRows
	for errors.Is(err, sql.ErrNoRows) { // another process may free the key between two of these statements
		var written int64
		if written, err = t.exec(ctx, newAnswerQuery, answerValues(answer)...); err != nil || written == 1 {
			return asStored(answer), err == nil, err
		}
		stored, err = readAnswer(ctx, t, answer.Key)
	}
	if err != nil {
		return stored, false, err
	}
	if stored.ExpiresAt.IsZero() || stored.ExpiresAt.After(now) {
		answer.Body = stored.Body
	}
	conditions := []any{answer.Key, now.UnixMicro(), now.UnixMicro(), answer.Fingerprint}
	taken, err := t.exec(ctx, takeAnswerQuery, slices.Concat(answerValues(answer)[1:], conditions)...)
	if err != nil || taken == 0 {
		return stored, false, err
	}
	return asStored(answer), true, nil
}

// asStored is an answer as it's read again.
func asStored(a paylinks.Answer) paylinks.Answer {
	a.DueAt, a.ExpiresAt = fromMicros(micros(a.DueAt)), fromMicros(micros(a.ExpiresAt))
	return a
}

func readAnswer(ctx context.Context, t *transaction, key string) (paylinks.Answer, error) {
	var stored paylinks.Answer
	var dueAt, expiresAt int64
	err := t.queryRow(ctx, answerByKey, []any{key}, &stored.Key, &stored.Fingerprint, &stored.Status, &stored.Body, &dueAt, &expiresAt)
	stored.DueAt, stored.ExpiresAt = fromMicros(dueAt), fromMicros(expiresAt)
	if len(stored.Body) == 0 {
		stored.Body = nil
	}
	return stored, err
}
