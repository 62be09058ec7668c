package paylinks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// TestReport compares a link, orders and payments of every kind.
func TestReport(t *testing.T) {
	t.Parallel()
	store, err := sqlite.OpenMemory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	clock, gateway, provider := newClock(), newWalkedGateway(0), newFakeProvider()
	service, err := paylinks.New(store, paylinks.StaticApps{"gate-main": gateway, "fake-main": provider}, paylinks.Options{Now: clock.Now, Logger: quiet()})
	require.NoError(t, err)
	t.Cleanup(service.Wait)

	link := func(order string) *paylinks.Paylink {
		req := request()
		req.OrderID = order
		made, err := service.Create(t.Context(), req)
		require.NoError(t, err)
		return made
	}
	payment := func(id, reference, amount string) {
		row := gatewayRow(len(gateway.rows))
		row.ID, row.Reference, row.Status = id, reference, paylinks.PaymentCaptured
		row.Amount, err = paylinks.ParseMoney(amount, paylinks.SAR)
		require.NoError(t, err)
		gateway.rows = append(gateway.rows, row)
	}
	link("matched")
	payment("p1", "matched", "150.00")
	link("differs")
	payment("p2", "differs", "15.00")
	link("twice")
	payment("p3", "twice", "150.00")
	payment("p4", "twice", "150.00")
	paid := link("both ways")
	provider.pay(paid.Ref.PaymentID)
	_, err = service.Capture(t.Context(), paid.ID, paylinks.CaptureRequest{})
	require.NoError(t, err)
	payment("p5", "both ways", "150.00")
	payment("p6", "nobody's", "7.00")
	payment("p7", "", "8.00")
	order := orderOf("gate")
	order.OrderID = "missing"
	_, err = service.CreateOrder(t.Context(), order)
	require.NoError(t, err)
	_, err = service.SyncPayments(t.Context(), paylinks.SyncRequest{OrgAppID: "gate-main"})
	require.NoError(t, err)
	require.NoError(t, service.RunSyncs(t.Context()))

	got := map[string]paylinks.ReportKind{}
	for row, err := range service.Report(t.Context(), paylinks.ReportRequest{}) {
		require.NoError(t, err)
		_, twice := got[row.Reference]
		assert.False(t, twice, "%q has two rows", row.Reference)
		got[row.Reference] = row.Kind
	}
	assert.Equal(t, map[string]paylinks.ReportKind{
		"matched": paylinks.ReportMatched, "differs": paylinks.ReportAmountDiffers, "twice": paylinks.ReportPaidTwice, "both ways": paylinks.ReportPaidTwice,
		"nobody's": paylinks.ReportUnmatched, "": paylinks.ReportUnmatched, "missing": paylinks.ReportMissing,
	}, got)

	var csv strings.Builder
	require.NoError(t, paylinks.WriteReport(&csv, service.Report(t.Context(), paylinks.ReportRequest{OrgAppID: "gate-main"})))
	assert.Contains(t, csv.String(), "paid_twice,twice,150.00,SAR,150.00,SAR,gate-main/p4 gate-main/p3,\n")
	assert.Contains(t, csv.String(), "missing,missing,149.50,SAR,,,,\n")

	stranger := paylinks.WithCaller(t.Context(), paylinks.Caller{ID: "x", OrgApps: []string{"elsewhere"}})
	for row, err := range service.Report(stranger, paylinks.ReportRequest{}) {
		t.Errorf("a stranger sees %v, %v", row, err)
	}
}
