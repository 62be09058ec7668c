package httpserver

import (
	"net/http"

	"github.com/paylinks/paylinks-go/paylinks"
)

// metricRoutes are those of [Options.Metrics].
func (s *server) metricRoutes() []route {
	if s.opts.Metrics == nil {
		return nil
	}
	return []route{{http.MethodGet, "/metrics", ScopeRead, s.metrics}}
}

// metrics lets in callers who may use every app: the figures are of all of them together.
func (s *server) metrics(w http.ResponseWriter, r *http.Request) error {
	if paylinks.CallerFrom(r.Context()).OrgApps != nil {
		return &paylinks.Error{
			Code: paylinks.CodeForbidden, Outcome: paylinks.NotApplied,
			Message: "your token is limited to some apps, and metrics are of all of them",
		}
	}
	s.opts.Metrics.ServeHTTP(w, r)
	return nil
}
