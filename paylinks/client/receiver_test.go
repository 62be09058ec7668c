package client_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/client"
)

const (
	oldSecret paylinks.Secret = "whsec_b2xkLXNlY3JldC1vZi10aGUtZW5kcG9pbnQ="
	newSecret paylinks.Secret = "whsec_bmV3LXNlY3JldC1vZi10aGUtZW5kcG9pbnQ="
	eventBody                 = `{"id":"evt_1","type":"paylink.captured","sequence":3,"occurred_at":"2026-03-01T11:00:00Z","paylink_id":"plk_1","status":"captured","data":{"amount":"150.00"}}`
)

// signed are the headers of a message, signed by the scheme's own library.
func signed(t *testing.T, secret paylinks.Secret, id string, at time.Time, body string) http.Header {
	t.Helper()
	signer, err := standardwebhooks.NewWebhook(secret.Reveal())
	require.NoError(t, err)
	signature, err := signer.Sign(id, at, []byte(body))
	require.NoError(t, err)
	header := http.Header{}
	header.Set("webhook-id", id)
	header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	header.Set("webhook-signature", signature)
	return header
}

func TestReceiveReadsWhatIsProven(t *testing.T) {
	t.Parallel()
	r, err := client.NewReceiver(newSecret, oldSecret)
	require.NoError(t, err)
	for _, secret := range []paylinks.Secret{newSecret, oldSecret} {
		event, err := r.Receive(signed(t, secret, "evt_1", time.Now(), eventBody), []byte(eventBody))
		require.NoError(t, err)
		assert.Equal(t, paylinks.Event{
			ID: "evt_1", Type: paylinks.EventCaptured, Sequence: 3, OccurredAt: time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC), PaylinkID: "plk_1",
			Status: paylinks.StatusCaptured, Data: []byte(`{"amount":"150.00"}`),
		}, event)
	}
}

func TestReceiveRefusesWhatIsNot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, err := client.NewReceiver(newSecret)
		require.NoError(t, err)
		good := func() http.Header { return signed(t, newSecret, "evt_1", time.Now(), eventBody) }
		_, err = r.Receive(good(), []byte(eventBody))
		require.NoError(t, err)
		for name, forge := range map[string]func(http.Header) (http.Header, string){
			"no headers":         func(http.Header) (http.Header, string) { return http.Header{}, eventBody },
			"no signature":       func(h http.Header) (http.Header, string) { h.Del("webhook-signature"); return h, eventBody },
			"an empty signature": func(h http.Header) (http.Header, string) { h.Set("webhook-signature", ""); return h, eventBody },
			"a bare version":     func(h http.Header) (http.Header, string) { h.Set("webhook-signature", "v1,"); return h, eventBody },
			"another version": func(h http.Header) (http.Header, string) {
				h.Set("webhook-signature", "v2"+h.Get("webhook-signature")[2:])
				return h, eventBody
			},
			"another body":        func(h http.Header) (http.Header, string) { return h, eventBody + " " },
			"another id":          func(h http.Header) (http.Header, string) { h.Set("webhook-id", "evt_2"); return h, eventBody },
			"no id":               func(h http.Header) (http.Header, string) { h.Del("webhook-id"); return h, eventBody },
			"two ids":             func(h http.Header) (http.Header, string) { h.Add("webhook-id", "evt_1"); return h, eventBody },
			"two signature lines": func(h http.Header) (http.Header, string) { h.Add("webhook-signature", "v1,AAAA"); return h, eventBody },
			"another time": func(h http.Header) (http.Header, string) {
				h.Set("webhook-timestamp", strconv.FormatInt(time.Now().Unix()+1, 10))
				return h, eventBody
			},
			"a time that is none": func(h http.Header) (http.Header, string) { h.Set("webhook-timestamp", "soon"); return h, eventBody },
			"a time beyond time": func(h http.Header) (http.Header, string) {
				h.Set("webhook-timestamp", "-9223372036854775808")
				return h, eventBody
			},
			"another event's id": func(http.Header) (http.Header, string) {
				return signed(t, newSecret, "evt_2", time.Now(), eventBody), eventBody
			},
			"another secret": func(http.Header) (http.Header, string) {
				return signed(t, oldSecret, "evt_1", time.Now(), eventBody), eventBody
			},
			"a replay": func(http.Header) (http.Header, string) {
				return signed(t, newSecret, "evt_1", time.Now().Add(-301*time.Second), eventBody), eventBody
			},
			"one from the future": func(http.Header) (http.Header, string) {
				return signed(t, newSecret, "evt_1", time.Now().Add(301*time.Second), eventBody), eventBody
			},
		} {
			header, body := forge(good())
			_, err := r.Receive(header, []byte(body))
			require.ErrorIs(t, err, paylinks.ErrUnproven, name)
		}
	})
}

func TestSecretsAreChecked(t *testing.T) {
	t.Parallel()
	_, err := client.NewReceiver()
	require.EqualError(t, err, "client: NewReceiver needs the secret of the endpoint")
	for _, wrong := range []paylinks.Secret{"", "hush", "whsec_", "whsec_!", "whsec_AA=="} {
		_, err = client.NewReceiver(oldSecret, wrong)
		require.EqualError(t, err, `client: secret 2 must be "whsec_" followed by the base64 of at least 24 bytes`)
	}
	r, err := client.NewReceiver(oldSecret)
	require.NoError(t, err)
	assert.Equal(t, "paylinks event receiver paylinks event receiver", fmt.Sprintf("%v %#v", r, *r))
}

func TestTheHandlerAnswersAsSendersNeed(t *testing.T) {
	t.Parallel()
	r, err := client.NewReceiver(newSecret)
	require.NoError(t, err)
	var handled []string
	handler := r.Handler(func(_ context.Context, event paylinks.Event) error {
		if event.ID == "evt_2" {
			return errors.New("the books are closed")
		}
		handled = append(handled, event.ID)
		return nil
	})
	post := func(method, id, body string, change func(http.Header)) int {
		req := httptest.NewRequestWithContext(t.Context(), method, "/events", bytes.NewReader([]byte(body)))
		req.Header = signed(t, newSecret, id, time.Now(), body)
		if change != nil {
			change(req.Header)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		return w.Code
	}
	assert.Equal(t, http.StatusNoContent, post(http.MethodPost, "evt_1", eventBody, nil))
	assert.Equal(t, http.StatusInternalServerError, post(http.MethodPost, "evt_2", `{"id":"evt_2"}`, nil))
	assert.Equal(t, http.StatusInternalServerError, post(http.MethodPost, "evt_3", `not JSON`, nil))
	assert.Equal(t, http.StatusUnauthorized, post(http.MethodPost, "evt_1", eventBody, func(h http.Header) { h.Set("webhook-id", "evt_9") }))
	assert.Equal(t, http.StatusMethodNotAllowed, post(http.MethodGet, "evt_1", eventBody, nil))
	assert.Equal(t, http.StatusRequestEntityTooLarge, post(http.MethodPost, "evt_1", string(make([]byte, 300<<10)), nil))
	assert.Equal(t, []string{"evt_1"}, handled)
}

// What a server sends is what a Receiver proves.
func TestAReceiverProvesWhatAServerSends(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	endpoint, err := w.client.AddEndpoint(t.Context(), paylinks.EndpointRequest{URL: "https://erp.example.test/events"})
	require.NoError(t, err)
	link, err := w.client.Create(t.Context(), sale("POS-1"))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(w.told.all()) == 1 }, time.Minute, 5*time.Millisecond)
	sent := w.told.all()[0]
	r, err := client.NewReceiver(endpoint.Secret)
	require.NoError(t, err)
	event, err := r.Receive(sent.header, sent.body)
	require.NoError(t, err)
	listed, err := w.client.Events(t.Context(), link.ID, 0, 0)
	require.NoError(t, err)
	assert.Equal(t, listed[0], event)
}
