package httpserver

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// legacyRoutes are the removed paths. They still want a bearer token, like everything beside them.
func (s *server) legacyRoutes() []route {
	var routes []route
	for _, provider := range []string{"tabby", "tamara", "mispay"} {
		old := "/api/v1/" + provider + "/paylinks"
		routes = append(
			routes,
			removed(http.MethodPost, old, api.PathPaylinks),
			removed(http.MethodGet, old, api.PathPaylinks),
			removed(http.MethodGet, old+"/{id}", api.PathPaylinks+"/{id}"),
			removed(http.MethodPost, old+"/{id}/capture", api.PathPaylinks+"/{id}/capture"),
			removed(http.MethodPost, old+"/{id}/cancel", api.PathPaylinks+"/{id}/cancel"),
		)
	}
	for _, info := range s.opts.Catalogue {
		routes = append(routes, removed(http.MethodGet, api.PathProviders+"/"+info.ID+"/config", api.PathConfig+"/"+info.ID))
	}
	return routes
}

// removed is a route that says what to call instead.
func removed(method, pattern, replacement string) route {
	return route{method, pattern, ScopeRead, func(w http.ResponseWriter, r *http.Request) error {
		path := mount(r) + strings.ReplaceAll(replacement, "{id}", url.PathEscape(r.PathValue("id")))
		w.Header().Set("Link", "<"+path+`>; rel="successor-version"`)
		return &routeError{
			err: &paylinks.Error{
				Code: paylinks.CodeEndpointRemoved, Outcome: paylinks.NotApplied,
				Message: "this endpoint was removed: use " + method + " " + path,
			},
			status:      http.StatusGone,
			replacement: &api.Replacement{Method: method, Path: path},
		}
	}}
}

// mount is the path that the handler is mounted under, by an option or by others: what the request line has before our own path.
func mount(r *http.Request) string {
	u, err := url.ParseRequestURI(r.RequestURI)
	if err != nil {
		return ""
	}
	prefix, ok := strings.CutSuffix(u.EscapedPath(), r.URL.EscapedPath())
	if !ok {
		return ""
	}
	return prefix
}
