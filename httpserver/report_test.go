package httpserver

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// reporting yields rows and then, where it isn't nil, an error.
func reporting(err error, rows ...paylinks.ReportRow) func(context.Context, paylinks.ReportRequest) iter.Seq2[paylinks.ReportRow, error] {
	return func(context.Context, paylinks.ReportRequest) iter.Seq2[paylinks.ReportRow, error] {
		return func(yield func(paylinks.ReportRow, error) bool) {
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			if err != nil {
				yield(paylinks.ReportRow{}, err)
			}
		}
	}
}

func reportRows(t *testing.T) []paylinks.ReportRow {
	t.Helper()
	amount, err := paylinks.ParseMoney("12.500", paylinks.KWD)
	require.NoError(t, err)
	return []paylinks.ReportRow{
		{Kind: paylinks.ReportMatched, Reference: "POS-1", Expected: amount, Paid: amount, Payments: []string{"stripe-main/pi_1"}},
		{Kind: paylinks.ReportMissing, Reference: "=2+3", Expected: amount},
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{report: reporting(nil, reportRows(t)...)})
	w := call(t, server, http.MethodGet, "/api/v1/payments/report", "")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.JSONEq(t, `{"rows":[
		{"kind":"matched","reference":"POS-1","expected_amount":"12.500","expected_currency":"KWD","paid_amount":"12.500","paid_currency":"KWD","payments":["stripe-main/pi_1"]},
		{"kind":"missing","reference":"=2+3","expected_amount":"12.500","expected_currency":"KWD"}]}`, w.Body.String())

	w = call(t, server, http.MethodGet, "/api/v1/payments/report?format=csv", "")
	assert.Equal(t, "text/csv; charset=utf-8", w.Header().Get("Content-Type"))
	assert.Equal(t, "kind,reference,expected_amount,expected_currency,paid_amount,paid_currency,payments,paylinks\n"+
		"matched,POS-1,12.500,KWD,12.500,KWD,stripe-main/pi_1,\n"+
		"missing,'=2+3,12.500,KWD,,,,\n", w.Body.String())
}

func TestReportOfNothing(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{report: reporting(nil)})
	assert.JSONEq(t, `{"rows":[]}`, call(t, server, http.MethodGet, "/api/v1/payments/report", "").Body.String())
}

func TestReportThatFails(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{report: reporting(errors.New("disk"))})
	assert.Equal(t, http.StatusInternalServerError, call(t, server, http.MethodGet, "/api/v1/payments/report", "").Code)

	server, _ = newTestServer(t, &fake{report: reporting(errors.New("disk"), reportRows(t)...)})
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { call(t, server, http.MethodGet, "/api/v1/payments/report", "") }, "a part isn't the whole")
}

func TestReportReadsItsWindow(t *testing.T) {
	t.Parallel()
	var asked paylinks.ReportRequest
	server, _ := newTestServer(t, &fake{report: func(_ context.Context, req paylinks.ReportRequest) iter.Seq2[paylinks.ReportRow, error] {
		asked = req
		return func(func(paylinks.ReportRow, error) bool) {}
	}})
	call(t, server, http.MethodGet, "/api/v1/payments/report?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&org_app_id=tap-main", "")
	assert.Equal(t, paylinks.ReportRequest{
		From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), OrgAppID: "tap-main",
	}, asked)
	for _, query := range []string{"?from=yesterday", "?format=xml"} {
		assert.Equal(t, http.StatusBadRequest, call(t, server, http.MethodGet, "/api/v1/payments/report"+query, "").Code, query)
	}
}
