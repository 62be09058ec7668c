package httpserver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	headerIdempotencyKey = "Idempotency-Key"
	headerReplayed       = "Idempotent-Replayed"
	maxIdempotencyKey    = 255
)

// input is a POST that was read and let in.
type input struct {
	id string
	// deliveryID is the second id of a path that has two.
	deliveryID string
	body       wire.Body
	// key is the hash of the caller, the method, the path and the Idempotency-Key, "" where none was sent. The Service gets it too:
	// it makes the repeated request the same operation even when the first one's answer was never kept, its outcome being unknown
	// or the process having died.
	key string
	// note is what was noted when the request first came under its key.
	note []byte
	// replayed is set where the Service has answered again what it answered under the same reference before.
	replayed *bool
}

// operate does what a POST asks for and returns its answer.
type operate func(ctx context.Context, in input) (status int, answer any, err error)

// operation makes the handler of a POST: its body read, its Idempotency-Key honoured.
//
// Kept for the key are final outcomes: a success, and a buyer's rejection. After anything else the key is free again; where the
// outcome is unknown it stays bound to the same request, which carries the same operation on to its end.
func (s *server) operation(do operate) handler { return s.noting(nil, do) }

// noting is operation for a POST whose meaning depends on something that changes: what was noted when it first came holds for it for ever, so that any
// failure leaves the key bound to it.
func (s *server) noting(note func(context.Context, input) ([]byte, error), do operate) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		in, err := s.readInput(w, r)
		if err != nil {
			return err
		}
		if in.key == "" {
			status, body, err := s.perform(r, do, in)
			if err != nil {
				return err
			}
			s.writeAnswer(w, in, status, body)
			return nil
		}

		if note != nil {
			if in.note, err = note(r.Context(), in); err != nil {
				return err
			}
		}
		answer, claimed, err := s.svc.ClaimAnswer(r.Context(), in.key, fingerprint(in.body), in.note)
		if err != nil {
			return err
		}
		if !claimed {
			w.Header().Set(headerReplayed, "true")
			writeBody(w, answer.Status, answer.Body)
			return nil
		}
		in.note = answer.Body
		status, body, err := s.perform(r, do, in)
		if err != nil {
			return s.settleFailure(w, r, answer, err, note != nil)
		}
		s.keep(r, answer, status, body)
		s.writeAnswer(w, in, status, body)
		return nil
	}
}

func (s *server) writeAnswer(w http.ResponseWriter, in input, status int, body []byte) {
	if *in.replayed {
		w.Header().Set(headerReplayed, "true")
	}
	writeBody(w, status, body)
}

func (s *server) readInput(w http.ResponseWriter, r *http.Request) (input, error) {
	data, err := s.readJSONBody(w, r)
	if err != nil {
		return input{}, err
	}
	body, err := wire.ParseBody(data)
	if err != nil {
		return input{}, err
	}
	key, err := idempotencyKey(r)
	if err != nil {
		return input{}, err
	}
	in := input{id: r.PathValue("id"), deliveryID: r.PathValue("delivery_id"), body: body, replayed: new(bool)}
	if key != "" {
		in.key = hashOf(paylinks.CallerFrom(r.Context()).ID, r.Method, r.URL.Path, key)
	}
	return in, nil
}

// perform does the operation. A panic counts as an error, so that the key is given back.
func (s *server) perform(r *http.Request, do operate, in input) (status int, body []byte, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = panicError(value)
		}
	}()
	status, answer, err := do(r.Context(), in)
	if err != nil {
		return 0, nil, err
	}
	body, err = encodeJSON(answer)
	return status, body, err
}

// settleFailure keeps a final refusal for its key, and gives the key back after any other failure, bound to the request or free.
func (s *server) settleFailure(w http.ResponseWriter, r *http.Request, claimed paylinks.Answer, err error, binds bool) error {
	f := failureOf(r, err)
	if f.err.Code == paylinks.CodeBuyerRejected {
		body, encodeErr := encodeJSON(f.body)
		if encodeErr != nil {
			return encodeErr
		}
		s.keep(r, claimed, f.status, body)
		s.setHeaders(w.Header(), f.err)
		writeBody(w, f.status, body)
		return nil
	}
	bound := binds || f.status == http.StatusGatewayTimeout || f.err.Outcome == paylinks.OutcomeUnknown
	s.store(r, "release", func(ctx context.Context) error { return s.svc.ReleaseAnswer(ctx, claimed, bound) })
	return err
}

func (s *server) keep(r *http.Request, claimed paylinks.Answer, status int, body []byte) {
	s.store(r, "keep", func(ctx context.Context) error { return s.svc.KeepAnswer(ctx, claimed, status, body) })
}

// store writes what came of a request, whether or not its client still waits. Failing at that takes nothing from the answer: the
// claim runs out by itself, and the operation has a name of its own.
func (s *server) store(r *http.Request, what string, write func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), storeTimeout)
	defer cancel()
	if err := write(ctx); err != nil {
		s.log.LogAttrs(ctx, slog.LevelError, "an idempotent answer could not be settled",
			slog.String("step", what), slog.String("request_id", exchangeOf(r).requestID), slog.String("error", err.Error()))
	}
}

// idempotencyKey is the request's key, "" without one. A quoted key and a bare one are the same.
func idempotencyKey(r *http.Request) (string, error) {
	values := r.Header.Values(headerIdempotencyKey)
	if len(values) == 0 {
		return "", nil
	}
	key := strings.TrimSpace(values[0])
	if len(key) >= 2 && key[0] == '"' && key[len(key)-1] == '"' {
		key = key[1 : len(key)-1]
	}
	if len(values) > 1 || len(key) > maxIdempotencyKey || !visibleASCII(key) {
		return "", invalid(headerIdempotencyKey, fmt.Sprintf("must be one value of 1 to %d visible ASCII characters", maxIdempotencyKey))
	}
	return key, nil
}

// fingerprint tells two requests under one key apart.
func fingerprint(body wire.Body) string {
	sum := sha256.Sum256(body.Canonical())
	return hex.EncodeToString(sum[:])
}

// hashOf hashes parts with their lengths, so that no two lists of parts read the same.
func hashOf(parts ...string) string {
	hash := sha256.New()
	for _, part := range parts {
		_, _ = fmt.Fprintf(hash, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// invalid is the error for one wrong header or query parameter.
func invalid(field, must string) *paylinks.Error {
	message := field + " " + must
	return &paylinks.Error{
		Code: paylinks.CodeValidationFailed, Outcome: paylinks.NotApplied, Message: message,
		Fields: []paylinks.FieldError{{Field: field, Code: "invalid", Message: message}},
	}
}
