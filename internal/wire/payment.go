package wire

import (
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// DecodeSync reads the body of the call that starts a sync. For types and warnings see [DecodeCreate].
func DecodeSync(body Body) (req paylinks.SyncRequest, warnings []string, err error) {
	o := newObject(body)
	req = paylinks.SyncRequest{OrgAppID: o.text("org_app_id"), From: o.time("from"), To: o.time("to")}
	return req, o.warnings(), o.err()
}

// time reads an RFC 3339 time, the zero time where there's none.
func (o object) time(name string) time.Time {
	text := o.text(name)
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		o.fail(name, "invalid", `must be an RFC 3339 time such as "2026-11-24T09:30:00Z"`)
	}
	return t
}

// FromSyncStarted is the answer to the start of a sync.
func FromSyncStarted(s *paylinks.Sync, warnings []string) api.SyncStarted {
	return api.SyncStarted{Success: true, SyncID: s.ID, Status: s.Status, Warnings: warnings}
}

// FromSync is a sync on the wire.
func FromSync(s *paylinks.Sync) api.Sync {
	sync := api.Sync{
		SyncID:     s.ID,
		OrgAppID:   s.OrgAppID,
		Provider:   s.Provider,
		Status:     s.Status,
		Fetched:    s.Fetched,
		Created:    s.Created,
		Updated:    s.Updated,
		Unchanged:  s.Unchanged,
		Skipped:    s.Skipped,
		Error:      s.Error,
		StartedAt:  utc(s.StartedAt),
		FinishedAt: utc(s.FinishedAt),
	}
	if sync.Skipped == nil {
		sync.Skipped = []paylinks.SkippedRow{}
	}
	if s.SkippedCount > len(s.Skipped) {
		sync.SkippedCount = s.SkippedCount
	}
	return sync
}

// FromPayment is a payment on the wire.
func FromPayment(s *paylinks.SyncedPayment) api.Payment {
	p := s.Payment
	return api.Payment{
		ID:                s.ID,
		Provider:          s.Provider,
		OrgAppID:          s.OrgAppID,
		ProviderPaymentID: p.ID,
		Reference:         p.Reference,
		Amount:            p.Amount.String(),
		CapturedAmount:    total(p.Captured, p.Amount),
		RefundedAmount:    total(p.Refunded, p.Amount),
		Fee:               given(p.Fee),
		Currency:          p.Amount.Currency(),
		Status:            p.Status,
		ProviderStatus:    p.ProviderStatus,
		Method:            p.Method,
		Brand:             p.Brand,
		CreatedAt:         utc(p.CreatedAt),
		UpdatedAt:         utc(p.UpdatedAt),
		SyncedAt:          utc(s.SyncedAt),
	}
}

// FromPaymentsPage is a page of payments.
func FromPaymentsPage(page paylinks.PaymentsPage) api.PaymentList {
	list := api.PaymentList{Payments: make([]api.Payment, 0, len(page.Payments)), NextCursor: page.NextCursor}
	for _, p := range page.Payments {
		list.Payments = append(list.Payments, FromPayment(p))
	}
	return list
}
