package providertest

import (
	"sync"

	"github.com/stretchr/testify/assert"
)

func crowdChecks() []Check {
	return []Check{{"Many links at once keep apart", crowd}}
}

// crowd makes, pays and captures many links at once on one provider. Run it with the race detector.
func crowd(t TB, h Harness) {
	s := stage(t, h)
	s.needs("Subject.Pay", s.Pay != nil)
	const many = 8
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		ids  = map[string]bool{}
	)
	for i := range many {
		amount := s.money("150").Times(int64(i + 1))
		in := s.input(amount)
		wait.Go(func() {
			snapshot, err := s.Provider.Create(s.ctx(), in)
			if !assert.NoError(t, err) {
				return
			}
			s.told(snapshot.Status)
			ref := refOf(in, snapshot)
			learned, err := s.Pay(ref)
			if !assert.NoError(t, err) {
				return
			}
			ref = learn(ref, learned)
			seen, err := s.Provider.Fetch(s.ctx(), ref)
			if !assert.NoError(t, err) {
				return
			}
			if seen.Amount.IsSet() {
				s.same(amount, seen.Amount, "the amount among many")
			}
			assert.True(t, seen.Status.Paid())
			mu.Lock()
			defer mu.Unlock()
			ids[ref.SessionID+"/"+ref.PaymentID] = true
		})
	}
	wait.Wait()
	assert.Len(t, ids, many, "each link has its own ids")
}
