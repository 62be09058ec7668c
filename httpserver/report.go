package httpserver

import (
	"encoding/json"
	"io"
	"iter"
	"net/http"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
)

// report compares orders and links with synced payments, as JSON or as CSV (?format=csv). Rows are sent as they're found, however many there are; an error after
// the first one can only cut the answer off, so that nobody takes a part for the whole.
func (s *server) report(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
	req := paylinks.ReportRequest{From: q.time("from"), To: q.time("to"), OrgAppID: q.text("org_app_id")}
	format := q.oneOf("format", "json", "csv")
	if err := q.err(); err != nil {
		return err
	}
	next, stop := iter.Pull2(s.svc.Report(r.Context(), req))
	defer stop()
	first, err, found := next()
	if found && err != nil {
		return err
	}
	rows := func(yield func(paylinks.ReportRow, error) bool) {
		for row, err, more := first, err, found; more; row, err, more = next() {
			if !yield(row, err) {
				return
			}
		}
	}
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	write := writeReportJSON
	header.Set("Content-Type", "application/json")
	if format == "csv" {
		write = paylinks.WriteReport
		header.Set("Content-Type", "text/csv; charset=utf-8")
		header.Set("Content-Disposition", `attachment; filename="report.csv"`)
	}
	if err := write(w, rows); err != nil {
		s.logFailure(r, err)
		panic(http.ErrAbortHandler) // the answer has begun: only a broken connection tells that it isn't whole
	}
	return nil
}

func writeReportJSON(w io.Writer, rows iter.Seq2[paylinks.ReportRow, error]) error {
	encoder := json.NewEncoder(w)
	if _, err := io.WriteString(w, `{"rows":[`); err != nil {
		return err
	}
	separator := ""
	for row, err := range rows {
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, separator); err != nil {
			return err
		}
		if err := encoder.Encode(wire.FromReportRow(row)); err != nil {
			return err
		}
		separator = ","
	}
	_, err := io.WriteString(w, "]}\n")
	return err
}
