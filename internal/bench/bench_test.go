package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
)

const (
	secretKey  = "sk_test_00000000-0000-4000-8000-000000000001"
	token      = "bench-token"
	createBody = `{"provider":"tabby","org_app_id":"tabby-main","order_id":"POS-1234","amount":"150.00","currency":"SAR","description":"In-store purchase","buyer_phone":"0500000001"}`
)

// loopback is the provider's create call as fast as it can be answered.
func loopback(b *testing.B) string {
	b.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		session, payment := uuid.NewString(), uuid.NewString()
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"id":%q,"status":"created","payment":{"id":%q,"status":"CREATED","is_test":true,"amount":"150","currency":"SAR","captures":[],"refunds":[]},`+
			`"configuration":{"available_products":{"installments":[{"web_url":"https://checkout.example/?sessionId=%s"}]}}}`, session, payment, session)
	}))
	b.Cleanup(server.Close)
	return server.URL
}

func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128, MaxIdleConns: 512}}
}

// product is the whole of it: HTTP API, Service, durable SQLite file.
func product(b *testing.B, provider string) (url string, store paylinks.Store) {
	b.Helper()
	store, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "paylinks.db"))
	require.NoError(b, err)
	b.Cleanup(func() { _ = store.Close() })
	app, err := tabby.New(tabby.Config{SecretKey: secretKey, MerchantCode: "SA", BaseURL: provider, WebhookSecret: "bench-secret", HTTPClient: newClient()})
	require.NoError(b, err)
	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": app}, paylinks.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(b, err)
	b.Cleanup(service.Wait)
	tokens, err := httpserver.ParseTokens(token)
	require.NoError(b, err)
	server := httptest.NewServer(httpserver.New(service, httpserver.Options{Authenticator: tokens, Logger: slog.New(slog.DiscardHandler)}))
	b.Cleanup(server.Close)
	return server.URL, store
}

// BenchmarkCreate makes links over HTTP beside three hand-written creates: A calls the provider and then inserts once, D does it in the safe order
// (intent, call, outcome), E does that with group commit.
func BenchmarkCreate(b *testing.B) {
	for _, clients := range []int{1, 32} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			provider, client := loopback(b), newClient()
			url, _ := product(b, provider)
			ours := contender{"paylinks", func() error { return post(client, url+"/api/v1/providers/paylinks", createBody, http.StatusCreated) }}
			a := rivalCreate(b, provider, client, plain(rivalDB(b)), false)
			d := rivalCreate(b, provider, client, plain(rivalDB(b)), true)
			e := rivalCreate(b, provider, client, grouped(rivalDB(b)), true)
			a.name, d.name, e.name = "A", "D", "E"
			compare(b, clients, ours, a, d, e)
		})
	}
}

// BenchmarkGetFinal reads a cancelled link over HTTP, beside a bare handler that reads one row.
func BenchmarkGetFinal(b *testing.B) {
	url, store := product(b, loopback(b))
	links := fill(b, store, 1)
	client := newClient()
	ours := contender{"paylinks", func() error { return get(client, url+"/api/v1/providers/paylinks/"+links[0].ID) }}

	db := rivalDB(b)
	db.SetMaxOpenConns(4)
	_, err := db.ExecContext(b.Context(), insertLink, "1", "POS-1234", "cancelled", "150.00", "SAR", "pay", "https://checkout.example/")
	require.NoError(b, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var link rivalLink
		row := db.QueryRowContext(r.Context(), `SELECT * FROM links WHERE id = ?`, "1")
		if err := row.Scan(&link.ID, &link.OrderID, &link.Status, &link.Amount, &link.Currency, &link.PaymentID, &link.URL); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(link)
	}))
	b.Cleanup(server.Close)
	bare := contender{"bare", func() error { return get(client, server.URL) }}
	for _, clients := range []int{1, 32} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) { compare(b, clients, ours, bare) })
	}
}

// BenchmarkList reads the first page of 50 and one deep in the list, beside each other.
func BenchmarkList(b *testing.B) {
	url, store := product(b, loopback(b))
	fill(b, store, 5000)
	client := newClient()
	list := url + "/api/v1/providers/paylinks?org_app_id=tabby-main"
	cursor := ""
	for range 20 {
		page := struct {
			Next string `json:"next_cursor"`
		}{}
		req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, list+"&limit=200&cursor="+cursor, http.NoBody)
		require.NoError(b, err)
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := client.Do(req)
		require.NoError(b, err)
		require.NoError(b, json.NewDecoder(res.Body).Decode(&page))
		require.NoError(b, res.Body.Close())
		cursor = page.Next
	}
	require.NotEmpty(b, cursor)
	deep := contender{"deep", func() error { return get(client, list+"&cursor="+cursor) }}
	first := contender{"first", func() error { return get(client, list) }}
	compare(b, 4, deep, first)
}

// fill stores n cancelled links.
func fill(b *testing.B, store paylinks.Store, n int) []*paylinks.Paylink {
	b.Helper()
	amount, err := paylinks.ParseMoney("150.00", paylinks.SAR)
	require.NoError(b, err)
	links := make([]*paylinks.Paylink, n)
	now := time.Now().UTC().Truncate(time.Microsecond)
	zero := paylinks.Zero(paylinks.SAR)
	ctx := context.WithoutCancel(b.Context())
	for i := range links {
		links[i] = &paylinks.Paylink{
			ID: uuid.Must(uuid.NewV7()).String(), Provider: "tabby", OrgAppID: "tabby-main", OrderID: fmt.Sprintf("POS-%d", i), Amount: amount, Captured: zero,
			Refunded: zero, Status: paylinks.StatusCancelled, Description: strings.Repeat("x", 40), CheckoutURL: "https://checkout.example/",
			Ref:       paylinks.Ref{SessionID: uuid.NewString(), PaymentID: uuid.NewString(), Reference: uuid.NewString(), Amount: amount},
			CreatedAt: now.Add(time.Duration(i) * time.Millisecond), UpdatedAt: now, RefreshedAt: now,
		}
		require.NoError(b, store.Write(ctx, paylinks.Change{Insert: links[i]}))
	}
	return links
}
