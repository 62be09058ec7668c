package paylinks

import (
	"context"
	"time"
)

// Ledger is the power of a [Store] to keep the payments of gateways.
type Ledger interface {
	// BeginSync stores a new sync, or [ErrDuplicate] where its app has one that isn't finished.
	BeginSync(ctx context.Context, sync *Sync) error
	// Sync reads a sync, or [ErrNotFound].
	Sync(ctx context.Context, id string) (*Sync, error)
	// OpenSync reads the sync of an app that isn't finished, or [ErrNotFound].
	OpenSync(ctx context.Context, orgAppID string) (*Sync, error)
	// LastSync reads the newest completed sync of an app that had no window of its own, or [ErrNotFound].
	LastSync(ctx context.Context, orgAppID string) (*Sync, error)
	// ClaimSyncs takes unfinished syncs that are due, as [Store.ClaimOperations] does.
	ClaimSyncs(ctx context.Context, now, until time.Time, limit int) ([]*Sync, error)
	// HoldSync moves the DueAt of a claimed sync, as a sign of life of whoever has claimed it. [ErrNotFound] where it's finished.
	HoldSync(ctx context.Context, id string, until time.Time) error
	// WritePage stores payments and how far their sync has come in one transaction, and adds to the sync's counters what each payment
	// was: new (stored with the ID it has here), changed (it keeps the stored ID), or as stored, apart from Raw and SyncedAt. The payments of a
	// page have different provider's ids. Without payments it stores how the sync stands, and the claim ends. [ErrNotFound] where the sync is
	// finished already.
	WritePage(ctx context.Context, sync *Sync, payments []*SyncedPayment) error
	// Payments lists payments, newest first.
	Payments(ctx context.Context, query SyncedPaymentQuery) ([]*SyncedPayment, error)
}

// SyncedPayment is a gateway's payment as stored.
type SyncedPayment struct {
	// ID is ours; the provider's is Payment.ID.
	ID       string
	Provider string
	OrgAppID string
	Payment  Payment
	// SyncedAt is when it was last found new or changed.
	SyncedAt time.Time
}

// SyncedPaymentQuery selects payments. Zero fields don't filter.
type SyncedPaymentQuery struct {
	// OrgAppIDs are the apps whose payments are wanted, nil for all.
	OrgAppIDs []string
	Provider  string
	Status    PaymentStatus
	Reference string
	// CreatedFrom is inclusive, CreatedTo exclusive; both are over the provider's time of creation.
	CreatedFrom time.Time
	CreatedTo   time.Time
	// After is the position after which to go on: the payment that the caller has seen last.
	After PaylinkCursor
	// Limit is at least 1.
	Limit int
}

// SyncStatus is how far a sync has come.
type SyncStatus string

// The statuses of syncs.
const (
	// SyncRunning: it's being walked, or will be at once.
	SyncRunning SyncStatus = "running"
	// SyncCompleted: every row was read, but for those in Skipped.
	SyncCompleted SyncStatus = "completed"
	// SyncFailed: it was given up: Error says why.
	SyncFailed SyncStatus = "failed"
	// SyncInterrupted: its process stopped. It goes on by itself where it was.
	SyncInterrupted SyncStatus = "interrupted"
)

// Open tells whether the sync isn't finished.
func (s SyncStatus) Open() bool { return s == SyncRunning || s == SyncInterrupted }

// Sync is one walk through a gateway's payments.
type Sync struct {
	ID       string `json:"id"`
	OrgAppID string `json:"org_app_id"`
	// Provider is the gateway's id.
	Provider string `json:"provider"`
	// From (inclusive) and To (exclusive) are over the time that the provider filters by.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Explicit: the caller named the window, so the next sync doesn't go on from here.
	Explicit bool       `json:"explicit,omitempty"`
	Status   SyncStatus `json:"status"`
	// Checkpoint is how far the walk has come, the gateway's own word.
	Checkpoint string `json:"checkpoint,omitempty"`

	// Fetched is how many payments were read; each was Created, Updated or Unchanged.
	Fetched   int `json:"fetched"`
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	// Skipped are rows that can't be read: the first thousand of SkippedCount.
	Skipped      []SkippedRow `json:"skipped,omitempty"`
	SkippedCount int          `json:"skipped_count,omitempty"`
	// Error is why it failed, or why its last try did.
	Error string `json:"error,omitempty"`
	// Failures counts the tries that failed since the walk has last come further.
	Failures int `json:"failures,omitempty"`

	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at,omitzero"`
	// DueAt is when an unfinished sync is taken up by whoever finds it: until then it belongs to its process. Stores index it.
	DueAt time.Time `json:"-"`
}

// SkippedRow is a row that could not be read.
type SkippedRow struct {
	// ID is the payment's, "" where not even that can be read; Reason says what is wrong.
	ID     string `json:"id"`
	Reason string `json:"reason"`
}
