package httpserver

import (
	"fmt"
	"net/http"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

func (s *server) listProviders(w http.ResponseWriter, _ *http.Request) error {
	s.writeJSON(w, http.StatusOK, api.FromCatalogue(s.opts.Catalogue))
	return nil
}

func (s *server) providerConfig(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("provider")
	if config, ok := s.opts.Config(id); ok {
		s.writeJSON(w, http.StatusOK, config)
		return nil
	}
	// In a path the unknown provider is what isn't found; in a body it's a wrong field, 400.
	return &routeError{
		err: &paylinks.Error{
			Code: paylinks.CodeUnknownProvider, Outcome: paylinks.NotApplied,
			Message: fmt.Sprintf("there is no provider %q: GET %s lists them", id, api.PathProviders),
		},
		status: http.StatusNotFound,
	}
}
