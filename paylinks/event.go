package paylinks

import (
	"encoding/json"
	"time"
)

// EventType names what happened to a link.
type EventType string

// The event types. One of the paylink events is raised whenever a link's status or amounts change.
const (
	// EventCreated: the buyer can pay.
	EventCreated EventType = "paylink.created"
	// EventAuthorized: the buyer has paid; capture, or cancel to give it back.
	EventAuthorized EventType = "paylink.authorized"
	// EventPartiallyCaptured: a part was captured.
	EventPartiallyCaptured EventType = "paylink.partially_captured"
	// EventCaptured: all is captured that ever will be.
	EventCaptured EventType = "paylink.captured"
	// EventPartiallyRefunded: a part of what was captured went back.
	EventPartiallyRefunded EventType = "paylink.partially_refunded"
	// EventRefunded: everything captured went back.
	EventRefunded EventType = "paylink.refunded"
	// EventRejected: the provider doesn't want the buyer.
	EventRejected EventType = "paylink.rejected"
	// EventExpired: nobody paid in time.
	EventExpired EventType = "paylink.expired"
	// EventCancelled: cancelled by merchant or buyer, or an authorization voided.
	EventCancelled EventType = "paylink.cancelled"
	// EventFailed: it could not be made, or the provider gave up on it.
	EventFailed EventType = "paylink.failed"

	// EventPaidAfterEnd: a link that had been cancelled, or had ended otherwise, was paid after all. Capture or void it.
	EventPaidAfterEnd EventType = "paylink.paid_after_cancel"
	// EventAmountMismatch: the provider has another amount or currency for this payment. The link keeps its state; a person must look.
	EventAmountMismatch EventType = "paylink.amount_mismatch"
	// EventOperationFailed: an operation whose caller was told that its outcome is unknown turned out not to have happened.
	EventOperationFailed EventType = "operation.failed"
	// EventOperationUnknown: whether an operation happened can't be told by asking; a person must look.
	EventOperationUnknown EventType = "operation.unknown"

	// EventDuplicatePayment: the link's order is paid through another link already. Void or refund one of them.
	EventDuplicatePayment EventType = "order.duplicate_payment"
)

// Event tells of one change of one link. It commits together with the change. Its JSON is what the API lists and endpoints receive.
type Event struct {
	// ID is unique, for deduplication.
	ID   string    `json:"id"`
	Type EventType `json:"type"`
	// Sequence counts the events of one link from 1, without gaps.
	Sequence   int64     `json:"sequence"`
	OccurredAt time.Time `json:"occurred_at"`
	PaylinkID  string    `json:"paylink_id"`
	OrgAppID   string    `json:"-"`
	// Status is the link's after the change.
	Status Status `json:"status"`
	// Data is a JSON object, see [EventData].
	Data json.RawMessage `json:"data"`
}

// EventData is the data of an event: the link's money and the cause of the change. It holds no personal data.
type EventData struct {
	Provider string `json:"provider"`
	// OrderID is the merchant's reference of the link.
	OrderID string `json:"order_id"`
	// Amount is the link's whole amount, CapturedAmount and RefundedAmount the totals after the change: decimal strings in major units.
	Amount         string   `json:"amount"`
	Currency       Currency `json:"currency"`
	CapturedAmount string   `json:"captured_amount"`
	RefundedAmount string   `json:"refunded_amount"`
	// ProviderStatus is the provider's own word.
	ProviderStatus string `json:"provider_status,omitempty"`
	// Reason is why the link was rejected or ended, a stable word.
	Reason string `json:"reason,omitempty"`
	// Source is what made the Service learn of it.
	Source Source `json:"source"`
	// Operation is the one that the event is about, absent where there's none.
	Operation *EventOperation `json:"operation,omitempty"`
	// Metadata is the link's.
	Metadata map[string]string `json:"metadata,omitempty"`
}

// EventOperation is the operation that an event is about.
type EventOperation struct {
	Kind OperationKind `json:"kind"`
	// ReferenceID is the caller's, or ours where the caller named none.
	ReferenceID string `json:"reference_id,omitempty"`
	// Amount is what is captured or refunded, "" for other kinds.
	Amount string `json:"amount,omitempty"`
}

// Source is what made the Service learn of a change.
type Source string

// The sources.
const (
	// SourceOperation: a call of ours at the provider.
	SourceOperation Source = "operation"
	// SourceGet: [Service.Get] asked.
	SourceGet Source = "get"
	// SourcePoll: [Service.Run] looked by itself.
	SourcePoll Source = "poll"
	// SourceWebhook: the provider's webhook made us look.
	SourceWebhook Source = "webhook"
	// SourceCallback: the returning browser made us look.
	SourceCallback Source = "callback"
	// SourceRecovery: an operation without a known outcome was settled.
	SourceRecovery Source = "recovery"
	// SourcePerson: somebody has looked it up, and said so by [Service.Resolve].
	SourcePerson Source = "person"
)
