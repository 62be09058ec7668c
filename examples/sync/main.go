// Command sync pulls the payments of gateways into one ledger, with progress, and prints what they add up to.
//
//	go run ./examples/sync                        # every gateway, simulated
//	go run ./examples/sync -history 20000 stripe  # one of them, with a longer history
//	STRIPE_SECRET_KEY=sk_… go run ./examples/sync # the gateways whose credentials are set
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/signal"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/paylinks/paylinks-go/examples/internal/simulate"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/providers"
)

func main() {
	history := flag.Int("history", 1000, "payments of each simulated gateway")
	database := flag.String("db", "", "SQLite file to keep the payments in (default: in memory)")
	days := flag.Int("days", 7, "days to print")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, options{history: *history, database: *database, days: *days, only: flag.Args(), getenv: os.Getenv}, os.Stdout)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "sync:", err)
		os.Exit(1)
	}
}

type options struct {
	history  int
	database string
	days     int
	// only are the ids of the gateways that are wanted, empty for all.
	only   []string
	getenv func(string) string
}

func run(ctx context.Context, o options, out io.Writer) (err error) {
	apps, stop, err := gateways(o)
	if err != nil {
		return err
	}
	defer stop()
	store, err := open(ctx, o.database)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	service, err := paylinks.New(store, apps, paylinks.Options{Logger: slog.New(slog.DiscardHandler), PollInterval: 50 * time.Millisecond})
	if err != nil {
		return err
	}
	background, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- service.Run(background) }()
	defer func() {
		cancel()
		err = errors.Join(err, <-ended)
	}()

	list, err := apps.List(ctx)
	if err != nil {
		return err
	}
	for _, app := range list {
		if err := pull(ctx, service, app.ID, out); err != nil {
			return err
		}
	}
	return report(ctx, service, o.days, out)
}

func open(ctx context.Context, file string) (*sqlstore.Store, error) {
	if file == "" {
		return sqlite.OpenMemory(ctx)
	}
	return sqlite.Open(ctx, file)
}

// gateways are the gateways whose credentials are set, or simulated ones where none are.
func gateways(o options) (apps paylinks.StaticApps, stop func(), err error) {
	apps = paylinks.StaticApps{}
	wanted := func(id string) bool { return len(o.only) == 0 || slices.Contains(o.only, id) }
	for _, entry := range providers.Entries() {
		if entry.Kind != paylinks.KindGatewaySync || !wanted(entry.ID) || o.getenv(entry.Credentials[0].Name) == "" {
			continue
		}
		baseURL := o.getenv(strings.ToUpper(entry.ID) + "_BASE_URL")
		if apps[entry.ID+"-main"], err = entry.New(providers.Settings{Credential: o.getenv, BaseURL: baseURL}); err != nil {
			return nil, nil, err
		}
	}
	if len(apps) > 0 {
		return apps, func() {}, nil
	}
	var servers []*httptest.Server
	stop = func() {
		for _, server := range servers {
			server.Close()
		}
	}
	for _, simulated := range simulate.Gateways(simulate.Options{History: o.history}) {
		entry, ok := providers.Find(simulated.ID)
		if !ok || !wanted(simulated.ID) {
			continue
		}
		server := httptest.NewServer(simulated.Handler)
		servers = append(servers, server)
		apps[simulated.ID+"-main"], err = entry.New(providers.Settings{Credential: simulated.Credential, BaseURL: server.URL, HTTPClient: server.Client()})
		if err != nil {
			stop()
			return nil, nil, err
		}
	}
	if len(apps) == 0 {
		return nil, nil, fmt.Errorf("no gateway is called %s", strings.Join(o.only, ", "))
	}
	return apps, stop, nil
}

// pull syncs one app and shows how far it is.
func pull(ctx context.Context, service *paylinks.Service, appID string, out io.Writer) error {
	sync, err := service.SyncPayments(ctx, paylinks.SyncRequest{OrgAppID: appID})
	if err != nil {
		return err
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for sync.Status.Open() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		if sync, err = service.GetSync(ctx, sync.ID); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "\r%-14s %s %7d payments", appID, spinner(sync.Fetched), sync.Fetched)
	}
	_, _ = fmt.Fprintf(out, "\r%-14s %-10s %7d payments: %d new, %d changed, %d unchanged, %d skipped, in %s\n",
		appID, sync.Status, sync.Fetched, sync.Created, sync.Updated, sync.Unchanged, sync.SkippedCount, sync.FinishedAt.Sub(sync.StartedAt).Round(time.Millisecond))
	if sync.Status == paylinks.SyncFailed {
		return errors.New(sync.Error)
	}
	return nil
}

// spinner is a bar that walks: how many payments there will be isn't known.
func spinner(n int) string {
	const width = 20
	at := n / 50 % width
	return "[" + strings.Repeat("·", at) + "█" + strings.Repeat("·", width-at-1) + "]"
}

// total is what some payments add up to.
type total struct {
	count                      int
	amount, captured, refunded paylinks.Money
}

func (t *total) add(p paylinks.Payment) {
	t.count++
	t.amount, t.captured, t.refunded = sum(t.amount, p.Amount), sum(t.captured, p.Captured), sum(t.refunded, p.Refunded)
}

func sum(a, b paylinks.Money) paylinks.Money {
	if !a.IsSet() {
		return b
	}
	return a.Add(b)
}

// key is what totals are made by.
type key struct {
	day, currency, status string
}

// report prints totals by currency and status, and by day for the last days.
func report(ctx context.Context, service *paylinks.Service, days int, out io.Writer) error {
	all, daily := map[key]*total{}, map[key]*total{}
	since := time.Now().AddDate(0, 0, -days)
	req := paylinks.ListPaymentsRequest{Limit: 200}
	for {
		page, err := service.ListPayments(ctx, req)
		if err != nil {
			return err
		}
		for _, p := range page.Payments {
			currency, status := string(p.Payment.Amount.Currency()), string(p.Payment.Status)
			add(all, key{"", currency, status}, p.Payment)
			if p.Payment.CreatedAt.After(since) {
				add(daily, key{p.Payment.CreatedAt.Format(time.DateOnly), currency, status}, p.Payment)
			}
		}
		if req.Cursor = page.NextCursor; req.Cursor == "" {
			break
		}
	}
	_, _ = fmt.Fprintln(out, "\nTotals")
	if err := table(out, all); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "\nThe last %d days\n", days)
	return table(out, daily)
}

func add(totals map[key]*total, k key, p paylinks.Payment) {
	if totals[k] == nil {
		totals[k] = &total{}
	}
	totals[k].add(p)
}

func table(out io.Writer, totals map[key]*total) error {
	keys := make([]key, 0, len(totals))
	for k := range totals {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return strings.Compare(a.day+" "+a.currency+" "+a.status, b.day+" "+b.currency+" "+b.status)
	})
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(w, "day\tcurrency\tstatus\tpayments\tamount\tcaptured\trefunded\t")
	for _, k := range keys {
		t := totals[k]
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t\n", k.day, k.currency, k.status, t.count, t.amount, t.captured, t.refunded)
	}
	return w.Flush()
}
