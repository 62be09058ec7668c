package paylinks

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// laneSize is how many deliveries to one endpoint are under way at once, so that one that hangs can't keep the others waiting.
	laneSize = 16
	// lanePatience is how long a delivery waits for a place: an endpoint that answers has one soon.
	lanePatience = time.Second
)

// lanes are the ways to the endpoints.
type lanes struct {
	mu   sync.Mutex
	byID map[string]*lane
}

// lane is the way to one endpoint.
type lane struct {
	places chan struct{}
	// failing: the last delivery failed, so waiting for a place is of no use.
	failing atomic.Bool
}

func (l *lanes) of(endpointID string) *lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known, ok := l.byID[endpointID]; ok {
		return known
	}
	if l.byID == nil {
		l.byID = map[string]*lane{}
	}
	made := &lane{places: make(chan struct{}, laneSize)}
	l.byID[endpointID] = made
	return made
}

// enter takes a place, or tells that there's none.
func (l *lane) enter(ctx context.Context) bool {
	select {
	case l.places <- struct{}{}:
		return true
	default:
	}
	if l.failing.Load() {
		return false
	}
	timer := time.NewTimer(lanePatience)
	defer timer.Stop()
	select {
	case l.places <- struct{}{}:
		return true
	case <-timer.C:
		return false
	case <-ctx.Done():
		return false
	}
}

func (l *lane) leave() { <-l.places }
