package faulttest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// crowd is a link that many want something of at once.
type crowd struct {
	*shop
	ctx   context.Context //nolint:containedctx // a test's own, for all of its calls
	order string
	link  string
}

// gather opens a shop with one link, paid where asked for, and captured.
func gather(t *testing.T, w world, paid, captured bool) *crowd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	c := &crowd{ctx: ctx, order: "crowd-1", shop: openShop(t, blueprint{world: slowly{w}, options: paylinks.Options{RefreshInterval: time.Millisecond}})}
	r, err := c.till.send(ctx, http.MethodPost, api.PathPaylinks, "", order(w, c.order, saleAmount))
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, r.status, r)
	c.link = r.link()
	if paid {
		require.NoError(t, w.pay(c.order))
		require.NoError(t, c.till.awaitPaid(ctx, c.link))
	}
	if captured {
		r, err := c.till.settled(ctx, linkPath(c.link, "capture"), "", nil)
		require.NoError(t, err)
		require.True(t, r.ok(), r)
	}
	return c
}

// atOnce makes a call for each of n callers at once, and returns their answers. The callers repeat what's in progress.
func (c *crowd) atOnce(t *testing.T, n int, call func(i int) (operation string, body map[string]any)) []reply {
	t.Helper()
	answers := make([]reply, n)
	errs := make([]error, n)
	start := make(chan struct{})
	var callers sync.WaitGroup
	for i := range n {
		callers.Go(func() {
			<-start
			operation, body := call(i)
			answers[i], errs[i] = c.till.insist(c.ctx, linkPath(c.link, operation), "", body)
		})
	}
	close(start)
	callers.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	return answers
}

// end is the deal, the link as stored, and that they agree. The link's events are in order, without gaps and without repetition.
func (c *crowd) end(t *testing.T) (deal, api.Paylink) {
	t.Helper()
	links, err := c.till.list(c.ctx, "")
	require.NoError(t, err)
	require.Empty(t, compare(links, c.world.deals()))
	require.Zero(t, c.till.inside.Load(), "answers that say internal")
	d, err := dealOf(c.world, c.order)
	require.NoError(t, err)
	events, err := c.till.events(c.ctx, c.link)
	require.NoError(t, err)
	told := map[string]bool{}
	for i, event := range events {
		assert.Equal(t, int64(i+1), event.Sequence)
		state := fmt.Sprint(event.Type, string(fieldsOf(t, event, "captured_amount", "refunded_amount")))
		assert.False(t, told[state], "event %s twice", state)
		told[state] = true
	}
	return d, links[0]
}

// codes counts the answers by what they say.
func codes(answers []reply) map[string]int {
	counts := map[string]int{}
	for _, r := range answers {
		switch {
		case r.fields.AlreadyCaptured:
			counts["already"]++
		case r.ok():
			counts["done"]++
		default:
			counts[string(r.code())]++
		}
	}
	return counts
}

func TestManyCaptureUnderOneReference(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, open newWorld) {
		t.Helper()
		n := size(flagCallers, 64, 16)
		c := gather(t, open(nil), true, false)
		answers := c.atOnce(t, n, func(int) (string, map[string]any) {
			return "capture", map[string]any{"amount": "30.00", "reference_id": "the-one"}
		})
		d, link := c.end(t)
		assert.Len(t, d.Captures, 1)
		assert.Equal(t, "30.00", link.CapturedAmount)
		for _, r := range answers {
			require.Equal(t, http.StatusOK, r.status, r)
			assert.Equal(t, answers[0].body, r.body, "all are told the same")
			assert.Equal(t, "30.00", r.fields.Amount)
			assert.Equal(t, "the-one", r.fields.ReferenceID)
		}
	}, paylinks.CanCapturePartly)
}

func TestManyCaptureTheWholeUnderTheirOwnReferences(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, open newWorld) {
		t.Helper()
		n := size(flagCallers, 64, 16)
		c := gather(t, open(nil), true, false)
		answers := c.atOnce(t, n, func(i int) (string, map[string]any) {
			return "capture", map[string]any{"reference_id": fmt.Sprintf("mine-%d", i)}
		})
		d, _ := c.end(t)
		assert.Len(t, d.Captures, 1)
		assert.Equal(t, saleAmount, d.Captured)
		assert.Equal(t, map[string]int{"done": 1, "already": n - 1}, codes(answers))
		for _, r := range answers {
			assert.Equal(t, saleAmount, r.fields.CapturedAmount)
		}
	}, paylinks.CanCapturePartly)
}

func TestManyCaptureMoreThanThereIs(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, open newWorld) {
		t.Helper()
		n := size(flagCallers, 64, 20)
		c := gather(t, open(nil), true, false)
		answers := c.atOnce(t, n, func(i int) (string, map[string]any) {
			return "capture", map[string]any{"amount": "10.00", "reference_id": fmt.Sprintf("mine-%d", i)}
		})
		d, _ := c.end(t)
		assert.Len(t, d.Captures, 15)
		assert.Equal(t, saleAmount, d.Captured)
		counts := codes(answers)
		assert.Equal(t, 15, counts["done"], counts)
		assert.Equal(t, n-15, counts["already"]+counts[string(paylinks.CodeAmountExceedsRemaining)], counts)
	}, paylinks.CanCapturePartly)
}

func TestManyRefundMoreThanThereIs(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, open newWorld) {
		t.Helper()
		n := size(flagCallers, 64, 16)
		c := gather(t, open(nil), true, true)
		answers := c.atOnce(t, n, func(i int) (string, map[string]any) {
			return "refund", map[string]any{"amount": "30.00", "reference_id": fmt.Sprintf("back-%d", i)}
		})
		d, link := c.end(t)
		assert.Len(t, d.Refunds, 5)
		assert.Equal(t, paylinks.StatusRefunded, link.Status)
		counts := codes(answers)
		assert.Equal(t, 5, counts["done"], counts)
		assert.Equal(t, n-5, counts[string(paylinks.CodeAmountExceedsRemaining)], counts)
		// Each one that was told "done" is told of a total of its own.
		var totals []string
		for _, r := range answers {
			if r.ok() {
				totals = append(totals, r.fields.RefundedAmount)
			}
		}
		slices.Sort(totals)
		assert.Equal(t, []string{"120.00", "150.00", "30.00", "60.00", "90.00"}, totals)
	}, paylinks.CanRefundPartly)
}

func TestCaptureAgainstCancel(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, open newWorld) {
		t.Helper()
		n := size(flagCallers, 64, 16)
		for range 3 {
			c := gather(t, open(nil), true, false)
			answers := c.atOnce(t, n, func(i int) (string, map[string]any) {
				return []string{"capture", "cancel"}[i%2], nil
			})
			d, link := c.end(t)
			captured := link.Status == paylinks.StatusCaptured
			assert.Equal(t, captured, d.Captured == saleAmount, "%+v", d)
			assert.Equal(t, !captured, d.Status == paylinks.StatusCancelled, "%+v", d)
			for i, r := range answers {
				capture := i%2 == 0
				switch {
				case capture == captured:
					assert.Equal(t, http.StatusOK, r.status, "the link is %s: %s", link.Status, r)
				case capture:
					assert.Equal(t, paylinks.CodeNotCapturable, r.code(), "the link is %s: %s", link.Status, r)
				default:
					assert.Equal(t, paylinks.CodeAlreadyCaptured, r.code(), "the link is %s: %s", link.Status, r)
				}
			}
		}
	}, paylinks.CanCapture, paylinks.CanVoid)
}

func TestWebhooksAgainstPollsAndReads(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, open newWorld) {
		t.Helper()
		n := size(flagCallers, 64, 16)
		c := gather(t, open(nil), false, false)
		c.run(t)
		require.NoError(t, c.world.pay(c.order))
		var callers sync.WaitGroup
		answers := [2][]int{zeros(n), zeros(n)}
		for i := range n {
			callers.Go(func() { answers[0][i] = c.deliver(t, c.order) })
			callers.Go(func() {
				r, err := c.till.send(c.ctx, http.MethodGet, linkPath(c.link, ""), "", nil)
				assert.NoError(t, err)
				answers[1][i] = r.status
				assert.Contains(t, []string{"created", "authorized", "captured"}, r.fields.Status)
			})
		}
		callers.Wait()
		for _, status := range slices.Concat(answers[0], answers[1]) {
			assert.Equal(t, http.StatusOK, status)
		}
		require.NoError(t, c.till.awaitPaid(c.ctx, c.link))
		c.end(t)
	})
}

func zeros(n int) []int { return make([]int, n) }

// deliver brings the provider's webhook about an order to the handler and returns the answer's status.
func (s *shop) deliver(t *testing.T, orderID string) int {
	t.Helper()
	h, err := s.world.webhook(orderID)
	if !assert.NoError(t, err) {
		return 0
	}
	return s.post(t, h)
}
