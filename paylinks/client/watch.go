package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

const (
	// silenceLimit is how long a stream may be silent, so that a dead connection is noticed: with events, the server says something every 15 s.
	silenceLimit = 50 * time.Second
	// watchPause is the first pause before a new connection, watchPauseMost the longest.
	watchPause     = 250 * time.Millisecond
	watchPauseMost = 15 * time.Second
	// watchWishMost is the longest pause that a server can ask for.
	watchWishMost = time.Minute
	// maxLine bounds a line of a stream: an event is far shorter.
	maxLine = 1 << 20
)

// Watch yields the events of a link with a sequence above after and then those to come, in order and without gaps, until ctx ends (no error). See
// [paylinks.Service.Watch].
//
// A connection that breaks, or falls silent, is made anew where it was, for as long as it takes; Config.Logger tells. Only an answer that trying again can't
// change, such as [paylinks.CodePaylinkNotFound], ends the watch, with that error.
func (c *Client) Watch(ctx context.Context, id string, after int64) iter.Seq2[paylinks.Event, error] {
	return func(yield func(paylinks.Event, error) bool) {
		at := after
		failures := 0
		for ctx.Err() == nil {
			stopped, alive, err := c.follow(ctx, id, &at, yield)
			if stopped || ctx.Err() != nil {
				return
			}
			if final(err) {
				yield(paylinks.Event{}, err)
				return
			}
			if alive {
				failures = 0
			}
			pause := watchBackoff(failures, err)
			failures++
			c.log.LogAttrs(ctx, slog.LevelWarn, "paylinks: a stream of events broke, connecting anew",
				slog.String("paylink_id", id), slog.Int64("after", at), slog.Duration("pause", pause), slog.Any("cause", err))
			wait(ctx, pause)
		}
	}
}

// follow reads one stream to its end. alive tells whether it said anything. at is the sequence of the last event that was yielded.
func (c *Client) follow(ctx context.Context, id string, at *int64, yield func(paylinks.Event, error) bool) (stopped, alive bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(silenceLimit, func() { cancel(errSilent) })
	defer silence.Stop()

	q := parameters{}
	q.after(*at)
	call := get("watch", path(api.PathPaylinks, id, "events"), url.Values(q))
	call.media = "text/event-stream"
	res, err := c.open(ctx, call)
	if err != nil {
		return false, false, err
	}
	defer func() { _ = res.Body.Close() }()

	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, maxLine)
	var data strings.Builder
	for lines.Scan() {
		silence.Reset(silenceLimit)
		alive = true
		line := lines.Text()
		if text, ok := strings.CutPrefix(line, "data:"); ok {
			data.WriteString(text)
			data.WriteByte('\n')
			continue
		}
		if line != "" || data.Len() == 0 {
			continue // a comment, or a field that the data has, too
		}
		var event api.Event
		if err := json.Unmarshal([]byte(data.String()), &event); err != nil {
			return false, alive, lost(call, err)
		}
		data.Reset()
		if event.Sequence <= *at {
			continue // seen
		}
		*at = event.Sequence
		// The loop's body may take its time: that isn't the stream's silence.
		silence.Stop()
		if !yield(wire.ToEvent(event), nil) {
			return true, true, nil
		}
		silence.Reset(silenceLimit)
	}
	err = lines.Err()
	if err == nil {
		err = io.ErrUnexpectedEOF // the server stopped, or something in between did
	}
	if cause := context.Cause(ctx); errors.Is(cause, errSilent) {
		err = cause
	}
	return false, alive, lost(call, err)
}

var errSilent = errors.New("client: the stream fell silent")

// final tells whether connecting anew can't help.
func final(err error) bool {
	var failure *paylinks.Error
	return errors.As(err, &failure) && failure.Code != paylinks.CodeUnreachable && failure.Code != paylinks.CodeInternal && failure.RetryAfter == 0
}

// watchBackoff doubles with jitter, and follows a server's wish within reason: connecting changes nothing, and somebody may wait at a till.
func watchBackoff(failures int, err error) time.Duration {
	ceiling := min(watchPause<<min(failures, 10), watchPauseMost)
	pause := ceiling/2 + rand.N(ceiling/2)
	var failure *paylinks.Error
	if errors.As(err, &failure) {
		pause = max(pause, min(failure.RetryAfter, watchWishMost))
	}
	return pause
}

// wait returns after a time, or when ctx ends.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
