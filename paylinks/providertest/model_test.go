package providertest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/providertest"
)

const (
	modelSecret   = "model-secret-key"
	goodPhone     = paylinks.Phone("+966500000001")
	unwantedPhone = paylinks.Phone("+966500000002")
)

// profile is the shape of a provider. The suite has to suit them all.
type profile struct {
	checkout     paylinks.Delivery
	capabilities []paylinks.Capability
	// selfCapture: what is paid is captured. confirm: what is paid wants an acknowledgement first.
	selfCapture, confirm bool
	// lateID: the id that captures and refunds need comes with the payment. mute: a payment's status says neither
	// captures nor refunds.
	lateID, mute bool
}

// profiles are the shapes known: authorize and capture by QR code, an SMS that captures itself, an online checkout that wants a
// confirmation, and one that can hardly be asked for anything.
var profiles = map[string]profile{
	"authorize and capture": {checkout: paylinks.DeliveryQR, capabilities: []paylinks.Capability{
		paylinks.CanCapture, paylinks.CanCapturePartly, paylinks.CanCancel, paylinks.CanVoid, paylinks.CanRefund, paylinks.CanRefundPartly, paylinks.CanReceiveWebhook,
		paylinks.CanRepeatCapture, paylinks.CanRepeatRefund, paylinks.CanTraceCapture, paylinks.CanTraceRefund, paylinks.CanSend,
	}},
	"self-capturing SMS": {checkout: paylinks.DeliverySMS, selfCapture: true, capabilities: []paylinks.Capability{
		paylinks.CanCancel, paylinks.CanRefund, paylinks.CanRefundPartly, paylinks.CanReceiveWebhook, paylinks.CanFindByReference, paylinks.CanTraceRefund,
	}},
	"confirm first": {checkout: paylinks.DeliveryQR, confirm: true, capabilities: []paylinks.Capability{
		paylinks.CanCapture, paylinks.CanCapturePartly, paylinks.CanVoid, paylinks.CanRefund, paylinks.CanRefundPartly, paylinks.CanReceiveWebhook, paylinks.CanFindByReference,
	}},
	"taciturn": {checkout: paylinks.DeliveryQR, lateID: true, mute: true, capabilities: []paylinks.Capability{
		paylinks.CanCapture, paylinks.CanRefund, paylinks.CanReceiveWebhook,
	}},
}

// model is a provider and its simulator in one, in memory.
type model struct {
	profile

	mu       sync.Mutex
	payments map[string]*modelPayment
	calls    map[providertest.Op]int
	faults   map[providertest.Op]providertest.Fault
	hangs    map[providertest.Op]bool
	down     bool
}

type modelPayment struct {
	id, reference, transaction string
	status                     paylinks.Status
	amount                     paylinks.Money
	confirmed, disputed        bool
	captures, refunds          []paylinks.Transaction
}

func total(list []paylinks.Transaction, c paylinks.Currency) paylinks.Money {
	sum := paylinks.Zero(c)
	for _, t := range list {
		sum = sum.Add(t.Amount)
	}
	return sum
}

// state is the payment's status, which is its stored one until money moves.
func (p *modelPayment) state() paylinks.Status {
	captured, refunded := total(p.captures, p.amount.Currency()), total(p.refunds, p.amount.Currency())
	switch {
	case !refunded.IsZero() && refunded.Cmp(captured) >= 0:
		return paylinks.StatusRefunded
	case !refunded.IsZero():
		return paylinks.StatusPartiallyRefunded
	case p.status == paylinks.StatusAuthorized && !captured.IsZero():
		return paylinks.StatusPartiallyCaptured
	default:
		return p.status
	}
}

func newModel(p profile) *model {
	return &model{
		profile: p, payments: map[string]*modelPayment{}, calls: map[providertest.Op]int{},
		faults: map[providertest.Op]providertest.Fault{}, hangs: map[providertest.Op]bool{},
	}
}

func fail(refusal paylinks.Refusal, outcome paylinks.Outcome, cause error) error {
	return &paylinks.ProviderError{Refusal: refusal, Outcome: outcome, Message: "as the model is told", Err: cause}
}

func refusedState() error { return fail(paylinks.RefusedState, paylinks.NotApplied, nil) }

// call is one exchange: effect happens unless a fault is in its way.
func (m *model) call(ctx context.Context, op providertest.Op, effect func() (paylinks.Snapshot, error)) (paylinks.Snapshot, error) {
	if ctx.Err() != nil || m.down {
		return paylinks.Snapshot{}, fail(paylinks.Unreachable, paylinks.NotApplied, ctx.Err())
	}
	m.mu.Lock()
	m.calls[op]++
	fault, hangs := m.faults[op], m.hangs[op]
	m.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return paylinks.Snapshot{}, fail(paylinks.Unreachable, paylinks.OutcomeUnknown, ctx.Err())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch fault {
	case "":
		return effect()
	case providertest.TooMany:
		return paylinks.Snapshot{}, fail(paylinks.RefusedRate, paylinks.NotApplied, nil)
	case providertest.Unauthorized:
		return paylinks.Snapshot{}, fail(paylinks.RefusedCredentials, paylinks.NotApplied, nil)
	case providertest.EarlyError, providertest.Redirected:
	default:
		if _, err := effect(); err != nil {
			return paylinks.Snapshot{}, err
		}
	}
	cause := errors.New("connection reset")
	if fault == providertest.CutAnswer {
		cause = io.ErrUnexpectedEOF
	}
	return paylinks.Snapshot{}, fail(paylinks.Unreachable, paylinks.OutcomeUnknown, cause)
}

// meets tells whether calls of op go wrong like that.
func (m *model) meets(op providertest.Op, fault providertest.Fault) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.faults[op] == fault
}

// call is one exchange.
type call func() (paylinks.Snapshot, error)

// behind is what a call of op is answered behind the fault that it has met: where a redirect leads, or after all the blanks.
func (m *model) behind(op providertest.Op, again call) (paylinks.Snapshot, error) {
	m.mu.Lock()
	fault, calls := m.faults[op], m.calls[op]
	delete(m.faults, op)
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.faults[op], m.calls[op] = fault, calls
	}()
	return again()
}

// mistaken is a provider that makes a mistake about one fault of one operation.
type mistaken struct {
	sending
	op      providertest.Op
	fault   providertest.Fault
	mistake func(*model, providertest.Op, call) (paylinks.Snapshot, error)
}

func (b mistaken) about(op providertest.Op, exchange call) (paylinks.Snapshot, error) {
	s, err := exchange()
	if err != nil && op == b.op && b.meets(op, b.fault) {
		return b.mistake(b.model, op, exchange)
	}
	return s, err
}

func (b mistaken) Create(ctx context.Context, in paylinks.CreateInput) (paylinks.Snapshot, error) {
	return b.about(providertest.OpCreate, func() (paylinks.Snapshot, error) { return b.sending.Create(ctx, in) })
}

func (b mistaken) Fetch(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	return b.about(providertest.OpFetch, func() (paylinks.Snapshot, error) { return b.sending.Fetch(ctx, ref) })
}

func (b mistaken) Capture(ctx context.Context, ref paylinks.Ref, in paylinks.CaptureInput) (paylinks.Snapshot, error) {
	return b.about(providertest.OpCapture, func() (paylinks.Snapshot, error) { return b.sending.Capture(ctx, ref, in) })
}

func (b mistaken) Cancel(ctx context.Context, ref paylinks.Ref, in paylinks.CancelInput) (paylinks.Snapshot, error) {
	op := providertest.OpCancel
	if in.Void {
		op = providertest.OpVoid
	}
	return b.about(op, func() (paylinks.Snapshot, error) { return b.sending.Cancel(ctx, ref, in) })
}

func (b mistaken) Refund(ctx context.Context, ref paylinks.Ref, in paylinks.RefundInput) (paylinks.Snapshot, error) {
	return b.about(providertest.OpRefund, func() (paylinks.Snapshot, error) { return b.sending.Refund(ctx, ref, in) })
}

func (m *model) find(ref paylinks.Ref) (*modelPayment, error) {
	if p, ok := m.payments[ref.SessionID]; ok {
		return p, nil
	}
	return nil, fail(paylinks.RefusedNotFound, paylinks.NotApplied, nil)
}

func (m *model) snapshot(p *modelPayment) paylinks.Snapshot {
	s := paylinks.Snapshot{
		Ref: paylinks.Ref{SessionID: p.id}, ProviderStatus: "model_" + string(p.state()), Status: p.state(), Amount: p.amount,
		CheckoutURL: "https://model.example/pay/" + p.id, Raw: json.RawMessage(`{"status":"as it is"}`),
		Captures: append([]paylinks.Transaction(nil), p.captures...), Refunds: append([]paylinks.Transaction(nil), p.refunds...),
		Captured: total(p.captures, p.amount.Currency()), Refunded: total(p.refunds, p.amount.Currency()),
		ConfirmNeeded: m.confirm && p.status == paylinks.StatusAuthorized && !p.confirmed,
	}
	if m.mute {
		s.Captures, s.Refunds, s.Captured, s.Refunded, s.Amount = nil, nil, paylinks.Money{}, paylinks.Money{}, paylinks.Money{}
	}
	return s
}

// core is what every profile can do; the powers that not all have are in the types that embed it.
type core struct{ *model }

func (c core) Info() paylinks.Info {
	return paylinks.Info{
		ID: "model", Name: "Model", Description: "A provider in memory", Kind: paylinks.KindBNPL, Regions: "KSA", Checkout: c.checkout,
		Currencies: []paylinks.Currency{paylinks.SAR, paylinks.KWD}, Capabilities: append([]paylinks.Capability(nil), c.capabilities...),
		Credentials: []paylinks.Credential{{Name: "MODEL_KEY", Required: true, Description: "Key"}},
		LinkLife:    time.Minute, SettleLife: time.Hour,
	}
}

func (c core) Create(ctx context.Context, in paylinks.CreateInput) (paylinks.Snapshot, error) {
	return c.call(ctx, providertest.OpCreate, func() (paylinks.Snapshot, error) {
		p := &modelPayment{id: fmt.Sprintf("%p-%d", c.model, len(c.payments)+1), reference: in.Reference, status: paylinks.StatusCreated, amount: in.Amount}
		if in.Buyer.Phone == unwantedPhone {
			return paylinks.Snapshot{Ref: paylinks.Ref{SessionID: p.id}, Status: paylinks.StatusRejected, Reason: "not_available"}, nil
		}
		c.payments[p.id] = p
		return c.snapshot(p), nil
	})
}

func (c core) Fetch(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	return c.call(ctx, providertest.OpFetch, func() (paylinks.Snapshot, error) {
		p, err := c.find(ref)
		if err != nil {
			return paylinks.Snapshot{}, err
		}
		s := c.snapshot(p)
		if c.mute && s.Status.Paid() {
			s.Status = paylinks.StatusAuthorized
		}
		return s, nil
	})
}

func (c core) Capture(ctx context.Context, ref paylinks.Ref, in paylinks.CaptureInput) (paylinks.Snapshot, error) {
	return c.call(ctx, providertest.OpCapture, func() (paylinks.Snapshot, error) {
		p, err := c.find(ref)
		switch {
		case err != nil:
			return paylinks.Snapshot{}, err
		case known(p.captures, in.Reference):
			return c.snapshot(p), nil
		case p.status != paylinks.StatusAuthorized, c.confirm && !p.confirmed, c.lateID && ref.TransactionID != p.transaction,
			total(p.captures, p.amount.Currency()).Add(in.Amount).Cmp(p.amount) > 0:
			return paylinks.Snapshot{}, refusedState()
		}
		p.captures = append(p.captures, paylinks.Transaction{Reference: in.Reference, Amount: in.Amount})
		if total(p.captures, p.amount.Currency()).Equal(p.amount) {
			p.status = paylinks.StatusCaptured
		}
		return c.snapshot(p), nil
	})
}

func known(list []paylinks.Transaction, reference string) bool {
	for _, t := range list {
		if t.Reference == reference {
			return true
		}
	}
	return false
}

func (c core) Cancel(ctx context.Context, ref paylinks.Ref, in paylinks.CancelInput) (paylinks.Snapshot, error) {
	op, from := providertest.OpCancel, paylinks.StatusCreated
	if in.Void {
		op, from = providertest.OpVoid, paylinks.StatusAuthorized
	}
	return c.call(ctx, op, func() (paylinks.Snapshot, error) {
		p, err := c.find(ref)
		switch {
		case err != nil:
			return paylinks.Snapshot{}, err
		case p.status != from:
			return paylinks.Snapshot{}, refusedState()
		case len(p.captures) > 0:
			p.status = paylinks.StatusCaptured
		default:
			p.status = paylinks.StatusCancelled
		}
		return c.snapshot(p), nil
	})
}

func (c core) Refund(ctx context.Context, ref paylinks.Ref, in paylinks.RefundInput) (paylinks.Snapshot, error) {
	return c.call(ctx, providertest.OpRefund, func() (paylinks.Snapshot, error) {
		p, err := c.find(ref)
		switch {
		case err != nil:
			return paylinks.Snapshot{}, err
		case p.disputed:
			return paylinks.Snapshot{}, fail(paylinks.RefusedDisputed, paylinks.NotApplied, nil)
		case known(p.refunds, in.Reference):
			return c.snapshot(p), nil
		case p.status != paylinks.StatusCaptured, c.lateID && ref.TransactionID != p.transaction,
			total(p.refunds, p.amount.Currency()).Add(in.Amount).Cmp(total(p.captures, p.amount.Currency())) > 0:
			return paylinks.Snapshot{}, refusedState()
		}
		p.refunds = append(p.refunds, paylinks.Transaction{Reference: in.Reference, Amount: in.Amount})
		return c.snapshot(p), nil
	})
}

func (c core) ReceiveWebhook(_ context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	if req.Header.Get("X-Model") != modelSecret {
		return paylinks.Notification{}, paylinks.ErrUnproven
	}
	return paylinks.Notification{Ref: paylinks.Ref{SessionID: strings.TrimSpace(strings.Split(string(req.Body), "/")[0])}, Type: "changed", DedupKey: string(req.Body)}, nil
}

// sending, finding and confirming are the cores with the powers of their profiles.
type (
	sending    struct{ core }
	finding    struct{ core }
	confirming struct{ finding }
)

func (s sending) SendLink(ctx context.Context, ref paylinks.Ref, _ paylinks.SendInput) error {
	_, err := s.call(ctx, providertest.OpSend, func() (paylinks.Snapshot, error) {
		_, err := s.find(ref)
		return paylinks.Snapshot{}, err
	})
	return err
}

func (f finding) FindByReference(ctx context.Context, reference string, _ paylinks.Money) (paylinks.Snapshot, error) {
	return f.call(ctx, providertest.OpFetch, func() (paylinks.Snapshot, error) {
		for _, p := range f.payments {
			if p.reference == reference {
				return f.snapshot(p), nil
			}
		}
		return paylinks.Snapshot{}, fail(paylinks.RefusedNotFound, paylinks.NotApplied, nil)
	})
}

func (c confirming) Confirm(_ context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, err := c.find(ref)
	if err != nil {
		return paylinks.Snapshot{}, err
	}
	p.confirmed = true
	return c.snapshot(p), nil
}

// provider is the profile's provider on m.
func (m *model) provider() paylinks.Provider {
	switch {
	case m.confirm:
		return confirming{finding{core{m}}}
	case core{m}.Info().Can(paylinks.CanFindByReference):
		return finding{core{m}}
	case core{m}.Info().Can(paylinks.CanSend):
		return sending{core{m}}
	default:
		return core{m}
	}
}

// with changes the payment of ref as its simulator's controls would.
func (m *model) with(ref paylinks.Ref, change func(*modelPayment) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, err := m.find(ref)
	if err != nil {
		return err
	}
	return change(p)
}

func (m *model) end(status paylinks.Status) func(paylinks.Ref) error {
	return func(ref paylinks.Ref) error {
		return m.with(ref, func(p *modelPayment) error { p.status = status; return nil })
	}
}

func (m *model) pay(ref paylinks.Ref) (learned paylinks.Ref, err error) {
	err = m.with(ref, func(p *modelPayment) error {
		if p.status != paylinks.StatusCreated {
			return errors.New("the link can't be paid")
		}
		p.status = paylinks.StatusAuthorized
		if m.selfCapture {
			p.status, p.captures = paylinks.StatusCaptured, []paylinks.Transaction{{ID: "own", Amount: p.amount}}
		}
		if m.lateID {
			p.transaction = "late-" + p.id
			learned.TransactionID = p.transaction
		}
		return nil
	})
	return learned, err
}

// harness runs the suite on profile p, with the provider that wrap makes of the right one.
func harness(p profile, wrap func(*model) paylinks.Provider) providertest.Harness {
	return providertest.Harness{
		Currencies: []paylinks.Currency{paylinks.SAR, paylinks.KWD},
		Down: func(providertest.TB, paylinks.Currency) paylinks.Provider {
			m := newModel(p)
			m.down = true
			return wrap(m)
		},
		New: func(providertest.TB, paylinks.Currency) providertest.Subject {
			m := newModel(p)
			return providertest.Subject{
				Provider: wrap(m), Secrets: []string{modelSecret}, Phone: goodPhone, RejectedPhone: unwantedPhone,
				Pay: m.pay, Decline: m.end(paylinks.StatusRejected), Expire: m.end(paylinks.StatusExpired),
				Dispute: func(ref paylinks.Ref) error {
					return m.with(ref, func(p *modelPayment) error { p.disputed = true; return nil })
				},
				RefundAtProvider: func(ref paylinks.Ref, amount paylinks.Money) error {
					return m.with(ref, func(p *modelPayment) error {
						p.refunds = append(p.refunds, paylinks.Transaction{ID: fmt.Sprint("foreign-", len(p.refunds)), Amount: amount})
						return nil
					})
				},
				Truth: func(ref paylinks.Ref) (truth providertest.Truth) {
					_ = m.with(ref, func(p *modelPayment) error {
						c := p.amount.Currency()
						truth = providertest.Truth{Amount: p.amount, Captured: total(p.captures, c), Refunded: total(p.refunds, c)}
						return nil
					})
					return truth
				},
				Calls: func(op providertest.Op) int { m.mu.Lock(); defer m.mu.Unlock(); return m.calls[op] },
				Break: func(op providertest.Op, fault providertest.Fault) {
					m.mu.Lock()
					defer m.mu.Unlock()
					m.faults[op] = fault
				},
				Heal: func() { m.mu.Lock(); defer m.mu.Unlock(); clear(m.faults) },
				Hang: func(op providertest.Op) { m.mu.Lock(); defer m.mu.Unlock(); m.hangs[op] = true },
				Webhook: func(ref paylinks.Ref) (req paylinks.WebhookRequest) {
					_ = m.with(ref, func(p *modelPayment) error {
						req = paylinks.WebhookRequest{
							Header: http.Header{"X-Model": {modelSecret}}, Body: fmt.Appendf(nil, "%s/%s/%d", p.id, p.status, len(p.refunds)),
						}
						return nil
					})
					return req
				},
				Forge: func(genuine paylinks.WebhookRequest) map[string]paylinks.WebhookRequest {
					genuine.Header.Set("X-Model", "guess")
					return map[string]paylinks.WebhookRequest{"wrong secret": genuine}
				},
			}
		},
	}
}
