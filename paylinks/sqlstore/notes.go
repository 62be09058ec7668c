package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// notes are what a writer leaves in the database to find out whether a commit was made whose answer was lost with the connection:
// every transaction writes its number into the writer's one row. Without a [Crowd] there's no connection that could be lost.
type notes struct {
	db      *sql.DB
	dialect Dialect
	writer  string
	batch   int64 // the number of the last transaction that began
}

const (
	// notesKept is how long a writer's row outlives its last write: far longer than anybody asks for it.
	notesKept = 7 * 24 * time.Hour
	// findTime is how long the outcome of a commit is asked for: a database that was restarted is back by then.
	findTime = 15 * time.Second
	// findPause is how long it's waited before asking again.
	findPause = 100 * time.Millisecond
)

func newNotes(db *sql.DB, dialect Dialect) notes {
	return notes{db: db, dialect: dialect, writer: uuid.NewString()}
}

// write begins a transaction.
func (n *notes) write(ctx context.Context, t *transaction) error {
	if n.dialect.Crowd == nil {
		return nil
	}
	now := time.Now()
	if n.batch == 0 {
		if _, err := t.exec(ctx, n.dialect.Crowd.ForgetNotes, now.Add(-notesKept).UnixMicro()); err != nil {
			return err
		}
	}
	n.batch++
	_, err := t.exec(ctx, n.dialect.Crowd.Note, n.writer, n.batch, now.UnixMicro())
	return err
}

// find tells whether the last transaction was committed. It asks on a new connection, which waits for the end of that transaction where
// the database doesn't know yet that its client is gone.
func (n *notes) find(ctx context.Context) (committed bool, err error) {
	if n.dialect.Crowd == nil {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, findTime)
	defer cancel()
	pause := time.NewTicker(findPause)
	defer pause.Stop()
	for {
		var batch int64
		err := n.db.QueryRowContext(ctx, n.dialect.bind(n.dialect.Crowd.Noted), n.writer, time.Now().UnixMicro()).Scan(&batch)
		if err == nil {
			return batch == n.batch, nil
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return false, fmt.Errorf("ask for the outcome: %w", err)
		}
	}
}
