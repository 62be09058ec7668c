package dinero_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/paylinks/paylinks-go/internal/goldentest"
	"github.com/paylinks/paylinks-go/internal/walktest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero"
)

func TestAnAnswerInNormalForm(t *testing.T) {
	t.Parallel()
	got := one(t, status(t, map[string]any{"recurring_token": "token-that-charges", "digital_wallet": "applepay", "shedule_id": "x"}))
	assert.Equal(t, paymentID, got.ID)
	assert.Equal(t, "shop-81", got.Reference)
	assert.Equal(t, "64.50", got.Amount.String())
	assert.Equal(t, paylinks.SAR, got.Amount.Currency())
	assert.Equal(t, paylinks.PaymentCaptured, got.Status)
	assert.Equal(t, "settled", got.ProviderStatus)
	assert.Equal(t, time.Date(2026, 1, 31, 21, 15, 9, 0, time.UTC), got.CreatedAt)
	assert.Equal(t, "payment/"+paymentID, got.Checkpoint)

	assert.Zero(t, got.UpdatedAt, "there's no time of change")
	assert.False(t, got.Fee.IsSet(), "there's no fee")
	assert.Empty(t, got.Method)
	assert.Empty(t, got.Brand)
	assert.True(t, json.Valid(got.Raw))
	assert.Contains(t, string(got.Raw), `"amount":"64.50"`)
	assert.NotContains(t, string(got.Raw), "token-that-charges", "a token that charges the card again isn't kept")
}

func TestRequests(t *testing.T) {
	t.Parallel()
	gateway, f := newGateway(t, walktest.Answers{
		paymentID:   walktest.Says(200, status(t, nil)),
		"Shop-81/a": walktest.Says(200, status(t, map[string]any{"payment_id": otherID})),
	}, []string{paymentID}, func(c *dinero.Config) { c.OrderIDs = []string{"Shop-81/a"} })
	w := walktest.Of(t, gateway, query(""))
	require.NoError(t, w.Err)
	require.Len(t, w.Payments, 2)
	assert.Equal(t, otherID, w.Payments[1].ID)
	assert.Equal(t, "order/Shop-81/a", w.Payments[1].Checkpoint)

	require.Len(t, f.All(), 2)
	goldentest.Body(t, "status_by_payment.json", f.All()[0].Sent)
	goldentest.Body(t, "status_by_order.json", f.All()[1].Sent)
	for _, req := range f.All() {
		assert.Equal(t, http.MethodPost, req.Method)
		assert.Equal(t, "https://checkout.dineropay.com"+statusPath, req.URL.String())
		assert.Equal(t, "application/json", req.Header.Get("Content-Type"))
		assert.Empty(t, req.Header.Get("Authorization"), "the hash is the proof")
		assert.NotContains(t, string(req.Sent), password)
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		word     string
		twoStep  bool
		want     paylinks.PaymentStatus
		captured bool
		refunded bool
	}{
		{"prepare", false, paylinks.PaymentPending, false, false},
		{"redirect", false, paylinks.PaymentPending, false, false},
		{"3ds", false, paylinks.PaymentPending, false, false},
		{"pending", false, paylinks.PaymentPending, false, false},
		{"pending", true, paylinks.PaymentAuthorized, false, false},
		{"prepare", true, paylinks.PaymentPending, false, false},
		{"settled", false, paylinks.PaymentCaptured, true, false},
		{"decline", false, paylinks.PaymentFailed, false, false},
		{"declined", false, paylinks.PaymentFailed, false, false},
		{"refund", false, paylinks.PaymentRefunded, true, true},
		{"reversal", false, paylinks.PaymentCancelled, false, false},
		{"void", false, paylinks.PaymentCancelled, false, false},
		{"chargeback", false, paylinks.PaymentDisputed, true, false},
		{"SETTLED", false, paylinks.PaymentCaptured, true, false},
		{"3DS", false, paylinks.PaymentPending, false, false},
		{"paid", false, paylinks.PaymentUnknown, false, false},
		{"", false, paylinks.PaymentUnknown, false, false},
	} {
		t.Run(tt.word, func(t *testing.T) {
			t.Parallel()
			got := one(t, status(t, map[string]any{"status": tt.word}), func(c *dinero.Config) { c.TwoStep = tt.twoStep })
			assert.Equal(t, tt.want, got.Status)
			assert.Equal(t, tt.word, got.ProviderStatus)
			assert.Equal(t, tt.captured, got.Captured.Equal(got.Amount))
			assert.Equal(t, tt.refunded, got.Refunded.Equal(got.Amount))
			assert.Equal(t, paylinks.SAR, got.Refunded.Currency(), "nothing is an amount too")
		})
	}
}

func TestAmountsAreExact(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		amount   any
		currency string
		want     string
	}{
		{"3.01", "SAR", "3.01"},
		{json.Number("3.01"), "SAR", "3.01"},
		{json.Number("3"), "SAR", "3.00"},
		{"12.500", "KWD", "12.500"},
		{json.Number("12.5"), "BHD", "12.500"},
		{"3.0100", "SAR", "3.01"},
		{"999999999999999.99", "sar", "999999999999999.99"},
	} {
		got := one(t, status(t, order(tt.amount, tt.currency)))
		assert.Equal(t, tt.want, got.Amount.String())
	}
}

// Dinero Pay's dates have no zone.
func TestDatesAreReadInTheConfiguredZone(t *testing.T) {
	t.Parallel()
	riyadh := time.FixedZone("Asia/Riyadh", 3*60*60)
	got := one(t, status(t, nil), func(c *dinero.Config) { c.Location = riyadh })
	assert.Equal(t, time.Date(2026, 1, 31, 18, 15, 9, 0, time.UTC), got.CreatedAt)
	assert.Contains(t, string(got.Raw), "2026-01-31 21:15:09", "the text is kept")
}

// One payment that can't be read, isn't known or is refused doesn't stop the others.
func TestBadRows(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		body   string
		reason string
	}{
		"no amount":         {200, status(t, order(nil, "SAR")), "amount"},
		"too many decimals": {200, status(t, order("1.005", "SAR")), "3 decimals"},
		"a negative amount": {200, status(t, order("-1.00", "SAR")), "amount"},
		"no order":          {200, status(t, map[string]any{"order": nil}), "currency"},
		"no such currency":  {200, status(t, order("1.00", "DIN")), "currency"},
		"no date":           {200, status(t, map[string]any{"date": nil}), "date"},
		"a date of nothing": {200, status(t, map[string]any{"date": "0001-01-01 00:00:00"}), "date"},
		"another date":      {200, status(t, map[string]any{"date": "31/01/2026"}), "date"},
		"not known":         {400, `{"error_code":208001,"error_message":"Payment not found","errors":[]}`, "doesn't know the payment"},
		"not known, as 404": {404, `{"error_code":0,"error_message":"Not found"}`, "doesn't know the payment"},
		"refused":           {400, fieldError("payment_id: This value is too long."), "refuses the request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway, _ := newGateway(t, walktest.Answers{
				paymentID: walktest.Says(tt.status, tt.body), otherID: walktest.Says(200, status(t, map[string]any{"payment_id": otherID})),
			}, []string{paymentID, otherID})
			w := walktest.Of(t, gateway, query(""))
			require.NoError(t, w.Err)
			require.Len(t, w.Payments, 1)
			assert.Equal(t, otherID, w.Payments[0].ID)
			require.Len(t, w.Bad, 1)
			assert.Equal(t, paymentID, w.Bad[0].ID)
			assert.Contains(t, w.Bad[0].Reason, tt.reason)
		})
	}
}

// On some platforms an answer is about the latest attempt instead of the one asked for. It counts once, under its own id, and somebody is told.
func TestAnAnswerAboutAnotherPayment(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	latest := status(t, map[string]any{"payment_id": otherID})
	gateway, _ := newGateway(t, walktest.Answers{paymentID: walktest.Says(200, latest), otherID: walktest.Says(200, latest)},
		[]string{paymentID, otherID}, func(c *dinero.Config) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	w := walktest.Of(t, gateway, query(""))
	require.NoError(t, w.Err)
	assert.Empty(t, w.Bad)
	require.Len(t, w.Payments, 1)
	assert.Equal(t, otherID, w.Payments[0].ID)
	assert.Equal(t, "payment/"+paymentID, w.Payments[0].Checkpoint, "a walk goes on after what was asked for")
	assert.Contains(t, log.String(), paymentID)
	assert.Contains(t, log.String(), otherID)
	assert.NotContains(t, log.String(), password)
}

func TestIDsOfAnAnswer(t *testing.T) {
	t.Parallel()
	assert.Equal(t, paymentID, one(t, status(t, map[string]any{"payment_id": nil})).ID, "the one asked for")

	gateway, _ := newGateway(t, walktest.Answers{"shop-81": walktest.Says(200, status(t, map[string]any{"payment_id": nil}))}, nil,
		func(c *dinero.Config) { c.OrderIDs = []string{"shop-81"} })
	w := walktest.Of(t, gateway, query(""))
	require.NoError(t, w.Err)
	assert.Empty(t, w.Payments)
	require.Len(t, w.Bad, 1, "an order's payment has an id of its own")
	assert.Equal(t, "shop-81", w.Bad[0].ID)
}

func TestEveryIDIsAskedForOnceInItsOrder(t *testing.T) {
	t.Parallel()
	answers := walktest.Answers{}
	for _, id := range []string{"c", "a", "b"} {
		answers[id] = walktest.Says(200, status(t, map[string]any{"payment_id": id}))
	}
	gateway, f := newGateway(t, answers, []string{" c", "a", "", "c ", "b", "a"})
	w := walktest.Of(t, gateway, query(""))
	require.NoError(t, w.Err)
	var ids []string
	for _, payment := range w.Payments {
		ids = append(ids, payment.ID)
	}
	assert.Equal(t, []string{"c", "a", "b"}, ids)
	assert.Len(t, f.All(), 3)
}

func TestResume(t *testing.T) {
	t.Parallel()
	for resume, want := range map[string][]string{
		"":          {"a", "b", "o"},
		"payment/a": {"b", "o"},
		"payment/b": {"o"},
		"order/o":   nil,
		// An id that was taken off the list since.
		"payment/z": {"a", "b", "o"},
		"order/a":   {"a", "b", "o"},
		"nonsense":  {"a", "b", "o"},
	} {
		t.Run(resume, func(t *testing.T) {
			t.Parallel()
			answers := walktest.Answers{}
			for _, id := range []string{"a", "b", "o"} {
				answers[id] = walktest.Says(200, status(t, map[string]any{"payment_id": id}))
			}
			gateway, _ := newGateway(t, answers, []string{"a", "b"}, func(c *dinero.Config) { c.OrderIDs = []string{"o"} })
			w := walktest.Of(t, gateway, query(resume))
			require.NoError(t, w.Err)
			var ids []string
			for _, payment := range w.Payments {
				ids = append(ids, payment.ID)
			}
			assert.Equal(t, want, ids)
		})
	}
}

// The window of a walk doesn't apply: Dinero Pay can't be asked by time.
func TestTheWindowDoesNotApply(t *testing.T) {
	t.Parallel()
	long := one(t, status(t, map[string]any{"date": "2019-01-01 00:00:00"}))
	assert.Equal(t, 2019, long.CreatedAt.Year())
}
