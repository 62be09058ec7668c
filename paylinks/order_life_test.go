package paylinks_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func TestTheOrderSaysWhatBecameOfItsLink(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status paylinks.Status
		// alone is the order's status without another provider to try, more with one.
		alone, more paylinks.OrderStatus
		outcome     paylinks.AttemptOutcome
		reason      string
	}{
		"paid":      {paylinks.StatusAuthorized, paylinks.OrderPaid, paylinks.OrderPaid, paylinks.AttemptAccepted, ""},
		"captured":  {paylinks.StatusCaptured, paylinks.OrderPaid, paylinks.OrderPaid, paylinks.AttemptAccepted, ""},
		"refunded":  {paylinks.StatusRefunded, paylinks.OrderPaid, paylinks.OrderPaid, paylinks.AttemptAccepted, ""},
		"rejected":  {paylinks.StatusRejected, paylinks.OrderFailed, paylinks.OrderPending, paylinks.AttemptRejected, "on_the_page"},
		"expired":   {paylinks.StatusExpired, paylinks.OrderFailed, paylinks.OrderPending, paylinks.AttemptAccepted, "expired"},
		"failed":    {paylinks.StatusFailed, paylinks.OrderFailed, paylinks.OrderPending, paylinks.AttemptAccepted, "on_the_page"},
		"cancelled": {paylinks.StatusCancelled, paylinks.OrderCancelled, paylinks.OrderCancelled, paylinks.AttemptAccepted, "cancelled"},
	} {
		for _, providers := range [][]string{{"one"}, {"one", "two"}} {
			t.Run(fmt.Sprint(name, len(providers)), func(t *testing.T) {
				t.Parallel()
				m := newMarket(t)
				link := m.ordered(providers...).Paylink
				m.end(link, test.status)
				want := test.alone
				if len(providers) > 1 {
					want = test.more
				}
				seen := m.order().Order // before anything happens by itself
				m.settle()
				page, err := m.ListOrders(t.Context(), paylinks.ListOrdersRequest{Status: want})
				require.NoError(t, err)
				require.Len(t, page.Orders, 1, "and it's stored so")
				for _, order := range []*paylinks.Order{seen, page.Orders[0]} {
					assert.Equal(t, want, order.Status)
					assert.Equal(t, test.outcome, order.Attempts[0].Outcome)
					assert.Equal(t, test.reason, order.Attempts[0].Reason)
					assert.False(t, order.OpenPaylink)
					assert.Equal(t, len(providers) > 1, order.CanTryNext())
				}
				assert.Zero(t, m.providers["two"].count("create"), "nobody is asked by itself")
			})
		}
	}
}

func TestGetOrderAsksTheProvider(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	link := m.ordered("one").Paylink
	m.providers["one"].pay(link.Ref.PaymentID)
	m.clock.Advance(3 * time.Second)
	result := m.order()
	assert.Equal(t, paylinks.OrderPaid, result.Order.Status)
	assert.Equal(t, paylinks.StatusAuthorized, result.Paylink.Status)
	assert.False(t, result.Paylink.Stale)
}

func TestGetOrderAnswersWhatIsStoredWhereTheProviderCannotBeAsked(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.ordered("one")
	m.clock.Advance(3 * time.Second)
	m.providers["one"].next("fetch", timeout())
	result := m.order()
	assert.Equal(t, paylinks.OrderPending, result.Order.Status)
	assert.True(t, result.Paylink.Stale)
}

func TestTheNextProvider(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		happens func(*market, *paylinks.Paylink)
		cancel  bool
		want    paylinks.Code
		active  string
	}{
		"while the link is open":             {func(*market, *paylinks.Paylink) {}, false, paylinks.CodeOrderHasOpenPaylink, "one"},
		"while it's open, to be cancelled":   {func(*market, *paylinks.Paylink) {}, true, "", "two"},
		"once the buyer was rejected":        {func(m *market, l *paylinks.Paylink) { m.end(l, paylinks.StatusRejected) }, false, "", "two"},
		"once the link has expired":          {func(m *market, l *paylinks.Paylink) { m.end(l, paylinks.StatusExpired) }, false, "", "two"},
		"once the link was cancelled":        {func(m *market, l *paylinks.Paylink) { m.end(l, paylinks.StatusCancelled) }, true, "", "two"},
		"once it's paid":                     {func(m *market, l *paylinks.Paylink) { m.pay(l) }, false, paylinks.CodeAlreadyPaid, "one"},
		"once it's paid, to be cancelled":    {func(m *market, l *paylinks.Paylink) { m.pay(l) }, true, paylinks.CodeAlreadyPaid, "one"},
		"paid a moment ago, to be cancelled": {func(m *market, l *paylinks.Paylink) { m.providers["one"].pay(l.Ref.PaymentID) }, true, paylinks.CodeAlreadyPaid, "one"},
		"which rejects too":                  {func(m *market, _ *paylinks.Paylink) { m.providers["two"].next("create", buyerRefused()) }, true, paylinks.CodeBuyerRejected, "one"},
		"which isn't there":                  {func(m *market, _ *paylinks.Paylink) { m.providers["two"].next("create", refusedConn()) }, true, paylinks.CodeProviderUnavailable, "one"},
		"while the link can't be called off": {func(m *market, _ *paylinks.Paylink) { m.providers["one"].next("cancel", refusedConn()) }, true, paylinks.CodeProviderUnavailable, "one"},
		"and the cancelling has no outcome": {func(m *market, _ *paylinks.Paylink) {
			m.providers["one"].next("cancel", timeout())
			m.providers["one"].next("fetch", fault{}, timeout())
		}, true, paylinks.CodeProviderTimeout, "one"},
		"where the cancelled one is here only": {func(m *market, _ *paylinks.Paylink) { m.providers["one"].without(paylinks.CanCancel) }, true, "", "two"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t)
			link := m.ordered("one", "two").Paylink
			test.happens(m, link)
			result, err := m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{CancelCurrent: test.cancel})
			assert.Equal(t, test.want, paylinks.CodeOf(err))
			assert.Equal(t, test.active, m.order().Order.ActiveGateway)
			if test.want == "" {
				require.NoError(t, err)
				assert.Equal(t, test.active, result.Paylink.Provider)
				assert.Equal(t, paylinks.OrderPending, result.Order.Status)
				assert.True(t, m.link(link.ID).Status.Ended())
			}
			if paylinks.CodeOf(err) == paylinks.CodeAlreadyPaid {
				assert.Equal(t, paylinks.StatusAuthorized, m.link(link.ID).Status, "no payment is given back by this")
				assert.Zero(t, m.providers["two"].count("create"))
			}
			// Whatever it came to, the order isn't held any more.
			_, err = m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{})
			assert.NotEqual(t, paylinks.CodeOperationInProgress, paylinks.CodeOf(err))
		})
	}
}

func TestNoProviderIsLeft(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	link := m.ordered("one").Paylink
	_, err := m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{CancelCurrent: true})
	require.ErrorIs(t, err, paylinks.CodeNoUsableProvider)
	assert.Equal(t, paylinks.StatusCreated, m.link(link.ID).Status, "the last chance isn't cancelled for nothing")
	m.end(link, paylinks.StatusRejected)
	_, err = m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{})
	require.ErrorIs(t, err, paylinks.CodeNoUsableProvider)
	assert.Equal(t, []string{"one rejected"}, outcomes(asError(t, err).Attempts))
	_, err = m.NextProvider(t.Context(), "nothing", paylinks.NextRequest{})
	require.ErrorIs(t, err, paylinks.CodeNotFound)
}

func TestNextUnderOneKeyIsOneStep(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.ordered("one", "two", "three")
	req := paylinks.NextRequest{CancelCurrent: true, IdempotencyKey: "k"}
	first, err := m.NextProvider(t.Context(), "POS-77", req)
	require.NoError(t, err)
	second, err := m.NextProvider(t.Context(), "POS-77", req)
	require.NoError(t, err)
	assert.Equal(t, "two", first.Order.ActiveGateway)
	assert.Equal(t, first.Paylink.ID, second.Paylink.ID)
	assert.Zero(t, m.providers["three"].count("create"))
}

// A link that was cancelled here alone can still be paid. Whichever of two links is paid first, the other is called off.
func TestOnePaymentCallsOffTheOtherLink(t *testing.T) {
	t.Parallel()
	for name, paysFirst := range map[string]bool{"the old link is paid": true, "the new link is paid": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t)
			m.providers["one"].without(paylinks.CanCancel)
			old := m.ordered("one", "two").Paylink
			next, err := m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{CancelCurrent: true})
			require.NoError(t, err)
			paid, other := old, next.Paylink
			if !paysFirst {
				paid, other = other, old
			}
			m.webhook(paid)
			m.settle()
			order := m.order().Order
			assert.Equal(t, paylinks.OrderPaid, order.Status)
			assert.Equal(t, paid.ID, order.PaidBy)
			assert.Equal(t, paid.Provider, order.ActiveGateway)
			assert.Equal(t, paylinks.StatusCancelled, m.link(other.ID).Status)
			assert.Equal(t, paylinks.StatusAuthorized, m.link(paid.ID).Status)
			assert.NotContains(t, m.events(paid.ID), paylinks.EventDuplicatePayment)
		})
	}
}

// webhook has the buyer pay a link and the provider tell of it.
func (m *market) webhook(link *paylinks.Paylink) {
	m.t.Helper()
	m.providers[link.Provider].pay(link.Ref.PaymentID)
	err := m.HandleWebhook(m.t.Context(), link.Provider, link.OrgAppID, paylinks.WebhookRequest{
		Header: http.Header{"X-Proof": {"good"}, "X-Event": {link.ID}}, Body: []byte(link.Ref.PaymentID),
	})
	require.NoError(m.t, err)
}

func TestASecondPaymentIsTold(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.providers["one"].without(paylinks.CanCancel)
	old := m.ordered("one", "two").Paylink
	next, err := m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{CancelCurrent: true})
	require.NoError(t, err)
	m.webhook(old)
	m.webhook(next.Paylink)
	for range 3 { // however often it's looked at
		m.settle()
		m.clock.Advance(time.Minute)
	}
	order := m.order().Order
	require.Equal(t, paylinks.OrderPaid, order.Status)
	counts := 0
	for _, link := range []*paylinks.Paylink{old, next.Paylink} {
		assert.Equal(t, paylinks.StatusAuthorized, m.link(link.ID).Status, "neither is given back by itself")
		for _, kind := range m.events(link.ID) {
			if kind == paylinks.EventDuplicatePayment {
				counts++
				assert.NotEqual(t, order.PaidBy, link.ID)
			}
		}
	}
	assert.Equal(t, 1, counts)
}

// The first payment is voided: the second one counts then.
func TestAVoidedPaymentCountsNoLonger(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	link := m.ordered("one").Paylink
	m.pay(link)
	m.settle()
	_, err := m.Cancel(t.Context(), link.ID)
	require.NoError(t, err)
	m.settle()
	order := m.order().Order
	assert.Equal(t, paylinks.OrderCancelled, order.Status)
	assert.Empty(t, order.PaidBy)
}

func TestALinkThatCannotBeCalledOffIsTriedAgain(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.providers["one"].without(paylinks.CanCancel)
	old := m.ordered("one", "two").Paylink
	next, err := m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{CancelCurrent: true})
	require.NoError(t, err)
	m.providers["two"].next("cancel", refusedConn())
	m.webhook(old)
	m.settle()
	require.Equal(t, paylinks.StatusCreated, m.link(next.Paylink.ID).Status)
	m.clock.Advance(20 * time.Second)
	m.settle()
	assert.Equal(t, paylinks.StatusCancelled, m.link(next.Paylink.ID).Status)
}

func TestAnAppThatWasRemovedIsSkipped(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	link := m.ordered("one", "two", "three").Paylink
	delete(m.apps, "two-main")
	m.end(link, paylinks.StatusRejected)
	result, err := m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{})
	require.NoError(t, err)
	assert.Equal(t, []string{"one rejected", "two skipped", "three accepted"}, outcomes(result.Order.Attempts))
}

func TestOrdersAreListedPageByPage(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	var want []string
	for i := range 5 {
		req := orderOf("one")
		req.OrderID = fmt.Sprint("POS-", i)
		_, err := m.CreateOrder(t.Context(), req)
		require.NoError(t, err)
		want = append([]string{req.OrderID}, want...)
		m.clock.Advance(time.Duration(i%2) * time.Second)
	}
	var got []string
	req := paylinks.ListOrdersRequest{Limit: 2}
	for {
		page, err := m.ListOrders(t.Context(), req)
		require.NoError(t, err)
		for _, order := range page.Orders {
			got = append(got, order.OrderID)
		}
		if page.NextCursor == "" {
			break
		}
		req.Cursor = page.NextCursor
	}
	assert.Equal(t, want, got)
	for field, wrong := range map[string]paylinks.ListOrdersRequest{
		"limit": {Limit: 201}, "cursor": {Cursor: "?"}, "status": {Status: "lost"},
	} {
		_, err := m.ListOrders(t.Context(), wrong)
		assert.Equal(t, field, asError(t, err).Fields[0].Field)
	}
}

func TestAGatewaysPaymentSettlesItsOrder(t *testing.T) {
	t.Parallel()
	amount, err := paylinks.ParseMoney("149.50", paylinks.SAR)
	require.NoError(t, err)
	less, err := paylinks.ParseMoney("149.49", paylinks.SAR)
	require.NoError(t, err)
	kwd, err := paylinks.ParseMoney("149.500", paylinks.KWD)
	require.NoError(t, err)
	payment := paylinks.Payment{ID: "ch_1", Reference: "POS-77", Amount: amount, Status: paylinks.PaymentCaptured}
	for name, test := range map[string]struct {
		app    string
		change func(*paylinks.Payment)
		want   paylinks.OrderStatus
	}{
		"its own":            {"till", func(*paylinks.Payment) {}, paylinks.OrderPaid},
		"authorized":         {"till", func(p *paylinks.Payment) { p.Status = paylinks.PaymentAuthorized }, paylinks.OrderPaid},
		"failed":             {"till", func(p *paylinks.Payment) { p.Status = paylinks.PaymentFailed }, paylinks.OrderPendingSync},
		"of a word unknown":  {"till", func(p *paylinks.Payment) { p.Status = paylinks.PaymentUnknown }, paylinks.OrderPendingSync},
		"of another order":   {"till", func(p *paylinks.Payment) { p.Reference = "POS-78" }, paylinks.OrderPendingSync},
		"without a name":     {"till", func(p *paylinks.Payment) { p.Reference = "" }, paylinks.OrderPendingSync},
		"of another amount":  {"till", func(p *paylinks.Payment) { p.Amount = less }, paylinks.OrderPendingSync},
		"in other money":     {"till", func(p *paylinks.Payment) { p.Amount = kwd }, paylinks.OrderPendingSync},
		"through other apps": {"other", func(*paylinks.Payment) {}, paylinks.OrderPendingSync},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t)
			result, err := m.CreateOrder(t.Context(), orderOf("gate", "one"))
			require.NoError(t, err)
			require.Equal(t, paylinks.OrderPendingSync, result.Order.Status)
			assert.Equal(t, "gate", result.Order.ActiveGateway)
			assert.Equal(t, "gate-payments", result.Order.AppSlug())
			assert.Nil(t, result.Paylink)
			assert.Zero(t, m.providers["one"].count("create"))

			p := payment
			test.change(&p)
			for range 2 {
				require.NoError(t, m.SettleOrderByPayment(t.Context(), test.app, p))
			}
			m.settle()
			assert.Equal(t, test.want, m.order().Order.Status)
		})
	}
}

func TestAGatewaysPaymentThatIsVoidHasTheOrderWaitAgain(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	_, err := m.CreateOrder(t.Context(), orderOf("gate"))
	require.NoError(t, err)
	amount, err := paylinks.ParseMoney("149.50", paylinks.SAR)
	require.NoError(t, err)
	tell := func(id string, status paylinks.PaymentStatus) *paylinks.Order {
		require.NoError(t, m.SettleOrderByPayment(t.Context(), "till", paylinks.Payment{ID: id, Reference: "POS-77", Amount: amount, Status: status}))
		return m.order().Order
	}
	assert.Equal(t, paylinks.OrderPaid, tell("a", paylinks.PaymentAuthorized).Status)
	assert.Equal(t, "a", tell("b", paylinks.PaymentCaptured).Payment.ID, "one payment counts")
	assert.Equal(t, paylinks.OrderPendingSync, tell("a", paylinks.PaymentCancelled).Status)
	assert.Equal(t, "b", tell("b", paylinks.PaymentCaptured).Payment.ID)
	assert.Equal(t, paylinks.OrderPaid, tell("b", paylinks.PaymentRefunded).Status)

	_, err = m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{CancelCurrent: true})
	require.ErrorIs(t, err, paylinks.CodeAlreadyPaid)
}

func TestAnOrderAtAGatewayHasNoNextProvider(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	_, err := m.CreateOrder(t.Context(), orderOf("gate", "one"))
	require.NoError(t, err)
	_, err = m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{CancelCurrent: true})
	require.ErrorIs(t, err, paylinks.CodeOrderHasOpenPaylink)
	assert.Zero(t, m.providers["one"].count("create"))
}

// Two callers have the same reference at the same gateway app: nobody can tell whose payment it is.
func TestAPaymentOfTwoPossibleOrdersSettlesNone(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	as := func(caller string) context.Context {
		return paylinks.WithCaller(t.Context(), paylinks.Caller{ID: caller})
	}
	for _, caller := range []string{"a", "b"} {
		_, err := m.CreateOrder(as(caller), orderOf("gate"))
		require.NoError(t, err)
	}
	amount, err := paylinks.ParseMoney("149.50", paylinks.SAR)
	require.NoError(t, err)
	require.NoError(t, m.SettleOrderByPayment(t.Context(), "till", paylinks.Payment{ID: "x", Reference: "POS-77", Amount: amount, Status: paylinks.PaymentCaptured}))
	for _, caller := range []string{"a", "b"} {
		result, err := m.GetOrder(as(caller), "POS-77")
		require.NoError(t, err)
		assert.Equal(t, paylinks.OrderPendingSync, result.Order.Status)
	}
}

func TestRunFollowsOrders(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.providers["one"].without(paylinks.CanCancel)
	old := m.ordered("one", "two").Paylink
	next, err := m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{CancelCurrent: true})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	m.webhook(old)
	require.Eventually(t, func() bool {
		return m.stored("POS-77").Status == paylinks.OrderPaid && m.link(next.Paylink.ID).Status == paylinks.StatusCancelled
	}, soon, 5*time.Millisecond)
	stop()
	require.NoError(t, <-ended)
}
