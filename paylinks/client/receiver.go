package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/paylinks/paylinks-go/internal/signature"
	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// maxEvent bounds the body of an event.
const maxEvent = 256 << 10

// Receiver proves and reads the events that an endpoint is told of. Proof and reading are one step: there's no way to read what isn't proven.
//
// An event may arrive more than once, and is the same if its ID is. Those of one link arrive in the order of their Sequence.
type Receiver struct {
	secrets [][]byte
	log     *slog.Logger
}

// NewReceiver makes a receiver for an endpoint's secret in the form "whsec_…", or several: give the old and the new one while you change over.
func NewReceiver(secrets ...paylinks.Secret) (*Receiver, error) {
	if len(secrets) == 0 {
		return nil, errors.New("client: NewReceiver needs the secret of the endpoint")
	}
	r := &Receiver{log: slog.Default()}
	for i, secret := range secrets {
		parsed, err := signature.ParseSecret(secret.Reveal())
		if err != nil {
			return nil, fmt.Errorf("client: secret %d %w", i+1, err)
		}
		r.secrets = append(r.secrets, parsed)
	}
	return r, nil
}

// String names the Receiver. It keeps fmt from printing the secrets inside.
func (r Receiver) String() string { return "paylinks event receiver" }

// GoString does the same for %#v.
func (r Receiver) GoString() string { return r.String() }

// Receive reads an event from the headers and the unchanged body of a request. [paylinks.ErrUnproven] means that it isn't signed with a secret of the receiver, or was
// signed more than five minutes ago or ahead: answer 401.
func (r *Receiver) Receive(header http.Header, body []byte) (paylinks.Event, error) {
	if !signature.Proven(header, time.Now(), body, r.secrets...) {
		return paylinks.Event{}, paylinks.ErrUnproven
	}
	var event api.Event
	if err := json.Unmarshal(body, &event); err != nil {
		return paylinks.Event{}, fmt.Errorf("client: read a proven event: %w", err)
	}
	if event.ID != header.Get(signature.HeaderID) {
		return paylinks.Event{}, paylinks.ErrUnproven // the header tells receivers what is the same
	}
	return wire.ToEvent(event), nil
}

// Handler answers an endpoint's requests with what handle makes of each event: 204 once it has returned nil; 500 after an error, so that the event comes
// again, by a schedule over three days; 401 for what isn't proven. The context is the request's: an event isn't waited for longer than 15 seconds.
func (r *Receiver) Handler(handle func(ctx context.Context, event paylinks.Event) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxEvent))
		if err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		event, err := r.Receive(req.Header, body)
		if errors.Is(err, paylinks.ErrUnproven) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if err == nil {
			err = handle(req.Context(), event)
		}
		if err != nil {
			r.log.LogAttrs(req.Context(), slog.LevelError, "paylinks: an event could not be handled and will come again",
				slog.String("event_id", event.ID), slog.String("type", string(event.Type)), slog.Any("cause", err))
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
