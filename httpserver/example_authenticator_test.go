package httpserver_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// apiKeys knows callers by a header of its own, and which apps each may use. The id of a caller is logged, so it isn't the key.
type apiKeys map[string]paylinks.Caller

func (k apiKeys) Authenticate(r *http.Request) (httpserver.Principal, error) {
	caller, ok := k[r.Header.Get("X-Api-Key")] // of a real table, look up a hash of the key
	if !ok {
		return httpserver.Principal{}, &paylinks.Error{
			Code: paylinks.CodeUnauthenticated, Outcome: paylinks.NotApplied, Message: "send your key in X-Api-Key",
		}
	}
	return httpserver.Principal{Caller: caller, Scopes: []httpserver.Scope{httpserver.ScopeRead, httpserver.ScopeWrite}}, nil
}

// The program's own way to tell who calls.
func ExampleAuthenticator() {
	ctx := context.Background()
	store, err := sqlite.OpenMemory(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()

	service, err := paylinks.New(store, paylinks.StaticApps{}, paylinks.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := httpserver.New(service, httpserver.Options{
		Authenticator: apiKeys{"key-of-shop-1": {ID: "shop-1", OrgApps: []string{"tabby-1"}}}, Logger: slog.New(slog.DiscardHandler),
	})
	for _, key := range []string{"key-of-shop-1", "a guess"} {
		request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/v1/providers/paylinks", http.NoBody)
		request.Header.Set("X-Api-Key", key)
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		fmt.Println(answer.Code)
	}
	// Output:
	// 200
	// 401
}
