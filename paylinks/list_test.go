package paylinks_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func TestListPagesThroughEverythingOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var want []string
	for i := range 7 {
		req := request()
		req.OrderID = fmt.Sprintf("POS-%d", i)
		link, err := h.Create(t.Context(), req)
		require.NoError(t, err)
		want = append([]string{link.ID}, want...)
	}
	var got []string
	req := paylinks.ListRequest{Limit: 3}
	for {
		page, err := h.List(t.Context(), req)
		require.NoError(t, err)
		for _, link := range page.Paylinks {
			got = append(got, link.ID)
		}
		if page.NextCursor == "" {
			break
		}
		req.Cursor = page.NextCursor
	}
	assert.Equal(t, want, got)
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.created()
	h.clock.Advance(time.Hour)
	second := h.paid()
	for name, test := range map[string]struct {
		req  paylinks.ListRequest
		want []string
	}{
		"all":          {paylinks.ListRequest{}, []string{second.ID, first.ID}},
		"provider":     {paylinks.ListRequest{Provider: "fake"}, []string{second.ID, first.ID}},
		"other":        {paylinks.ListRequest{Provider: "other"}, nil},
		"app":          {paylinks.ListRequest{OrgAppID: "fake-other"}, nil},
		"status":       {paylinks.ListRequest{Status: paylinks.StatusAuthorized}, []string{second.ID}},
		"order":        {paylinks.ListRequest{OrderID: "POS-1"}, []string{second.ID, first.ID}},
		"created from": {paylinks.ListRequest{CreatedFrom: second.CreatedAt}, []string{second.ID}},
		"created to":   {paylinks.ListRequest{CreatedTo: second.CreatedAt}, []string{first.ID}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := h.List(t.Context(), test.req)
			require.NoError(t, err)
			var got []string
			for _, link := range page.Paylinks {
				got = append(got, link.ID)
			}
			assert.Equal(t, test.want, got)
		})
	}
}

func TestListRefusesWhatItCanNotRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	now := h.clock.Now()
	for field, req := range map[string]paylinks.ListRequest{
		"limit":      {Limit: 201},
		"cursor":     {Cursor: "!"},
		"status":     {Status: "unknown"},
		"created_to": {CreatedFrom: now, CreatedTo: now.Add(-time.Second)},
	} {
		_, err := h.List(t.Context(), req)
		e := asError(t, err)
		assert.Equal(t, paylinks.CodeValidationFailed, e.Code)
		assert.Equal(t, field, e.Fields[0].Field)
	}
}

func TestWatchYieldsWhatWasAndWhatComes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	seen := make(chan paylinks.Event)
	go func() {
		defer close(seen)
		for event, err := range h.Watch(t.Context(), link.ID, 0) {
			if err != nil {
				return
			}
			seen <- event
			if event.Type == paylinks.EventCaptured {
				return
			}
		}
	}()
	assert.Equal(t, paylinks.EventCreated, (<-seen).Type)
	h.provider.pay(link.Ref.PaymentID)
	h.webhook(link, "1")
	assert.Equal(t, paylinks.EventAuthorized, (<-seen).Type)
	_, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.NoError(t, err)
	last := <-seen
	assert.Equal(t, paylinks.EventCaptured, last.Type)
	assert.Equal(t, int64(3), last.Sequence)
	assert.JSONEq(t, `{"provider":"fake","order_id":"POS-1","amount":"150.00","currency":"SAR","captured_amount":"150.00","refunded_amount":"0.00","provider_status":"DONE","source":"operation","operation":{"kind":"capture","reference_id":"`+
		referenceOf(t, last)+`","amount":"150.00"}}`, string(last.Data))
	_, open := <-seen
	assert.False(t, open)
}

// An operation that has only an idempotency key goes by its id, in its event and its answer: the key is nobody's to see.
func TestAKeyIsNoReference(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	h.provider.pay(link.Ref.PaymentID)
	captured, err := h.Capture(t.Context(), link.ID, paylinks.CaptureRequest{IdempotencyKey: "a-key"})
	require.NoError(t, err)
	events, err := h.Events(t.Context(), link.ID, 0, 10)
	require.NoError(t, err)
	last := events[len(events)-1]
	assert.Equal(t, paylinks.EventCaptured, last.Type)
	assert.Equal(t, captured.ReferenceID, referenceOf(t, last))
	assert.NotContains(t, string(last.Data), "key ")
}

func TestEventsOfAnothersLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := paylinks.WithCaller(t.Context(), paylinks.Caller{ID: "x", OrgApps: []string{"fake-other"}})
	_, err := h.Events(ctx, h.created().ID, 0, 10)
	require.ErrorIs(t, err, paylinks.CodePaylinkNotFound)
}

func TestAnswersAreClaimedKeptAndReleased(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first, claimed, err := h.ClaimAnswer(t.Context(), "k", "body", nil)
	require.NoError(t, err)
	require.True(t, claimed)
	_, _, err = h.ClaimAnswer(t.Context(), "k", "body", nil)
	require.ErrorIs(t, err, paylinks.CodeIdempotencyInProgress)
	_, _, err = h.ClaimAnswer(t.Context(), "k", "another", nil)
	require.ErrorIs(t, err, paylinks.CodeIdempotencyMismatch)

	require.NoError(t, h.ReleaseAnswer(t.Context(), first, true))
	_, _, err = h.ClaimAnswer(t.Context(), "k", "another", nil)
	require.ErrorIs(t, err, paylinks.CodeIdempotencyMismatch, "its outcome is still to come")
	first, claimed, err = h.ClaimAnswer(t.Context(), "k", "body", nil)
	require.NoError(t, err)
	require.True(t, claimed)

	require.NoError(t, h.KeepAnswer(t.Context(), first, 201, []byte("done")))
	kept, claimed, err := h.ClaimAnswer(t.Context(), "k", "body", nil)
	require.NoError(t, err)
	assert.False(t, claimed)
	assert.Equal(t, 201, kept.Status)
	assert.Equal(t, "done", string(kept.Body))

	h.clock.Advance(36 * 24 * time.Hour)
	_, claimed, err = h.ClaimAnswer(t.Context(), "k", "another", nil)
	require.NoError(t, err)
	assert.True(t, claimed, "after 35 days a key is free")
}

func referenceOf(t *testing.T, event paylinks.Event) string {
	t.Helper()
	var data paylinks.EventData
	require.NoError(t, json.Unmarshal(event.Data, &data))
	require.NotNil(t, data.Operation)
	return data.Operation.ReferenceID
}
