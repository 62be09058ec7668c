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

// SyncStarted answers the start of a sync: 202.
type SyncStarted struct {
	Success  bool                `json:"success"`
	SyncID   string              `json:"sync_id"`
	Status   paylinks.SyncStatus `json:"status"`
	Warnings []string            `json:"warnings,omitempty"`
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

// PaymentList is a page of payments, newest first.
type PaymentList struct {
	Payments []Payment `json:"payments"`
	// NextCursor is absent on the last page.
	NextCursor string `json:"next_cursor,omitempty"`
}

// SyncRequest is the body of the call that starts a sync.
type SyncRequest struct {
	OrgAppID string `json:"org_app_id"`
	// From and To are RFC 3339 times, absent for "from where the last one ended" and "now".
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}
