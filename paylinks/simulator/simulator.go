// Package simulator is what the providers' simulators share: a clock that can be moved, faults on demand, a log of what was
// really asked, the checkout page on which a person taps Pay, and webhooks that are sent, repeated, held back or forged.
//
// A simulator keeps its provider's rules and state itself, its payments in a [Book], and hangs its operations into a [Kit]:
//
//	kit := simulator.New(simulator.Config{…})
//	mux.Handle("POST /payments/{id}/captures", kit.Handle("capture", "reference_id", handler))
//
// It uses the standard library only.
package simulator

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"strconv"
	"time"
)

// maxBody bounds the body of a call.
const maxBody = 1 << 20

// Config configures a [Kit]. The zero Config works.
type Config struct {
	// Now is where time comes from (default time.Now). The clock can be moved on top of it.
	Now func() time.Time
	// Client sends the webhooks (default: no redirects, the provider's own timeout).
	Client *http.Client
	// Retries are the pauses after each failed delivery of a webhook: as many as the provider tries again.
	Retries []time.Duration
	// WebhookTimeout is how long the provider waits for an answer to a webhook (default a minute).
	WebhookTimeout time.Duration
	// Delivered tells whether the provider takes an answer to a webhook for received (default: 2xx).
	Delivered func(status int) bool
	// ErrorBody writes the provider's way of a failure that was asked for with [Faults] (default: plain text).
	ErrorBody func(w http.ResponseWriter, status int)
	// RetryAfter goes with every 429 that was asked for with [Faults], in whole seconds (default none).
	RetryAfter time.Duration
}

// Kit is the shared part of one simulator.
type Kit struct {
	Clock    *Clock
	Faults   *Faults
	Calls    *CallLog
	Webhooks *Webhooks

	errorBody  func(http.ResponseWriter, int)
	retryAfter time.Duration
}

// New makes a kit.
func New(config Config) *Kit {
	clock := NewClock(config.Now)
	if config.ErrorBody == nil {
		config.ErrorBody = func(w http.ResponseWriter, status int) { http.Error(w, http.StatusText(status), status) }
	}
	return &Kit{
		Clock:      clock,
		Faults:     &Faults{},
		Calls:      &CallLog{counts: map[string]int{}},
		Webhooks:   newWebhooks(clock, config),
		errorBody:  config.ErrorBody,
		retryAfter: config.RetryAfter,
	}
}

// Run delivers webhooks until ctx ends, and returns when everything that it started has stopped. Without it they wait
// for [Webhooks.Flush].
func (k *Kit) Run(ctx context.Context) error { return k.Webhooks.Run(ctx) }

// Handle makes an API operation of next: its calls are written to the ledger under the name op and meet the faults
// that were asked for. reference is the dotted path of the JSON field by which the caller names the call
// ("payment.order.reference_id"), "" for none.
func (k *Kit) Handle(op, reference string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "request body is too large or was cut off", http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		entry := k.Calls.begin(Call{
			Op: op, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery,
			Reference: fieldAt(body, reference), Body: body, At: k.Clock.Now(),
		})
		var fault *Fault
		if !arrived(r) {
			fault = k.Faults.next(op)
		}

		if fault.strikes(before) && k.strike(w, r, fault, nil, entry) {
			return
		}
		answer := newAnswer()
		next.ServeHTTP(answer, r)
		if fault.strikes(after) && k.strike(w, r, fault, answer, entry) {
			return
		}
		k.Calls.end(entry, answer.status)
		answer.send(w)
	})
}

// strike lets a fault happen and tells whether the caller has had his answer, or lost it. A fault that only delays
// lets the call go on.
func (k *Kit) strike(w http.ResponseWriter, r *http.Request, fault *Fault, answer *answer, entry *Call) bool {
	if !fault.wait(r.Context()) {
		panic(http.ErrAbortHandler)
	}
	switch {
	case fault.Drop:
		panic(http.ErrAbortHandler)
	case fault.Truncate && fault.Padding == 0 && answer != nil:
		k.Calls.end(entry, answer.status)
		answer.sendHalf(w)
		panic(http.ErrAbortHandler)
	case fault.Redirect:
		k.Calls.end(entry, http.StatusTemporaryRedirect)
		redirect(w, r)
	case fault.Padding > 0 && answer != nil:
		k.Calls.end(entry, answer.status)
		answer.sendBlanks(w, fault.Padding)
		if fault.Truncate {
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(answer.body.Bytes())
	case fault.Body != "":
		status := cmp.Or(fault.Status, http.StatusOK)
		k.Calls.end(entry, status)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, fault.Body)
	case fault.Status != 0:
		k.Calls.end(entry, fault.Status)
		if fault.Status == http.StatusTooManyRequests && k.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(k.retryAfter/time.Second)))
		}
		k.errorBody(w, fault.Status)
	default:
		return false
	}
	return true
}
