package api

import "github.com/paylinks/paylinks-go/paylinks"

// PathReport is where orders and links are compared with synced payments.
const PathReport = PathPayments + "/report"

// ReportRow compares one order reference with what was paid for it.
type ReportRow struct {
	Kind             paylinks.ReportKind `json:"kind"`
	Reference        string              `json:"reference,omitempty"`
	ExpectedAmount   string              `json:"expected_amount,omitempty"`
	ExpectedCurrency paylinks.Currency   `json:"expected_currency,omitempty"`
	PaidAmount       string              `json:"paid_amount,omitempty"`
	PaidCurrency     paylinks.Currency   `json:"paid_currency,omitempty"`
	// Payments are gateways' payments as "org_app_id/payment_id", Paylinks the ids of paid links.
	Payments []string `json:"payments,omitempty"`
	Paylinks []string `json:"paylinks,omitempty"`
}
