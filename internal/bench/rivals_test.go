package bench

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// The rivals are handlers as a developer writes them for one provider: the same upstream call, the same database engine and durability, no
// validation, no idempotency, no events.

const rivalSchema = `CREATE TABLE links (id TEXT PRIMARY KEY, order_id TEXT, status TEXT, amount TEXT, currency TEXT, payment_id TEXT, url TEXT) WITHOUT ROWID`

// rivalDB is a SQLite file with the pragmas that the product uses.
func rivalDB(b *testing.B) *sql.DB {
	b.Helper()
	dsn := "file:" + filepath.Join(b.TempDir(), "rival.db") + "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
	db, err := sql.Open("sqlite", dsn)
	require.NoError(b, err)
	b.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(b.Context(), rivalSchema)
	require.NoError(b, err)
	return db
}

type rivalLink struct {
	ID        string `json:"paylink_id"`
	OrderID   string `json:"order_id"`
	Status    string `json:"status"`
	Amount    string `json:"amount"`
	Currency  string `json:"currency"`
	PaymentID string `json:"payment_id"`
	URL       string `json:"checkout_url"`
}

// upstream makes a session at the provider.
func upstream(ctx context.Context, client *http.Client, url string, link *rivalLink) error {
	body, err := json.Marshal(map[string]any{
		"lang": "ar", "merchant_code": "SA",
		"payment": map[string]any{
			"amount": link.Amount, "currency": link.Currency, "buyer": map[string]string{"phone": "+966500000001"},
			"order": map[string]any{"reference_id": link.OrderID, "items": []any{map[string]any{"title": "Order", "quantity": 1, "unit_price": link.Amount, "category": "General"}}},
		},
	})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/api/v2/checkout", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+secretKey)
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	var answer struct {
		Payment       struct{ ID string }
		Configuration struct {
			AvailableProducts struct {
				Installments []struct {
					WebURL string `json:"web_url"`
				}
			} `json:"available_products"`
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return errors.New(res.Status)
	}
	link.PaymentID, link.URL = answer.Payment.ID, answer.Configuration.AvailableProducts.Installments[0].WebURL
	return nil
}

const (
	insertLink = `INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?)`
	updateLink = `UPDATE links SET status = ?, payment_id = ?, url = ? WHERE id = ?`
)

// writer writes one statement durably.
type writer func(ctx context.Context, query string, args ...any) error

// plain commits each statement by itself.
func plain(db *sql.DB) writer {
	return func(ctx context.Context, query string, args ...any) error {
		_, err := db.ExecContext(ctx, query, args...)
		return err
	}
}

// grouped commits all statements that wait in one transaction.
func grouped(db *sql.DB) writer {
	type job struct {
		query string
		args  []any
		done  chan error
	}
	var mu sync.Mutex
	var queue []*job
	turn := make(chan struct{}, 1)
	return func(ctx context.Context, query string, args ...any) error {
		mine := &job{query, args, make(chan error, 1)}
		mu.Lock()
		queue = append(queue, mine)
		mu.Unlock()
		for {
			select {
			case err := <-mine.done:
				return err
			case turn <- struct{}{}:
			}
			mu.Lock()
			batch := queue
			queue = nil
			mu.Unlock()
			if len(batch) > 0 {
				tx, err := db.BeginTx(ctx, nil)
				for _, j := range batch {
					if err == nil {
						_, err = tx.ExecContext(ctx, j.query, j.args...)
					}
				}
				if err == nil {
					err = tx.Commit()
				}
				for _, j := range batch {
					j.done <- err
				}
			}
			<-turn
		}
	}
}

// rivalCreate is a hand-written create. Safe writes the link before the provider is called and again after; else it's written once, after.
func rivalCreate(b *testing.B, provider string, client *http.Client, write writer, safe bool) contender {
	b.Helper()
	handler := func(w http.ResponseWriter, r *http.Request) {
		var link rivalLink
		if json.NewDecoder(r.Body).Decode(&link) != nil {
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		link.ID = uuid.Must(uuid.NewV7()).String()
		err := error(nil)
		if safe {
			err = write(r.Context(), insertLink, link.ID, link.OrderID, "creating", link.Amount, link.Currency, "", "")
		}
		if err == nil {
			err = upstream(r.Context(), client, provider, &link)
		}
		link.Status = "created"
		if err == nil && safe {
			err = write(r.Context(), updateLink, link.Status, link.PaymentID, link.URL, link.ID)
		} else if err == nil {
			err = write(r.Context(), insertLink, link.ID, link.OrderID, link.Status, link.Amount, link.Currency, link.PaymentID, link.URL)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(link)
	}
	server := httptest.NewServer(http.HandlerFunc(handler))
	b.Cleanup(server.Close)
	return contender{do: func() error { return post(client, server.URL, createBody, http.StatusCreated) }}
}

// post sends a request and reads the whole answer.
func post(client *http.Client, url, body string, want int) error {
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader([]byte(body))) //nolint:noctx // it ends with the benchmark
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	return send(client, req, want)
}

func get(client *http.Client, url string) error {
	req, err := http.NewRequest(http.MethodGet, url, http.NoBody) //nolint:noctx // it ends with the benchmark
	if err != nil {
		return err
	}
	return send(client, req, http.StatusOK)
}

func send(client *http.Client, req *http.Request, want int) error {
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != want {
		return errors.New(res.Status + ": " + string(body))
	}
	return err
}
