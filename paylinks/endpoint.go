package paylinks

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"time"
)

// LocalEndpoint is the id of the endpoint that stands for [Options.OnEvent].
const LocalEndpoint = "local"

// rotationOverlap is how long the old secret of an endpoint signs beside the new one.
const rotationOverlap = 24 * time.Hour

const (
	// maxEndpoints bounds how many deliveries one event can have.
	maxEndpoints = 500
	// maxEndpointApps bounds what one endpoint can name.
	maxEndpointApps = 200
)

// EndpointRequest describes an endpoint to be told of events.
type EndpointRequest struct {
	// URL is https, or http where [Options.AllowPrivateEndpoints] is set, and of a public host.
	URL         string
	Description string
	// Types are the events that are wanted, empty for all.
	Types []EventType
	// OrgApps are the apps whose events are wanted, empty for all that the caller may use.
	OrgApps []string
}

// EndpointSecret is an endpoint with the secret that its receiver checks signatures with.
type EndpointSecret struct {
	Endpoint *Endpoint
	// Secret is in the form "whsec_…" of Standard Webhooks.
	Secret Secret
}

// AddEndpoint makes an endpoint that is told of every event from now on. It needs [Options.SigningKey] and a store with an [Outbox].
func (s *Service) AddEndpoint(ctx context.Context, req EndpointRequest) (_ *EndpointSecret, err error) {
	defer named("add endpoint", &err)
	outbox, err := s.outbox()
	if err != nil {
		return nil, err
	}
	apps, err := s.checkEndpoint(ctx, req)
	if err != nil {
		return nil, err
	}
	all, err := outbox.Endpoints(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) >= maxEndpoints {
		return nil, &Error{Code: CodeValidationFailed, Outcome: NotApplied, Op: "endpoint", Message: "there are too many endpoints: delete one first"}
	}
	now := s.now()
	endpoint := &Endpoint{
		ID: newID(), URL: req.URL, Description: req.Description, OrgApps: apps, Key: 1, CreatedAt: now, UpdatedAt: now,
	}
	if len(req.Types) > 0 {
		endpoint.Types = req.Types
	}
	if err := outbox.PutEndpoint(ctx, endpoint); err != nil {
		return nil, err
	}
	return s.withSecret(endpoint), nil
}

// Endpoints lists the endpoints that the caller may see: those whose apps are all theirs.
func (s *Service) Endpoints(ctx context.Context) (_ []*Endpoint, err error) {
	defer named("endpoints", &err)
	outbox, err := s.outbox()
	if err != nil {
		return nil, err
	}
	all, err := outbox.Endpoints(ctx)
	if err != nil {
		return nil, err
	}
	caller := CallerFrom(ctx)
	return slices.DeleteFunc(all, func(e *Endpoint) bool { return e.ID == LocalEndpoint || !mayManage(caller, e) }), nil
}

// Endpoint reads an endpoint with its secret.
func (s *Service) Endpoint(ctx context.Context, id string) (_ *EndpointSecret, err error) {
	defer named("endpoint", &err)
	endpoint, err := s.endpoint(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.withSecret(endpoint), nil
}

// RotateEndpoint gives an endpoint a new secret. For a day the old one signs too, so that no receiver misses an event while it changes over.
func (s *Service) RotateEndpoint(ctx context.Context, id string) (_ *EndpointSecret, err error) {
	defer named("rotate endpoint", &err)
	return s.changeEndpoint(ctx, id, func(e *Endpoint) {
		e.Key++
		e.OldKeyUntil = s.now().Add(rotationOverlap)
	})
}

// DisableEndpoint stops (true) or resumes (false) telling an endpoint. What happens in between isn't told later.
func (s *Service) DisableEndpoint(ctx context.Context, id string, disabled bool) (_ *EndpointSecret, err error) {
	step := "enable"
	if disabled {
		step = "disable"
	}
	defer named(step+" endpoint", &err)
	return s.changeEndpoint(ctx, id, func(e *Endpoint) { e.Disabled = disabled })
}

// DeleteEndpoint forgets an endpoint and what is on its way to it.
func (s *Service) DeleteEndpoint(ctx context.Context, id string) (err error) {
	defer named("delete endpoint", &err)
	if _, err := s.endpoint(ctx, id); err != nil {
		return err
	}
	outbox, err := s.outbox()
	if err != nil {
		return err
	}
	if err := outbox.DeleteEndpoint(ctx, id); !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}

func (s *Service) changeEndpoint(ctx context.Context, id string, change func(*Endpoint)) (*EndpointSecret, error) {
	endpoint, err := s.endpoint(ctx, id)
	if err != nil {
		return nil, err
	}
	outbox, err := s.outbox()
	if err != nil {
		return nil, err
	}
	change(endpoint)
	endpoint.UpdatedAt = s.now()
	if err := outbox.PutEndpoint(ctx, endpoint); err != nil {
		return nil, err
	}
	return s.withSecret(endpoint), nil
}

// endpoint finds an endpoint that the caller may manage.
func (s *Service) endpoint(ctx context.Context, id string) (*Endpoint, error) {
	endpoints, err := s.Endpoints(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range endpoints {
		if e.ID == id {
			return e, nil
		}
	}
	return nil, &Error{Code: CodeNotFound, Outcome: NotApplied, Op: "endpoint", Message: "no such endpoint: check the id"}
}

func mayManage(caller Caller, e *Endpoint) bool {
	if caller.OrgApps == nil {
		return true
	}
	return e.OrgApps != nil && !slices.ContainsFunc(e.OrgApps, func(app string) bool { return !caller.MayUse(app) })
}

func (s *Service) withSecret(e *Endpoint) *EndpointSecret {
	return &EndpointSecret{Endpoint: e, Secret: shownSecret(signingSecret(s.opts.SigningKey, e.ID, e.Key))}
}

// outbox is the store's, an error where there's none or nothing to sign with.
func (s *Service) outbox() (Outbox, error) {
	outbox, ok := s.store.(Outbox)
	if !ok || s.opts.SigningKey == "" {
		return nil, &Error{
			Code: CodeUnsupported, Outcome: NotApplied, Op: "endpoint",
			Message: "event endpoints are not set up here: the server needs a signing key and a store with an outbox",
		}
	}
	return outbox, nil
}

// checkEndpoint checks a request and says whose events its endpoint gets.
func (s *Service) checkEndpoint(ctx context.Context, req EndpointRequest) (apps []string, err error) {
	if err := req.legible(); err != nil {
		return nil, err
	}
	var wrong fieldErrors
	wrong.text("description", req.Description, maxText)
	for _, kind := range req.Types {
		if !kind.known() {
			wrong.add("types", "invalid", "%q is not a type of event", kind)
		}
	}
	if len(req.OrgApps) > maxEndpointApps {
		wrong.add("org_app_ids", "too_long", "must have at most %d apps", maxEndpointApps)
		return nil, wrong.err("endpoint")
	}
	for _, app := range req.OrgApps {
		if _, err := s.app(ctx, app); err != nil {
			return nil, err
		}
	}
	if apps = req.OrgApps; len(apps) == 0 {
		apps = CallerFrom(ctx).OrgApps
	}
	if apps != nil && len(apps) == 0 {
		wrong.add("org_app_ids", "required", "is required: you may use no app, so there is nothing to tell")
	}
	if problem := s.checkEndpointURL(ctx, req.URL); problem != "" {
		wrong.add("url", "invalid", "%s", problem)
	}
	return apps, wrong.err("endpoint")
}

func (r EndpointRequest) legible() error {
	var wrong fieldErrors
	wrong.legible("url", r.URL)
	wrong.legible("description", r.Description)
	for i, kind := range r.Types {
		wrong.legible(fmt.Sprintf("types[%d]", i), string(kind))
	}
	for i, app := range r.OrgApps {
		wrong.legible(fmt.Sprintf("org_app_ids[%d]", i), app)
	}
	return wrong.err("endpoint")
}

// checkEndpointURL says what is wrong with a URL, "" for nothing. A host that resolves to a private address now is refused now; one that does so
// later isn't connected to, see guardedDialer.
func (s *Service) checkEndpointURL(ctx context.Context, text string) string {
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Hostname() == "" || parsed.User != nil || parsed.Fragment != "" || len(text) > maxURL:
		return "must be an absolute URL without user name and fragment"
	case s.opts.AllowPrivateEndpoints && (parsed.Scheme == "http" || parsed.Scheme == "https"):
		return ""
	case parsed.Scheme != "https":
		return "must be an https URL"
	}
	addresses, err := new(net.Resolver).LookupNetIP(ctx, "ip", parsed.Hostname())
	if err != nil {
		return "must have a host that can be resolved"
	}
	if slices.ContainsFunc(addresses, private) {
		return "must be a public address: this one is private or local"
	}
	return ""
}

// private tells whether an address is one that a stranger's URL must not reach.
func private(address netip.Addr) bool {
	address = address.Unmap()
	return !address.IsGlobalUnicast() || address.IsPrivate() || address.IsLoopback() || address.IsLinkLocalUnicast() ||
		slices.ContainsFunc(notPublic[:], func(prefix netip.Prefix) bool { return prefix.Contains(address.WithZone("")) })
}

// notPublic is what the special-purpose registries of IANA say of global unicast addresses that lead to no public host, or by translation
// to any host.
var notPublic = [...]netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),      // this network
	netip.MustParsePrefix("100.64.0.0/10"),  // carrier-grade NAT
	netip.MustParsePrefix("192.0.0.0/24"),   // protocol assignments
	netip.MustParsePrefix("198.18.0.0/15"),  // benchmarks
	netip.MustParsePrefix("240.0.0.0/4"),    // reserved
	netip.MustParsePrefix("::/96"),          // IPv4 in IPv6, deprecated
	netip.MustParsePrefix("64:ff9b::/96"),   // NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"), // NAT64 of a local network
	netip.MustParsePrefix("2001::/32"),      // Teredo
	netip.MustParsePrefix("2002::/16"),      // 6to4
	netip.MustParsePrefix("fec0::/10"),      // site-local, deprecated
}

// ListDeliveriesRequest selects deliveries to an endpoint, newest first. Empty fields don't filter.
type ListDeliveriesRequest struct {
	State DeliveryState
	// Limit is 1 to 200, 0 for 50.
	Limit int
	// Cursor is the NextCursor of the page before.
	Cursor string
}

// DeliveriesPage is a page of deliveries.
type DeliveriesPage struct {
	Deliveries []*EventDelivery
	// NextCursor is "" on the last page.
	NextCursor string
}

// ListDeliveries lists what was and is to be told to an endpoint, newest first, page by page.
func (s *Service) ListDeliveries(ctx context.Context, endpointID string, req ListDeliveriesRequest) (_ DeliveriesPage, err error) {
	defer named("deliveries", &err)
	var wrong fieldErrors
	limit := checkLimit(&wrong, req.Limit)
	if !slices.Contains([]DeliveryState{"", DeliveryPending, DeliveryDelivered, DeliveryDead}, req.State) {
		wrong.add("state", "invalid", "must be pending, delivered or dead")
	}
	if err := wrong.err("deliveries"); err != nil {
		return DeliveriesPage{}, err
	}
	if _, err := s.endpoint(ctx, endpointID); err != nil {
		return DeliveriesPage{}, err
	}
	outbox, err := s.outbox()
	if err != nil {
		return DeliveriesPage{}, err
	}
	// One more tells whether there is a next page.
	found, err := outbox.Deliveries(ctx, DeliveryQuery{EndpointID: endpointID, State: req.State, Before: req.Cursor, Limit: limit + 1})
	if err != nil || len(found) <= limit {
		return DeliveriesPage{Deliveries: found}, err
	}
	return DeliveriesPage{Deliveries: found[:limit], NextCursor: found[limit-1].ID}, nil
}

// GetDelivery reads a delivery of an endpoint.
func (s *Service) GetDelivery(ctx context.Context, endpointID, id string) (_ *EventDelivery, err error) {
	defer named("delivery", &err)
	if _, err := s.endpoint(ctx, endpointID); err != nil {
		return nil, err
	}
	outbox, err := s.outbox()
	if err != nil {
		return nil, err
	}
	delivery, err := outbox.Delivery(ctx, id)
	if errors.Is(err, ErrNotFound) || (err == nil && delivery.EndpointID != endpointID) {
		return nil, &Error{Code: CodeNotFound, Outcome: NotApplied, Op: "delivery", Message: "no such delivery: check the id"}
	}
	return delivery, err
}

// Resend has a delivery tried again at once, and then by the whole schedule, whatever became of it before.
func (s *Service) Resend(ctx context.Context, endpointID, id string) (_ *EventDelivery, err error) {
	defer named("resend", &err)
	delivery, err := s.GetDelivery(ctx, endpointID, id)
	if err != nil {
		return nil, err
	}
	outbox, err := s.outbox()
	if err != nil {
		return nil, err
	}
	delivery.State, delivery.Tries, delivery.DueAt = DeliveryPending, nil, s.now()
	if err := outbox.PutDelivery(ctx, delivery); err != nil {
		return nil, err
	}
	wake(s.deliveriesDue)
	return delivery, nil
}

// known tells whether a type of event exists.
func (t EventType) known() bool {
	return slices.Contains([]EventType{
		EventCreated, EventAuthorized, EventPartiallyCaptured, EventCaptured, EventPartiallyRefunded, EventRefunded, EventRejected, EventExpired,
		EventCancelled, EventFailed, EventPaidAfterEnd, EventAmountMismatch, EventOperationFailed, EventOperationUnknown,
		EventDuplicatePayment,
	}, t)
}
