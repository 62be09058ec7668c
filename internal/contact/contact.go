// Package contact tells of a failed HTTP call whether anything can have been sent.
package contact

import (
	"context"
	"errors"
	"net"
	"net/http/httptrace"
	"sync/atomic"
)

// Contact watches whether a call ever had a connection to send anything on.
type Contact struct {
	wanted, made atomic.Bool
}

// Watch returns the context for a call to be watched.
func Watch(ctx context.Context) (context.Context, *Contact) {
	c := &Contact{}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { c.wanted.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { c.made.Store(true) },
	}), c
}

// Never tells whether it's proven that nothing was sent, given the call's error. A transport that traces nothing proves it only by failing to dial.
func (c *Contact) Never(err error) bool {
	var dial *net.OpError
	return !c.made.Load() && (c.wanted.Load() || (errors.As(err, &dial) && dial.Op == "dial"))
}
