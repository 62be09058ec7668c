package faulttest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// step is something that happens to one of a story's links.
type step struct {
	what   string
	link   int
	amount string
	// again makes the operation under the name of an earlier one.
	again bool
	fault fault
	after time.Duration
}

// fault is what the provider's next call meets.
type fault string

// The faults. In the first two the call has no effect.
const (
	noFault     fault = ""
	droppedCall fault = "dropped"
	failedCall  fault = "failed"
	lostAnswer  fault = "answer lost"
	wrongAnswer fault = "500 after the effect"
	halfAnswer  fault = "half an answer"
	garbled     fault = "a firewall's page"
)

// inject has the next calls of ops meet the fault.
func (f fault) inject(faults *simulator.Faults, ops []string) {
	for _, op := range ops {
		switch f {
		case noFault:
		case droppedCall:
			faults.DropBefore(op, 1)
		case failedCall:
			faults.FailBefore(op, 1, http.StatusBadGateway)
		case lostAnswer:
			faults.DropAfter(op, 1)
		case wrongAnswer:
			faults.FailAfter(op, 1, http.StatusInternalServerError)
		case halfAnswer:
			faults.Truncate(op, 1)
		case garbled:
			faults.Garble(op, 1)
		}
	}
}

// story draws what happens.
func story(t *rapid.T) []step {
	operations := []string{"capture", "capture", "refund", "refund", "cancel", "send"}
	others := []string{"pay", "pay", "pay", "decline", "give up", "dashboard capture", "dashboard refund", "dashboard void", "keep webhook", "keep webhook", "old webhook", "webhook", "get", "blind"}
	one := rapid.Custom(func(t *rapid.T) step {
		return step{
			what:   rapid.SampledFrom(append(operations, others...)).Draw(t, "what"),
			link:   rapid.IntRange(0, 1).Draw(t, "link"),
			amount: rapid.SampledFrom([]string{"", "50.00", "100.00", "150.00"}).Draw(t, "amount"),
			again:  rapid.IntRange(0, 3).Draw(t, "again") == 0,
			fault:  rapid.SampledFrom([]fault{noFault, noFault, droppedCall, failedCall, lostAnswer, wrongAnswer, halfAnswer, garbled}).Draw(t, "fault"),
			after:  rapid.SampledFrom([]time.Duration{0, 0, time.Second, 5 * time.Second, 3 * time.Minute, 25 * time.Minute}).Draw(t, "after"),
		}
	})
	return rapid.SliceOfN(one, 3, 30).Draw(t, "story")
}

// Whatever happens in whatever order, with answers lost and webhooks late, repeated and out of order: in the end our state is the
// provider's, every operation under one name has happened once at most, and once exactly where the caller was told so.
func TestTheOrderOfThingsDoesNotMatter(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, open newWorld) {
		t.Helper()
		rapid.Check(t, func(rt *rapid.T) {
			steps := story(rt)
			var err error
			synctest.Test(t, func(t *testing.T) { err = tell(t, open(nil), steps) })
			if err != nil {
				rt.Fatalf("%v", err)
			}
		})
	})
}

// narrator tells a story and keeps account of it.
type narrator struct {
	*shop
	ids    []string
	orders []string
	// kept are webhooks to deliver later.
	kept []hook
	// asked are the names under which each operation was asked for, done those whose caller was told that it happened.
	asked, done map[string]map[string]bool
}

// tell plays a story to its end and says what is wrong then. It's called in a bubble of virtual time.
func tell(t *testing.T, w world, steps []step) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := &narrator{
		shop: openShop(t, blueprint{
			world: w, baseURL: "http://provider.test", client: inProcess(w), memory: true,
			options: paylinks.Options{PollInterval: w.info().SettleLife / 150},
		}),
		asked: map[string]map[string]bool{}, done: map[string]map[string]bool{},
	}
	stop := n.run(t)
	defer stop()
	for i := range 2 {
		orderID := fmt.Sprintf("story-%d", i)
		r, err := n.till.send(ctx, http.MethodPost, api.PathPaylinks, "", order(w, orderID, saleAmount))
		if err != nil || !r.ok() {
			return fmt.Errorf("create: %s: %w", r, err)
		}
		n.ids, n.orders = append(n.ids, r.link()), append(n.orders, orderID)
	}
	for i, s := range steps {
		if err := n.play(ctx, t, i, s); err != nil {
			return fmt.Errorf("step %d (%+v): %w", i, s, err)
		}
		wait(ctx, s.after)
	}
	w.faults().Clear()
	wait(ctx, 2*w.info().SettleLife+time.Hour)
	return n.end(ctx)
}

// play has one step happen.
func (n *narrator) play(ctx context.Context, t *testing.T, i int, s step) error {
	t.Helper()
	orderID := n.orders[s.link]
	switch s.what {
	case "pay":
		_ = n.world.pay(orderID) // what can't be done now isn't done
	case "decline":
		_ = n.world.decline(orderID)
	case "give up":
		_ = n.world.giveUp(orderID)
	case "dashboard capture", "dashboard refund", "dashboard void":
		_ = n.world.dashboard(orderID, s.what[len("dashboard "):], s.amount)
	case "keep webhook":
		if h, err := n.world.webhook(orderID); err == nil {
			n.kept = append(n.kept, h)
		}
	case "old webhook":
		if len(n.kept) > 0 {
			// Some proofs run out, and then it's refused.
			if status := n.post(t, n.kept[i%len(n.kept)]); status != http.StatusUnauthorized {
				return want(http.StatusOK, status)
			}
		}
	case "webhook":
		if h, err := n.world.webhook(orderID); err == nil { // else nothing has happened that it could tell of
			return want(http.StatusOK, n.post(t, h))
		}
	case "get":
		_, err := n.till.get(ctx, n.ids[s.link])
		return err
	case "blind":
		s.fault.inject(n.world.faults(), n.world.ops()[""])
	default:
		return n.operate(ctx, i, s)
	}
	return nil
}

// operate asks for an operation and notes what the caller is told. An answer that is no success may be any: in the end it's the ledgers that count.
func (n *narrator) operate(ctx context.Context, i int, s step) error {
	key := fmt.Sprintf("%s-%s-%d", s.what, s.amount, i)
	if s.again {
		key = fmt.Sprintf("%s-%s-again", s.what, s.amount)
	}
	var body map[string]any
	if s.amount != "" && (s.what == "capture" || s.what == "refund") {
		body = map[string]any{"amount": s.amount}
	}
	s.fault.inject(n.world.faults(), n.world.ops()[paylinks.OperationKind(s.what)])
	r, err := n.till.send(ctx, http.MethodPost, linkPath(n.ids[s.link], s.what), key, body)
	if err != nil {
		return err
	}
	what := n.orders[s.link] + " " + s.what
	note(n.asked, what, key)
	if r.ok() && !r.fields.AlreadyCaptured {
		note(n.done, what, key)
	}
	if r.status == http.StatusInternalServerError {
		return fmt.Errorf("%s: %s", s.what, r)
	}
	return n.told(s, r)
}

// told checks an answer against what the provider has at this moment.
func (n *narrator) told(s step, r reply) error {
	d, err := dealOf(n.world, n.orders[s.link])
	if err != nil || !r.ok() {
		return err
	}
	if (s.what == "capture" && less(d.Captured, r.fields.CapturedAmount)) || (s.what == "refund" && less(d.Refunded, r.fields.RefundedAmount)) {
		return fmt.Errorf("the caller is told %s, the provider has captured %s and refunded %s", r, d.Captured, d.Refunded)
	}
	if s.what == "cancel" && !d.Status.Ended() && !d.Uncancellable && d.Captured == "0.00" {
		return fmt.Errorf("the caller is told %s, the payment is %s", r, d.Status)
	}
	return nil
}

func note(book map[string]map[string]bool, what, key string) {
	if book[what] == nil {
		book[what] = map[string]bool{}
	}
	book[what][key] = true
}

func want(status, got int) error {
	if status != got {
		return fmt.Errorf("the webhook was answered %d", got)
	}
	return nil
}

// end says what is wrong once everything has had its time.
func (n *narrator) end(ctx context.Context) error {
	// What only the dashboard did to a link that was final is seen by reading it.
	for _, id := range n.ids {
		if _, err := n.till.get(ctx, id); err != nil {
			return err
		}
	}
	links, err := n.till.list(ctx, "")
	if err != nil {
		return err
	}
	for _, wrong := range append(compare(links, n.world.deals()), unexplained(ctx, n.till, links, n.world.deals())...) {
		return errors.New(wrong)
	}
	for i, orderID := range n.orders {
		d, err := dealOf(n.world, orderID)
		if err != nil {
			return err
		}
		for what, effects := range map[string]int{"capture": named(d.Captures), "refund": named(d.Refunds), "send": d.Texts} {
			if what == "send" && !can(n.world, paylinks.CanSend) {
				continue // it has texted the link by itself
			}
			asked, done := len(n.asked[orderID+" "+what]), len(n.done[orderID+" "+what])
			if effects > asked || effects < done {
				return fmt.Errorf("%s: %s was asked for %d times and acknowledged %d times, and happened %d times", orderID, what, asked, done, effects)
			}
		}
		events, err := n.till.events(ctx, n.ids[i])
		if err != nil {
			return err
		}
		for at, event := range events {
			if event.Sequence != int64(at+1) {
				return fmt.Errorf("%s: event %d has sequence %d", orderID, at, event.Sequence)
			}
		}
		if last := events[len(events)-1]; last.Status != links[len(links)-1-i].Status {
			return fmt.Errorf("%s: the last event says %s, the link %s", orderID, last.Status, links[len(links)-1-i].Status)
		}
	}
	return nil
}

// named counts the effects that came through the API: those of a dashboard have no reference.
func named(references []string) int {
	n := 0
	for _, reference := range references {
		n += one(reference != "")
	}
	return n
}

// A story that is fixed, so that the telling itself is known to work.
func TestAStoryIsToldToItsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newTabbyWorld(nil)
		require.NoError(t, tell(t, w, []step{
			{what: "pay"},
			{what: "keep webhook"},
			{what: "capture", amount: "50.00", fault: lostAnswer},
			{what: "old webhook", after: time.Minute},
			{what: "capture"},
			{what: "refund", amount: "100.00", fault: wrongAnswer},
		}))
		d, err := dealOf(w, "story-0")
		require.NoError(t, err)
		require.Equal(t, []string{"150.00", "100.00"}, []string{d.Captured, d.Refunded})
		unpaid, err := dealOf(w, "story-1")
		require.NoError(t, err)
		require.Equal(t, paylinks.StatusExpired, unpaid.Status)
	})
}

// MisPay can't be told that a payment is known, and the payment is refunded before it is.
func TestARefundBeforeTheCaptureIsFinalized(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		require.NoError(t, tell(t, newMisPayWorld(nil), []step{
			{what: "pay"},
			{what: "capture", amount: "150.00", fault: garbled},
			{what: "refund", amount: "150.00", after: time.Second},
			{what: "refund", amount: "150.00", again: true, fault: failedCall, after: time.Second},
		}))
	})
}

// MisPay is to be told that a payment is known, and can't be reached for that: the capture counts, and is finished later. A second
// capture, under another name, takes nothing, and must say so.
func TestASecondCaptureWhileTheFirstIsFinalized(t *testing.T) {
	t.Parallel()
	w := newMisPayWorld(nil)
	s := openShop(t, blueprint{world: w, memory: true})
	ctx := t.Context()
	r, err := s.till.send(ctx, http.MethodPost, api.PathPaylinks, "", order(w, "twice-1", saleAmount))
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, r.status, r)
	link := r.link()
	require.NoError(t, w.pay("twice-1"))
	w.faults().FailBefore(w.ops()[paylinks.OperationCapture][0], 0, http.StatusBadGateway)
	first, err := s.till.send(ctx, http.MethodPost, linkPath(link, "capture"), "", map[string]any{"reference_id": "one"})
	require.NoError(t, err)
	require.True(t, first.ok() && first.fields.FinalizePending && !first.fields.AlreadyCaptured, first)
	second, err := s.till.send(ctx, http.MethodPost, linkPath(link, "capture"), "", map[string]any{"reference_id": "two"})
	require.NoError(t, err)
	require.True(t, second.ok() && second.fields.AlreadyCaptured, "%s", second)
}
