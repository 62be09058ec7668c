package httpserver

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

func (s *server) listProviders(w http.ResponseWriter, _ *http.Request) error {
	s.writeJSON(w, http.StatusOK, wire.FromCatalogue(s.opts.Catalogue))
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

// linkable refuses a provider that makes no payment links, before anything else of the request is looked at. A request without
// one is the Service's to refuse.
func (s *server) linkable(id string) error {
	var linkable []string
	for _, info := range s.opts.Catalogue {
		switch {
		case info.ID == id && info.Kind == paylinks.KindGatewaySync:
			return &paylinks.Error{
				Code: paylinks.CodeProviderNotLinkable, Outcome: paylinks.NotApplied, Provider: id,
				Message: info.Name + " makes no payment links: use Payments Orders (POST /api/v1/payments/orders), or sync its payments",
				Fields:  []paylinks.FieldError{{Field: "provider", Code: "not_linkable", Message: "provider must be a BNPL provider"}},
			}
		case info.ID == id:
			return nil
		case info.Kind == paylinks.KindBNPL:
			linkable = append(linkable, info.ID)
		}
	}
	if id == "" {
		return nil
	}
	must := "provider must be one of " + strings.Join(linkable, ", ")
	return &paylinks.Error{
		Code: paylinks.CodeUnknownProvider, Outcome: paylinks.NotApplied, Message: must,
		Fields: []paylinks.FieldError{{Field: "provider", Code: "unknown", Message: must}},
	}
}
