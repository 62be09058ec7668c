package client_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
)

func streamed(sequence int) string {
	return fmt.Sprintf("id: evt_%d\nevent: paylink.created\ndata: {\"id\":\"evt_%d\",\"type\":\"paylink.created\",\"sequence\":%d,\"paylink_id\":\"plk_1\",\"status\":\"created\"}\n\n",
		sequence, sequence, sequence)
}

// flows is a stream of events that says something, and then does what then does until the reader leaves.
func flows(text string, then func(ctx context.Context, w *io.PipeWriter)) reply {
	return flowsAs("text/event-stream", text, then)
}

func flowsAs(mediaType, text string, then func(ctx context.Context, w *io.PipeWriter)) reply {
	return func(req *http.Request) (*http.Response, error) {
		r, w := io.Pipe()
		go func() {
			_, _ = io.WriteString(w, text)
			then(req.Context(), w)
			_ = w.CloseWithError(io.ErrUnexpectedEOF)
		}()
		context.AfterFunc(req.Context(), func() { _ = r.CloseWithError(context.Cause(req.Context())) })
		res, err := says(200, "", "Content-Type", mediaType)(req)
		res.Body = r
		return res, err
	}
}

func breaks(context.Context, *io.PipeWriter)      {}
func hangs(ctx context.Context, _ *io.PipeWriter) { <-ctx.Done() }
func ends(_ context.Context, w *io.PipeWriter)    { _ = w.Close() }
func beats(n int) func(context.Context, *io.PipeWriter) { // heartbeats, and then nothing any more
	return func(ctx context.Context, w *io.PipeWriter) {
		for range n {
			select {
			case <-time.After(15 * time.Second):
				_, _ = io.WriteString(w, ": heartbeat\n\n")
			case <-ctx.Done():
				return
			}
		}
		hangs(ctx, w)
	}
}

// watched reads events until there are n.
func watched(t *testing.T, s *script, after int64, n int) []int64 {
	t.Helper()
	var got []int64
	for event, err := range scripted(t, s).Watch(t.Context(), "plk_1", after) {
		require.NoError(t, err)
		if got = append(got, event.Sequence); len(got) == n {
			break
		}
	}
	return got
}

func TestAWatchGoesOnWhereItBroke(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]reply{
		"the connection breaks":           flows(streamed(1)+streamed(2)+"id: evt_3\nevent: pay", breaks),
		"the server stops":                flows(streamed(1)+streamed(2), ends),
		"it falls silent":                 flows(streamed(1)+streamed(2), beats(3)),
		"it falls silent at once":         flows(streamed(1)+streamed(2), hangs),
		"something in between writes":     flows(streamed(1)+streamed(2)+"data: <html>\n\n", hangs),
		"and the server isn't there then": flows(streamed(1)+streamed(2), breaks),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: replies(broken, fails(errReset), says(503, "<html>"), flows(streamed(2)+streamed(3)+streamed(4), hangs))}
				assert.Equal(t, []int64{1, 2, 3, 4}, watched(t, s, 0, 4))
				require.Len(t, s.tries, 4)
				assert.Empty(t, s.tries[0].URL.RawQuery)
				assert.Equal(t, "cursor="+wire.EventCursor(2), s.tries[3].URL.RawQuery)
				assert.Equal(t, "text/event-stream", s.tries[0].Header.Get("Accept"))
			})
		})
	}
}

func TestAWatchBeginsWhereItIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: replies(flows(streamed(8), hangs))}
		assert.Equal(t, []int64{8}, watched(t, s, 7, 1))
		assert.Equal(t, "cursor="+wire.EventCursor(7), s.tries[0].URL.RawQuery)
	})
}

func TestHeartbeatsKeepAWatchOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		late := func(ctx context.Context, w *io.PipeWriter) {
			for range 100 {
				select {
				case <-time.After(15 * time.Second):
					_, _ = io.WriteString(w, ": heartbeat\n\n")
				case <-ctx.Done():
					return
				}
			}
			_, _ = io.WriteString(w, streamed(1))
			hangs(ctx, w)
		}
		s := &script{answers: replies(flows("", late))}
		assert.Equal(t, []int64{1}, watched(t, s, 0, 1))
		assert.Len(t, s.tries, 1)
	})
}

func TestASlowReaderIsNoSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: replies(flows(streamed(1)+streamed(2), hangs))}
		var got []int64
		for event, err := range scripted(t, s).Watch(t.Context(), "plk_1", 0) {
			require.NoError(t, err)
			<-time.After(10 * time.Minute)
			if got = append(got, event.Sequence); len(got) == 2 {
				break
			}
		}
		assert.Len(t, s.tries, 1)
	})
}

func TestAWatchEndsWhereNothingHelps(t *testing.T) {
	t.Parallel()
	for code, status := range map[paylinks.Code]int{paylinks.CodePaylinkNotFound: 404, paylinks.CodeUnauthenticated: 401, paylinks.CodeForbidden: 403} {
		s := &script{answers: replies(says(status, failure(string(code), "not_applied")))}
		var got []error
		for _, err := range scripted(t, s).Watch(t.Context(), "plk_1", 0) {
			got = append(got, err)
		}
		require.Len(t, got, 1)
		require.ErrorIs(t, got[0], code)
		assert.Len(t, s.tries, 1)
	}
}

func TestAWatchIsPatientWithAServerThatIsAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		s := &script{answers: replies(fails(errReset))}
		for _, err := range scripted(t, s).Watch(ctx, "plk_1", 0) {
			require.NoError(t, err)
		}
		assert.Greater(t, len(s.tries), 200) // one in fifteen seconds at the slowest
		assert.Less(t, len(s.tries), 600)
	})
}

// Against a real server, whose streams are cut again and again.
func TestAWatchMissesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link, err := w.client.Create(t.Context(), sale("POS-1"))
	require.NoError(t, err)
	steps := map[paylinks.EventType]func() error{
		paylinks.EventCreated: func() error { return w.tabby.Pay(link.Ref.PaymentID) },
		paylinks.EventAuthorized: func() error {
			_, err := w.client.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
			return err
		},
		paylinks.EventCaptured: func() error {
			_, err := w.client.Refund(t.Context(), link.ID, paylinks.RefundRequest{})
			return err
		},
	}
	var types []paylinks.EventType
	for event, err := range w.client.Watch(t.Context(), link.ID, 0) {
		require.NoError(t, err)
		types = append(types, event.Type)
		next, more := steps[event.Type]
		if !more {
			break
		}
		require.NoError(t, next())
	}
	assert.Equal(t, []paylinks.EventType{paylinks.EventCreated, paylinks.EventAuthorized, paylinks.EventCaptured, paylinks.EventRefunded}, types)
}

func TestALineThatNeverEndsIsCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: replies(flows("data: "+strings.Repeat("x", 2<<20), hangs), flows(streamed(1), hangs))}
		assert.Equal(t, []int64{1}, watched(t, s, 0, 1))
	})
}
