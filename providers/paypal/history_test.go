package paypal_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal"
	"github.com/paylinks/paylinks-go/providers/paypal/paypaltest"
)

// Half a year with refunds 40 days late: whatever the windows and wherever the walk is broken off, the payments and their totals are the same.
func TestAHistoryIsTheSameHoweverItIsWalked(t *testing.T) {
	t.Parallel()
	const payments = 2_000
	to := march().Add(-3 * time.Hour)
	query := paylinks.PaymentsQuery{From: to.AddDate(0, -6, 0), To: to}
	server := httptest.NewServer(paypaltest.New(paypaltest.Config{Now: march, History: payments, HistoryFrom: query.From, HistoryTo: query.To}))
	t.Cleanup(server.Close)
	gateway := func(change func(*paypal.Config)) *paypal.Gateway {
		return newFar().gateway(t, func(c *paypal.Config) {
			c.ClientID, c.ClientSecret, c.BaseURL, c.HTTPClient = paypaltest.ClientID, paypaltest.ClientSecret, server.URL, server.Client()
			change(c)
		})
	}
	want := walktest.Of(t, gateway(func(*paypal.Config) {}), query)
	require.NoError(t, want.Err)
	require.Empty(t, want.Bad)

	sums, older := map[paylinks.PaymentStatus]int{}, 0
	ids := map[string]bool{}
	for _, p := range want.Payments {
		assert.False(t, ids[p.ID], "%s comes twice", p.ID)
		ids[p.ID] = true
		if strings.HasPrefix(p.ID, "OLD") {
			older++
			assert.Equal(t, "3.00", p.Refunded.String())
			continue
		}
		sums[p.Status]++
	}
	assert.Len(t, want.Payments, payments+older)
	assert.Positive(t, older, "refunds of payments from before the walk")
	for _, status := range []paylinks.PaymentStatus{
		paylinks.PaymentCaptured, paylinks.PaymentPartiallyRefunded, paylinks.PaymentRefunded, paylinks.PaymentPending, paylinks.PaymentFailed,
		paylinks.PaymentDisputed,
	} {
		assert.Positive(t, sums[status], status)
	}

	for name, change := range map[string]func(*paypal.Config){
		"a day":      func(c *paypal.Config) { c.Window = 24 * time.Hour },
		"small":      func(c *paypal.Config) { c.MaxRows = 50 },
		"odd pages":  func(c *paypal.Config) { c.PageSize = 7 },
		"everything": func(c *paypal.Config) { c.Authorizations = true },
	} {
		got := walktest.Of(t, gateway(change), query)
		require.NoError(t, got.Err, name)
		assert.Equal(t, sorted(walktest.Plain(want.Payments)), sorted(walktest.Plain(got.Payments)), name)
	}

	pieces := walktest.InPieces(t, func() paylinks.Gateway { return gateway(func(*paypal.Config) {}) }, query)
	assert.Equal(t, walktest.Plain(want.Payments), walktest.Plain(pieces))
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }
