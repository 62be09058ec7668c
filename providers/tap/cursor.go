package tap

import (
	"strconv"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

// cursor is where a walk goes on: after a charge of a window, or after one of those that were refunded late. The zero cursor is the start.
type cursor struct {
	window int
	late   bool
	after  string
}

const latePrefix = "late"

// String is the cursor as a checkpoint: "0/chg_…", "late/chg_…".
func (c cursor) String() string {
	if c.late {
		return latePrefix + "/" + c.after
	}
	return strconv.Itoa(c.window) + "/" + c.after
}

func parseCursor(checkpoint string) (cursor, error) {
	if checkpoint == "" {
		return cursor{}, nil
	}
	stage, after, ok := strings.Cut(checkpoint, "/")
	if stage == latePrefix && after != "" {
		return cursor{late: true, after: after}, nil
	}
	window, err := strconv.Atoi(stage)
	if !ok || err != nil || window < 0 || window > maxWindows || after == "" {
		return cursor{}, &paylinks.ProviderError{
			Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied,
			Message: "Resume isn't a checkpoint of Tap's", Err: err,
		}
	}
	return cursor{window: window, after: after}, nil
}
