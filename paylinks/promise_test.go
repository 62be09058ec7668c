package paylinks_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// A provider is somebody's code. What it gets wrong strands no link, and the log says what it is.
func TestALinkWhoseProviderSaysAnImpossibleStatusLivesOn(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]paylinks.Status{"none": "", "a word of its own": "brewing", "creating": paylinks.StatusCreating} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTower(t)
			w.provider.next("create", fault{bug: func(s *paylinks.Snapshot) error { s.Status = status; return nil }})
			link := w.created()
			assert.Equal(t, paylinks.StatusCreated, link.Status)
			assert.False(t, w.stored(link.ID).NextCheckAt.IsZero(), "it's looked at again")
			assert.Contains(t, w.log.String(), "a provider returned a status that no Snapshot has")

			w.provider.pay(link.Ref.PaymentID)
			w.clock.Advance(time.Minute)
			w.provider.next("fetch", fault{bug: func(s *paylinks.Snapshot) error { s.Status = status; return nil }})
			got, err := w.Get(t.Context(), link.ID)
			require.NoError(t, err)
			assert.Equal(t, paylinks.StatusCreated, got.Status, "the link keeps its state")
			w.clock.Advance(time.Minute)
			got, err = w.Get(t.Context(), link.ID)
			require.NoError(t, err)
			assert.Equal(t, paylinks.StatusAuthorized, got.Status)
		})
	}
}

func TestAProviderThatPanicsLeavesTheOutcomeUnknown(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	bug := fault{bug: func(*paylinks.Snapshot) error { panic(errors.New("for +966500000001")) }}
	link := w.paid()
	w.provider.next("capture", bug)
	w.provider.next("fetch", bug)
	_, err := w.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "c-1"})
	require.ErrorIs(t, err, paylinks.CodeProviderTimeout)
	assert.Equal(t, paylinks.OutcomeUnknown, asError(t, err).Outcome)
	assert.Contains(t, w.log.String(), "a provider panicked")
	assert.Contains(t, w.log.String(), "*errors.errorString")
	assert.NotContains(t, w.log.String(), "+966500000001", "nobody knows what it says")
	assert.Contains(t, w.log.String(), "promise_test.go", "the stack shows where")

	result, err := w.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "c-1"})
	require.NoError(t, err)
	assert.True(t, result.Replayed, "the money had been taken")
	assert.Equal(t, 1, w.provider.effect("capture"))

	w.clock.Advance(time.Minute)
	w.provider.next("fetch", bug)
	got, err := w.Get(t.Context(), link.ID)
	require.NoError(t, err)
	assert.True(t, got.Stale)
}

func TestAnErrorOfAnotherTypeLeavesTheOutcomeUnknown(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	w.provider.next("create", fault{bug: func(*paylinks.Snapshot) error { return errors.New("for +966500000001") }})
	_, err := w.Create(t.Context(), request())
	require.ErrorIs(t, err, paylinks.CodeProviderTimeout)
	assert.Contains(t, w.log.String(), "isn't a *paylinks.ProviderError")
	assert.Contains(t, w.log.String(), "*errors.errorString")
	assert.NotContains(t, w.log.String(), "+966500000001", "nobody knows what it says")
}
