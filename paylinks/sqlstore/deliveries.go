package sqlstore

import (
	"context"
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

const deliveryRows = `SELECT d.id, d.endpoint_id, d.state, d.tries, d.created_at, d.due_at,
	e.id, e.paylink_id, e.sequence, e.type, e.org_app_id, e.occurred_at, e.status, e.data
	FROM deliveries d JOIN events e ON e.id = d.event_id `

const (
	// fanOut makes the deliveries of an event. A delivery's id is its event's, which is time-ordered, and its endpoint's.
	fanOut = `INSERT INTO deliveries (id, event_id, endpoint_id, paylink_id, sequence, state, tries, created_at, due_at, held)
		SELECT CAST(? AS TEXT) || '.' || w.endpoint_id, CAST(? AS TEXT), w.endpoint_id, CAST(? AS TEXT), CAST(? AS BIGINT), 'pending', '', CAST(? AS BIGINT),
			CASE WHEN EXISTS (SELECT 1 FROM deliveries p WHERE p.endpoint_id = w.endpoint_id AND p.paylink_id = ? AND p.state = 'pending')
				THEN 0 ELSE CAST(? AS BIGINT) END, 0
		FROM endpoint_wants w WHERE w.type IN ('', ?) AND w.org_app_id IN ('', ?)`
	putDeliveryQuery = `UPDATE deliveries SET state = ?, tries = ?, due_at = ?, held = 0 WHERE id = ?`

	// arrange lets the first pending delivery of each link be due, unless its endpoint is disabled, and the others wait: it turns those
	// of which the opposite is stored. What waited is due since it was made.
	arrangeEndpoint = `UPDATE deliveries SET due_at = CASE WHEN due_at > 0 THEN 0 ELSE created_at END
		WHERE state = 'pending' AND endpoint_id = ? AND (due_at > 0) <> (
			EXISTS (SELECT 1 FROM endpoints e WHERE e.id = deliveries.endpoint_id AND e.disabled = 0)
			AND NOT EXISTS (SELECT 1 FROM deliveries p WHERE p.endpoint_id = deliveries.endpoint_id
				AND p.paylink_id = deliveries.paylink_id AND p.state = 'pending' AND p.sequence < deliveries.sequence))`
	arrangeLink = arrangeEndpoint + ` AND paylink_id = ?`

	deliveryByID         = deliveryRows + `WHERE d.id = ?`
	deliveriesOfEndpoint = deliveryRows + `WHERE d.endpoint_id = ? AND d.id < ? ORDER BY d.id DESC LIMIT ?`
	// Nearly all deliveries end delivered, so a list of those is a walk over all; an index has the others.
	deliveredOfEndpoint   = deliveryRows + `WHERE d.endpoint_id = ? AND d.state = 'delivered' AND d.id < ? ORDER BY d.id DESC LIMIT ?`
	undeliveredOfEndpoint = deliveryRows + `WHERE d.endpoint_id = ? AND d.state <> 'delivered' AND d.state = ? AND d.id < ?
		ORDER BY d.id DESC LIMIT ?`
)

// dueDeliveries: what has to wait for another one has no time.
var dueDeliveries = due{
	table: "d",
	query: deliveryRows + `WHERE d.state = 'pending' AND d.due_at > 0 AND d.due_at <= ? ORDER BY d.due_at LIMIT ?`,
	move:  `UPDATE deliveries SET due_at = ?, held = 1 WHERE id = ?`,
}

var deliveryWrites = []string{fanOut, putDeliveryQuery, arrangeLink, dueDeliveries.move}

// deliverEvent makes a delivery of an event for every endpoint that wants it.
func deliverEvent(e paylinks.Event) step {
	at := micros(e.OccurredAt)
	return run(fanOut, []any{e.ID, e.ID, e.PaylinkID, e.Sequence, at, e.PaylinkID, at, string(e.Type), e.OrgAppID}, nil)
}

// lockLink comes before whatever makes or ends deliveries of a link.
func lockLink(id string) step {
	return func(ctx context.Context, t *transaction) error {
		if t.dialect.Crowd == nil {
			return nil
		}
		_, err := t.exec(ctx, t.dialect.Crowd.LockLink, id)
		return err
	}
}

// lockEndpoints comes before whatever changes an endpoint.
func lockEndpoints(ctx context.Context, t *transaction) error {
	if t.dialect.Crowd == nil {
		return nil
	}
	_, err := t.exec(ctx, t.dialect.Crowd.LockEndpoints)
	return err
}

func scanDelivery(row scanner) (*paylinks.EventDelivery, error) {
	d := new(paylinks.EventDelivery)
	var tries string
	var createdAt, dueAt int64
	var err error
	d.Event, err = scanEvent(after{row, []any{&d.ID, &d.EndpointID, &d.State, &tries, &createdAt, &dueAt}})
	if err != nil {
		return nil, err
	}
	d.CreatedAt, d.DueAt = fromMicros(createdAt), fromMicros(dueAt)
	if tries == "" {
		return d, nil
	}
	return d, undocument(tries, &d.Tries)
}

// after is a row whose first columns go to dest.
type after struct {
	row  scanner
	dest []any
}

// Scan reads the columns that are left.
func (a after) Scan(dest ...any) error { return a.row.Scan(append(a.dest, dest...)...) }

// ClaimDeliveries takes deliveries that are to be made.
func (s *Store) ClaimDeliveries(ctx context.Context, now, until time.Time, limit int) ([]*paylinks.EventDelivery, error) {
	deliveries, err := claim(ctx, s, dueDeliveries, now, until, limit, scanDelivery, func(d *paylinks.EventDelivery) string { return d.ID })
	for _, delivery := range deliveries {
		delivery.DueAt = fromMicros(micros(until))
	}
	return deliveries, wrap("claim deliveries", err)
}

// PutDelivery stores a delivery, and lets the link's next one to the same endpoint be due where this one has ended.
func (s *Store) PutDelivery(ctx context.Context, delivery *paylinks.EventDelivery) error {
	tries := ""
	if len(delivery.Tries) > 0 {
		stored := slices.Clone(delivery.Tries)
		for i := range stored {
			toMicros(&stored[i].At)
		}
		var err error
		if tries, err = document(stored); err != nil {
			return err
		}
	}
	lock := lockLink(delivery.Event.PaylinkID)
	put := run(putDeliveryQuery, []any{string(delivery.State), tries, micros(delivery.DueAt), delivery.ID}, paylinks.ErrNotFound)
	next := run(arrangeLink, []any{delivery.EndpointID, delivery.Event.PaylinkID}, nil)
	return wrap("store a delivery", s.writer.do(ctx, func(ctx context.Context, t *transaction) error {
		if err := lock(ctx, t); err != nil {
			return err
		}
		if err := put(ctx, t); err != nil {
			return err
		}
		return next(ctx, t)
	}))
}

// Delivery reads a delivery.
func (s *Store) Delivery(ctx context.Context, id string) (*paylinks.EventDelivery, error) {
	delivery, err := readOne(ctx, s.reader, scanDelivery, deliveryByID, id)
	return delivery, wrap("read a delivery", err)
}

// Deliveries lists the deliveries of an endpoint, newest first.
func (s *Store) Deliveries(ctx context.Context, query paylinks.DeliveryQuery) ([]*paylinks.EventDelivery, error) {
	if query.Limit < 1 {
		return nil, nil
	}
	before := query.Before
	if before == "" {
		before = "\U0010FFFF" // the last of all texts
	}
	text, args := deliveriesOfEndpoint, []any{query.EndpointID, before, query.Limit}
	switch query.State {
	case "":
	case paylinks.DeliveryDelivered:
		text = deliveredOfEndpoint
	default:
		text, args = undeliveredOfEndpoint, slices.Insert(args, 1, any(string(query.State)))
	}
	deliveries, err := readAll(ctx, s.reader, scanDelivery, text, args...)
	return deliveries, wrap("list deliveries", err)
}
