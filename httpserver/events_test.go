package httpserver

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/paylinks/paylinks-go/paylinks"
)

// history is a Service with a link plk_1 that has n events, and more that a test sends through a channel.
func history(n int, more <-chan paylinks.Event) *fake {
	var stored []paylinks.Event
	for i := range n {
		stored = append(stored, event(int64(i+1)))
	}
	read := func(id string, after int64, limit int) ([]paylinks.Event, error) {
		if id != "plk_1" {
			return nil, &paylinks.Error{Code: paylinks.CodePaylinkNotFound, Outcome: paylinks.NotApplied}
		}
		if limit < 1 || limit > 200 {
			return nil, errors.New("a limit that the Service doesn't take")
		}
		from := min(int(after), n)
		return stored[from:min(from+limit, n)], nil
	}
	return &fake{
		events: func(_ context.Context, id string, after int64, limit int) ([]paylinks.Event, error) {
			return read(id, after, limit)
		},
		watch: func(ctx context.Context, _ string, after int64) iter.Seq2[paylinks.Event, error] {
			return func(yield func(paylinks.Event, error) bool) {
				for _, e := range stored[min(int(after), n):] {
					if !yield(e, nil) {
						return
					}
				}
				for {
					select {
					case e, ok := <-more:
						if !ok {
							yield(paylinks.Event{}, errors.New("the store is gone"))
							return
						}
						if !yield(e, nil) {
							return
						}
					case <-ctx.Done():
						return
					}
				}
			}
		},
	}
}

const eventData = `{"provider":"tabby","order_id":"T-1","amount":"75.00","currency":"SAR","captured_amount":"75.00","refunded_amount":"0.00","source":"operation"}`

func event(sequence int64) paylinks.Event {
	return paylinks.Event{
		ID: fmt.Sprintf("evt_%d", sequence), Type: paylinks.EventCaptured, PaylinkID: "plk_1", OrgAppID: "shop-a", Sequence: sequence,
		OccurredAt: time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC), Status: paylinks.StatusCaptured, Data: json.RawMessage(eventData),
	}
}

const eventsPath = linksPath + "/plk_1/events"

func TestEventsArePaged(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ events, limit, pages int }{{0, 50, 1}, {3, 50, 1}, {4, 2, 2}, {5, 2, 3}, {200, 200, 1}, {401, 200, 3}} {
		server, _ := newTestServer(t, history(test.events, nil))
		var seen []int64
		cursor, pages := "", 0
		for {
			w := call(t, server, http.MethodGet, fmt.Sprintf("%s?limit=%d&cursor=%s", eventsPath, test.limit, cursor), "")
			require.Equal(t, http.StatusOK, w.Code, w.Body.String())
			var page struct {
				Events []struct{ Sequence int64 }
				Next   string `json:"next_cursor"`
			}
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &page))
			require.NotNil(t, page.Events)
			for _, e := range page.Events {
				seen = append(seen, e.Sequence)
			}
			pages++
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		assert.Equal(t, test.pages, pages, test)
		assert.Len(t, seen, test.events)
		for i, sequence := range seen {
			assert.EqualValues(t, i+1, sequence)
		}
	}
	server, _ := newTestServer(t, history(1, nil))
	w := call(t, server, http.MethodGet, eventsPath, "")
	assertBody(t, `{"events":[{"id":"evt_1","type":"paylink.captured","sequence":1,"occurred_at":"2026-03-01T11:00:00Z","paylink_id":"plk_1","status":"captured","data":`+eventData+`}]}`, w)
}

func TestEventsRefuse(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, history(1, nil))
	for query, field := range map[string]string{
		"limit=0": "limit", "limit=201": "limit", "cursor=!": "cursor", "cursor=LTE": "cursor", "cursor=MDE": "cursor", "cursor=" + strings.Repeat("OTk5", 20): "cursor",
	} {
		for _, accept := range []string{"application/json", "text/event-stream"} {
			w := call(t, server, http.MethodGet, eventsPath+"?"+query, "", "Accept", accept)
			assert.Equal(t, http.StatusBadRequest, w.Code, query)
			assert.Equal(t, "validation_failed", errorOf(t, w))
			assert.Contains(t, w.Body.String(), `"field":"`+field+`"`)
		}
	}
	for _, headers := range [][]string{{}, {"Accept", "text/event-stream"}, {"Accept", "text/event-stream", "Last-Event-ID", "evt_1"}} {
		w := call(t, server, http.MethodGet, linksPath+"/other/events", "", headers...)
		assert.Equal(t, http.StatusNotFound, w.Code)
		assert.Equal(t, "paylink_not_found", errorOf(t, w))
	}
}

// stream opens an event stream on a real connection and returns its lines.
func stream(t *testing.T, svc *fake, change func(*Options), headers ...string) (lines *bufio.Scanner, leave func()) {
	t.Helper()
	options, _ := testOptions(t)
	if change != nil {
		change(&options)
	}
	front := httptest.NewUnstartedServer(held(t, newServer(svc, options)))
	// It's over before a stream has begun, unless the stream sees to its own.
	front.Config.WriteTimeout = time.Millisecond
	front.Start()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, front.URL+eventsPath, http.NoBody)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+fullToken)
	r.Header.Set("Accept", "text/html;q=0.1, TEXT/EVENT-STREAM")
	for pair := range slices.Chunk(headers, 2) {
		r.Header.Set(pair[0], pair[1])
	}
	res, err := front.Client().Do(r)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
	require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
	t.Cleanup(func() {
		cancel()
		_ = res.Body.Close()
		front.Close()
	})
	return bufio.NewScanner(res.Body), cancel
}

// next reads the lines of one event or comment.
func next(t *testing.T, lines *bufio.Scanner) []string {
	t.Helper()
	var block []string
	for lines.Scan() {
		if lines.Text() == "" {
			return block
		}
		block = append(block, lines.Text())
	}
	require.Fail(t, "the stream ended", "%v %v", lines.Err(), block)
	return nil
}

func streamed(sequence int64) []string {
	return []string{
		fmt.Sprintf("id: evt_%d", sequence), "event: paylink.captured",
		fmt.Sprintf(`data: {"id":"evt_%d","type":"paylink.captured","sequence":%d,"occurred_at":"2026-03-01T11:00:00Z","paylink_id":"plk_1","status":"captured","data":%s}`, sequence, sequence, eventData),
	}
}

func TestWhoDeclinesAStreamGetsAList(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"text/event-stream;q=0, application/json": "application/json", "text/event-stream; q=0.0": "application/json", "*/*": "application/json",
	} {
		server, _ := newTestServer(t, history(2, nil))
		w := call(t, server, http.MethodGet, linksPath+"/plk_1/events", "", "Accept", accept)
		assert.Equal(t, want, w.Header().Get("Content-Type"), accept)
	}
}

func TestAStreamHasThePastAndWhatComes(t *testing.T) {
	t.Parallel()
	more := make(chan paylinks.Event)
	lines, _ := stream(t, history(2, more), nil)
	assert.Equal(t, streamed(1), next(t, lines))
	assert.Equal(t, streamed(2), next(t, lines))
	for sequence := int64(3); sequence < 6; sequence++ {
		more <- event(sequence)
		assert.Equal(t, streamed(sequence), next(t, lines))
	}
}

func TestAStreamResumes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lastEventID string
		first       int64
	}{
		"at the start":            {"", 1},
		"after the first":         {"evt_1", 2},
		"beyond the first page":   {"evt_249", 250},
		"an id that is not there": {"evt_999", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines, _ := stream(t, history(250, nil), nil, "Last-Event-ID", test.lastEventID)
			assert.Equal(t, streamed(test.first), next(t, lines))
		})
	}
}

func TestAStreamIsKeptOpen(t *testing.T) {
	t.Parallel()
	lines, _ := stream(t, history(0, nil), func(o *Options) { o.Heartbeat = time.Millisecond })
	for range 3 {
		assert.Equal(t, []string{": heartbeat"}, next(t, lines))
	}
}

func TestAStreamEnds(t *testing.T) {
	t.Parallel()
	t.Run("when the server stops", func(t *testing.T) {
		t.Parallel()
		stop := make(chan struct{})
		lines, _ := stream(t, history(1, nil), func(o *Options) { o.Stop = stop })
		next(t, lines)
		close(stop)
		assert.False(t, lines.Scan())
		assert.NoError(t, lines.Err(), "and not in the middle of something")
	})
	t.Run("when the store fails", func(t *testing.T) {
		t.Parallel()
		more := make(chan paylinks.Event)
		lines, _ := stream(t, history(1, more), nil)
		next(t, lines)
		close(more)
		assert.False(t, lines.Scan())
		assert.NoError(t, lines.Err())
	})
	t.Run("when the watching panics", func(t *testing.T) {
		t.Parallel()
		svc := history(0, nil)
		svc.watch = func(context.Context, string, int64) iter.Seq2[paylinks.Event, error] {
			return func(func(paylinks.Event, error) bool) { panic("boom") }
		}
		lines, _ := stream(t, svc, nil)
		assert.False(t, lines.Scan())
	})
	t.Run("when the client leaves", func(t *testing.T) {
		t.Parallel()
		ended := make(chan struct{})
		svc := history(1, nil)
		watch := svc.watch
		svc.watch = func(ctx context.Context, id string, after int64) iter.Seq2[paylinks.Event, error] {
			return func(yield func(paylinks.Event, error) bool) {
				defer close(ended)
				watch(ctx, id, after)(yield)
			}
		}
		lines, leave := stream(t, svc, nil)
		next(t, lines)
		leave()
		<-ended
	})
}

// HEAD has no body to stream into.
func TestHeadDoesNotStream(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, history(1, nil))
	w := call(t, server, http.MethodHead, eventsPath, "", "Accept", "text/event-stream")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, "application/json", w.Header().Get("Content-Type"))
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
