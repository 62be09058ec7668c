package httpserver

import (
	"context"
	"net/http"
	"time"
)

// readyTimeout bounds how long a probe waits for the store.
const readyTimeout = 2 * time.Second

type healthAnswer struct {
	Status string `json:"status"`
}

// health says that the process answers.
func (s *server) health(w http.ResponseWriter, _ *http.Request) error {
	s.writeJSON(w, http.StatusOK, healthAnswer{Status: "ok"})
	return nil
}

// ready says whether the store answers, and not why it doesn't.
func (s *server) ready(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if err := s.svc.Ready(ctx); err != nil {
		s.logFailure(r, err)
		s.writeJSON(w, http.StatusServiceUnavailable, healthAnswer{Status: "unavailable"})
		return nil
	}
	s.writeJSON(w, http.StatusOK, healthAnswer{Status: "ready"})
	return nil
}
