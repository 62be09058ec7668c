package sqlstore

import "time"

// micros is how a time is stored: microseconds since 1970, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// fromMicros is the time in UTC that micros has stored.
func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// toMicros makes times in a document what a column would make of them, so that both agree.
func toMicros(times ...*time.Time) {
	for _, t := range times {
		*t = fromMicros(micros(*t))
	}
}

// ceilMicros is t in microseconds, rounded up: a stored time, which has whole ones, is at or after t where it's at or after this.
func ceilMicros(t time.Time) int64 {
	us := t.UnixMicro()
	if t.Nanosecond()%int(time.Microsecond) != 0 {
		us++
	}
	return us
}
