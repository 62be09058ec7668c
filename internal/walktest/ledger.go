package walktest

import (
	"slices"
	"sync"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
)

// Ledger is the truth of a simulator that shows only what became of its payments.
type Ledger struct {
	mu     sync.Mutex
	truths []gatewaytest.Truth
}

// Add notes what was made.
func (l *Ledger) Add(id string, spec gatewaytest.Spec) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.truths = append(l.truths, gatewaytest.Truth{
		ID: id, Reference: spec.Reference, Amount: spec.Amount, Captured: spec.Captured, Refunded: spec.Refunded, Status: spec.Status,
	})
}

// Spoil notes that a payment can't be read.
func (l *Ledger) Spoil(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.truths {
		l.truths[i].Spoilt = l.truths[i].Spoilt || l.truths[i].ID == id
	}
}

// Truths are all that was made.
func (l *Ledger) Truths() []gatewaytest.Truth {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.truths)
}

// Units is an amount of a suite in a provider's units, which have that many decimals.
func Units(m paylinks.Money, decimals int32) int64 {
	units, err := m.Units(decimals)
	if err != nil {
		panic(err) // the suite's own amounts
	}
	return units
}

// Money is the inverse of [Units].
func Money(units int64, currency paylinks.Currency, decimals int32) paylinks.Money {
	m, err := paylinks.MoneyFromUnits(units, currency, decimals)
	if err != nil {
		panic(err) // the suite's own amounts
	}
	return m
}
