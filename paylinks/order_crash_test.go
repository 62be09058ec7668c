package paylinks_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/paylinks/paylinks-go/paylinks"
)

// dieAt has the process die at its n-th write from now: before it, or once it's committed and nobody knows.
func (m *market) dieAt(n int, after bool) {
	writes := 0
	m.store.dies = func(_ paylinks.Change, done bool) bool {
		if !done {
			writes++
		}
		return writes == n && done == after
	}
}

// restart is a new process over the same store.
func (m *market) restart() {
	m.Wait()
	m.store.dead, m.store.dies = false, nil
	m.open()
}

// liveLinks is the links of an order that a buyer could pay.
func (m *market) liveLinks(order *paylinks.Order) []string {
	m.t.Helper()
	var live []string
	for _, a := range order.Attempts {
		if a.PaylinkID == "" {
			continue
		}
		if status := m.link(a.PaylinkID).Status; status == paylinks.StatusCreated || status == paylinks.StatusCreating {
			live = append(live, a.PaylinkID)
		}
	}
	return live
}

// A process that dies at any write of a walk leaves an order that goes on, and never a second link of one attempt.
func TestAWalkSurvivesDeathAtEveryWrite(t *testing.T) {
	t.Parallel()
	// Begin and settle one, begin and settle two, and the end of the hold; reviews in between write what the links say.
	const writes = 7
	for n := 1; n <= writes; n++ {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprint(n, after), func(t *testing.T) {
				t.Parallel()
				m := newMarket(t)
				m.providers["one"].next("create", buyerRefused())
				req := orderOf("one", "two", "three")
				req.IdempotencyKey = "k"
				m.dieAt(n, after)
				_, err := m.CreateOrder(t.Context(), req)
				require.ErrorIs(t, err, errDead, "the walk has %d writes or more", n)
				m.restart()

				// The same call again, at once and after a while, comes to the one link.
				_, err = m.CreateOrder(t.Context(), req)
				if err != nil {
					require.Contains(t, []paylinks.Code{paylinks.CodeIdempotencyInProgress, paylinks.CodeProviderTimeout}, paylinks.CodeOf(err))
				}
				m.clock.Advance(2 * time.Minute)
				m.settle()
				result, err := m.CreateOrder(t.Context(), req)
				if err != nil {
					// The provider's answer died with the process: nobody knows until its session is over.
					require.Equal(t, paylinks.CodeProviderTimeout, paylinks.CodeOf(err))
					m.clock.Advance(20 * time.Minute)
					m.settle()
					result, err = m.CreateOrder(t.Context(), req)
				}
				require.NoError(t, err)
				assert.Equal(t, paylinks.OrderPending, result.Order.Status)
				assert.Equal(t, []string{result.Paylink.ID}, m.liveLinks(result.Order))
				for id, provider := range m.providers {
					assert.LessOrEqual(t, provider.count("create"), 1, "%s is asked once", id)
				}
			})
		}
	}
}

// Without its caller nothing is made: the order says what is true, and waits for the next call.
func TestAWalkThatDiedIsNotWalkedOnByItself(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.providers["one"].next("create", buyerRefused())
	m.dieAt(3, false) // one has rejected and that's written; nothing else is
	_, err := m.CreateOrder(t.Context(), orderOf("one", "two"))
	require.ErrorIs(t, err, errDead)
	m.restart()
	m.clock.Advance(2 * time.Minute)
	m.settle()
	order := m.order().Order
	assert.Equal(t, paylinks.OrderPending, order.Status)
	assert.Equal(t, []string{"one rejected"}, outcomes(order.Attempts))
	assert.Empty(t, order.Holder)
	assert.Zero(t, m.providers["two"].count("create"))
	result, err := m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{})
	require.NoError(t, err)
	assert.Equal(t, "two", result.Order.ActiveGateway)
}

func TestOfManyCallsForOneOrderOneMakesIt(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]string{"under one key": "k", "without a key": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t)
			var won []string
			for _, got := range atOnce(8, func() (*paylinks.OrderResult, error) {
				req := orderOf("one", "two")
				req.IdempotencyKey = key
				return m.CreateOrder(t.Context(), req)
			}) {
				switch {
				case got.err == nil:
					won = append(won, got.result.Paylink.ID)
				case key == "":
					require.ErrorIs(t, got.err, paylinks.CodeOrderExists)
				default:
					require.ErrorIs(t, got.err, paylinks.CodeIdempotencyInProgress)
				}
			}
			require.NotEmpty(t, won)
			for _, id := range won {
				assert.Equal(t, won[0], id)
			}
			assert.Equal(t, 1, m.providers["one"].count("create"))
			assert.Zero(t, m.providers["two"].count("create"))
		})
	}
}

func TestOfManyCallsForTheNextProviderOneMakesTheStep(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.ordered("one", "two", "three")
	steps := 0
	for _, got := range atOnce(6, func() (*paylinks.OrderResult, error) {
		return m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{})
	}) {
		if got.err == nil {
			steps++
		}
	}
	require.Zero(t, steps, "the link is open")
	m.end(m.order().Paylink, paylinks.StatusRejected)
	for _, got := range atOnce(6, func() (*paylinks.OrderResult, error) {
		return m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{})
	}) {
		if got.err == nil {
			steps++
			continue
		}
		assert.Contains(t, []paylinks.Code{paylinks.CodeOperationInProgress, paylinks.CodeOrderHasOpenPaylink}, paylinks.CodeOf(got.err))
	}
	assert.Equal(t, 1, steps)
	assert.Equal(t, 1, m.providers["two"].count("create"))
	assert.Zero(t, m.providers["three"].count("create"))
}

type got struct {
	result *paylinks.OrderResult
	err    error
}

// atOnce makes n calls at the same time.
func atOnce(n int, call func() (*paylinks.OrderResult, error)) []got {
	all := make([]got, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { all[i].result, all[i].err = call() })
	}
	group.Wait()
	return all
}

// A link is paid by webhook while the next provider is being asked.
func TestAPaymentInTheMiddleOfAStep(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.providers["one"].without(paylinks.CanCancel)
	old := m.ordered("one", "two").Paylink
	block := make(chan struct{})
	m.providers["two"].next("create", fault{block: block})
	done := make(chan got, 1)
	ctx := context.WithoutCancel(t.Context())
	go func() {
		result, err := m.NextProvider(ctx, "POS-77", paylinks.NextRequest{CancelCurrent: true})
		done <- got{result, err}
	}()
	require.Eventually(t, func() bool { return m.providers["two"].count("create") == 1 }, soon, time.Millisecond)
	m.webhook(old)
	m.settle()
	assert.Equal(t, paylinks.OrderPaid, m.order().Order.Status)
	close(block)
	answer := <-done
	require.NoError(t, answer.err)
	assert.Equal(t, paylinks.OrderPaid, answer.result.Order.Status)
	m.settle()
	order := m.order().Order
	assert.Equal(t, old.ID, order.PaidBy)
	assert.Empty(t, m.liveLinks(order), "the new link is called off")
}

// Whatever happens in whatever order, with faults and deaths of the process: an order never has two links that can be paid, one payment counts,
// every other one is told once, and what the order says of itself is what its links say.
func TestOrdersProperty(t *testing.T) {
	t.Parallel()
	house := newMarket(t) // one store for all: each round has an order of its own
	round := 0
	rapid.Check(t, func(r *rapid.T) {
		m := house.again()
		round++
		orderID := fmt.Sprint("POS-", round)
		if rapid.Bool().Draw(r, "one can't cancel") {
			m.providers["one"].without(paylinks.CanCancel)
		}
		faults := rapid.SampledFrom([]fault{{}, {}, buyerRefused(), refusedConn(), timeout(), lost(), refused(paylinks.RefusedCredentials)})
		id := rapid.SampledFrom([]string{"one", "two", "three"})
		for range rapid.IntRange(1, 16).Draw(r, "steps") {
			switch rapid.SampledFrom([]string{"create", "next", "next", "fault", "pay", "webhook", "end", "cancel", "time", "run", "die"}).Draw(r, "step") {
			case "create":
				req := orderOf("one", "two", "three")
				req.OrderID, req.IdempotencyKey = orderID, rapid.SampledFrom([]string{"", orderID}).Draw(r, "key")
				_, _ = m.CreateOrder(t.Context(), req)
			case "next":
				_, _ = m.NextProvider(t.Context(), orderID, paylinks.NextRequest{CancelCurrent: rapid.Bool().Draw(r, "cancel")})
			case "fault":
				m.providers[id.Draw(r, "at")].next(rapid.SampledFrom([]string{"create", "cancel", "fetch"}).Draw(r, "op"), faults.Draw(r, "fault"))
			case "pay", "webhook", "end", "cancel":
				m.touch(r, id.Draw(r, "at"))
			case "time":
				m.clock.Advance(time.Duration(rapid.IntRange(1, 1500).Draw(r, "seconds")) * time.Second)
			case "run":
				m.background()
			case "die":
				m.dieAt(rapid.IntRange(1, 6).Draw(r, "write"), rapid.Bool().Draw(r, "after"))
			}
			if m.store.dead {
				m.restart()
			}
			m.checkLive(r, orderID)
		}
		m.restart()
		for _, provider := range m.providers {
			provider.mu.Lock()
			provider.faults = map[string][]fault{}
			provider.mu.Unlock()
		}
		for range 3 {
			m.clock.Advance(25 * time.Minute)
			m.background()
		}
		m.checkEnd(r, orderID)
	})
}

// touch has something happen to the newest payment of a provider, if there is one.
func (m *market) touch(r *rapid.T, id string) {
	provider := m.providers[id]
	provider.mu.Lock()
	paymentID := fmt.Sprintf("pay_%d", len(provider.payments))
	payment, ok := provider.payments[paymentID]
	open := ok && payment.snapshot.Status == paylinks.StatusCreated
	provider.mu.Unlock()
	if !open {
		return
	}
	switch rapid.SampledFrom([]string{"pay", "webhook", "reject", "expire"}).Draw(r, "what") {
	case "pay":
		provider.pay(paymentID)
	case "webhook":
		provider.pay(paymentID)
		_ = m.HandleWebhook(m.t.Context(), id, id+"-main", paylinks.WebhookRequest{
			Header: map[string][]string{"X-Proof": {"good"}, "X-Event": {paymentID}}, Body: []byte(paymentID),
		})
	case "reject":
		provider.set(paymentID, func(s *paylinks.Snapshot) { s.Status = paylinks.StatusRejected })
	case "expire":
		provider.set(paymentID, func(s *paylinks.Snapshot) { s.Status = paylinks.StatusExpired })
	}
}

// background is what Run does, whatever comes of it.
func (m *market) background() {
	for range 2 {
		_ = m.SettleOperations(m.t.Context())
		_ = m.HandleWebhooks(m.t.Context())
		_ = m.CheckLinks(m.t.Context())
		_ = m.FollowOrders(m.t.Context())
	}
}

// stored is the order as stored, nil for none.
func (m *market) stored(orderID string) *paylinks.Order {
	order, err := m.store.FindOrder(m.t.Context(), "", orderID)
	if err != nil {
		require.ErrorIs(m.t, err, paylinks.ErrNotFound)
		return nil
	}
	return order
}

func (m *market) checkLive(r *rapid.T, orderID string) {
	order := m.stored(orderID)
	if order == nil {
		return
	}
	require.LessOrEqual(r, len(m.liveLinks(order)), 1, "%v", outcomes(order.Attempts))
}

func (m *market) checkEnd(r *rapid.T, orderID string) {
	order := m.stored(orderID)
	if order == nil {
		return
	}
	paid := 0
	for _, a := range order.Attempts {
		if a.PaylinkID == "" {
			continue
		}
		link := m.link(a.PaylinkID)
		told := 0
		for _, kind := range m.events(link.ID) {
			if kind == paylinks.EventDuplicatePayment {
				told++
			}
		}
		switch {
		case link.Status.Paid() && link.ID == order.PaidBy:
			paid++
			require.Zero(r, told)
		case link.Status.Paid():
			require.Equal(r, 1, told, "every other payment is told once")
		default:
			require.Zero(r, told)
			require.True(r, link.Status.Ended(), "%s", link.Status)
		}
	}
	require.LessOrEqual(r, paid, 1)
	require.Equal(r, paid == 1, order.Status == paylinks.OrderPaid)
	shown, err := m.GetOrder(m.t.Context(), orderID)
	require.NoError(r, err)
	require.Equal(r, order.Status, shown.Order.Status)
	require.Equal(r, order.Attempts, shown.Order.Attempts)
}

// A link is paid in the moment before the next provider's link is written: what was decided on the order as it was isn't done.
func TestAPaymentInTheLastMomentBeforeAStep(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.providers["one"].without(paylinks.CanCancel)
	old := m.ordered("one", "two").Paylink
	m.store.dies = func(change paylinks.Change, after bool) bool {
		if change.Begin != nil && !after && change.Order != nil {
			m.store.dies = nil
			m.webhook(old)
			assert.NoError(t, m.HandleWebhooks(t.Context()))
		}
		return false
	}
	result, err := m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{CancelCurrent: true})
	require.NoError(t, err)
	assert.Equal(t, paylinks.OrderPaid, result.Order.Status)
	assert.Equal(t, old.ID, result.Paylink.ID)
	assert.Zero(t, m.providers["two"].count("create"))
	assert.Len(t, result.Order.Attempts, 1)
}

// An order that a call tries providers for is that call's: whoever looks meanwhile sees it, and nobody else moves it.
func TestAnOrderBelongsToTheCallThatTriesProviders(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	block := make(chan struct{})
	m.providers["one"].next("create", fault{block: block})
	ctx, hangUp := context.WithCancel(t.Context())
	done := make(chan got, 1)
	req := orderOf("one", "two")
	req.IdempotencyKey = "k"
	go func() {
		result, err := m.CreateOrder(ctx, req)
		done <- got{result, err}
	}()
	require.Eventually(t, func() bool { return m.providers["one"].count("create") == 1 }, soon, time.Millisecond)
	for range 2 {
		shown := m.order()
		assert.Equal(t, paylinks.OrderUnknown, shown.Order.Status)
		m.settle()
		_, err := m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{CancelCurrent: true})
		require.ErrorIs(t, err, paylinks.CodeOperationInProgress)
		_, err = m.CreateOrder(t.Context(), req)
		require.ErrorIs(t, err, paylinks.CodeIdempotencyInProgress)
		assert.Positive(t, asError(t, err).RetryAfter)
	}

	// The caller hangs up. What has begun is brought to its end all the same, and the order is let go.
	hangUp()
	close(block)
	answer := <-done
	require.NoError(t, answer.err)
	order := m.order().Order
	assert.Equal(t, paylinks.OrderPending, order.Status)
	assert.Empty(t, order.Holder)
	_, err := m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{})
	require.ErrorIs(t, err, paylinks.CodeOrderHasOpenPaylink)
}

// plainStore is a store without the power to keep orders.
type plainStore struct{ paylinks.Store }

func TestAStoreWithoutOrders(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	service, err := paylinks.New(plainStore{m.store.Store}, m.apps, paylinks.Options{})
	require.NoError(t, err)
	_, err = service.CreateOrder(t.Context(), orderOf("one"))
	require.ErrorIs(t, err, paylinks.CodeUnsupported)
	_, err = service.GetOrder(t.Context(), "POS-77")
	require.ErrorIs(t, err, paylinks.CodeUnsupported)
	_, err = service.ListOrders(t.Context(), paylinks.ListOrdersRequest{})
	require.ErrorIs(t, err, paylinks.CodeUnsupported)
	require.NoError(t, service.FollowOrders(t.Context()))
}
