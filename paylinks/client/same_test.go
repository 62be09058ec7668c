package client_test

import (
	"io"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func readAll(r io.Reader) ([]byte, error) { return io.ReadAll(r) }

// Whatever a Client says is what the Service says, as far as the API shows it.
func TestALinkIsTheSameFromBothSides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	created, err := w.client.Create(ctx, sale("POS-1"))
	require.NoError(t, err)
	page, err := w.service.List(ctx, paylinks.ListRequest{OrderID: "POS-1"})
	require.NoError(t, err)
	require.Len(t, page.Paylinks, 1)
	assert.Equal(t, shownAtCreate(page.Paylinks[0]), created)
	assert.Equal(t, paylinks.StatusCreated, created.Status)
	assert.Equal(t, "150.00", created.Amount.String())

	require.NoError(t, w.tabby.Pay(created.Ref.PaymentID))
	seen, err := w.client.Get(ctx, created.ID)
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusAuthorized, seen.Status)
	stored, err := w.service.Get(ctx, created.ID)
	require.NoError(t, err)
	seen.RefreshedAt, stored.RefreshedAt = time.Time{}, time.Time{} // each look is a new one
	seen.UpdatedAt, stored.UpdatedAt = time.Time{}, time.Time{}
	assert.Equal(t, shown(stored), seen)

	capture := paylinks.CaptureRequest{Amount: "100.00", ReferenceID: "receipt-1"}
	captured, err := w.client.Capture(ctx, created.ID, capture)
	require.NoError(t, err)
	again, err := w.service.Capture(ctx, created.ID, capture)
	require.NoError(t, err)
	assert.False(t, captured.Replayed)
	assert.True(t, again.Replayed)
	again.Replayed = false
	assert.Equal(t, again, captured)
	replayed, err := w.client.Capture(ctx, created.ID, capture)
	require.NoError(t, err)
	assert.True(t, replayed.Replayed)

	cancelled, err := w.client.Cancel(ctx, created.ID) // releases the rest
	require.NoError(t, err)
	ended, err := w.service.Get(ctx, created.ID)
	require.NoError(t, err)
	assert.Equal(t, ended.Status, cancelled.Status)
	assert.Equal(t, "100.00", cancelled.Captured.String())

	refund := paylinks.RefundRequest{Amount: "30.00", ReferenceID: "return-1", Reason: "too small"}
	refunded, err := w.client.Refund(ctx, created.ID, refund)
	require.NoError(t, err)
	givenBack, err := w.service.Refund(ctx, created.ID, refund)
	require.NoError(t, err)
	givenBack.Replayed = false
	assert.Equal(t, givenBack, refunded)

	events, err := w.client.Events(ctx, created.ID, 1, 2)
	require.NoError(t, err)
	stories, err := w.service.Events(ctx, created.ID, 1, 2)
	require.NoError(t, err)
	for i := range stories {
		stories[i].OrgAppID = ""
	}
	assert.Equal(t, stories, events)
	assert.Len(t, events, 2)

	require.NoError(t, w.client.Forget(ctx, created.ID))
	forgotten, err := w.service.Get(ctx, created.ID)
	require.NoError(t, err)
	assert.Empty(t, forgotten.Buyer)

	png, err := w.client.QR(ctx, created.ID, "", 0)
	require.NoError(t, err)
	assert.Equal(t, "\x89PNG", string(png[:4]))
	svg, err := w.client.QR(ctx, created.ID, "svg", 128)
	require.NoError(t, err)
	assert.Contains(t, string(svg), `width="128"`)
}

func TestASendIsTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link, err := w.client.Create(t.Context(), sale("POS-1"))
	require.NoError(t, err)
	req := paylinks.SendRequest{IdempotencyKey: "send-1"}
	sent, err := w.client.Send(t.Context(), link.ID, req)
	require.NoError(t, err)
	_, err = w.client.Send(t.Context(), link.ID, req)
	require.NoError(t, err)
	assert.Equal(t, &paylinks.SendResult{PaylinkID: link.ID, Provider: "tabby", Delivery: paylinks.DeliverySMS, SentTo: "+9665*****01"}, sent)
	assert.Len(t, w.tabby.Texts(), 1)
}

func TestListsAreTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	for _, id := range []string{"POS-1", "POS-2", "POS-3", "POS-4", "POS-5"} {
		_, err := w.client.Create(ctx, sale(id))
		require.NoError(t, err)
	}
	req := paylinks.ListRequest{Provider: "tabby", OrgAppID: "tabby-main", CreatedFrom: time.Now().Add(-time.Hour), CreatedTo: time.Now().Add(time.Hour), Limit: 2}
	page, err := w.client.List(ctx, req)
	require.NoError(t, err)
	stored, err := w.service.List(ctx, req)
	require.NoError(t, err)
	assert.Equal(t, stored.NextCursor, page.NextCursor)
	require.Len(t, page.Paylinks, 2)
	for i := range page.Paylinks {
		assert.Equal(t, shown(stored.Paylinks[i]).OrderID, page.Paylinks[i].OrderID)
	}
	var ids []string
	for link, err := range w.client.All(ctx, req) {
		require.NoError(t, err)
		ids = append(ids, link.OrderID)
	}
	assert.Equal(t, []string{"POS-5", "POS-4", "POS-3", "POS-2", "POS-1"}, ids)
	ids = nil
	for link, err := range w.service.All(ctx, req) {
		require.NoError(t, err)
		ids = append(ids, link.OrderID)
	}
	assert.Equal(t, []string{"POS-5", "POS-4", "POS-3", "POS-2", "POS-1"}, ids)

	none, err := w.client.List(ctx, paylinks.ListRequest{OrderID: "POS-2", Status: paylinks.StatusCaptured})
	require.NoError(t, err)
	assert.Empty(t, none.Paylinks)
}

func TestOrdersAreTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	ordered, err := w.client.CreateOrder(ctx, paylinks.OrderRequest{
		Providers: []string{"tabby", "mispay", "klarna"}, OrderID: "SALE-1", Amount: "150.00", Currency: "SAR", BuyerPhone: "0500000002", // Tabby refuses him
		Items: []paylinks.ItemRequest{{Name: "Lamp", Quantity: 2, UnitPrice: "80.00", DiscountAmount: "10.00"}},
	})
	require.NoError(t, err)
	assert.Equal(t, "mispay", ordered.Order.ActiveGateway)
	assert.Equal(t, "mispay-pos-paylinks", ordered.Order.AppSlug())
	assert.True(t, ordered.Order.OpenPaylink)
	assert.NotEmpty(t, ordered.Warnings)
	assert.Equal(t, "mispay-main", ordered.Paylink.OrgAppID)

	read, err := w.client.GetOrder(ctx, "SALE-1")
	require.NoError(t, err)
	callers := paylinks.CallerFrom(ctx)
	assert.Empty(t, callers.ID)
	assert.Equal(t, ordered.Order.Attempts, read.Order.Attempts)
	assert.Equal(t, []paylinks.AttemptOutcome{paylinks.AttemptRejected, paylinks.AttemptAccepted}, outcomes(read.Order))

	var ids []string
	for order, err := range w.client.AllOrders(ctx, paylinks.ListOrdersRequest{Status: paylinks.OrderPending, Limit: 1}) {
		require.NoError(t, err)
		ids = append(ids, order.OrderID)
	}
	assert.Equal(t, []string{"SALE-1"}, ids)

	_, err = w.client.NextProvider(ctx, "SALE-1", paylinks.NextRequest{})
	require.ErrorIs(t, err, paylinks.CodeOrderHasOpenPaylink)
	_, err = w.client.NextProvider(ctx, "SALE-1", paylinks.NextRequest{CancelCurrent: true})
	require.ErrorIs(t, err, paylinks.CodeNoUsableProvider)
}

func outcomes(order *paylinks.Order) []paylinks.AttemptOutcome {
	var list []paylinks.AttemptOutcome
	for _, attempt := range order.Attempts {
		list = append(list, attempt.Outcome)
	}
	return list
}

func TestTheLedgerIsTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	sync, err := w.client.SyncPayments(ctx, paylinks.SyncRequest{OrgAppID: "stripe-main", From: time.Now().AddDate(0, -1, 0)})
	require.NoError(t, err)
	assert.Equal(t, "stripe-main", sync.OrgAppID)
	require.Eventually(t, func() bool {
		sync, err = w.client.GetSync(ctx, sync.ID)
		return assert.NoError(t, err) && sync.Status == paylinks.SyncCompleted
	}, time.Minute, 5*time.Millisecond)
	stored, err := w.service.GetSync(ctx, sync.ID)
	require.NoError(t, err)
	assert.Equal(t, 250, sync.Created)
	assert.Equal(t, stored.Fetched, sync.Fetched)
	assert.Equal(t, stored.FinishedAt, sync.FinishedAt)

	want := slices.Collect(payments(t, w.service, 60))
	got := slices.Collect(payments(t, w.client, 60))
	assert.Len(t, got, 250)
	for _, p := range want {
		p.Payment.Raw, p.Payment.Checkpoint = nil, "" // the API doesn't show them
	}
	assert.Equal(t, want, got)

	var rows, seen []paylinks.ReportRow
	for row, err := range w.service.Report(ctx, paylinks.ReportRequest{OrgAppID: "stripe-main"}) {
		require.NoError(t, err)
		rows = append(rows, row)
	}
	for row, err := range w.client.Report(ctx, paylinks.ReportRequest{OrgAppID: "stripe-main"}) {
		require.NoError(t, err)
		seen = append(seen, row)
	}
	assert.NotEmpty(t, rows)
	assert.Equal(t, rows, seen)
	for row, err := range w.client.Report(ctx, paylinks.ReportRequest{OrgAppID: "stripe-main"}) {
		require.NoError(t, err)
		assert.Equal(t, rows[0], row)
		break // and nothing hangs
	}
}

func payments(t *testing.T, api paylinks.API, limit int) func(func(*paylinks.SyncedPayment) bool) {
	t.Helper()
	return func(yield func(*paylinks.SyncedPayment) bool) {
		for payment, err := range api.AllPayments(t.Context(), paylinks.ListPaymentsRequest{Provider: "stripe", Limit: limit}) {
			require.NoError(t, err)
			if !yield(payment) {
				return
			}
		}
	}
}

func TestEndpointsAreTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	added, err := w.client.AddEndpoint(ctx, paylinks.EndpointRequest{
		URL: "https://erp.example.test/events", Description: "The ERP", Types: []paylinks.EventType{paylinks.EventCreated}, OrgApps: []string{"tabby-main"},
	})
	require.NoError(t, err)
	stored, err := w.service.Endpoint(ctx, added.Endpoint.ID)
	require.NoError(t, err)
	stored.Endpoint.Key = 0 // the API doesn't show how often it was rotated
	assert.Equal(t, stored, added)
	assert.Contains(t, added.Secret.Reveal(), "whsec_")

	rotated, err := w.client.RotateEndpoint(ctx, added.Endpoint.ID)
	require.NoError(t, err)
	assert.NotEqual(t, added.Secret.Reveal(), rotated.Secret.Reveal())
	assert.False(t, rotated.Endpoint.OldKeyUntil.IsZero())

	_, err = w.client.Create(ctx, sale("POS-1"))
	require.NoError(t, err)
	var deliveries []*paylinks.EventDelivery
	require.Eventually(t, func() bool {
		page, err := w.client.ListDeliveries(ctx, added.Endpoint.ID, paylinks.ListDeliveriesRequest{State: paylinks.DeliveryDelivered, Limit: 10})
		deliveries = page.Deliveries
		return assert.NoError(t, err) && len(deliveries) == 1
	}, time.Minute, 5*time.Millisecond)
	same, err := w.service.GetDelivery(ctx, added.Endpoint.ID, deliveries[0].ID)
	require.NoError(t, err)
	seen, err := w.client.GetDelivery(ctx, added.Endpoint.ID, deliveries[0].ID)
	require.NoError(t, err)
	same.Event.OrgAppID, same.DueAt = "", time.Time{}
	assert.Equal(t, same, seen)
	resent, err := w.client.Resend(ctx, added.Endpoint.ID, deliveries[0].ID)
	require.NoError(t, err)
	assert.Equal(t, paylinks.DeliveryPending, resent.State)

	disabled, err := w.client.DisableEndpoint(ctx, added.Endpoint.ID, true)
	require.NoError(t, err)
	assert.True(t, disabled.Endpoint.Disabled)
	enabled, err := w.client.DisableEndpoint(ctx, added.Endpoint.ID, false)
	require.NoError(t, err)
	assert.False(t, enabled.Endpoint.Disabled)
	endpoints, err := w.client.Endpoints(ctx)
	require.NoError(t, err)
	assert.Equal(t, []*paylinks.Endpoint{enabled.Endpoint}, endpoints)
	_, err = w.as(t, readToken).Endpoint(ctx, added.Endpoint.ID)
	require.ErrorIs(t, err, paylinks.CodeForbidden)
	require.NoError(t, w.client.DeleteEndpoint(ctx, added.Endpoint.ID))
	require.ErrorIs(t, w.client.DeleteEndpoint(ctx, added.Endpoint.ID), paylinks.CodeNotFound)
}

func TestWhatOnlyAServerHas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.client.Ready(t.Context()))
	providers, err := w.client.Providers(t.Context())
	require.NoError(t, err)
	assert.Len(t, providers, 9)
	config, err := w.client.ProviderConfig(t.Context(), "tamara")
	require.NoError(t, err)
	assert.Equal(t, "tamara-pos-paylinks", config.AppSlug)
	_, err = w.client.ProviderConfig(t.Context(), "no/such")
	require.ErrorIs(t, err, paylinks.CodeUnknownProvider)
}

// Errors come over the wire as they are.
func TestErrorsAreTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	link, err := w.client.Create(ctx, sale("POS-1"))
	require.NoError(t, err)
	qr := sale("POS-2")
	qr.Provider, qr.OrgAppID = "mispay", "mispay-main"
	other, err := w.client.Create(ctx, qr)
	require.NoError(t, err)
	for name, call := range map[string]func(paylinks.API) error{
		"an unpaid capture": func(a paylinks.API) error {
			_, err := a.Capture(ctx, link.ID, paylinks.CaptureRequest{})
			return err
		},
		"wrong fields": func(a paylinks.API) error {
			req := sale("")
			req.Amount, req.BuyerPhone = "1.234", "12"
			_, err := a.Create(ctx, req)
			return err
		},
		"a link that isn't there": func(a paylinks.API) error { _, err := a.Get(ctx, "no such/link?"); return err },
		"an app that isn't there": func(a paylinks.API) error {
			req := sale("POS-3")
			req.OrgAppID = "elsewhere"
			_, err := a.Create(ctx, req)
			return err
		},
		"nothing to refund": func(a paylinks.API) error {
			_, err := a.Refund(ctx, link.ID, paylinks.RefundRequest{Amount: "1.00"})
			return err
		},
		"no way to send": func(a paylinks.API) error {
			_, err := a.Send(ctx, other.ID, paylinks.SendRequest{})
			return err
		},
		"nothing to resolve":        func(a paylinks.API) error { return a.Resolve(ctx, link.ID, "r-1", true) },
		"a link that can't forget":  func(a paylinks.API) error { return a.Forget(ctx, link.ID) },
		"events of no link":         func(a paylinks.API) error { _, err := a.Events(ctx, "x", 0, 0); return err },
		"an order that isn't there": func(a paylinks.API) error { _, err := a.GetOrder(ctx, "x"); return err },
		"a sync that isn't there":   func(a paylinks.API) error { _, err := a.GetSync(ctx, "x"); return err },
		"a gateway that isn't there": func(a paylinks.API) error {
			_, err := a.SyncPayments(ctx, paylinks.SyncRequest{OrgAppID: "x"})
			return err
		},
		"an endpoint that isn't there": func(a paylinks.API) error { return a.DeleteEndpoint(ctx, "x") },
		"a currency that isn't there": func(a paylinks.API) error {
			req := sale("POS-3")
			req.Currency = "SAX"
			_, err := a.Create(ctx, req)
			return err
		},
		"an app that isn't there for an endpoint": func(a paylinks.API) error {
			_, err := a.AddEndpoint(ctx, paylinks.EndpointRequest{URL: "https://example.com/", OrgApps: []string{"elsewhere"}})
			return err
		},
		"an endpoint that isn't there to read":    func(a paylinks.API) error { _, err := a.Endpoint(ctx, "x"); return err },
		"an endpoint that isn't there to rotate":  func(a paylinks.API) error { _, err := a.RotateEndpoint(ctx, "x"); return err },
		"an endpoint that isn't there to disable": func(a paylinks.API) error { _, err := a.DisableEndpoint(ctx, "x", true); return err },
		"an endpoint that isn't there to enable":  func(a paylinks.API) error { _, err := a.DisableEndpoint(ctx, "x", false); return err },
		"deliveries of no endpoint": func(a paylinks.API) error {
			_, err := a.ListDeliveries(ctx, "x", paylinks.ListDeliveriesRequest{})
			return err
		},
		"a delivery that isn't there":           func(a paylinks.API) error { _, err := a.GetDelivery(ctx, "x", "y"); return err },
		"a delivery that isn't there to resend": func(a paylinks.API) error { _, err := a.Resend(ctx, "x", "y"); return err },
		"no next provider": func(a paylinks.API) error {
			_, err := a.NextProvider(ctx, "x", paylinks.NextRequest{})
			return err
		},
		"a watch of no link": func(a paylinks.API) error {
			for _, err := range a.Watch(ctx, "x", 0) {
				return err
			}
			return nil
		},
		"a link to cancel that isn't there": func(a paylinks.API) error { _, err := a.Cancel(ctx, "x"); return err },
		"an order without providers": func(a paylinks.API) error {
			_, err := a.CreateOrder(ctx, paylinks.OrderRequest{OrderID: "S", Amount: "1", Currency: "SAR"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			remote, local := call(w.client), call(w.service)
			assert.Equal(t, shownError(t, local), shownError(t, remote))
			var failure *paylinks.Error
			require.ErrorAs(t, remote, &failure)
			assert.NotEmpty(t, failure.RequestID)
			assert.NotEmpty(t, failure.Op)
		})
	}

	t.Run("a buyer who is refused", func(t *testing.T) {
		t.Parallel()
		req := sale("POS-9")
		req.BuyerPhone = "0500000002"
		_, err := w.client.Create(ctx, req)
		var failure *paylinks.Error
		require.ErrorAs(t, err, &failure)
		assert.Equal(t, paylinks.CodeBuyerRejected, failure.Code)
		assert.Equal(t, paylinks.StatusRejected, failure.Status)
		assert.NotEmpty(t, failure.PaylinkID)
		assert.NotEmpty(t, failure.Messages.AR)
	})
	t.Run("a token that isn't known", func(t *testing.T) {
		t.Parallel()
		_, err := w.as(t, "nobody").Get(ctx, link.ID)
		require.ErrorIs(t, err, paylinks.CodeUnauthenticated)
	})
	t.Run("another tenant", func(t *testing.T) {
		t.Parallel()
		_, err := w.as(t, limitedToken).Get(ctx, link.ID)
		require.ErrorIs(t, err, paylinks.CodePaylinkNotFound)
	})
}
