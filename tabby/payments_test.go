package tabby_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby"
)

// listPage is a page of n payments whose order numbers count up from first.
func listPage(t *testing.T, first, n int) string {
	t.Helper()
	list := make([]string, 0, n)
	for i := range n {
		list = append(list, payment(t, map[string]any{
			"status": "AUTHORIZED", "order": map[string]any{"reference_id": strconv.Itoa(first + i)},
		}))
	}
	return `{"payments":[` + strings.Join(list, ",") + `],"pagination":{"limit":20,"offset":0,"total_count":1}}`
}

// list collects what Payments yields.
func list(t *testing.T, e *exchange, query tabby.PaymentsQuery) (orders []string, errs []error) {
	t.Helper()
	for snapshot, err := range e.Payments(t.Context(), query) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		orders = append(orders, snapshot.Ref.OrderID)
	}
	return orders, errs
}

func TestPaymentsGoOnToAShortPage(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answer(http.MethodGet, saudi+"/api/v2/payments?limit=20&offset=0", 200, listPage(t, 0, 20))
	e.Answer(http.MethodGet, saudi+"/api/v2/payments?limit=20&offset=20", 200, listPage(t, 20, 20))
	e.Answer(http.MethodGet, saudi+"/api/v2/payments?limit=20&offset=40", 200, listPage(t, 40, 3))
	orders, errs := list(t, e, tabby.PaymentsQuery{})
	assert.Empty(t, errs)
	require.Len(t, orders, 43, "whatever total_count says")
	assert.Equal(t, "0", orders[0])
	assert.Equal(t, "42", orders[42])
}

func TestPaymentsEndAtAnEmptyPage(t *testing.T) {
	t.Parallel()
	for _, empty := range []string{`{"payments":[]}`, `{"payments":null}`} {
		e := newExchange(t)
		e.Answer(http.MethodGet, saudi+"/api/v2/payments?limit=20&offset=20", 200, listPage(t, 20, 20))
		e.Answer(http.MethodGet, saudi+"/api/v2/payments?limit=20&offset=40", 200, empty)
		orders, errs := list(t, e, tabby.PaymentsQuery{Offset: 20})
		assert.Empty(t, errs)
		assert.Len(t, orders, 20)
	}
}

func TestPaymentsStopWithTheLoop(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answer(http.MethodGet, saudi+"/api/v2/payments?limit=20&offset=0", 200, listPage(t, 0, 20))
	for _, err := range e.Payments(t.Context(), tabby.PaymentsQuery{}) {
		require.NoError(t, err)
		break
	}
	assert.Len(t, e.Sent, 1)
}

// Tabby takes both days as their first moment, so the day after is asked for, and what is too much is left out here.
func TestPaymentsOfATime(t *testing.T) {
	t.Parallel()
	at := func(order, created string) string {
		return payment(t, map[string]any{"created_at": created, "order": map[string]any{"reference_id": order}})
	}
	e := newExchange(t)
	e.Answer(http.MethodGet, other+"/api/v2/payments?created_at__gte=2026-03-01&created_at__lte=2026-03-03&limit=20&offset=0&status=closed", 200,
		`{"payments":[`+strings.Join([]string{
			at("too late", "2026-03-02T12:00:00Z"), at("last", "2026-03-02T11:59:59Z"), at("first", "2026-03-01T08:00:00Z"),
			at("too early", "2026-03-01T07:59:59Z"),
		}, ",")+`]}`)
	orders, errs := list(t, e, tabby.PaymentsQuery{
		Status: "closed", Currency: paylinks.AED,
		From: time.Date(2026, 3, 1, 11, 0, 0, 0, time.FixedZone("Riyadh", 3*60*60)), To: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC),
	})
	assert.Empty(t, errs)
	assert.Equal(t, []string{"last", "first"}, orders)
}

func TestOneOddPaymentDoesNotHideTheOthers(t *testing.T) {
	t.Parallel()
	good := func(order string) string {
		return payment(t, map[string]any{"order": map[string]any{"reference_id": order}})
	}
	e := newExchange(t)
	e.Answer(http.MethodGet, saudi+"/api/v2/payments?limit=20&offset=0", 200, `{"payments":[`+strings.Join([]string{
		good("1"), `{"id":7}`, payment(t, map[string]any{"amount": "-1"}), payment(t, map[string]any{"is_test": false}), good("2"),
	}, ",")+`]}`)
	orders, errs := list(t, e, tabby.PaymentsQuery{})
	assert.Equal(t, []string{"1", "2"}, orders)
	require.Len(t, errs, 3)
	for _, err := range errs {
		assert.Equal(t, paylinks.OutcomeUnknown, providerError(t, err).Outcome)
	}
}

func TestAPageThatFailsEndsTheList(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		body   string
	}{
		"refused":    {401, ``},
		"no JSON":    {200, `<html>`},
		"empty":      {200, ``},
		"no list":    {200, `{"payments":7}`},
		"once again": {200, listPage(t, 0, 20)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodGet, saudi+"/api/v2/payments?limit=20&offset=0", 200, listPage(t, 0, 20))
			e.Answer(http.MethodGet, saudi+"/api/v2/payments?limit=20&offset=20", tt.status, tt.body)
			orders, errs := list(t, e, tabby.PaymentsQuery{})
			assert.Len(t, orders, 20)
			assert.Len(t, errs, 1)
		})
	}
}

func TestListedPaymentsKeepTheirRawText(t *testing.T) {
	t.Parallel()
	body := payment(t, map[string]any{"unheard_of": "kept"})
	e := newExchange(t)
	e.Answer(http.MethodGet, saudi+"/api/v2/payments?limit=20&offset=0", 200, `{"payments":[`+body+`]}`)
	for snapshot, err := range e.Payments(t.Context(), tabby.PaymentsQuery{}) {
		require.NoError(t, err)
		assert.Equal(t, json.RawMessage(body), snapshot.Raw)
	}
}
