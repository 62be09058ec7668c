package client

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/url"
	"time"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// Report compares the orders and links of the caller with the synced payments. See [paylinks.Service.Report]. Rows are yielded as they arrive; an answer that is cut off
// ends with an error, so that nobody takes a part for the whole.
func (c *Client) Report(ctx context.Context, req paylinks.ReportRequest) iter.Seq2[paylinks.ReportRow, error] {
	return func(yield func(paylinks.ReportRow, error) bool) {
		q := parameters{}
		q.time("from", req.From)
		q.time("to", req.To)
		q.set("org_app_id", req.OrgAppID)
		call := get("report", api.PathReport, url.Values(q))
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		silence := time.AfterFunc(silenceLimit, func() { cancel(errSilent) })
		defer silence.Stop()
		res, err := c.open(ctx, call)
		if err != nil {
			yield(paylinks.ReportRow{}, err)
			return
		}
		defer func() { _ = res.Body.Close() }()
		stopped, err := eachRow(json.NewDecoder(res.Body), func(row paylinks.ReportRow) bool {
			silence.Stop() // the loop's body may take its time
			defer silence.Reset(silenceLimit)
			return yield(row, nil)
		})
		if err != nil && !stopped {
			yield(paylinks.ReportRow{}, lost(call, err))
		}
	}
}

// eachRow reads {"rows":[…]} row by row, until its end or until use says to stop.
func eachRow(decoder *json.Decoder, use func(paylinks.ReportRow) bool) (stopped bool, err error) {
	for _, want := range []json.Token{json.Delim('{'), "rows", json.Delim('[')} {
		if token, err := decoder.Token(); err != nil || token != want {
			return false, errors.Join(errors.New("client: this is no report"), err)
		}
	}
	for decoder.More() {
		var wired api.ReportRow
		if err := decoder.Decode(&wired); err != nil {
			return false, err
		}
		row, err := wire.ToReportRow(wired)
		if err != nil {
			return false, err
		}
		if !use(row) {
			return true, nil
		}
	}
	for _, want := range []json.Token{json.Delim(']'), json.Delim('}')} {
		if token, err := decoder.Token(); err != nil || token != want {
			return false, errors.Join(errors.New("client: the report has no end"), err)
		}
	}
	return false, nil
}
