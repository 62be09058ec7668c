package wire

import (
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// FromReportRow is a row on the wire.
func FromReportRow(r paylinks.ReportRow) api.ReportRow {
	return api.ReportRow{
		Kind: r.Kind, Reference: r.Reference, ExpectedAmount: given(r.Expected), ExpectedCurrency: r.Expected.Currency(),
		PaidAmount: given(r.Paid), PaidCurrency: r.Paid.Currency(), Payments: r.Payments, Paylinks: r.Paylinks,
	}
}
