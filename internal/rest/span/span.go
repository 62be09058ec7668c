// Package span is about spans of time: those that lists are asked for, and those of configurations.
package span

import "time"

// Earlier is the earlier of two times.
func Earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// Later is the later of two times.
func Later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// UpToSecond is t as a whole second, rounded up, for providers whose times are such: what was made in a whole second is before t just where that
// second is before UpToSecond of t.
func UpToSecond(t time.Time) time.Time {
	if whole := t.Truncate(time.Second); whole.Before(t) {
		return whole.Add(time.Second)
	}
	return t
}

// Or is a configured span: d where it's positive, usual where it's zero, and none where it's negative.
func Or(d, usual time.Duration) time.Duration {
	if d == 0 {
		d = usual
	}
	return max(d, 0)
}
