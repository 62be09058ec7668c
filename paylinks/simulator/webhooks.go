package simulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// maxDeliveries bounds the log of deliveries; older ones are forgotten.
const maxDeliveries = 10_000

// Message is a webhook to send.
type Message struct {
	URL string
	// Header is sent as it stands, beside the content type application/json where it names none.
	Header http.Header
	Body   []byte
	// Key says what the message is about, for tests: a payment's id.
	Key string
}

// Delivery is one attempt to deliver a message.
type Delivery struct {
	Message
	// Attempt counts from 1.
	Attempt int
	At      time.Time
	// Status is the merchant's answer, 0 where there was none: then Err says why.
	Status int
	Err    error
}

// Webhooks sends a simulator's webhooks, each one on its own, so that one that fails doesn't hold the others back.
// By default every message is sent as soon as it's queued, by [Webhooks.Run].
type Webhooks struct {
	clock     *Clock
	client    *http.Client
	retries   []time.Duration
	delivered func(int) bool

	mu        sync.Mutex
	off       bool
	held      bool
	copies    int
	tamper    func(Message) Message
	pending   []*pending
	log       []Delivery
	attempted int
	changed   chan struct{}
}

// pending is a message that is to be sent at its due time. busy means that it is being sent right now.
type pending struct {
	message Message
	due     time.Time
	attempt int
	busy    bool
}

func newWebhooks(clock *Clock, config Config) *Webhooks {
	if config.WebhookTimeout <= 0 {
		config.WebhookTimeout = time.Minute
	}
	if config.Client == nil {
		config.Client = &http.Client{
			Timeout: config.WebhookTimeout,
			// A connection of its own for each delivery, as they are rare: none stays open, and none is shared with anybody.
			Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	if config.Delivered == nil {
		config.Delivered = func(status int) bool { return status >= 200 && status < 300 }
	}
	return &Webhooks{
		clock: clock, client: config.Client, retries: config.Retries, delivered: config.Delivered,
		copies: 1, changed: make(chan struct{}),
	}
}

// Off stops (true) or resumes (false) webhooks altogether: messages queued while off are lost.
func (w *Webhooks) Off(off bool) { w.control(func() { w.off = off }) }

// Hold keeps messages back (true) until [Webhooks.Flush], or lets them go again (false).
func (w *Webhooks) Hold(hold bool) { w.control(func() { w.held = hold }) }

// Copies has every message queued from now on sent n times: 2 duplicates each, 1 is the default.
func (w *Webhooks) Copies(n int) { w.control(func() { w.copies = max(n, 1) }) }

// Tamper passes every message queued from now on through f: to forge a proof, to spoil a body. nil ends it.
func (w *Webhooks) Tamper(f func(Message) Message) { w.control(func() { w.tamper = f }) }

func (w *Webhooks) control(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
	w.signal()
}

// Queue has a message sent. A message without a URL has nowhere to go and is dropped.
func (w *Webhooks) Queue(message Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.off || message.URL == "" {
		return
	}
	if w.tamper != nil {
		message = w.tamper(message)
	}
	for range w.copies {
		w.pending = append(w.pending, &pending{message: message, due: w.clock.Now()})
	}
	w.signal()
}

// Pending are the messages that wait to be sent, or sent again, oldest first.
func (w *Webhooks) Pending() []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	messages := make([]Message, 0, len(w.pending))
	for _, p := range w.pending {
		messages = append(messages, p.message)
	}
	return messages
}

// Deliveries are the attempts so far, oldest first.
func (w *Webhooks) Deliveries() []Delivery {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.log)
}

// WaitDelivered waits until n attempts have been made since the simulator began, and returns all of them.
func (w *Webhooks) WaitDelivered(ctx context.Context, n int) ([]Delivery, error) {
	for {
		w.mu.Lock()
		attempted, log, changed := w.attempted, slices.Clone(w.log), w.changed
		w.mu.Unlock()
		if attempted >= n {
			return log, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return log, fmt.Errorf("simulator: %d of %d webhooks delivered: %w", attempted, n, ctx.Err())
		}
	}
}

// Flush sends everything that waits, held back or not yet due, once and oldest first, and returns when it's done.
func (w *Webhooks) Flush(ctx context.Context) { w.flush(ctx, false) }

// FlushReversed is Flush with the newest message first, as when a network reorders them.
func (w *Webhooks) FlushReversed(ctx context.Context) { w.flush(ctx, true) }

func (w *Webhooks) flush(ctx context.Context, reversed bool) {
	batch := w.take(func(*pending) bool { return true })
	if reversed {
		slices.Reverse(batch)
	}
	for _, p := range batch {
		w.attempt(ctx, p)
	}
}

// Send delivers a message at once and past all controls. It isn't repeated.
func (w *Webhooks) Send(ctx context.Context, message Message) Delivery {
	return w.record(w.post(ctx, message, 1))
}

// Run sends what falls due until ctx ends, and returns when every delivery that it started has ended.
func (w *Webhooks) Run(ctx context.Context) error {
	var deliveries sync.WaitGroup
	defer deliveries.Wait()
	for {
		moved := w.clock.changed()
		w.mu.Lock()
		changed, wait, held := w.changed, w.untilDue(), w.held
		w.mu.Unlock()
		if wait <= 0 && !held {
			now := w.clock.Now()
			for _, p := range w.take(func(p *pending) bool { return !p.due.After(now) }) {
				deliveries.Go(func() { w.attempt(ctx, p) })
			}
			continue
		}
		timer := time.NewTimer(wait)
		if held {
			timer.Stop()
		}
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		case <-changed:
		case <-moved:
		}
		timer.Stop()
	}
}

// untilDue is how long it is until a message falls due; an hour where none waits. w.mu is held.
func (w *Webhooks) untilDue() time.Duration {
	now, wait := w.clock.Now(), time.Hour
	for _, p := range w.pending {
		if !p.busy {
			wait = min(wait, p.due.Sub(now))
		}
	}
	return wait
}

// take marks the messages that fit as being sent and returns them.
func (w *Webhooks) take(fits func(*pending) bool) []*pending {
	w.mu.Lock()
	defer w.mu.Unlock()
	var batch []*pending
	for _, p := range w.pending {
		if !p.busy && fits(p) {
			p.busy = true
			batch = append(batch, p)
		}
	}
	return batch
}

// attempt sends a message that was taken once, and puts it back for another try where it failed and tries are left.
func (w *Webhooks) attempt(ctx context.Context, p *pending) {
	delivery := w.post(ctx, p.message, p.attempt+1)

	w.mu.Lock()
	p.attempt++
	p.busy = false
	if w.delivered(delivery.Status) || p.attempt > len(w.retries) {
		w.pending = slices.DeleteFunc(w.pending, func(other *pending) bool { return other == p })
	} else {
		p.due = w.clock.Now().Add(w.retries[p.attempt-1])
	}
	w.mu.Unlock()
	w.record(delivery)
}

func (w *Webhooks) post(ctx context.Context, message Message, attempt int) Delivery {
	delivery := Delivery{Message: message, Attempt: attempt, At: w.clock.Now()}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, message.URL, bytes.NewReader(message.Body))
	if err != nil {
		delivery.Err = fmt.Errorf("simulator: webhook: %w", err)
		return delivery
	}
	for name, values := range message.Header {
		req.Header[name] = values
	}
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := w.client.Do(req)
	if err != nil {
		delivery.Err = fmt.Errorf("simulator: webhook: %w", err)
		return delivery
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxBody))
	delivery.Status = res.StatusCode
	return delivery
}

func (w *Webhooks) record(delivery Delivery) Delivery {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.attempted++
	w.log = append(w.log, delivery)
	if len(w.log) > maxDeliveries {
		w.log = slices.Clone(w.log[len(w.log)-maxDeliveries/2:])
	}
	w.signal()
	return delivery
}

// signal wakes Run and whoever waits. w.mu is held.
func (w *Webhooks) signal() {
	close(w.changed)
	w.changed = make(chan struct{})
}
