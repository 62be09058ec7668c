package simulator

import (
	"fmt"
	"net/http"
	"sync"
)

// Book has a simulator's payments, or whatever its provider calls them, in the order in which they were made and by each of their ids. P is a payment as the
// simulator keeps it, V as it shows it to a test.
//
// The lock is the simulator's own, so that each call is a transaction: Views, View, Do and On take it, and whoever calls another method holds it.
type Book[P, V any] struct {
	lock    sync.Locker
	unknown string
	age     func(*P)
	view    func(*P) V

	list []*P
	byID map[string]*P
}

// NewBook makes an empty book. unknown is what is said of an id that isn't in it ("tabbytest: there's no payment"), age lets time have its effect on a payment
// before anybody sees it, and view copies it.
func NewBook[P, V any](lock sync.Locker, unknown string, age func(*P), view func(*P) V) *Book[P, V] {
	return &Book[P, V]{lock: lock, unknown: unknown, age: age, view: view, byID: map[string]*P{}}
}

// Add adds a payment under all of its ids.
func (b *Book[P, V]) Add(p *P, ids ...string) {
	b.list = append(b.list, p)
	for _, id := range ids {
		b.byID[id] = p
	}
}

// Len is how many payments there are.
func (b *Book[P, V]) Len() int { return len(b.list) }

// All are the payments, oldest first.
func (b *Book[P, V]) All() []*P {
	for _, p := range b.list {
		b.age(p)
	}
	return b.list
}

// Find is the payment with this id, nil where there's none.
func (b *Book[P, V]) Find(id string) *P {
	p := b.byID[id]
	if p != nil {
		b.age(p)
	}
	return p
}

// Views are copies of all payments, oldest first.
func (b *Book[P, V]) Views() []V {
	b.lock.Lock()
	defer b.lock.Unlock()
	views := make([]V, 0, len(b.list))
	for _, p := range b.All() {
		views = append(views, b.view(p))
	}
	return views
}

// View is a copy of the payment with this id.
func (b *Book[P, V]) View(id string) (view V, err error) {
	err = b.Do(id, func(p *P) error {
		view = b.view(p)
		return nil
	})
	return view, err
}

// Do does something to the payment with this id.
func (b *Book[P, V]) Do(id string, do func(*P) error) error {
	b.lock.Lock()
	defer b.lock.Unlock()
	p := b.Find(id)
	if p == nil {
		return fmt.Errorf("%s %q", b.unknown, id)
	}
	return do(p)
}

// On hands the payment to next that the path's {id} names. id is the one of a payment's ids that counts there: where it's another, or there's no payment,
// missing answers, with nil for a plain "404 page not found".
func (b *Book[P, V]) On(id func(*P) string, missing func(http.ResponseWriter), next func(http.ResponseWriter, *http.Request, *P)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b.lock.Lock()
		defer b.lock.Unlock()
		switch p := b.Find(r.PathValue("id")); {
		case p != nil && id(p) == r.PathValue("id"):
			next(w, r, p)
		case missing != nil:
			missing(w)
		default:
			http.NotFound(w, r)
		}
	}
}
