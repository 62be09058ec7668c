package paylinks_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// verifies tells whether a receiver with a secret accepts a message. The clock of these tests isn't the library's.
func verifies(t *testing.T, secret paylinks.Secret, m message) bool {
	t.Helper()
	webhook, err := standardwebhooks.NewWebhook(secret.Reveal())
	require.NoError(t, err)
	return webhook.VerifyIgnoringTimestamp(m.body, m.header) == nil
}

func TestAnEventIsSignedByStandardWebhooks(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	added := p.endpoint(paylinks.EndpointRequest{})
	other := p.endpoint(paylinks.EndpointRequest{URL: "https://203.0.113.8/other"})
	require.NotEqual(t, added.Secret.Reveal(), other.Secret.Reveal())
	link := p.created()
	p.clock.Advance(time.Minute)

	messages := p.deliverAll()
	require.Len(t, messages, 2)
	m := messages[0]
	if m.url != hookURL {
		m = messages[1]
	}
	assert.True(t, verifies(t, added.Secret, m))
	assert.False(t, verifies(t, other.Secret, m))
	assert.Equal(t, strconv.FormatInt(p.clock.Now().Unix(), 10), m.header.Get("webhook-timestamp"))
	assert.Equal(t, "application/json", m.header.Get("Content-Type"))
	forged := m
	forged.body = []byte(strings.Replace(string(m.body), "150.00", "950.00", 1))
	require.NotEqual(t, m.body, forged.body)
	assert.False(t, verifies(t, added.Secret, forged))

	events, err := p.Events(t.Context(), link.ID, 0, 10)
	require.NoError(t, err)
	want, err := json.Marshal(events[0])
	require.NoError(t, err)
	assert.Equal(t, string(want), string(m.body))
	assert.Equal(t, events[0].ID, m.header.Get("webhook-id"))
}

func TestForADayAfterARotationBothSecretsSign(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	old := p.endpoint(paylinks.EndpointRequest{})
	rotated, err := p.RotateEndpoint(t.Context(), old.Endpoint.ID)
	require.NoError(t, err)
	require.NotEqual(t, old.Secret.Reveal(), rotated.Secret.Reveal())
	read, err := p.Endpoint(t.Context(), old.Endpoint.ID)
	require.NoError(t, err)
	require.Equal(t, rotated.Secret.Reveal(), read.Secret.Reveal(), "it's derived again, and stored nowhere")

	for _, c := range []struct {
		wait time.Duration
		old  bool
	}{{0, true}, {24*time.Hour - time.Second, true}, {time.Second, false}} {
		p.clock.Advance(c.wait)
		p.created()
		messages := p.deliverAll()
		require.Len(t, messages, 1)
		assert.True(t, verifies(t, rotated.Secret, messages[0]))
		assert.Equal(t, c.old, verifies(t, old.Secret, messages[0]))
	}
}

func TestADeliveryIsTriedElevenTimesOverThreeDaysAndThenDead(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.network.answers(status(http.StatusServiceUnavailable))
	endpoint := p.endpoint(paylinks.EndpointRequest{}).Endpoint
	p.created()
	began := p.clock.Now()
	require.Len(t, p.deliverAll(), 1)

	// Each pause is the one that the store holds: a moment before it nothing is sent, and at its end one message is.
	var pauses []time.Duration
	for {
		pending := p.deliveries(endpoint.ID, paylinks.DeliveryPending)
		if len(pending) == 0 {
			break
		}
		pause := pending[0].DueAt.Sub(p.clock.Now())
		pauses = append(pauses, pause)
		p.clock.Advance(pause - time.Microsecond)
		require.Empty(t, p.deliverAll())
		p.clock.Advance(time.Microsecond)
		require.Len(t, p.deliverAll(), 1)
	}
	require.Equal(t, []time.Duration{
		5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 8 * time.Hour, 20 * time.Hour, 39 * time.Hour,
	}, pauses)
	assert.InDelta(t, 72, p.clock.Now().Sub(began).Hours(), 1)
	p.clock.Advance(30 * 24 * time.Hour)
	require.Empty(t, p.deliverAll())

	dead := p.deliveries(endpoint.ID, paylinks.DeliveryDead)
	require.Len(t, dead, 1)
	require.Len(t, dead[0].Tries, 11)
	assert.Equal(t, 503, dead[0].Tries[10].Status)
	assert.Equal(t, "answered 503", dead[0].Tries[10].Error)

	p.network.answers(nil)
	again, err := p.Resend(t.Context(), endpoint.ID, dead[0].ID)
	require.NoError(t, err)
	assert.Equal(t, paylinks.DeliveryPending, again.State)
	require.Len(t, p.deliverAll(), 1)
	delivered, err := p.GetDelivery(t.Context(), endpoint.ID, dead[0].ID)
	require.NoError(t, err)
	assert.Equal(t, paylinks.DeliveryDelivered, delivered.State)
	assert.Len(t, delivered.Tries, 1, "a re-send starts anew")
	require.Empty(t, p.deliverAll())
}

func TestAFailedEventHoldsBackItsLinkAndNoOther(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.endpoint(paylinks.EndpointRequest{})
	first := p.captured()
	p.network.answers(func(m message) (int, error) {
		if strings.Contains(string(m.body), first.ID) {
			return 0, errors.New("connection reset")
		}
		return http.StatusNoContent, nil
	})
	p.captured()
	messages := p.deliverAll()
	var others []message
	for _, m := range messages {
		if !strings.Contains(string(m.body), first.ID) {
			others = append(others, m)
		}
	}
	require.Equal(t, []string{"paylink.created", "paylink.authorized", "paylink.captured"}, types(t, others))
	require.Len(t, messages, 4, "of the first link one event was tried, once")

	p.network.answers(nil)
	require.Empty(t, p.deliverAll(), "it waits for its next try")
	p.clock.Advance(5 * time.Second)
	require.Equal(t, []string{"paylink.created", "paylink.authorized", "paylink.captured"}, types(t, p.deliverAll()))
}

func TestEventsArriveInTheOrderOfEachLinkWhateverFails(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.endpoint(paylinks.EndpointRequest{})
	links := []*paylinks.Paylink{p.captured(), p.captured(), p.captured()}
	var calls atomic.Int64
	accepted := map[string][]string{}
	var mu sync.Mutex
	p.network.answers(func(m message) (int, error) {
		if calls.Add(1)%3 != 0 {
			return http.StatusInternalServerError, nil
		}
		mu.Lock()
		defer mu.Unlock()
		var event paylinks.Event
		if err := json.Unmarshal(m.body, &event); err != nil {
			return 0, err
		}
		accepted[event.PaylinkID] = append(accepted[event.PaylinkID], string(event.Type))
		return http.StatusOK, nil
	})
	for range 20 {
		p.deliverAll()
		p.clock.Advance(time.Hour)
	}
	for _, link := range links {
		assert.Equal(t, []string{"paylink.created", "paylink.authorized", "paylink.captured"}, accepted[link.ID])
	}
}

func TestOnlyWhatIsWantedIsTold(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.endpoint(paylinks.EndpointRequest{Types: []paylinks.EventType{paylinks.EventCaptured}})
	p.endpoint(paylinks.EndpointRequest{URL: "https://203.0.113.8/", OrgApps: []string{"fake-other"}})
	p.captured()
	messages := p.deliverAll()
	require.Equal(t, []string{"paylink.captured"}, types(t, messages))
	assert.Equal(t, "203.0.113.7", messages[0].host(t))
}

func TestADisabledEndpointIsToldNothingAndLaterWhatWasPending(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	endpoint := p.endpoint(paylinks.EndpointRequest{}).Endpoint
	p.created()
	_, err := p.DisableEndpoint(t.Context(), endpoint.ID, true)
	require.NoError(t, err)
	p.captured()
	require.Empty(t, p.deliverAll())
	_, err = p.DisableEndpoint(t.Context(), endpoint.ID, false)
	require.NoError(t, err)
	require.Equal(t, []string{"paylink.created"}, types(t, p.deliverAll()), "what happened in between isn't told")
}

// disabling disables an endpoint in the moment in which its delivery is claimed.
type disabling struct {
	everything
	disable func() error
}

func (d disabling) ClaimDeliveries(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.EventDelivery, error) {
	deliveries, err := d.everything.ClaimDeliveries(ctx, now, until, limit)
	return deliveries, errors.Join(err, d.disable())
}

func TestAnEndpointThatIsDisabledAtTheLastMomentIsNotTold(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	endpoint := p.endpoint(paylinks.EndpointRequest{}).Endpoint
	p.created()
	store := disabling{p.store.(everything), func() error {
		return second(p.DisableEndpoint(context.WithoutCancel(t.Context()), endpoint.ID, true))
	}}
	service, err := paylinks.New(store, paylinks.StaticApps{}, paylinks.Options{Now: p.clock.Now, SigningKey: rootKey, EndpointTransport: p.network, Logger: quiet()})
	require.NoError(t, err)
	require.NoError(t, service.DeliverEvents(t.Context()))
	assert.Empty(t, p.network.take())
	_, err = p.DisableEndpoint(t.Context(), endpoint.ID, false)
	require.NoError(t, err)
	require.Len(t, p.deliverAll(), 1, "it rests until then and is lost to nobody")
}

func TestAnEndpointThatIsDeletedWhileItIsToldIsForgotten(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	endpoint := p.endpoint(paylinks.EndpointRequest{}).Endpoint
	p.created()
	p.network.answers(func(message) (int, error) {
		return http.StatusServiceUnavailable, p.DeleteEndpoint(context.WithoutCancel(t.Context()), endpoint.ID)
	})
	require.Len(t, p.deliverAll(), 1)
	p.clock.Advance(time.Hour)
	require.Empty(t, p.deliverAll())
	_, err := p.ListDeliveries(t.Context(), endpoint.ID, paylinks.ListDeliveriesRequest{})
	require.ErrorIs(t, err, paylinks.CodeNotFound)
	require.ErrorIs(t, p.DeleteEndpoint(t.Context(), endpoint.ID), paylinks.CodeNotFound)
}

func TestAChangeThatIsNotStoredIsNotTold(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.endpoint(paylinks.EndpointRequest{})
	link := p.created()
	p.deliverAll()
	p.provider.pay(link.Ref.PaymentID)
	p.clock.Advance(3 * time.Second)

	broken := failingStore{p.store.(everything), func(change paylinks.Change) bool { return len(change.Events) > 0 }}
	service, err := paylinks.New(broken, paylinks.StaticApps{"fake-main": p.provider}, paylinks.Options{Now: p.clock.Now, SigningKey: rootKey, EndpointTransport: p.network})
	require.NoError(t, err)
	got, err := service.Get(t.Context(), link.ID)
	require.NoError(t, err)
	assert.True(t, got.Stale)
	assert.Equal(t, paylinks.StatusCreated, p.stored(link.ID).Status)
	require.Empty(t, p.deliverAll())

	p.clock.Advance(3 * time.Second)
	_, err = p.Get(t.Context(), link.ID)
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusAuthorized, p.stored(link.ID).Status)
	require.Equal(t, []string{"paylink.authorized"}, types(t, p.deliverAll()))
}

// What can't be recorded is told again: at least once.
func TestADeliveryThatCannotBeRecordedIsMadeAgain(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.endpoint(paylinks.EndpointRequest{})
	p.created()
	forgetful := unrecorded{p.store.(everything)}
	service, err := paylinks.New(forgetful, paylinks.StaticApps{}, paylinks.Options{Now: p.clock.Now, SigningKey: rootKey, EndpointTransport: p.network, Logger: quiet()})
	require.NoError(t, err)
	require.NoError(t, service.DeliverEvents(t.Context()))
	first := p.network.take()
	require.Len(t, first, 1)
	require.Empty(t, p.deliverAll(), "until its claim runs out it's the other one's")
	p.clock.Advance(time.Minute)
	second := p.deliverAll()
	require.Len(t, second, 1)
	assert.Equal(t, first[0].header.Get("webhook-id"), second[0].header.Get("webhook-id"), "the receiver can tell")
}

// unrecorded can't store what became of a delivery.
type unrecorded struct{ everything }

func (unrecorded) PutDelivery(context.Context, *paylinks.EventDelivery) error { return errDisk }

func TestTheProgramIsToldAtLeastOnceAndInOrder(t *testing.T) {
	t.Parallel()
	var told []string
	fail := true
	p := newPost(t, func(o *paylinks.Options) {
		o.OnEvent = func(_ context.Context, event paylinks.Event) error {
			told = append(told, string(event.Type))
			switch {
			case fail && len(told) == 1:
				return errors.New("not now")
			case fail && len(told) == 2:
				panic("a bug of the program")
			}
			return nil
		}
	})
	p.captured()   // before Run has begun
	p.deliverAll() // looks at the network alone, so it makes one round
	require.Equal(t, []string{"paylink.created"}, told)
	p.clock.Advance(5 * time.Second)
	p.deliverAll()
	require.Equal(t, []string{"paylink.created", "paylink.created"}, told, "it panicked, and the Service lives")
	p.clock.Advance(30 * time.Second)
	for range 3 {
		p.deliverAll()
	}
	require.Equal(t, []string{"paylink.created", "paylink.created", "paylink.created", "paylink.authorized", "paylink.captured"}, told)
	endpoints, err := p.Endpoints(t.Context())
	require.NoError(t, err)
	assert.Empty(t, endpoints, "the program itself isn't an endpoint of the API")

	// Without OnEvent nothing is kept for it any more.
	require.NoError(t, p.service().PlaceLocalEndpoint(t.Context()))
	p.created()
	deliveries, err := p.outbox.Deliveries(t.Context(), paylinks.DeliveryQuery{EndpointID: paylinks.LocalEndpoint, State: paylinks.DeliveryPending, Limit: 10})
	require.NoError(t, err)
	assert.Empty(t, deliveries)
}

// Run itself places the local endpoint and tells of events without waiting for its pace.
func TestRunTellsTheProgramOfEvents(t *testing.T) {
	t.Parallel()
	told := make(chan paylinks.EventType, 10)
	p := newPost(t, func(o *paylinks.Options) {
		o.PollInterval = 10 * time.Millisecond
		o.OnEvent = func(_ context.Context, event paylinks.Event) error {
			told <- event.Type
			return nil
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	require.NoError(t, p.PlaceLocalEndpoint(ctx))
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	p.captured()
	for _, want := range []paylinks.EventType{paylinks.EventCreated, paylinks.EventAuthorized, paylinks.EventCaptured} {
		select {
		case got := <-told:
			assert.Equal(t, want, got)
		case <-ctx.Done():
			require.Fail(t, "not told of "+string(want))
		}
	}
	cancel()
	require.NoError(t, <-ended)
}

func TestAnEndpointThatHangsKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	p := newPost(t, func(o *paylinks.Options) { o.PollInterval = 10 * time.Millisecond })
	p.endpoint(paylinks.EndpointRequest{URL: "https://203.0.113.66/hangs"})
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	const links = 100
	arrived := make(chan struct{}, links)
	p.network.answers(func(m message) (int, error) {
		if m.host(t) == "203.0.113.66" {
			<-ctx.Done()
			return 0, ctx.Err()
		}
		arrived <- struct{}{}
		return http.StatusOK, nil
	})
	for range links {
		p.created()
	}
	p.endpoint(paylinks.EndpointRequest{URL: "https://203.0.113.67/answers"})
	last := p.created()
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	select {
	case <-arrived:
	case <-ctx.Done():
		assert.Fail(t, "the event of "+last.ID+" waits for an endpoint that isn't its own")
	}
	cancel()
	require.NoError(t, <-ended)
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var led atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/inside" {
			led.Add(1)
			return
		}
		http.Redirect(w, r, "/inside", http.StatusTemporaryRedirect)
	}))
	t.Cleanup(server.Close)
	p := newPost(t)
	p.Service = p.service(func(o *paylinks.Options) { o.AllowPrivateEndpoints = true })
	endpoint := p.endpoint(paylinks.EndpointRequest{URL: server.URL + "/hook"}).Endpoint
	p.created()
	p.deliverAll()
	pending := p.deliveries(endpoint.ID, paylinks.DeliveryPending)
	require.Len(t, pending, 1)
	assert.Equal(t, http.StatusTemporaryRedirect, pending[0].Tries[0].Status)
	assert.Zero(t, led.Load())
}

// A name that leads to a public address when it's checked may lead elsewhere later: what counts is where the connection goes.
func TestPrivateAddressesAreRefusedAtTheMomentOfConnecting(t *testing.T) {
	t.Parallel()
	var reached atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(server.Close)
	p := newPost(t)
	p.Service = p.service(func(o *paylinks.Options) { o.AllowPrivateEndpoints = true })
	endpoint := p.endpoint(paylinks.EndpointRequest{URL: server.URL}).Endpoint
	byName := p.endpoint(paylinks.EndpointRequest{URL: strings.Replace(server.URL, "127.0.0.1", "localhost", 1)}).Endpoint

	guarded := p.service()
	p.created()
	require.NoError(t, guarded.DeliverEvents(t.Context()))
	for _, id := range []string{endpoint.ID, byName.ID} {
		pending := p.deliveries(id, paylinks.DeliveryPending)
		require.Len(t, pending, 1)
		assert.Zero(t, pending[0].Tries[0].Status)
		assert.Equal(t, "its host leads to a private or local address", pending[0].Tries[0].Error)
	}
	assert.Zero(t, reached.Load())

	p.clock.Advance(5 * time.Second)
	p.deliverAll()
	assert.EqualValues(t, 2, reached.Load(), "where private addresses are allowed it's reached")
}

// A failed call is told without the address and the query, in which others put secrets.
func TestTriesDoNotTellSecretsOfAURL(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	endpoint := p.endpoint(paylinks.EndpointRequest{URL: "https://203.0.113.7/hook?token=topsecret"}).Endpoint
	p.network.answers(func(message) (int, error) { return 0, errors.New("dial 10.0.0.8: refused") })
	p.created()
	p.deliverAll()
	pending := p.deliveries(endpoint.ID, paylinks.DeliveryPending)
	require.Len(t, pending, 1)
	assert.Equal(t, "no connection, or it broke off", pending[0].Tries[0].Error)
}

func TestNothingIsSentUnsigned(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.endpoint(paylinks.EndpointRequest{})
	p.created()
	keyless := p.service(func(o *paylinks.Options) { o.SigningKey, o.EndpointTransport = "", p.network })
	require.NoError(t, keyless.DeliverEvents(t.Context()))
	assert.Empty(t, p.network.take())
}
