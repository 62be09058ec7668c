package sqlstore

import (
	"context"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	putAnswerQuery = `INSERT INTO answers (answer_key, fingerprint, status, body, due_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (answer_key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
			body = excluded.body, due_at = excluded.due_at, expires_at = excluded.expires_at`
	// claimAnswerQuery is the same for a key that may be taken: its answer has expired, or the request that held it is gone
	// without a final answer and this is the same request again.
	claimAnswerQuery = putAnswerQuery + ` WHERE (answers.expires_at > 0 AND answers.expires_at <= ?)
		OR (answers.status = 0 AND answers.due_at <= ? AND answers.fingerprint = excluded.fingerprint)`
	answerByKey        = `SELECT answer_key, fingerprint, status, body, due_at, expires_at FROM answers WHERE answer_key = ?`
	freeAnswerQuery    = `DELETE FROM answers WHERE answer_key = ?`
	forgetAnswersQuery = `DELETE FROM answers WHERE answer_key IN
		(SELECT answer_key FROM answers WHERE expires_at > 0 AND expires_at < ? ORDER BY expires_at LIMIT 1000)`
)

var answerWrites = []string{putAnswerQuery, claimAnswerQuery, answerByKey, freeAnswerQuery, forgetAnswersQuery}

func putAnswer(a paylinks.Answer) step { return run(putAnswerQuery, answerValues(a), nil) }

func freeAnswer(key string) step { return run(freeAnswerQuery, []any{key}, nil) }

func forgetAnswers(before time.Time) step { return run(forgetAnswersQuery, []any{micros(before)}, nil) }

func answerValues(a paylinks.Answer) []any {
	return []any{a.Key, a.Fingerprint, a.Status, append([]byte{}, a.Body...), micros(a.DueAt), micros(a.ExpiresAt)}
}

// ClaimAnswer takes the key of an answer where it's free, expired, or left behind by the same request. An answer without ExpiresAt
// never expires.
func (s *Store) ClaimAnswer(ctx context.Context, answer paylinks.Answer, now time.Time) (paylinks.Answer, bool, error) {
	values := append(answerValues(answer), now.UnixMicro(), now.UnixMicro())
	var stored paylinks.Answer
	var claimed bool
	err := s.writer.do(ctx, func(ctx context.Context, t *transaction) error {
		written, err := t.exec(ctx, claimAnswerQuery, values...)
		if err != nil {
			return err
		}
		claimed = written == 1
		var dueAt, expiresAt int64
		err = t.queryRow(ctx, answerByKey, values[:1],
			&stored.Key, &stored.Fingerprint, &stored.Status, &stored.Body, &dueAt, &expiresAt)
		stored.DueAt, stored.ExpiresAt = fromMicros(dueAt), fromMicros(expiresAt)
		if len(stored.Body) == 0 {
			stored.Body = nil
		}
		return err
	})
	if err != nil {
		return paylinks.Answer{}, false, wrap("claim an answer", err)
	}
	return stored, claimed, nil
}
