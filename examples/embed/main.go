// Command embed mounts the payment link API in a server that has routes of its own. It talks to the real Tabby:
//
//	TABBY_SECRET_KEY=sk_test_… TABBY_MERCHANT_CODE=SA TABBY_WEBHOOK_SECRET=… go run ./examples/embed
package main

import (
	"cmp"
	"context"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
)

func main() {
	ctx := context.Background()
	store := must(sqlite.Open(ctx, "embed.db"))
	provider := must(tabby.FromCredentials(os.Getenv, tabby.Config{}))
	service := must(paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{}))
	go func() { log.Fatal(service.Run(ctx)) }()

	tokens := must(httpserver.ParseTokens(cmp.Or(os.Getenv("PAYLINKS_TOKENS"), "demo-token")))
	mux := http.NewServeMux()
	mux.Handle("/pay/", httpserver.New(service, httpserver.Options{Prefix: "/pay", Authenticator: tokens}))
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "my own route\n") })
	server := &http.Server{Addr: "127.0.0.1:8081", Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
