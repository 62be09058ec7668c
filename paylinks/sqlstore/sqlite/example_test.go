package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// What was written is there after a restart. The folder must exist, the file needn't.
func ExampleOpen() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "paylinks")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	for range 2 { // the program, and the program after its restart
		store, err := sqlite.Open(ctx, filepath.Join(folder, "paylinks.db"))
		if err != nil {
			fmt.Println(err)
			return
		}
		service, err := paylinks.New(store, paylinks.StaticApps{}, paylinks.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("ready:", service.Ready(ctx) == nil)
		if err := store.Close(); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// ready: true
	// ready: true
}
