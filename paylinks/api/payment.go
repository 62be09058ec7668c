package api

import (
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
)

// The paths of synced payments.
const (
	PathPayments = "/api/v1/payments"
	PathSync     = "/api/v1/payments/sync"
	PathSyncs    = "/api/v1/payments/syncs"
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

// SyncStarted answers the start of a sync: 202.
type SyncStarted struct {
	Success  bool                `json:"success"`
	SyncID   string              `json:"sync_id"`
	Status   paylinks.SyncStatus `json:"status"`
	Warnings []string            `json:"warnings,omitempty"`
}

// FromSyncStarted is the answer to the start of a sync.
func FromSyncStarted(s *paylinks.Sync, warnings []string) SyncStarted {
	return SyncStarted{Success: true, SyncID: s.ID, Status: s.Status, Warnings: warnings}
}

// Sync is how far a sync has come.
type Sync struct {
	SyncID   string              `json:"sync_id"`
	OrgAppID string              `json:"org_app_id"`
	Provider string              `json:"provider"`
	Status   paylinks.SyncStatus `json:"status"`
	// Fetched is how many payments were read; each was Created, Updated or Unchanged.
	Fetched   int `json:"fetched"`
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	// Skipped are rows that can't be read. Where there are more than are listed, SkippedCount is how many.
	Skipped      []paylinks.SkippedRow `json:"skipped"`
	SkippedCount int                   `json:"skipped_count,omitempty"`
	// Error is why it failed, or why its last try did.
	Error      string    `json:"error,omitempty"`
	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at,omitzero"`
}

// FromSync is a sync on the wire.
func FromSync(s *paylinks.Sync) Sync {
	sync := Sync{
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

// Payment is a gateway's payment. What the provider doesn't say is absent.
type Payment struct {
	ID                string                 `json:"id"`
	Provider          string                 `json:"provider"`
	OrgAppID          string                 `json:"org_app_id"`
	ProviderPaymentID string                 `json:"provider_payment_id"`
	Reference         string                 `json:"reference,omitempty"`
	Amount            string                 `json:"amount"`
	CapturedAmount    string                 `json:"captured_amount"`
	RefundedAmount    string                 `json:"refunded_amount"`
	Fee               string                 `json:"fee,omitempty"`
	Currency          paylinks.Currency      `json:"currency"`
	Status            paylinks.PaymentStatus `json:"status"`
	// ProviderStatus is the provider's own word, as sent.
	ProviderStatus string                 `json:"provider_status"`
	Method         paylinks.PaymentMethod `json:"method,omitempty"`
	Brand          string                 `json:"brand,omitempty"`
	CreatedAt      time.Time              `json:"created_at"`
	UpdatedAt      time.Time              `json:"updated_at,omitzero"`
	// SyncedAt is when it was last found new or changed.
	SyncedAt time.Time `json:"synced_at"`
}

// FromPayment is a payment on the wire.
func FromPayment(s *paylinks.SyncedPayment) Payment {
	p := s.Payment
	return Payment{
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

// PaymentList is a page of payments, newest first.
type PaymentList struct {
	Payments []Payment `json:"payments"`
	// NextCursor is absent on the last page.
	NextCursor string `json:"next_cursor,omitempty"`
}

// FromPaymentsPage is a page of payments.
func FromPaymentsPage(page paylinks.PaymentsPage) PaymentList {
	list := PaymentList{Payments: make([]Payment, 0, len(page.Payments)), NextCursor: page.NextCursor}
	for _, p := range page.Payments {
		list.Payments = append(list.Payments, FromPayment(p))
	}
	return list
}
