package paylinks_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// failingApps are apps until there's an error to return.
type failingApps struct {
	paylinks.Apps
	err error
}

func (a *failingApps) App(ctx context.Context, orgAppID string) (paylinks.App, error) {
	if a.err != nil {
		return paylinks.App{}, a.err
	}
	return a.Apps.App(ctx, orgAppID)
}

// Whatever fails inside, an error has the name of the call that its caller has made.
func TestErrorsNameTheirCall(t *testing.T) {
	t.Parallel()
	store, err := sqlite.OpenMemory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close()) })
	apps := &failingApps{Apps: paylinks.StaticApps{"main": newFakeProvider()}}
	service, err := paylinks.New(store, apps, paylinks.Options{SigningKey: "0123456789abcdef0123456789abcdef"})
	require.NoError(t, err)
	req := paylinks.CreateRequest{Provider: "fake", OrgAppID: "main", OrderID: "POS-1", Amount: "150.00", Currency: "SAR"}
	link, err := service.Create(t.Context(), req)
	require.NoError(t, err)

	cause := errors.New("the directory is away")
	shared := &paylinks.Error{Code: paylinks.CodeOrgAppNotFound, Outcome: paylinks.NotApplied, Message: "no such app", Err: cause}
	calls := map[string]func(context.Context) error{
		"create": func(ctx context.Context) error { _, err := service.Create(ctx, req); return err },
		"get":    func(ctx context.Context) error { _, err := service.Get(ctx, link.ID); return err },
		"capture": func(ctx context.Context) error {
			_, err := service.Capture(ctx, link.ID, paylinks.CaptureRequest{})
			return err
		},
		"cancel": func(ctx context.Context) error { _, err := service.Cancel(ctx, link.ID); return err },
		"refund": func(ctx context.Context) error {
			_, err := service.Refund(ctx, link.ID, paylinks.RefundRequest{})
			return err
		},
		"send": func(ctx context.Context) error {
			_, err := service.Send(ctx, link.ID, paylinks.SendRequest{})
			return err
		},
		"resolve": func(ctx context.Context) error { return service.Resolve(ctx, link.ID, "r", true) },
		"sync": func(ctx context.Context) error {
			_, err := service.SyncPayments(ctx, paylinks.SyncRequest{OrgAppID: "main"})
			return err
		},
		"order": func(ctx context.Context) error {
			_, err := service.CreateOrder(ctx, paylinks.OrderRequest{
				Providers: []string{"fake"}, OrgAppIDs: map[string]string{"fake": "main"}, Amount: "150.00", Currency: "SAR",
			})
			return err
		},
		"add endpoint": func(ctx context.Context) error {
			_, err := service.AddEndpoint(ctx, paylinks.EndpointRequest{URL: "https://example.com/", OrgApps: []string{"main"}})
			return err
		},
		"callback": func(ctx context.Context) error {
			_, err := service.HandleCallback(ctx, "fake", "main", nil)
			return err
		},
	}
	for _, apps.err = range []error{shared, fmt.Errorf("apps: %w", shared)} {
		for op, call := range calls {
			err := call(t.Context())
			var failed *paylinks.Error
			require.ErrorAs(t, err, &failed, op)
			assert.Equal(t, op, failed.Op)
			assert.Equal(t, paylinks.CodeOrgAppNotFound, failed.Code, op)
			require.ErrorIs(t, err, cause, op)
		}
	}
	assert.Empty(t, shared.Op) // it's theirs
}
