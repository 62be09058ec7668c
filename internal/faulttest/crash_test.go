package faulttest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/failpoint"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// deed is a thing to do to a link while the process dies.
type deed struct {
	name string
	kind paylinks.OperationKind
	// needs is what the provider must be able to do.
	needs paylinks.Capability
	// before brings a link to where the deed is possible.
	before func(ctx context.Context, s *scene) error
	body   map[string]any
	// count is how often the deed was done to a payment.
	count func(deal) int
	// repeatable is what the provider promises where the deed has its effect once however often it's asked for: then it's brought to its
	// end, whoever waits for it.
	repeatable paylinks.Capability
}

// deeds are all operations of the API.
func deeds() []deed {
	return []deed{
		{name: "create", kind: paylinks.OperationCreate, count: func(deal) int { return 1 }},
		{
			name: "capture", kind: paylinks.OperationCapture, needs: paylinks.CanCapture, before: paidLink, repeatable: paylinks.CanRepeatCapture,
			body: map[string]any{"reference_id": "capture-1"}, count: func(d deal) int { return len(d.Captures) },
		},
		{
			name: "cancel", kind: paylinks.OperationCancel, needs: paylinks.CanCancel, before: newLink, repeatable: paylinks.CanCancel,
			count: func(d deal) int { return one(d.Status.Ended()) },
		},
		{
			name: "void", kind: paylinks.OperationCancel, needs: paylinks.CanVoid, before: authorizedLink, repeatable: paylinks.CanVoid,
			count: func(d deal) int { return one(d.Status == paylinks.StatusCancelled) },
		},
		{
			name: "refund", kind: paylinks.OperationRefund, needs: paylinks.CanRefund, before: capturedLink, repeatable: paylinks.CanRepeatRefund,
			body: map[string]any{"amount": "60.00", "reference_id": "refund-1"}, count: func(d deal) int { return len(d.Refunds) },
		},
		{
			name: "send", kind: paylinks.OperationSend, needs: paylinks.CanSend, before: newLink,
			count: func(d deal) int { return d.Texts },
		},
	}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// scene is one server, one provider and one link.
type scene struct {
	world  world
	server *server
	till   *till
	order  string
	link   string
}

func newLink(ctx context.Context, s *scene) error {
	r, err := s.till.settled(ctx, api.PathPaylinks, "the-create", order(s.world, s.order, "150.00"))
	if err == nil && r.status != http.StatusCreated {
		err = fmt.Errorf("create: %s", r)
	}
	s.link = r.link()
	return err
}

func paidLink(ctx context.Context, s *scene) error {
	if err := newLink(ctx, s); err != nil {
		return err
	}
	return s.world.pay(s.order)
}

// authorizedLink is paid, and the API knows it: only then a cancel is a void.
func authorizedLink(ctx context.Context, s *scene) error {
	if err := paidLink(ctx, s); err != nil {
		return err
	}
	return s.till.await(ctx, s.link, paylinks.StatusAuthorized)
}

func capturedLink(ctx context.Context, s *scene) error {
	if err := paidLink(ctx, s); err != nil {
		return err
	}
	r, err := s.till.settled(ctx, linkPath(s.link, "capture"), "the-capture", nil)
	if err == nil && !r.ok() {
		err = fmt.Errorf("capture: %s", r)
	}
	return err
}

// call is the request for a deed.
func (s *scene) call(d deed) (path string, body map[string]any) {
	if d.kind == paylinks.OperationCreate {
		return api.PathPaylinks, order(s.world, s.order, "150.00")
	}
	path = linkPath(s.link, string(d.kind))
	if d.body == nil {
		return path, nil
	}
	return path, d.body
}

// row is a line of the matrix as printed.
type row struct{ provider, deed, point, caller, saw, say string }

// matrix collects the rows of cells that run side by side.
type matrix struct {
	mu   sync.Mutex
	rows map[string]row
}

func (m *matrix) add(name string, r row) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows[name] = r
}

func (m *matrix) print(t *testing.T, names []string) {
	t.Helper()
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "\nprovider\toperation\tkilled at\tcaller\tthe provider has\twe say")
	for _, name := range names {
		r, ok := m.rows[name]
		if !ok {
			continue // not run
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.provider, r.deed, r.point, r.caller, r.saw, r.say)
	}
	require.NoError(t, w.Flush())
	t.Log(b.String())
}

// The process is killed at every step of every operation. The caller comes back with the same key, or never: either way the two
// ledgers agree in the end, and nothing has happened twice.
func TestTheProcessDiesAtEveryStep(t *testing.T) { //nolint:tparallel // the matrix is printed once all cells have ended
	t.Parallel()
	if *flagPostgres {
		t.Skip("a process that starts again waits for the leases of the dead one to run out, in real time and at every step")
	}
	m := &matrix{rows: map[string]row{}}
	var names []string
	t.Run("cells", func(t *testing.T) {
		for id, open := range worlds() {
			if !served(open(nil)) {
				continue
			}
			for _, d := range deeds() {
				for _, point := range failpoint.Points() {
					for _, back := range []bool{true, false} {
						if !can(open(nil), d.needs) {
							continue
						}
						interrupted := point == failpoint.Begun || point == failpoint.Called
						if !back && (!interrupted || testing.Short() || raceEnabled) {
							continue // nothing is left to be done, or it's done already
						}
						name := strings.Join([]string{id, d.name, point, map[bool]string{true: "back", false: "gone"}[back]}, "/")
						names = append(names, name)
						t.Run(name, func(t *testing.T) {
							t.Parallel()
							m.add(name, killAt(t, open(nil), d, point, back))
						})
					}
				}
			}
		}
	})
	m.print(t, names)
}

// killAt is one cell of the matrix.
func killAt(t *testing.T, w world, d deed, point string, back bool) row {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := &scene{world: w, server: newServer(t, w), order: "crash-1"}
	s.till = s.server.till(50 * time.Millisecond)
	require.NoError(t, s.server.start(ctx, string(d.kind)+"."+point))
	if d.before != nil {
		require.NoError(t, d.before(ctx, s))
	}

	path, body := s.call(d)
	r, err := s.till.send(ctx, http.MethodPost, path, "the-key", body)
	require.Error(t, err, "the process answered %s and did not die", r)
	require.NoError(t, s.server.died(ctx))
	require.NoError(t, s.server.start(ctx, ""))

	answer, caller := reply{}, "gone"
	if back {
		caller = "comes back"
		answer, err = s.till.insist(ctx, path, "the-key", body)
		require.NoError(t, err)
	}
	agree(ctx, t, s, d)
	return judge(ctx, t, s, d, answer, row{provider: idOf(w), deed: d.name, point: point, caller: caller})
}

// agree waits until nothing is in doubt, without asking for it: the list is what is stored, and asks no provider.
func agree(ctx context.Context, t *testing.T, s *scene, d deed) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	wrong := until(ctx, 50*time.Millisecond, func() []string {
		links, err := s.till.list(ctx, "")
		if err != nil {
			return []string{err.Error()}
		}
		if d.kind == paylinks.OperationRefund && unknowable(s.world, d.kind) {
			return nil
		}
		wrong := compare(links, s.world.deals())
		for _, link := range links {
			if lostAtBirth(link) && can(s.world, paylinks.CanFindByReference) && len(s.world.deals()) > 0 {
				wrong = append(wrong, "the provider has the link and can be asked for it")
			}
		}
		if repeatable(s.world, d) && done(s.world, d) == 0 {
			wrong = append(wrong, d.name+" has begun and was not brought to its end")
		}
		return wrong
	})
	assert.Empty(t, wrong)
}

// repeatable tells whether a deed that the provider shows no trace of may simply be done.
func repeatable(w world, d deed) bool { return d.repeatable != "" && can(w, d.repeatable) }

// done is how often a deed was done.
func done(w world, d deed) int {
	times := 0
	for _, deal := range w.deals() {
		times += d.count(deal)
	}
	return times
}

// judge checks the caller's answer against what the provider has done.
func judge(ctx context.Context, t *testing.T, s *scene, d deed, answer reply, r row) row {
	t.Helper()
	links, err := s.till.list(ctx, "")
	require.NoError(t, err)
	require.LessOrEqual(t, len(links), 1, "links of one order")
	times := done(s.world, d)
	for _, deal := range s.world.deals() {
		r.saw = fmt.Sprintf("%s, captured %s, refunded %s", deal.Native, deal.Captured, deal.Refunded)
		if deal.Texts > 0 {
			r.saw += fmt.Sprintf(", %d SMS", deal.Texts)
		}
	}
	if r.saw == "" {
		r.saw = "nothing"
	}
	if answer.status != 0 {
		r.say = fmt.Sprintf("%d ", answer.status)
	}
	for _, link := range links {
		r.say += fmt.Sprintf("%s, captured %s, refunded %s", link.Status, link.CapturedAmount, link.RefundedAmount)
	}

	assert.LessOrEqual(t, times, 1, "%s happened twice", d.name)
	switch {
	case answer.ok():
		assert.Equal(t, 1, times, "the caller was told that it happened: %s", answer)
	case answer.status == http.StatusGatewayTimeout:
		// What nobody can know; or what has not happened, and only a while later is known not to have.
		assert.True(t, unknowable(s.world, d.kind) || (times == 0 && !repeatable(s.world, d)), "it can be known: %s", answer)
	case answer.status != 0:
		assert.Fail(t, "the same request with the same key was refused", answer.String())
	}
	return r
}
