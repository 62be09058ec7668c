package paylinks_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// clock is a clock that moves when told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// fault is what happens to one call of the fake provider.
type fault struct {
	// err is the call's answer. The effect happens before it where effect says so.
	err    error
	effect bool
	// bug is what the provider's own code does to an answer.
	bug func(*paylinks.Snapshot) error
	// block holds the call until it's closed.
	block chan struct{}
}

func lost() fault        { return fault{err: unreachable(paylinks.OutcomeUnknown), effect: true} }
func timeout() fault     { return fault{err: unreachable(paylinks.OutcomeUnknown)} }
func refusedConn() fault { return fault{err: unreachable(paylinks.NotApplied)} }

func unreachable(outcome paylinks.Outcome) *paylinks.ProviderError {
	return &paylinks.ProviderError{Refusal: paylinks.Unreachable, Outcome: outcome, Message: "fault"}
}

func refused(refusal paylinks.Refusal) fault {
	return fault{err: &paylinks.ProviderError{Refusal: refusal, Outcome: paylinks.NotApplied, Status: 400, Code: "bad_data"}}
}

// fakePayment is a payment at the fake provider.
type fakePayment struct {
	snapshot paylinks.Snapshot
	ref      paylinks.Ref
}

// fakeProvider is a provider in memory: captures and refunds by reference, each effect counted.
type fakeProvider struct {
	mu       sync.Mutex
	info     paylinks.Info
	payments map[string]*fakePayment
	faults   map[string][]fault
	calls    map[string]int
	effects  map[string]int
	reject   *paylinks.Snapshot
	sent     []paylinks.Phone
}

func newFakeProvider() *fakeProvider {
	return &fakeProvider{
		info: paylinks.Info{
			ID: "fake", Name: "Fake", Kind: paylinks.KindBNPL, Currencies: []paylinks.Currency{paylinks.SAR, paylinks.KWD}, Checkout: paylinks.DeliveryQR,
			Capabilities: []paylinks.Capability{
				paylinks.CanCapture, paylinks.CanCapturePartly, paylinks.CanCancel, paylinks.CanVoid, paylinks.CanRefund, paylinks.CanRefundPartly, paylinks.CanSend,
				paylinks.CanReceiveWebhook, paylinks.CanRepeatCapture, paylinks.CanRepeatRefund, paylinks.CanTraceCapture, paylinks.CanTraceRefund,
			},
			LinkLife: 20 * time.Minute, SettleLife: 45 * time.Minute, RateLimit: 1000,
		},
		payments: map[string]*fakePayment{}, faults: map[string][]fault{}, calls: map[string]int{}, effects: map[string]int{},
	}
}

// without removes capabilities.
func (f *fakeProvider) without(gone ...paylinks.Capability) *fakeProvider {
	var kept []paylinks.Capability
	for _, have := range f.info.Capabilities {
		keep := true
		for _, c := range gone {
			keep = keep && have != c
		}
		if keep {
			kept = append(kept, have)
		}
	}
	f.info.Capabilities = kept
	return f
}

func (f *fakeProvider) Info() paylinks.Info { return f.info }

// next has the coming calls of an operation meet faults.
func (f *fakeProvider) next(op string, faults ...fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults[op] = append(f.faults[op], faults...)
}

func (f *fakeProvider) count(op string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[op]
}

func (f *fakeProvider) effect(op string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.effects[op]
}

// do runs one call: counted, with its fault.
func (f *fakeProvider) do(ctx context.Context, op string, effect func() (paylinks.Snapshot, error)) (paylinks.Snapshot, error) {
	f.mu.Lock()
	f.calls[op]++
	var met *fault
	if queue := f.faults[op]; len(queue) > 0 {
		met, f.faults[op] = &queue[0], queue[1:]
	}
	f.mu.Unlock()
	if met != nil && met.block != nil {
		select {
		case <-met.block:
		case <-ctx.Done():
			return paylinks.Snapshot{}, unreachable(paylinks.OutcomeUnknown)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if met != nil && met.err != nil && !met.effect {
		return paylinks.Snapshot{}, met.err
	}
	snapshot, err := effect()
	if met != nil && met.bug != nil {
		err = met.bug(&snapshot)
		return snapshot, err
	}
	if met != nil && met.err != nil {
		return paylinks.Snapshot{}, met.err
	}
	return snapshot, err
}

func (f *fakeProvider) Create(ctx context.Context, in paylinks.CreateInput) (paylinks.Snapshot, error) {
	return f.do(ctx, "create", func() (paylinks.Snapshot, error) {
		if f.reject != nil {
			return *f.reject, nil
		}
		f.effects["create"]++
		id := fmt.Sprintf("pay_%d", len(f.payments)+1)
		payment := &fakePayment{ref: paylinks.Ref{Reference: in.Reference, PaymentID: id, SessionID: "sess_" + id}}
		payment.snapshot = paylinks.Snapshot{
			Ref: paylinks.Ref{PaymentID: id, SessionID: "sess_" + id}, ProviderStatus: "NEW", Status: paylinks.StatusCreated, Amount: in.Amount,
			Captured: paylinks.Zero(in.Amount.Currency()), Refunded: paylinks.Zero(in.Amount.Currency()), CheckoutURL: "https://checkout.example/" + id,
		}
		f.payments[id] = payment
		return payment.snapshot, nil
	})
}

func (f *fakeProvider) Fetch(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	return f.do(ctx, "fetch", func() (paylinks.Snapshot, error) {
		payment, ok := f.payments[ref.PaymentID]
		if !ok {
			return paylinks.Snapshot{}, &paylinks.ProviderError{Refusal: paylinks.RefusedNotFound, Outcome: paylinks.NotApplied, Status: 404}
		}
		return payment.snapshot, nil
	})
}

func stateError() error {
	return &paylinks.ProviderError{Refusal: paylinks.RefusedState, Outcome: paylinks.NotApplied, Status: 400, Code: "bad_state"}
}

func (f *fakeProvider) Capture(ctx context.Context, ref paylinks.Ref, in paylinks.CaptureInput) (paylinks.Snapshot, error) {
	return f.do(ctx, "capture", func() (paylinks.Snapshot, error) {
		s := &f.payments[ref.PaymentID].snapshot
		for _, done := range s.Captures {
			if done.Reference == in.Reference {
				return *s, nil
			}
		}
		open := s.Status == paylinks.StatusAuthorized || s.Status == paylinks.StatusPartiallyCaptured
		if !open || s.Captured.Add(in.Amount).Cmp(s.Amount) > 0 {
			return paylinks.Snapshot{}, stateError()
		}
		f.effects["capture"]++
		s.Captures = append(append([]paylinks.Transaction(nil), s.Captures...), paylinks.Transaction{ID: "cap_" + in.Reference, Reference: in.Reference, Amount: in.Amount})
		s.Captured = s.Captured.Add(in.Amount)
		s.Status, s.ProviderStatus = paylinks.StatusPartiallyCaptured, "PART"
		if s.Captured.Equal(s.Amount) {
			s.Status, s.ProviderStatus = paylinks.StatusCaptured, "DONE"
		}
		return *s, nil
	})
}

func (f *fakeProvider) Cancel(ctx context.Context, ref paylinks.Ref, in paylinks.CancelInput) (paylinks.Snapshot, error) {
	return f.do(ctx, "cancel", func() (paylinks.Snapshot, error) {
		s := &f.payments[ref.PaymentID].snapshot
		switch {
		case in.Void && s.Status == paylinks.StatusPartiallyCaptured:
			s.Status, s.ProviderStatus = paylinks.StatusCaptured, "DONE"
		case in.Void && s.Status == paylinks.StatusAuthorized, !in.Void && s.Status == paylinks.StatusCreated:
			s.Status, s.ProviderStatus = paylinks.StatusCancelled, "GONE"
		default:
			return paylinks.Snapshot{}, stateError()
		}
		f.effects["cancel"]++
		return *s, nil
	})
}

func (f *fakeProvider) Refund(ctx context.Context, ref paylinks.Ref, in paylinks.RefundInput) (paylinks.Snapshot, error) {
	return f.do(ctx, "refund", func() (paylinks.Snapshot, error) {
		s := &f.payments[ref.PaymentID].snapshot
		if f.info.Can(paylinks.CanRepeatRefund) {
			for _, done := range s.Refunds {
				if done.Reference == in.Reference {
					return *s, nil
				}
			}
		}
		if s.Refunded.Add(in.Amount).Cmp(s.Captured) > 0 {
			return paylinks.Snapshot{}, stateError()
		}
		f.effects["refund"]++
		s.Refunds = append(append([]paylinks.Transaction(nil), s.Refunds...), paylinks.Transaction{ID: "ref_" + in.Reference, Reference: in.Reference, Amount: in.Amount})
		s.Refunded = s.Refunded.Add(in.Amount)
		s.Status = paylinks.StatusPartiallyRefunded
		if s.Refunded.Equal(s.Captured) {
			s.Status = paylinks.StatusRefunded
		}
		return *s, nil
	})
}

func (f *fakeProvider) SendLink(ctx context.Context, _ paylinks.Ref, in paylinks.SendInput) error {
	_, err := f.do(ctx, "send", func() (paylinks.Snapshot, error) {
		f.effects["send"]++
		f.sent = append(f.sent, in.Phone)
		return paylinks.Snapshot{}, nil
	})
	return err
}

// ReceiveWebhook takes a webhook whose proof is the header X-Proof: good, or would have to ask. Its body is the payment's id.
func (f *fakeProvider) ReceiveWebhook(_ context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	switch req.Header.Get("X-Proof") {
	case "good":
	case "ask us, we're away":
		return paylinks.Notification{}, &paylinks.ProviderError{Refusal: paylinks.Unreachable, Outcome: paylinks.NotApplied, RetryAfter: time.Minute}
	case "good, but rubbish":
		return paylinks.Notification{}, errors.New("this is no JSON")
	default:
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	return paylinks.Notification{Ref: paylinks.Ref{PaymentID: string(req.Body)}, Type: "changed", DedupKey: req.Header.Get("X-Event")}, nil
}

// set changes a payment at the provider, as the buyer or the provider itself would.
func (f *fakeProvider) set(paymentID string, change func(*paylinks.Snapshot)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.payments[paymentID].snapshot)
}

// pay is the buyer paying.
func (f *fakeProvider) pay(paymentID string) {
	f.set(paymentID, func(s *paylinks.Snapshot) { s.Status, s.ProviderStatus = paylinks.StatusAuthorized, "PAID" })
}

// house is a Service over a fake provider and a store in memory.
type house struct {
	*paylinks.Service
	t        *testing.T
	provider *fakeProvider
	store    paylinks.Store
	clock    *clock
}

func newHouse(t *testing.T, change ...func(*fakeProvider)) *house {
	t.Helper()
	provider := newFakeProvider()
	for _, c := range change {
		c(provider)
	}
	store, err := sqlite.OpenMemory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	clock := newClock()
	service, err := paylinks.New(store, paylinks.StaticApps{"fake-main": provider, "fake-other": newFakeProvider()}, paylinks.Options{
		Now: clock.Now, Logger: slog.New(slog.DiscardHandler), PublicURL: "https://pay.example",
	})
	require.NoError(t, err)
	t.Cleanup(service.Wait)
	return &house{Service: service, t: t, provider: provider, store: store, clock: clock}
}

func request() paylinks.CreateRequest {
	return paylinks.CreateRequest{
		Provider: "fake", OrgAppID: "fake-main", OrderID: "POS-1", Amount: "150.00", Currency: "SAR", BuyerPhone: "0500000001",
	}
}

// created is a new link.
func (h *house) created() *paylinks.Paylink {
	h.t.Helper()
	link, err := h.Create(h.t.Context(), request())
	require.NoError(h.t, err)
	return link
}

// paid is a new link that the buyer has paid, and that we know to be.
func (h *house) paid() *paylinks.Paylink {
	h.t.Helper()
	link := h.created()
	h.provider.pay(link.Ref.PaymentID)
	h.clock.Advance(3 * time.Second)
	link, err := h.Get(h.t.Context(), link.ID)
	require.NoError(h.t, err)
	require.Equal(h.t, paylinks.StatusAuthorized, link.Status)
	return link
}

// captured is a new link, paid and captured.
func (h *house) captured() *paylinks.Paylink {
	h.t.Helper()
	link := h.paid()
	_, err := h.Capture(h.t.Context(), link.ID, paylinks.CaptureRequest{})
	require.NoError(h.t, err)
	return h.stored(link.ID)
}

func (h *house) stored(id string) *paylinks.Paylink {
	h.t.Helper()
	link, err := h.store.Paylink(h.t.Context(), id)
	require.NoError(h.t, err)
	return link
}

// events is the types of a link's events in order.
func (h *house) events(id string) []paylinks.EventType {
	h.t.Helper()
	events, err := h.store.Events(h.t.Context(), id, 0, 100)
	require.NoError(h.t, err)
	var types []paylinks.EventType
	for i, event := range events {
		require.Equal(h.t, int64(i+1), event.Sequence)
		types = append(types, event.Type)
	}
	return types
}

// asError reads err as the Service's error type.
func asError(t *testing.T, err error) *paylinks.Error {
	t.Helper()
	var e *paylinks.Error
	require.ErrorAs(t, err, &e)
	return e
}
