package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"

	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
)

// The conditions that PostgreSQL names in its errors.
const (
	uniqueViolation     = "23505"
	foreignKeyViolation = "23503"
	serializationFailed = "40001"
	deadlockDetected    = "40P01"
	lockNotAvailable    = "55P03"

	invalidPassword       = "28P01"
	invalidAuthorization  = "28000"
	noSuchDatabase        = "3D000"
	insufficientPrivilege = "42501"
	duplicateTable        = "42P07"
	unknownSetting        = "42704"
	tooManyConnections    = "53300"
	cannotConnectNow      = "57P03"
	readOnlyTransaction   = "25006"

	adminShutdown      = "57P01"
	crashShutdown      = "57P02"
	idleSessionTimeout = "57P05"
)

// The advisory lock of everything that depends on which endpoints there are: shared by those who make or end deliveries, of those who change
// endpoints alone. It ends with the transaction.
const endpointsLock = "7301188234"

// begin is part of each transaction's first statement. A commit waits for the disk where the role's or the database's setting says that it needn't; nobody
// waits for a lock for ever.
const begin = `set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
	ELSE current_setting('synchronous_commit') END, true), set_config('lock_timeout', '5s', true)`

func dialect(s settings) sqlstore.Dialect {
	return sqlstore.Dialect{
		Migrations:   "postgres",
		Goose:        goose.DialectPostgres,
		VersionTable: "paylinks_version",
		Bind:         bind,
		Text:         storable,
		Unprepared:   s.unprepared,
		OnlyIndex:    func(index string) string { return "id <> '" + index + "'" },
		LimitWalks:   true,
		Elements:     `SELECT json_array_elements_text(CAST(? AS json))`,
		IsUnique:     func(err error) bool { return hasCode(err, uniqueViolation) },
		IsOrphan:     func(err error) bool { return hasCode(err, foreignKeyViolation) },
		Crowd: &sqlstore.Crowd{
			Isolation: sql.LevelReadCommitted,
			// Not FOR UPDATE, which would be in the way of events and operations that refer to the row.
			SkipLocked: func(table string) string { return "FOR NO KEY UPDATE OF " + table + " SKIP LOCKED" },
			LockLink: `SELECT pg_advisory_xact_lock_shared(` + endpointsLock + `)
				FROM (SELECT id FROM paylinks WHERE id = ? FOR NO KEY UPDATE) AS link`,
			LockEndpoints: `SELECT pg_advisory_xact_lock(` + endpointsLock + `)`,
			Violates:      violates,
			Lost:          lost,
			Again: func(err error) bool {
				return hasCode(err, serializationFailed) || hasCode(err, deadlockDetected)
			},
			Patience: s.patience,
			Note: `INSERT INTO writers (id, batch, written_at) VALUES (?, ?, ?)
				ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, written_at = excluded.written_at RETURNING ` + begin,
			Noted: `INSERT INTO writers (id, batch, written_at) VALUES (?, 0, ?)
				ON CONFLICT (id) DO UPDATE SET written_at = excluded.written_at RETURNING batch`,
			ForgetNotes: `DELETE FROM writers WHERE written_at < ?`,
		},
	}
}

// bind numbers the placeholders. No query has a question mark in a text.
func bind(query string) string {
	var bound strings.Builder
	number := 0
	for part := range strings.SplitSeq(query, "?") {
		if number > 0 {
			bound.WriteString("$" + strconv.Itoa(number))
		}
		bound.WriteString(part)
		number++
	}
	return bound.String()
}

// storable replaces what PostgreSQL refuses in a text: bytes that aren't UTF-8, and the character zero.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

func hasCode(err error, code string) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && failure.Code == code
}

// lost tells of a connection that ended: the server said so before, or is simply gone. One that couldn't be made, and one that was given up here, aren't meant.
func lost(err error) bool {
	var unreachable *pgconn.ConnectError
	var failure *pgconn.PgError
	var network *net.OpError
	switch {
	case errors.As(err, &unreachable), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return false
	case errors.As(err, &failure):
		return failure.Code == adminShutdown || failure.Code == crashShutdown || failure.Code == idleSessionTimeout
	case errors.As(err, &network):
		return !network.Timeout()
	default:
		return pgconn.SafeToRetry(err) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	}
}

func violates(err error, index string) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && failure.Code == uniqueViolation && failure.ConstraintName == index
}

const defaultPatience = 30 * time.Second
