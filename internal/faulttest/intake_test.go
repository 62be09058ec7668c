package faulttest

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks/api"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// BenchmarkWebhookIntake is how fast webhooks are taken in: through the whole API, and by a handler that does the least that an honest
// one must, which is to check the same proof and to commit one row to the same kind of database, together with its neighbours.
func BenchmarkWebhookIntake(b *testing.B) {
	w := newTabbyWorld(nil)
	took := map[string]float64{}
	for _, side := range []struct {
		name    string
		handler func(b *testing.B) http.Handler
	}{
		{"plain", plainIntake},
		{"paylinks", func(b *testing.B) http.Handler {
			b.Helper()
			return openShop(b, blueprint{world: w}).handler
		}},
	} {
		b.Run(side.name, func(b *testing.B) {
			handler := side.handler(b)
			b.SetParallelism(16)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, api.PathWebhooks+"/tabby/tabby-main", webhookOfNobody())
					r.Header.Set("X-Webhook-Secret", tabbySecret)
					answer := httptest.NewRecorder()
					handler.ServeHTTP(answer, r)
					if answer.Code != http.StatusOK {
						b.Errorf("answered %d", answer.Code)
						return
					}
				}
			})
			took[side.name] = float64(b.Elapsed()) / float64(b.N)
			b.ReportMetric(1e9/took[side.name], "webhooks/s")
			b.ReportMetric(took["plain"]/took[side.name], "of-plain")
		})
	}
}

// webhookOfNobody is Tabby's webhook about a payment that is new each time.
func webhookOfNobody() io.Reader {
	return strings.NewReader(`{"id":"` + simulator.NewUUID() + `","created_at":"2026-03-01T09:00:00Z","expires_at":"2027-03-01T09:00:00Z",` +
		`"closed_at":null,"status":"authorized","is_test":true,"is_expired":false,"amount":"150","currency":"SAR",` +
		`"order":{"reference_id":"POS-1"},"captures":[],"refunds":[],"meta":{"paylink_id":"p-1","reference":"r-1"},"token":""}`)
}

// plain is a handler that only proves webhooks and stores them.
type plain struct {
	rows chan delivery
}

// delivery is a webhook that waits for its commit.
type delivery struct {
	id, body string
	done     chan error
}

func plainIntake(b *testing.B) http.Handler {
	b.Helper()
	dsn := "file:" + filepath.Join(b.TempDir(), "plain.db") + "?" + url.Values{
		"_txlock": {"immediate"}, "_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)"},
	}.Encode()
	db, err := sql.Open("sqlite", dsn)
	require.NoError(b, err)
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(b.Context(), `CREATE TABLE hooks (id TEXT PRIMARY KEY, body TEXT NOT NULL, received_at INTEGER NOT NULL)`)
	require.NoError(b, err)
	p := plain{rows: make(chan delivery, 256)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.commit(context.WithoutCancel(b.Context()), db)
	}()
	b.Cleanup(func() {
		close(p.rows)
		<-ended
		require.NoError(b, db.Close())
	})
	return p
}

func (p plain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 256<<10))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	want, have := sha256.Sum256([]byte(tabbySecret)), sha256.Sum256([]byte(r.Header.Get("X-Webhook-Secret")))
	var event struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	}
	switch {
	case subtle.ConstantTimeCompare(want[:], have[:]) != 1:
		http.Error(w, "unproven", http.StatusUnauthorized)
		return
	case json.Unmarshal(body, &event) != nil || event.ID == "":
		http.Error(w, "no event", http.StatusBadRequest)
		return
	}
	waiting := delivery{event.ID + " " + event.Status, string(body), make(chan error, 1)}
	p.rows <- waiting
	if <-waiting.done != nil {
		http.Error(w, "not stored", http.StatusInternalServerError)
	}
}

// commit stores what waits, all of it in one transaction.
func (p plain) commit(ctx context.Context, db *sql.DB) {
	for first := range p.rows {
		batch := []delivery{first}
		for more := true; more && len(batch) < cap(p.rows); {
			select {
			case next, ok := <-p.rows:
				if more = ok; ok {
					batch = append(batch, next)
				}
			default:
				more = false
			}
		}
		err := insert(ctx, db, batch)
		for _, waiting := range batch {
			waiting.done <- err
		}
	}
}

func insert(ctx context.Context, db *sql.DB, batch []delivery) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	statement, err := tx.PrepareContext(ctx, `INSERT INTO hooks (id, body, received_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`)
	if err != nil {
		return err
	}
	defer func() { _ = statement.Close() }()
	for _, waiting := range batch {
		if _, err := statement.ExecContext(ctx, waiting.id, waiting.body, time.Now().UnixMicro()); err != nil {
			return err
		}
	}
	return tx.Commit()
}
