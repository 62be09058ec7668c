package paylinks_test

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// walkedGateway is a gateway in memory with rows in the order in which it gives them, pages of pageRows each: the last row of a page has the
// page's number as its checkpoint.
type walkedGateway struct {
	mu       sync.Mutex
	lookBack time.Duration
	pageRows int
	rows     []paylinks.Payment
	bad      map[string]string
	// before is called before each row is given. An error ends the walk there.
	before  func(ctx context.Context, row int) error
	queries []paylinks.PaymentsQuery
	given   int
}

func newWalkedGateway(rows int) *walkedGateway {
	g := &walkedGateway{lookBack: 48 * time.Hour, pageRows: 10, bad: map[string]string{}}
	for i := range rows {
		g.rows = append(g.rows, gatewayRow(i))
	}
	return g
}

func gatewayRow(i int) paylinks.Payment {
	amount, err := paylinks.ParseMoney(fmt.Sprintf("%d.50", i+1), paylinks.SAR)
	if err != nil {
		panic(err)
	}
	zero := paylinks.Zero(paylinks.SAR)
	return paylinks.Payment{
		ID: fmt.Sprintf("pi_%03d", i), Reference: fmt.Sprintf("order-%d", i), Amount: amount, Captured: zero, Refunded: zero,
		Status: paylinks.PaymentAuthorized, ProviderStatus: "requires_capture", CreatedAt: newClock().Now().Add(time.Duration(i-1000) * time.Minute),
	}
}

func (g *walkedGateway) Info() paylinks.Info {
	return paylinks.Info{ID: "gate", Name: "Gate", Kind: paylinks.KindGatewaySync, LookBack: g.lookBack}
}

// Payments is the walk. It checks what the Service promises a gateway.
func (g *walkedGateway) Payments(ctx context.Context, query paylinks.PaymentsQuery) iter.Seq2[paylinks.Payment, error] {
	return func(yield func(paylinks.Payment, error) bool) {
		g.mu.Lock()
		g.queries = append(g.queries, query)
		rows, before := g.rows, g.before
		g.mu.Unlock()
		if !query.From.Before(query.To) {
			yield(paylinks.Payment{}, fmt.Errorf("a window from %s to %s", query.From, query.To))
			return
		}
		start := 0
		if query.Resume != "" {
			page, err := strconv.Atoi(query.Resume)
			if err != nil {
				yield(paylinks.Payment{}, err)
				return
			}
			start = page * g.pageRows
		}
		for i := start; i < len(rows); i++ {
			if before != nil {
				if err := before(ctx, i); err != nil {
					yield(paylinks.Payment{}, err)
					return
				}
			}
			row := rows[i]
			if (i+1)%g.pageRows == 0 {
				row.Checkpoint = strconv.Itoa((i + 1) / g.pageRows)
			}
			var err error
			if reason, ok := g.bad[row.ID]; ok {
				row, err = paylinks.Payment{}, &paylinks.BadRow{ID: row.ID, Reason: reason}
			}
			g.mu.Lock()
			g.given++
			g.mu.Unlock()
			if !yield(row, err) {
				return
			}
		}
	}
}

// stopAt has the walk meet an error before a row, as often as given.
func (g *walkedGateway) stopAt(row, times int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.before = func(_ context.Context, i int) error {
		if i != row || times == 0 {
			return nil
		}
		times--
		return err
	}
}

// change changes a row at the gateway.
func (g *walkedGateway) change(row int, change func(*paylinks.Payment)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rows = append([]paylinks.Payment(nil), g.rows...)
	change(&g.rows[row])
}

func (g *walkedGateway) lastQuery() paylinks.PaymentsQuery {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.queries[len(g.queries)-1]
}

func (g *walkedGateway) walks() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.queries)
}
