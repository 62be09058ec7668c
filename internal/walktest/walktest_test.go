package walktest_test

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/recordtest"
	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// step is what a gateway yields.
type step struct {
	payment paylinks.Payment
	err     error
}

type gateway []step

func (g gateway) Info() paylinks.Info { return paylinks.Info{ID: "model"} }

func (g gateway) Payments(context.Context, paylinks.PaymentsQuery) iter.Seq2[paylinks.Payment, error] {
	return func(yield func(paylinks.Payment, error) bool) {
		for _, s := range g {
			if !yield(s.payment, s.err) {
				return
			}
		}
	}
}

func TestEachHelperFailsItsTest(t *testing.T) {
	t.Parallel()
	bad, end := &paylinks.BadRow{ID: "b"}, errors.New("the end")
	paid := step{payment: paylinks.Payment{ID: "p"}}
	whole := func(g gateway) func(*recordtest.Recorder) {
		return func(r *recordtest.Recorder) { walktest.Of(r, g, paylinks.PaymentsQuery{}).Whole(r) }
	}
	for name, c := range map[string]struct {
		check  func(*recordtest.Recorder)
		passes bool
	}{
		"a whole walk":            {whole(gateway{paid}), true},
		"a bad row":               {whole(gateway{paid, {err: bad}}), false},
		"an end":                  {whole(gateway{paid, {err: end}}), false},
		"a payment after the end": {func(r *recordtest.Recorder) { walktest.Of(r, gateway{{err: end}, paid}, paylinks.PaymentsQuery{}) }, false},
		"one":                     {func(r *recordtest.Recorder) { walktest.One(r, make([]paylinks.Payment, 1)) }, true},
		"two":                     {func(r *recordtest.Recorder) { walktest.One(r, make([]paylinks.Payment, 2)) }, false},
		"a failure":               {func(r *recordtest.Recorder) { _ = walktest.Failure(r, &paylinks.ProviderError{Message: "no"}, "key") }, true},
		"a plain error":           {func(r *recordtest.Recorder) { _ = walktest.Failure(r, end) }, false},
		"a failure with a secret": {func(r *recordtest.Recorder) { _ = walktest.Failure(r, &paylinks.ProviderError{Message: "key"}, "key") }, false},
	} {
		assert.Equal(t, c.passes, len(recordtest.Run(t.Context(), c.check).Failures()) == 0, name)
	}
	assert.Error(t, walktest.Wrong(paid.payment), "it has no amount")
}

func TestAFarEndRemembersItsCalls(t *testing.T) {
	t.Parallel()
	f := &walktest.Far{Rest: walktest.Answer{Status: 404}, Answers: walktest.Answers{
		"/pay": walktest.InTurn(walktest.Answer{Status: 200, Body: "first"}, walktest.Answer{}),
	}}
	get := func(ctx context.Context, path string) (int, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://bank.example"+path, nil)
		require.NoError(t, err)
		res, err := f.Client().Do(req)
		if err != nil {
			return 0, err
		}
		return res.StatusCode, res.Body.Close()
	}
	for _, want := range []int{200, 0, 0} {
		status, err := get(t.Context(), "/pay?n=1")
		assert.Equal(t, want, status)
		assert.Equal(t, want == 0, err != nil, "then the connection breaks")
	}
	status, err := get(t.Context(), "/else")
	require.NoError(t, err)
	assert.Equal(t, 404, status)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = get(ended, "/else")
	require.ErrorIs(t, err, context.Canceled)
	assert.Len(t, f.Calls("/pay"), 3)
	assert.Equal(t, "1", f.Queries("/pay")[2].Get("n"))
	assert.Len(t, f.All(), 5, "a call of an ended context, too")

	from := f.Now()
	require.NoError(t, f.Wait(t.Context(), time.Hour))
	assert.Equal(t, from.Add(time.Hour), f.Now())
	assert.Equal(t, []time.Duration{time.Hour}, f.Waits())
}

func TestWhatNamesNoFieldIsNotPassedOver(t *testing.T) {
	t.Parallel()
	err := errors.Join(&paylinks.FieldError{Field: "Key", Code: "required"}, errors.New("something"))
	assert.Equal(t, []string{"Key", "something"}, walktest.Fields(err))
	assert.Equal(t, map[string]string{"Key": "required", "something": ""}, walktest.Codes(err))
	assert.Empty(t, walktest.Codes(nil))
}

func TestFieldsAreReplaced(t *testing.T) {
	t.Parallel()
	fields := map[string]any{"id": "1", "gone": 1, "card": map[string]any{"brand": "mada", "gone": 1}}
	assert.JSONEq(t, `{"id":"2","card":{"brand":"visa"}}`, walktest.Object(t, fields, map[string]any{"id": "2", "gone": nil, "card.brand": "visa", "card.gone": nil}))
}
