package paylinks

import (
	"encoding/json"
	"time"
)

// EventType names what happened to a link.
type EventType string

// The event types. One of the paylink events is raised whenever a link's status or amounts change.
const (
	EventCreated           EventType = "paylink.created"
	EventAuthorized        EventType = "paylink.authorized"
	EventPartiallyCaptured EventType = "paylink.partially_captured"
	EventCaptured          EventType = "paylink.captured"
	EventPartiallyRefunded EventType = "paylink.partially_refunded"
	EventRefunded          EventType = "paylink.refunded"
	EventRejected          EventType = "paylink.rejected"
	EventExpired           EventType = "paylink.expired"
	EventCancelled         EventType = "paylink.cancelled"
	EventFailed            EventType = "paylink.failed"

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
	Provider       string            `json:"provider"`
	OrderID        string            `json:"order_id"`
	Amount         string            `json:"amount"`
	Currency       Currency          `json:"currency"`
	CapturedAmount string            `json:"captured_amount"`
	RefundedAmount string            `json:"refunded_amount"`
	ProviderStatus string            `json:"provider_status,omitempty"`
	Reason         string            `json:"reason,omitempty"`
	Source         Source            `json:"source"`
	Operation      *EventOperation   `json:"operation,omitempty"`
	Metadata       map[string]string `json:"metadata,omitempty"`
}

// EventOperation is the operation that an event is about.
type EventOperation struct {
	Kind        OperationKind `json:"kind"`
	ReferenceID string        `json:"reference_id,omitempty"`
	Amount      string        `json:"amount,omitempty"`
}

// Source is what made the Service learn of a change.
type Source string

// The sources.
const (
	SourceOperation Source = "operation"
	SourceGet       Source = "get"
	SourcePoll      Source = "poll"
	SourceWebhook   Source = "webhook"
	SourceCallback  Source = "callback"
	SourceRecovery  Source = "recovery"
	// SourcePerson: somebody has looked it up, and said so by [Service.Resolve].
	SourcePerson Source = "person"
)
