package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

const operationColumns = `document, due_at`

const (
	insertOperation = `INSERT INTO operations (id, paylink_id, kind, reference, operation_key, open, due_at, document)
		VALUES (?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT DO NOTHING`
	reopenOperation      = `UPDATE operations SET open = 1, operation_key = ?, due_at = ?, document = ? WHERE id = ? AND open = 0`
	settleOperationQuery = `UPDATE operations SET open = ?, operation_key = ?, due_at = ?, document = ? WHERE id = ? AND open = 1`

	// operationRivals tells who is in the way of an operation: another one with its name, another open one of its link.
	operationRivals = `SELECT
		EXISTS (SELECT 1 FROM operations WHERE operation_key = ? AND operation_key <> '' AND id <> ?)
			OR EXISTS (SELECT 1 FROM operations WHERE paylink_id = ? AND kind = ? AND reference = ? AND id <> ?),
		EXISTS (SELECT 1 FROM operations WHERE paylink_id = ? AND open = 1 AND id <> ?)`
	operationState = `SELECT paylink_id, open FROM operations WHERE id = ?`

	operationByKey      = `SELECT ` + operationColumns + ` FROM operations WHERE operation_key = ? AND operation_key <> ''`
	operationsOfPaylink = `SELECT ` + operationColumns + ` FROM operations WHERE paylink_id = ?`
)

var dueOperations = due{
	table: "operations",
	query: `SELECT ` + operationColumns + ` FROM operations WHERE open = 1 AND due_at <= ? ORDER BY due_at LIMIT ?`,
	move:  `UPDATE operations SET due_at = ? WHERE id = ?`,
}

var operationWrites = []string{
	insertOperation, reopenOperation, settleOperationQuery, operationRivals, operationState, dueOperations.move,
}

// beginOperation inserts an operation. Only where that can't be done it asks why, as that is rare: the operation may be there
// already, and ended, and is then opened again.
func beginOperation(operation *paylinks.Operation) (step, error) {
	o := *operation
	o.Open = true
	text, err := operationDocument(&o)
	return func(ctx context.Context, t *transaction) error {
		// Where others write at the same time, the one that was in the way may be gone when it's looked for: the place is free then.
		for range 3 {
			inserted, err := t.exec(ctx, insertOperation, o.ID, o.PaylinkID, string(o.Kind), o.Reference, o.Key, micros(o.DueAt), text)
			if err != nil || inserted == 1 {
				return err
			}
			err = reopen(ctx, t, o, text)
			if !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		return paylinks.ErrOperationOpen
	}, err
}

// reopen opens an ended operation that is there, or says who is in its way. It's sql.ErrNoRows where neither is.
func reopen(ctx context.Context, t *transaction, o paylinks.Operation, text string) error {
	var sameName, otherOpen bool
	err := t.queryRow(ctx, operationRivals, []any{
		o.Key, o.ID, o.PaylinkID, string(o.Kind), o.Reference, o.ID, o.PaylinkID, o.ID,
	}, &sameName, &otherOpen)
	switch {
	case err != nil:
		return err
	case sameName:
		return paylinks.ErrDuplicate
	case otherOpen:
		return paylinks.ErrOperationOpen
	}

	var paylinkID string
	var open int
	if err := t.queryRow(ctx, operationState, []any{o.ID}, &paylinkID, &open); err != nil {
		return err
	}
	if paylinkID != o.PaylinkID {
		return paylinks.ErrDuplicate
	}
	err = run(reopenOperation, []any{o.Key, micros(o.DueAt), text, o.ID}, paylinks.ErrOperationOpen)(ctx, t)
	if t.dialect.violates(err, "operations_open") {
		return paylinks.ErrOperationOpen
	}
	return err
}

func settleOperation(o *paylinks.Operation) (step, error) {
	text, err := operationDocument(o)
	return run(settleOperationQuery, []any{flag(o.Open), o.Key, micros(o.DueAt), text, o.ID}, paylinks.ErrNotFound), err
}

func operationDocument(o *paylinks.Operation) (string, error) {
	stored := *o
	toMicros(&stored.StartedAt, &stored.FinishedAt)
	return document(&stored)
}

func scanOperation(row scanner) (*paylinks.Operation, error) {
	var text string
	var dueAt int64
	if err := row.Scan(&text, &dueAt); err != nil {
		return nil, err
	}
	operation := new(paylinks.Operation)
	if err := undocument(text, operation); err != nil {
		return nil, err
	}
	operation.DueAt = fromMicros(dueAt)
	return operation, nil
}

// Operation reads the operation with a key.
func (s *Store) Operation(ctx context.Context, key string) (*paylinks.Operation, error) {
	operation, err := readOne(ctx, s.reader, scanOperation, operationByKey, key)
	return operation, wrap("read an operation", err)
}

// Operations lists the operations of a link, oldest first. A link has few of them: they are sorted here, without an index for it.
func (s *Store) Operations(ctx context.Context, paylinkID string) ([]*paylinks.Operation, error) {
	operations, err := readAll(ctx, s.reader, scanOperation, operationsOfPaylink, paylinkID)
	slices.SortFunc(operations, func(a, b *paylinks.Operation) int {
		if c := a.StartedAt.Compare(b.StartedAt); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return operations, wrap("list operations", err)
}

// flag is how a bool is stored.
func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// notFound is the Store's name for a row that isn't there.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return paylinks.ErrNotFound
	}
	return err
}
