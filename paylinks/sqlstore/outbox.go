package sqlstore

import (
	"context"

	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	putEndpointQuery = `INSERT INTO endpoints (disabled, created_at, document, id) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET disabled = excluded.disabled, created_at = excluded.created_at, document = excluded.document`
	deleteEndpointQuery = `DELETE FROM endpoints WHERE id = ?` // its wants and deliveries go with it
	forgetWants         = `DELETE FROM endpoint_wants WHERE endpoint_id = ?`
	addWant             = `INSERT INTO endpoint_wants (type, org_app_id, endpoint_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`
	// allEndpoints reads the whole table on purpose: there are few.
	allEndpoints = `SELECT document FROM endpoints ORDER BY created_at, id`
)

var _ paylinks.Outbox = (*Store)(nil)

var endpointWrites = []string{putEndpointQuery, deleteEndpointQuery, forgetWants, addWant, arrangeEndpoint}

// PutEndpoint stores an endpoint. Deliveries to one that is disabled rest until it's enabled again.
func (s *Store) PutEndpoint(ctx context.Context, endpoint *paylinks.Endpoint) error {
	text, err := endpointDocument(endpoint)
	if err != nil {
		return err
	}
	id, wants := endpoint.ID, wantsOf(endpoint)
	state := []any{flag(endpoint.Disabled), micros(endpoint.CreatedAt), text, id}
	return wrap("store an endpoint", s.writer.do(ctx, func(ctx context.Context, t *transaction) error {
		if err := lockEndpoints(ctx, t); err != nil {
			return err
		}
		if _, err := t.exec(ctx, putEndpointQuery, state...); err != nil {
			return err
		}
		if _, err := t.exec(ctx, forgetWants, id); err != nil {
			return err
		}
		for _, want := range wants {
			if _, err := t.exec(ctx, addWant, want.kind, want.orgAppID, id); err != nil {
				return err
			}
		}
		_, err := t.exec(ctx, arrangeEndpoint, id)
		return err
	}))
}

// want is a kind of event of an app, "" for any.
type want struct{ kind, orgAppID string }

func wantsOf(e *paylinks.Endpoint) []want {
	if e.Disabled {
		return nil
	}
	kinds, apps := e.Types, e.OrgApps
	if kinds == nil {
		kinds = []paylinks.EventType{""}
	}
	if apps == nil {
		apps = []string{""}
	}
	var wants []want
	for _, kind := range kinds {
		for _, app := range apps {
			wants = append(wants, want{string(kind), app})
		}
	}
	return wants
}

// DeleteEndpoint forgets an endpoint and its deliveries.
func (s *Store) DeleteEndpoint(ctx context.Context, id string) error {
	remove := run(deleteEndpointQuery, []any{id}, paylinks.ErrNotFound)
	return wrap("delete an endpoint", s.writer.do(ctx, func(ctx context.Context, t *transaction) error {
		if err := lockEndpoints(ctx, t); err != nil {
			return err
		}
		return remove(ctx, t)
	}))
}

// Endpoints lists all endpoints, oldest first.
func (s *Store) Endpoints(ctx context.Context) ([]*paylinks.Endpoint, error) {
	endpoints, err := readAll(ctx, s.reader, scanEndpoint, allEndpoints)
	return endpoints, wrap("list endpoints", err)
}

func endpointDocument(e *paylinks.Endpoint) (string, error) {
	stored := *e
	toMicros(&stored.OldKeyUntil, &stored.CreatedAt, &stored.UpdatedAt)
	return document(&stored)
}

func scanEndpoint(row scanner) (*paylinks.Endpoint, error) {
	var text string
	if err := row.Scan(&text); err != nil {
		return nil, err
	}
	endpoint := new(paylinks.Endpoint)
	return endpoint, undocument(text, endpoint)
}
