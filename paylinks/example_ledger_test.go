package paylinks_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/providers/stripe"
	"github.com/paylinks/paylinks-go/providers/stripe/stripetest"
)

// The payments of a gateway are read into the ledger by Run, and listed from there.
func ExampleService_SyncPayments() {
	ctx := context.Background()
	simulator := stripetest.New(stripetest.Config{})
	api := httptest.NewServer(simulator)
	defer api.Close()
	gateway, err := stripe.New(stripe.Config{SecretKey: stripetest.SecretKey, BaseURL: api.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := sqlite.OpenMemory(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()

	service, err := paylinks.New(store, paylinks.StaticApps{"stripe-main": gateway}, paylinks.Options{PollInterval: 10 * time.Millisecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	hour := time.Now().Add(-time.Hour)
	for i, order := range []string{"SALE-1", "SALE-2"} {
		payment := stripetest.Payment{
			Amount: 15000, Received: 15000, Refunded: int64(i) * 5000,
			Created: hour.Add(time.Duration(i) * time.Minute), Metadata: map[string]string{"order_id": order},
		}
		if _, err := simulator.Add(payment); err != nil {
			fmt.Println(err)
			return
		}
	}
	running, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(func() {
		if err := service.Run(running); err != nil {
			fmt.Println(err)
		}
	})
	defer background.Wait()
	defer stop()

	sync, err := service.SyncPayments(ctx, paylinks.SyncRequest{OrgAppID: "stripe-main"})
	for tick := time.NewTicker(10 * time.Millisecond); err == nil && sync.Status.Open(); <-tick.C {
		sync, err = service.GetSync(ctx, sync.ID)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sync.Status, "fetched:", sync.Fetched, "new:", sync.Created, "unreadable:", sync.SkippedCount)

	page, err := service.ListPayments(ctx, paylinks.ListPaymentsRequest{OrgAppID: "stripe-main"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, synced := range page.Payments {
		p := synced.Payment
		fmt.Println(p.Reference, p.Amount, p.Amount.Currency(), p.Status, p.Refunded, p.Method, p.Brand)
	}
	// Output:
	// completed fetched: 2 new: 2 unreadable: 0
	// SALE-2 150.00 SAR partially_refunded 50.00 card visa
	// SALE-1 150.00 SAR captured 0.00 card visa
}

// What was sold is compared with what was paid: here a payment that nobody has an order for, and an order that was paid with
// another amount, so that it goes on waiting for its own.
func ExampleWriteReport() {
	ctx := context.Background()
	simulator := stripetest.New(stripetest.Config{})
	api := httptest.NewServer(simulator)
	defer api.Close()
	gateway, err := stripe.New(stripe.Config{SecretKey: stripetest.SecretKey, BaseURL: api.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := sqlite.OpenMemory(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()

	service, err := paylinks.New(store, paylinks.StaticApps{"stripe-main": gateway}, paylinks.Options{
		PollInterval: 10 * time.Millisecond, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = service.CreateOrder(ctx, paylinks.OrderRequest{Providers: []string{"stripe"}, OrderID: "SALE-1", Amount: "150.00", Currency: "SAR"})
	if err != nil {
		fmt.Println(err)
		return
	}
	hour := time.Now().Add(-time.Hour)
	for i, payment := range []stripetest.Payment{
		{ID: "pi_1", Amount: 14000, Received: 14000, Metadata: map[string]string{"order_id": "SALE-1"}},
		{ID: "pi_2", Amount: 9900, Received: 9900, Metadata: map[string]string{"order_id": "OTHER-9"}},
	} {
		payment.Created = hour.Add(time.Duration(i) * time.Minute)
		if _, err := simulator.Add(payment); err != nil {
			fmt.Println(err)
			return
		}
	}
	running, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(func() {
		if err := service.Run(running); err != nil {
			fmt.Println(err)
		}
	})
	defer background.Wait()
	defer stop()
	sync, err := service.SyncPayments(ctx, paylinks.SyncRequest{OrgAppID: "stripe-main"})
	for tick := time.NewTicker(10 * time.Millisecond); err == nil && sync.Status.Open(); <-tick.C {
		sync, err = service.GetSync(ctx, sync.ID)
	}
	if err != nil {
		fmt.Println(err)
		return
	}

	rows := service.Report(ctx, paylinks.ReportRequest{From: hour.Add(-time.Hour)})
	if err := paylinks.WriteReport(os.Stdout, rows); err != nil {
		fmt.Println(err)
	}
	// Output:
	// kind,reference,expected_amount,expected_currency,paid_amount,paid_currency,payments,paylinks
	// unmatched,OTHER-9,,,99.00,SAR,stripe-main/pi_2,
	// amount_differs,SALE-1,150.00,SAR,140.00,SAR,stripe-main/pi_1,
	// missing,SALE-1,150.00,SAR,,,,
}
