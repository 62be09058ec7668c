package httpserver

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// handler answers a request, or returns the error to answer it with. One that has begun to answer returns nil.
type handler func(w http.ResponseWriter, r *http.Request) error

// route is one line of the table.
type route struct {
	method  string
	pattern string
	// scope is what the caller's token must allow, public where none is asked for.
	scope   Scope
	handler handler
}

const public Scope = ""

// routes is the API.
func (s *server) routes() []route {
	const link = api.PathPaylinks + "/{id}"
	routes := []route{
		{http.MethodGet, api.PathProviders, ScopeRead, s.listProviders},
		{http.MethodGet, api.PathConfig + "/{provider}", ScopeRead, s.providerConfig},

		{http.MethodPost, api.PathPaylinks, ScopeWrite, s.operation(s.create)},
		{http.MethodGet, api.PathPaylinks, ScopeRead, s.list},
		{http.MethodGet, link, ScopeRead, s.get},
		{http.MethodPost, link + "/capture", ScopeWrite, s.operation(s.capture)},
		{http.MethodPost, link + "/cancel", ScopeWrite, s.noting(s.knownStatus, s.cancel)},
		{http.MethodPost, link + "/refund", ScopeWrite, s.operation(s.refund)},
		{http.MethodPost, link + "/send", ScopeWrite, s.operation(s.send)},
		{http.MethodPost, link + "/resolve", ScopeWrite, s.operation(s.resolve)},
		{http.MethodPost, link + "/forget", ScopeWrite, s.operation(s.forget)},
		{http.MethodGet, link + "/qr", ScopeRead, s.qr},
		{http.MethodGet, link + "/events", ScopeRead, s.events},

		{http.MethodPost, api.PathOrders, ScopeWrite, s.operation(s.createOrder)},
		{http.MethodGet, api.PathOrders, ScopeRead, s.listOrders},
		{http.MethodGet, api.PathOrders + "/{id}", ScopeRead, s.getOrder},
		{http.MethodPost, api.PathOrders + "/{id}/next", ScopeWrite, s.operation(s.nextProvider)},

		{http.MethodPost, api.PathWebhooks + "/{provider}/{org_app_id}", public, s.webhook},
		{http.MethodPost, api.PathWebhooks + "/{provider}/{org_app_id}/{rest...}", public, s.webhook},
		{http.MethodGet, api.PathCallbacks + "/{provider}/{org_app_id}", public, s.callback},
		{http.MethodGet, api.PathCallbacks + "/{provider}/{org_app_id}/{$}", public, s.callback},

		{http.MethodGet, pathOpenAPI, public, s.describe},
		{http.MethodGet, pathDocs, public, s.read},
		{http.MethodGet, "/healthz", public, s.health},
		{http.MethodGet, "/readyz", public, s.ready},
	}
	return slices.Concat(routes, s.endpointRoutes(), s.paymentRoutes(), s.legacyRoutes(), s.metricRoutes())
}

// register gives each pattern to the mux once, with the methods that the table has for it.
func (s *server) register(routes []route) {
	byPattern := map[string]map[string]route{}
	for _, rt := range routes {
		if byPattern[rt.pattern] == nil {
			byPattern[rt.pattern] = map[string]route{}
		}
		byPattern[rt.pattern][rt.method] = rt
	}
	for pattern, methods := range byPattern {
		s.mux.HandleFunc(pattern, s.dispatch(pattern, methods))
	}
	s.mux.HandleFunc("/", s.nothing)
}

// dispatch picks the route of a pattern by its method, and lets in who may use it. HEAD is answered as GET.
func (s *server) dispatch(pattern string, methods map[string]route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		exchangeOf(r).route = pattern
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		rt, ok := methods[method]
		if !ok && !isPublic(methods) {
			if _, err := s.authorize(r, ScopeRead); err != nil {
				s.fail(w, r, err)
				return
			}
		}
		if !ok {
			w.Header().Set("Allow", allow(methods))
			s.fail(w, r, &paylinks.Error{Code: paylinks.CodeMethodNotAllowed, Outcome: paylinks.NotApplied, Message: "this path takes " + allow(methods)})
			return
		}
		r, err := s.authorize(r, rt.scope)
		if err == nil {
			err = rt.handler(w, r)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	}
}

// nothing answers a path that no route has. Below the API's root that's for known callers only.
func (s *server) nothing(w http.ResponseWriter, r *http.Request) {
	err := error(notFound())
	if strings.HasPrefix(r.URL.Path, api.PathRoot+"/") {
		if _, unknown := s.authorize(r, ScopeRead); unknown != nil {
			err = unknown
		}
	}
	s.fail(w, r, err)
}

// isPublic tells whether a pattern asks for no caller.
func isPublic(methods map[string]route) bool {
	for _, rt := range methods {
		if rt.scope != public {
			return false
		}
	}
	return true
}

func allow(methods map[string]route) string {
	names := slices.Collect(maps.Keys(methods))
	if _, ok := methods[http.MethodGet]; ok {
		names = append(names, http.MethodHead)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
