package paylinks

import (
	"context"
	"errors"
	"time"
)

// Store remembers. It's the only place where state lives, and every write is one transaction: [Store.Write] commits all of a
// [Change] durably, or nothing of it. Implementations are in sqlstore; a new one passes the suite of storetest.
//
// Methods return the errors below wrapped or bare, and any other error for a store that can't answer. Values handed in and
// out are copies: neither side changes the other's. All methods are safe for concurrent use, also by several processes
// where the store is shared.
type Store interface {
	// Write commits a change. Once it returns nil, the change survives the death of the process and the machine.
	Write(ctx context.Context, change Change) error

	// Paylink reads a link, or [ErrNotFound].
	Paylink(ctx context.Context, id string) (*Paylink, error)
	// Paylinks lists links, newest first.
	Paylinks(ctx context.Context, query PaylinkQuery) ([]*Paylink, error)
	// FindPaylink reads the newest link of an app that has the session, payment or reference of ref (any that isn't ""), or [ErrNotFound].
	FindPaylink(ctx context.Context, orgAppID string, ref Ref) (*Paylink, error)
	// Events lists events of a link with a sequence above after, oldest first.
	Events(ctx context.Context, paylinkID string, after int64, limit int) ([]Event, error)

	// Operation reads the operation with a key, or [ErrNotFound].
	Operation(ctx context.Context, key string) (*Operation, error)
	// Operations lists the operations of a link, oldest first.
	Operations(ctx context.Context, paylinkID string) ([]*Operation, error)

	// ClaimPaylinks takes up to limit links whose NextCheckAt is not after now, the longest due first, and moves their NextCheckAt
	// to until, so that nobody else takes them before then. The links of the org apps in except are left out. The links returned have
	// the new NextCheckAt.
	ClaimPaylinks(ctx context.Context, now, until time.Time, limit int, except []string) ([]*Paylink, error)
	// ClaimOperations does the same with open operations and their DueAt.
	ClaimOperations(ctx context.Context, now, until time.Time, limit int) ([]*Operation, error)
	// ClaimWebhooks does the same with webhooks that aren't done and their DueAt.
	ClaimWebhooks(ctx context.Context, now, until time.Time, limit int) ([]*Webhook, error)

	// ClaimAnswer takes the key of answer for one request. Where the key is free, or its earlier answer has expired at now, or its
	// holder's DueAt has passed without a final answer and the fingerprint is the same, the answer is stored and returned, claimed.
	// Else the stored one is returned as it is, not claimed. A key that the same request left behind keeps the Body that it had.
	ClaimAnswer(ctx context.Context, answer Answer, now time.Time) (stored Answer, claimed bool, err error)

	// Ping tells whether the store answers.
	Ping(ctx context.Context) error
	// Close waits for writes under way and releases everything. The store is of no use afterwards.
	Close() error
}

// Errors that a Store returns.
var (
	ErrNotFound = errors.New("paylinks: not in the store")
	// ErrStale: a link was written by somebody else since it was read. Read it again and decide anew.
	ErrStale = errors.New("paylinks: the link has changed since it was read")
	// ErrOperationOpen: the link has another open operation.
	ErrOperationOpen = errors.New("paylinks: the link has an open operation")
	// ErrDuplicate: an id, an operation's key, or its reference for that link and kind is taken; or the webhook is known.
	ErrDuplicate = errors.New("paylinks: already in the store")
)

// Change is one transaction.
type Change struct {
	// Insert is a new link. It's stored with Version 1.
	Insert *Paylink
	// Update is a link that was read at Version and is stored as it stands with Version + 1: [ErrStale] where the stored version differs.
	Update *Paylink
	// Begin is a new open operation, or an ended one (same ID) that is opened again: [ErrOperationOpen] where the link has
	// another open one, [ErrDuplicate] where Key or (PaylinkID, Kind, Reference) belongs to another operation.
	Begin *Operation
	// Settle is an operation, open so far, stored as it stands, its Key included: [ErrNotFound] where it isn't open (any more).
	Settle *Operation
	// Events are appended.
	Events []Event
	// Forget is the id of a link whose stored events lose the member "metadata" of their data: it's the merchant's and may be about a person.
	Forget string
	// Webhook is a proven webhook that has just arrived: [ErrDuplicate] where its app and DedupKey are known.
	Webhook *Webhook
	// HandledWebhook is one that was stored before, with its new state.
	HandledWebhook *Webhook
	// Answer replaces the stored answer with its key.
	Answer *Answer
	// FreeAnswer is a key whose answer is forgotten.
	FreeAnswer string
	// ForgetAnswersBefore, where set, removes up to a thousand answers that expired before then.
	ForgetAnswersBefore time.Time

	// Order, of a store that is an [OrderStore], is a new order (Version 0) or one that was read at Version, stored as it stands with Version + 1.
	// [ErrStale] where the stored version differs, [ErrDuplicate] where another order has its ID, its Key, or its OrderID for the same caller.
	Order *Order
	// WakeOrder has an order look at its links again.
	WakeOrder OrderWake
}

// PaylinkQuery selects links. Zero fields don't filter.
type PaylinkQuery struct {
	// OrgAppIDs are the apps whose links are wanted, nil for all.
	OrgAppIDs []string
	Provider  string
	Status    Status
	OrderID   string
	// CreatedFrom is inclusive, CreatedTo exclusive.
	CreatedFrom time.Time
	CreatedTo   time.Time
	// After is the position after which to go on: the link that the caller has seen last.
	After PaylinkCursor
	// Limit is at least 1.
	Limit int
}

// PaylinkCursor is a position in a list that is ordered by time of creation and id, newest first.
type PaylinkCursor struct {
	CreatedAt time.Time
	ID        string
}

// Webhook is a proven webhook delivery. It's kept until its link was looked at, however late the link appears.
type Webhook struct {
	ID       string
	Provider string
	OrgAppID string
	// DedupKey is unique per app.
	DedupKey   string
	Type       string
	Ref        Ref
	Facts      *Snapshot
	ReceivedAt time.Time
	Attempts   int
	Done       bool
	// PaylinkID is the link that it was for, once known.
	PaylinkID string
	// DueAt is when it's to be handled (again). Stores index it.
	DueAt time.Time
}

// Answer is an answer of the HTTP API that is kept for its idempotency key.
type Answer struct {
	// Key is a hash of the caller, method, path and Idempotency-Key.
	Key         string
	Fingerprint string
	// Status is the HTTP status, 0 while the request runs or while its outcome isn't final.
	Status int
	// Body is the answer, or, while there's none, what the request that claimed the key first has noted.
	Body []byte
	// DueAt is until when the request that runs holds the key.
	DueAt     time.Time
	ExpiresAt time.Time
}
