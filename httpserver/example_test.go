package httpserver_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// The API beside a program's own routes, for one token that may only read.
func ExampleNew() {
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
	tokens, err := httpserver.ParseTokens("a-token-of-yours:ro")
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/pay/", httpserver.New(service, httpserver.Options{
		Authenticator: tokens, Prefix: "/pay", Logger: slog.New(slog.DiscardHandler),
	}))

	for _, request := range []*http.Request{
		httptest.NewRequestWithContext(ctx, http.MethodGet, "/pay/api/v1/providers/paylinks", http.NoBody),
		httptest.NewRequestWithContext(ctx, http.MethodPost, "/pay/api/v1/providers/paylinks", http.NoBody),
	} {
		request.Header.Set("Authorization", "Bearer a-token-of-yours")
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, request)
		body, _ := io.ReadAll(io.LimitReader(answer.Body, 50))
		fmt.Printf("%d %s\n", answer.Code, body)
	}
	// Output:
	// 200 {"paylinks":[]}
	//
	// 403 {"success":false,"error":{"code":"forbidden","mess
}
