package paylinks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/paylinks/paylinks-go/internal/signature"
)

// redelivery is the pause after each failed try: ten retries over three days, then the delivery is dead.
func redelivery(failed int) (pause time.Duration, more bool) {
	pauses := [...]time.Duration{
		5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 8 * time.Hour, 20 * time.Hour, 39 * time.Hour,
	}
	if failed > len(pauses) {
		return 0, false
	}
	return pauses[failed-1], true
}

// deliveryTimeout is how long an endpoint may take to answer.
const deliveryTimeout = 15 * time.Second

// deliver makes one try to tell an endpoint, or the program's own function, of an event.
func (s *Service) deliver(ctx context.Context, outbox Outbox, endpoints map[string]*Endpoint, d *EventDelivery) (err error) {
	endpoint, ok := endpoints[d.EndpointID]
	if !ok || endpoint.Disabled {
		return nil // deleted meanwhile, and its deliveries with it; or disabled, and they rest
	}
	ctx, span := s.trace(ctx, "event.deliver")
	defer span.end(&err)
	now := s.now()
	try := DeliveryTry{At: now}
	if endpoint.ID == LocalEndpoint {
		err = s.tellProgram(ctx, d.Event)
	} else {
		try.Status, err = s.post(ctx, endpoint, d.Event, now)
	}
	if err != nil {
		try.Error = err.Error()
	}
	d.Tries = append(d.Tries, try)
	switch pause, more := redelivery(len(d.Tries)); {
	case err == nil:
		d.State = DeliveryDelivered
	case more:
		d.DueAt = s.now().Add(pause)
	default:
		d.State = DeliveryDead
		s.log.ErrorContext(ctx, "an event could not be delivered in three days: send it again by hand",
			slog.String("endpoint_id", d.EndpointID), slog.String("delivery_id", d.ID), slog.String("event", string(d.Event.Type)))
	}
	s.delivered(ctx, d, now, try)
	err = outbox.PutDelivery(context.WithoutCancel(ctx), d)
	if errors.Is(err, ErrNotFound) {
		return nil // deleted meanwhile
	}
	return err
}

// tellProgram calls [Options.OnEvent]. A panic there is that function's failure, not the Service's.
func (s *Service) tellProgram(ctx context.Context, event Event) (err error) {
	if s.opts.OnEvent == nil {
		return errors.New("no OnEvent is set")
	}
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("OnEvent panicked: %v", value)
		}
	}()
	return s.opts.OnEvent(ctx, event)
}

// post sends a signed event. Only a 2xx counts; redirects aren't followed, since they would lead past the check of the address.
func (s *Service) post(ctx context.Context, endpoint *Endpoint, event Event, now time.Time) (status int, err error) {
	if s.opts.SigningKey == "" {
		return 0, errors.New("there is no signing key here any more")
	}
	body, err := json.Marshal(event)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, deliveryTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint.URL, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("the URL can't be called")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "paylinks-go")
	secrets := [][]byte{signingSecret(s.opts.SigningKey, endpoint.ID, endpoint.Key)}
	if now.Before(endpoint.OldKeyUntil) {
		secrets = append(secrets, signingSecret(s.opts.SigningKey, endpoint.ID, endpoint.Key-1))
	}
	signature.Sign(req.Header, event.ID, now, body, secrets...)

	res, err := s.endpointClient.Do(req)
	if err != nil {
		return 0, reason(err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return res.StatusCode, fmt.Errorf("answered %d", res.StatusCode)
	}
	return res.StatusCode, nil
}

// errPrivate: the endpoint's host leads to an address that isn't public.
var errPrivate = errors.New("its host leads to a private or local address")

// reason is a failed call in words that hold no address and no query.
func reason(err error) error {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, errPrivate):
		return errPrivate
	case errors.As(err, &timeout) && timeout.Timeout():
		return errors.New("no answer in time")
	default:
		return errors.New("no connection, or it broke off")
	}
}

// newEndpointClient makes the client that calls endpoints. Unless private ones are allowed, it connects to public addresses alone, checked
// at the moment of connecting: a name that resolves to something else later leads nowhere.
func newEndpointClient(options Options) *http.Client {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if options.EndpointTransport != nil {
		client.Transport = options.EndpointTransport
		return client
	}
	dialer := &net.Dialer{Timeout: deliveryTimeout}
	if !options.AllowPrivateEndpoints {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			if at, err := netip.ParseAddrPort(address); err != nil || private(at.Addr()) {
				return errPrivate
			}
			return nil
		}
	}
	client.Transport = &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: deliveryTimeout, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
	}
	return client
}

// deliverEvents tells endpoints what is due.
func (s *Service) deliverEvents(ctx context.Context, c *crew) (more bool, err error) {
	outbox, ok := s.store.(Outbox)
	free, now := c.free(), s.now()
	if !ok || free == 0 {
		return false, nil
	}
	deliveries, err := outbox.ClaimDeliveries(ctx, now, now.Add(deliveryTimeout+settleSlack), free)
	if err != nil || len(deliveries) == 0 {
		return false, err
	}
	all, err := outbox.Endpoints(ctx)
	if err != nil {
		return false, err
	}
	endpoints := make(map[string]*Endpoint, len(all))
	for _, e := range all {
		endpoints[e.ID] = e
	}
	for _, d := range deliveries {
		c.work(func() {
			lane := s.lanes.of(d.EndpointID)
			if !lane.enter(ctx) {
				return // it waits until its claim runs out
			}
			defer lane.leave()
			if err := s.deliver(ctx, outbox, endpoints, d); err != nil {
				s.log.ErrorContext(ctx, "a delivery could not be recorded and will be made again", slog.String("delivery_id", d.ID), slog.Any("cause", err))
			}
			lane.failing.Store(d.State != DeliveryDelivered)
			wake(s.deliveriesDue) // the link's next event may be waiting for this one
		})
	}
	return len(deliveries) == free, nil
}

// keepForProgram sees to it, before anything begins that an event may tell of, that the store keeps events for OnEvent: also where Run hasn't begun yet.
func (s *Service) keepForProgram(ctx context.Context) error {
	if s.opts.OnEvent == nil || s.placed.Load() {
		return nil
	}
	return s.placeLocalEndpoint(ctx)
}

// placeLocalEndpoint has the store keep events for OnEvent, or stop keeping them.
func (s *Service) placeLocalEndpoint(ctx context.Context) error {
	outbox, ok := s.store.(Outbox)
	if !ok {
		return nil // New has seen to it that there's no OnEvent
	}
	s.placing.Lock()
	defer s.placing.Unlock()
	if s.placed.Load() {
		return nil
	}
	all, err := outbox.Endpoints(ctx)
	if err != nil {
		return err
	}
	now := s.now()
	local := &Endpoint{ID: LocalEndpoint, Disabled: true, CreatedAt: now}
	for _, e := range all {
		if e.ID == LocalEndpoint {
			local = e
		}
	}
	if local.Disabled != (s.opts.OnEvent == nil) {
		local.Disabled, local.UpdatedAt = s.opts.OnEvent == nil, now
		if err := outbox.PutEndpoint(ctx, local); err != nil {
			return err
		}
	}
	s.placed.Store(true)
	return nil
}
