package postgres_test

import (
	"context"
	"fmt"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/postgres"
)

// Every process of a shop opens the same database, and runs the same service on it.
func ExampleOpen() {
	ctx := context.Background()
	store, err := postgres.Open(ctx, "postgres://shop:secret@db.example.com/paylinks?sslmode=verify-full", postgres.Readers(8))
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
	fmt.Println("ready:", service.Ready(ctx) == nil)
}

// Behind PgBouncer in transaction mode no statement is prepared, since the next one may reach another connection.
func ExampleOpen_pgBouncer() {
	store, err := postgres.Open(context.Background(), "postgres://shop:secret@pooler.example.com:6432/paylinks?default_query_exec_mode=exec")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(store.Close())
}
