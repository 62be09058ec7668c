package gatewaytest_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
)

const modelKey = "sk_model_secret"

// defects are the ways in which a gateway over the model can be wrong.
type defects struct {
	trimsPages, repeatsSeams, takesFailureForEnd, stopsAtBadRow, hidesBadRow, twoDecimals, refundedIsCaptured, losesReference bool
	checkpointTooFar, checkpointTooNear, pagesByNumber, holdsAll, asksAhead, ignoresContext, yieldsAfterEnd, tellsSecret      bool
	credentialsUnreachable, deafToRetryAfter, keepsToken, leavesOutFirstSecond, takesInLastSecond, sharesState, printsKey     bool
	givesUpAtRate, plainErrors, ignoresResume, localTimes, rawWithSecret, followsRedirects                                    bool
}

// row is a payment at the model.
type row struct {
	gatewaytest.Truth
	at       time.Time
	spoilt   bool
	nameless bool
}

// model is a provider in memory, with pages by the id of the row before.
type model struct {
	mu       sync.Mutex
	size     int
	rows     []row
	made     int
	calls    int
	fault    gatewaytest.Fault
	times    int
	hang     bool
	token    int
	revoked  bool
	waited   time.Duration
	lazyRows int
}

func newModel(specs []gatewaytest.Spec) *model {
	m := &model{size: 4, times: -1}
	for _, spec := range specs {
		m.add(spec)
	}
	return m
}

func (m *model) add(spec gatewaytest.Spec) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.made++
	m.rows = append(m.rows, row{at: spec.At, Truth: gatewaytest.Truth{
		ID: fmt.Sprintf("pay_%06d", m.made), Reference: spec.Reference, Amount: spec.Amount, Captured: spec.Captured, Refunded: spec.Refunded, Status: spec.Status,
	}})
	slices.SortStableFunc(m.rows, func(a, b row) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.ID, a.ID)) })
}

func (m *model) with(id string, do func(*row)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.rows {
		if m.rows[i].ID == id {
			do(&m.rows[i])
		}
	}
}

func (m *model) change(id string) {
	m.with(id, func(r *row) { r.Reference += "-changed" })
}

func (m *model) ledger() []gatewaytest.Truth {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []gatewaytest.Truth
	for _, r := range m.rows {
		r.Spoilt = r.spoilt
		list = append(list, r.Truth)
	}
	return list
}

var (
	errBroken  = errors.New("broken answer")
	errRate    = errors.New("too many")
	errToken   = errors.New("token expired")
	errRevoked = errors.New("revoked")
	errMoved   = errors.New("moved")
)

// list is the model's one call: the rows of a window after an id, or from an offset on.
func (m *model) list(ctx context.Context, token int, from, to time.Time, after string, offset int) ([]row, bool, error) {
	m.mu.Lock()
	m.calls++
	hang := m.hang
	m.mu.Unlock()
	if hang {
		<-ctx.Done()
		return nil, false, ctx.Err()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.revoked:
		return nil, false, errRevoked
	case token != m.token:
		return nil, false, errToken
	case m.times >= 0:
		if m.times == 1 {
			m.times = -1 // the last one; 0 goes on for ever
		} else if m.times > 1 {
			m.times--
		}
		switch m.fault {
		case gatewaytest.TooMany:
			return nil, false, errRate
		case gatewaytest.Redirected:
			return nil, false, errMoved
		default: // no answer that can be read
		}
		return nil, false, errBroken
	}
	if m.lazyRows > 0 {
		return m.madeUp(after)
	}
	var page []row
	skipping := after != ""
	for _, r := range m.rows {
		inside := !r.at.Before(from) && r.at.Before(to)
		switch {
		case skipping:
			skipping = r.ID != after
		case !inside:
		case offset > 0:
			offset--
		case len(page) == m.size:
			return page, true, nil
		default:
			page = append(page, r)
		}
	}
	return page, false, nil
}

func (m *model) madeUp(after string) ([]row, bool, error) {
	n := 0
	if after != "" {
		if _, err := fmt.Sscanf(after, "lazy_%d", &n); err != nil {
			return nil, false, err
		}
		n++
	}
	var page []row
	for ; len(page) < m.size && n < m.lazyRows; n++ {
		page = append(page, row{at: gatewaytest.Query().From, Truth: gatewaytest.Truth{
			ID: fmt.Sprintf("lazy_%d", n), Status: paylinks.PaymentCaptured,
			Amount: paylinks.Zero(paylinks.SAR), Captured: paylinks.Zero(paylinks.SAR), Refunded: paylinks.Zero(paylinks.SAR),
		}})
	}
	return page, n < m.lazyRows, nil
}

// gateway walks a model, with defects.
type gateway struct {
	*model
	defects
	Key   string
	token int
	held  []paylinks.Payment
	seen  []string
}

func (g *gateway) String() string {
	if g.printsKey {
		return "gateway with " + g.Key
	}
	return "gateway"
}

func (g *gateway) Info() paylinks.Info {
	return paylinks.Info{
		ID: "model", Name: "Model", Description: "A model", Regions: "Nowhere", AppSlug: "model", Kind: paylinks.KindGatewaySync,
		Capabilities: []paylinks.Capability{paylinks.CanSync},
		Credentials:  []paylinks.Credential{{Name: "MODEL_KEY", Required: true, Description: "The key"}},
	}
}

func (g *gateway) Payments(ctx context.Context, query paylinks.PaymentsQuery) iter.Seq2[paylinks.Payment, error] {
	return func(yield func(paylinks.Payment, error) bool) {
		from, to := query.From, query.To
		if g.leavesOutFirstSecond {
			from = from.Add(time.Second)
		}
		if g.takesInLastSecond {
			to = to.Add(time.Second)
		}
		after, offset := query.Resume, 0
		if g.ignoresResume {
			after = ""
		}
		pages := 0
		for {
			if g.asksAhead && pages == 0 {
				for range 6 {
					_, _, _ = g.list(ctx, g.token, from, to, after, 0)
				}
			}
			page, more, err := g.page(ctx, from, to, after, offset)
			if err != nil {
				if g.takesFailureForEnd && errors.Is(err, errBroken) {
					return
				}
				yield(paylinks.Payment{}, g.failure(err))
				if g.yieldsAfterEnd {
					yield(paylinks.Payment{}, g.failure(err))
				}
				return
			}
			pages++
			if g.trimsPages && len(page) == g.size {
				page = page[:len(page)-1]
			}
			if !g.rows(ctx, page, pages, after, yield) || !more {
				return
			}
			if g.pagesByNumber {
				offset += len(page)
			} else {
				after = page[len(page)-1].ID
			}
			if g.repeatsSeams && len(page) > 1 && pages == 1 {
				after = page[len(page)-2].ID
			}
		}
	}
}

func (g *gateway) page(ctx context.Context, from, to time.Time, after string, offset int) ([]row, bool, error) {
	for tries := 0; ; tries++ {
		if ctx.Err() != nil && !g.ignoresContext {
			return nil, false, ctx.Err()
		}
		g.mu.Lock()
		token := g.model.token
		g.mu.Unlock()
		if g.keepsToken {
			token = g.token
		}
		page, more, err := g.list(ctx, token, from, to, after, offset)
		switch {
		case errors.Is(err, errRate) && !g.givesUpAtRate && tries < 3:
			g.mu.Lock()
			if !g.deafToRetryAfter {
				g.waited += gatewaytest.RetryAfter
			}
			g.mu.Unlock()
		case errors.Is(err, errMoved) && g.followsRedirects:
			return g.there(ctx, token, from, to, after, offset)
		default:
			return page, more, err
		}
	}
}

// there is the page to which a redirect leads.
func (g *gateway) there(ctx context.Context, token int, from, to time.Time, after string, offset int) ([]row, bool, error) {
	g.mu.Lock()
	times := g.times
	g.times = -1
	g.mu.Unlock()
	defer g.control(func() { g.times = times })
	return g.list(ctx, token, from, to, after, offset)
}

// rows yields a page and tells whether to go on.
func (g *gateway) rows(ctx context.Context, page []row, pages int, before string, yield func(paylinks.Payment, error) bool) bool {
	for i, r := range page {
		if ctx.Err() != nil && !g.ignoresContext {
			yield(paylinks.Payment{}, g.failure(ctx.Err()))
			return false
		}
		if r.spoilt {
			bad := &paylinks.BadRow{ID: r.ID, Reason: "spoilt"}
			if r.nameless {
				bad.ID = ""
			}
			if !g.hidesBadRow && !yield(paylinks.Payment{}, bad) {
				return false
			}
			if g.stopsAtBadRow {
				return false
			}
			continue
		}
		payment := g.payment(r)
		if i == len(page)-1 {
			switch {
			case g.checkpointTooFar && pages == 1:
				payment.Checkpoint = g.next(r.ID)
			case g.checkpointTooNear && pages == 2:
				payment.Checkpoint = before
			default:
				payment.Checkpoint = r.ID
			}
		}
		if g.holdsAll {
			g.mu.Lock()
			g.held = append(g.held, payment)
			g.mu.Unlock()
		}
		if g.sharesState {
			g.mu.Lock()
			again := slices.Contains(g.seen, payment.ID)
			g.seen = append(g.seen, payment.ID)
			g.mu.Unlock()
			if again {
				continue
			}
		}
		if !yield(payment, nil) {
			return false
		}
	}
	return true
}

// next is the id of the row after the one with this id.
func (g *gateway) next(id string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, r := range g.model.rows[:max(len(g.model.rows)-1, 0)] {
		if r.ID == id {
			return g.model.rows[i+1].ID
		}
	}
	return id
}

func (g *gateway) payment(r row) paylinks.Payment {
	payment := paylinks.Payment{
		ID: r.ID, Reference: r.Reference, Amount: r.Amount, Captured: r.Captured, Refunded: r.Refunded, Status: r.Status,
		ProviderStatus: string(r.Status), Method: paylinks.MethodCard, Brand: "visa", CreatedAt: r.at,
	}
	raw := map[string]string{"id": r.ID, "status": string(r.Status), "filling": strings.Repeat("-", 64)}
	if g.rawWithSecret {
		raw["client_secret"] = "power-over-" + r.ID
	}
	payment.Raw, _ = json.Marshal(raw)
	if g.twoDecimals && r.Amount.Currency().Exponent() != 2 {
		payment.Amount = r.Amount.Times(10)
	}
	if g.refundedIsCaptured && r.Status == paylinks.PaymentRefunded {
		payment.Status = paylinks.PaymentCaptured
	}
	if g.losesReference {
		payment.Reference = ""
	}
	if g.localTimes {
		payment.CreatedAt = r.at.In(time.FixedZone("here", 3*60*60))
	}
	return payment
}

func (g *gateway) failure(err error) error {
	if g.plainErrors {
		return err
	}
	failure := &paylinks.ProviderError{Refusal: paylinks.Unreachable, Outcome: paylinks.OutcomeUnknown, Message: "the model doesn't answer", Err: err}
	switch {
	case errors.Is(err, errRate):
		failure.Refusal = paylinks.RefusedRate
	case errors.Is(err, errRevoked) && !g.credentialsUnreachable:
		failure.Refusal, failure.Message = paylinks.RefusedCredentials, "the model refuses the key: check MODEL_KEY"
	}
	if g.tellsSecret {
		failure.Message += " " + g.Key
	}
	return failure
}

// harness is the suite's harness of a gateway over the model with defects.
func harness(d defects) gatewaytest.Harness {
	subject := func(m *model) gatewaytest.Subject {
		return gatewaytest.Subject{
			Gateway: &gateway{model: m, defects: d, Key: modelKey}, Secrets: []string{modelKey}, Redacted: []string{"power-over-"}, PageSize: m.size,
			Ledger: m.ledger, Add: m.add, Change: m.change,
			Spoil:       func(id string) { m.with(id, func(r *row) { r.spoilt = true }) },
			SpoilWholly: func(id string) { m.with(id, func(r *row) { r.spoilt, r.nameless = true, true }) },
			Calls: func() int {
				m.mu.Lock()
				defer m.mu.Unlock()
				return m.calls
			},
			Break: func(fault gatewaytest.Fault, n int) { m.control(func() { m.fault, m.times = fault, n }) },
			Heal:  func() { m.control(func() { m.times = -1 }) },
			Hang:  func() { m.control(func() { m.hang = true }) },
			Waited: func() time.Duration {
				m.mu.Lock()
				defer m.mu.Unlock()
				return m.waited
			},
			ExpireToken: func() { m.control(func() { m.token++ }) },
			Revoke:      func() { m.control(func() { m.revoked = true }) },
		}
	}
	return gatewaytest.Harness{
		Currencies: []paylinks.Currency{paylinks.SAR, paylinks.KWD, "JPY"},
		Statuses: []paylinks.PaymentStatus{
			paylinks.PaymentCreated, paylinks.PaymentAuthorized, paylinks.PaymentPartiallyCaptured, paylinks.PaymentCaptured,
			paylinks.PaymentPartiallyRefunded, paylinks.PaymentRefunded, paylinks.PaymentFailed, paylinks.PaymentDisputed,
		},
		New: func(_ gatewaytest.TB, specs []gatewaytest.Spec) gatewaytest.Subject { return subject(newModel(specs)) },
		Large: func(_ gatewaytest.TB, n int) gatewaytest.Subject {
			m := newModel(nil)
			m.size, m.lazyRows = 100, n
			return subject(m)
		},
		Down: func(gatewaytest.TB) paylinks.Gateway {
			m := newModel(nil)
			m.fault, m.times = gatewaytest.Dropped, 0
			return &gateway{model: m, defects: d, Key: modelKey}
		},
	}
}

func (m *model) control(do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do()
}
