package paylinks

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// Provider is a buy-now-pay-later provider as the [Service] drives it. A Provider translates: each method is one exchange
// with the provider's API, or the few that make one effect there, its answer turned into facts. It keeps no state, makes no decision and retries nothing that could have
// an effect; credentials and hosts are its own.
//
// It may rely on these: the required fields of its [Info] are present, amounts are positive, in one of its currencies and
// have that currency's scale, phones are E.164, ctx has a deadline, and a [Ref] is one that it returned itself.
//
// Every error is a [*ProviderError]. Methods are safe for concurrent use.
type Provider interface {
	// Info describes the provider. It's constant.
	Info() Info
	// Create makes a new payment link. A buyer whom the provider doesn't want isn't an error: the Snapshot says
	// [StatusRejected], with the reason.
	Create(ctx context.Context, in CreateInput) (Snapshot, error)
	// Fetch reads the provider's truth about a link.
	Fetch(ctx context.Context, ref Ref) (Snapshot, error)
	// Capture takes money that the buyer has authorized. Where the API wants two calls for that, such as hold and seal, it makes both. Without an answer
	// to the one that moves the money the outcome is unknown. Where the first fails, the second isn't made: that's [NotApplied] if what the first may have
	// left is in no later capture's way, else unknown too. A capture that's only held isn't in Snapshot.Captures.
	Capture(ctx context.Context, ref Ref, in CaptureInput) (Snapshot, error)
	// Cancel ends an unpaid link, or voids an authorization where in.Void says so. It's called only where [Info] lists
	// [CanCancel] or [CanVoid] respectively. A provider that refuses since the payment has moved on says [RefusedState].
	Cancel(ctx context.Context, ref Ref, in CancelInput) (Snapshot, error)
}

// Refunder is the power to give captured money back.
type Refunder interface {
	Refund(ctx context.Context, ref Ref, in RefundInput) (Snapshot, error)
}

// LinkSender is the power to have the provider send the link to the buyer again.
type LinkSender interface {
	SendLink(ctx context.Context, ref Ref, in SendInput) error
}

// EligibilityChecker is the power to ask before a link is made whether the provider would want the buyer. It's a hint: it
// fails open.
type EligibilityChecker interface {
	CheckEligibility(ctx context.Context, in CreateInput) (Eligibility, error)
}

// WebhookReceiver is the power to read the provider's webhooks. Proof and parsing are one step: what can't be proven isn't
// parsed, and the answer is [ErrUnproven]. Where the provider must be asked for the proof and can't be, that's a [*ProviderError] with [Unreachable] or
// [RefusedRate], and the webhook is to come again; any other error is a proven webhook that can't be read.
type WebhookReceiver interface {
	ReceiveWebhook(ctx context.Context, req WebhookRequest) (Notification, error)
}

// CallbackReceiver is the power to read the query with which the buyer's browser comes back. It's never proof of payment.
type CallbackReceiver interface {
	ReceiveCallback(ctx context.Context, query url.Values) (Callback, error)
}

// ReferenceFinder is the power to find a payment by the [CreateInput.Reference] that we gave it, for when the answer to a
// create call was lost. A payment that the provider doesn't know is a [RefusedNotFound] error.
type ReferenceFinder interface {
	FindByReference(ctx context.Context, reference string, amount Money) (Snapshot, error)
}

// Confirmer is the power to acknowledge a payment where the provider wants that before it counts: a Snapshot with
// ConfirmNeeded asks for it. Repeating it is harmless. It's no second half of a capture: what moves the money is made by Capture.
type Confirmer interface {
	Confirm(ctx context.Context, ref Ref) (Snapshot, error)
}

// WebhookRegistrar is the power to have the provider send its webhooks to url. Registering what is registered changes nothing.
type WebhookRegistrar interface {
	RegisterWebhook(ctx context.Context, url string) error
}

// Kind is what a provider is for.
type Kind string

// The kinds of providers.
const (
	// KindBNPL providers make payment links.
	KindBNPL Kind = "bnpl"
	// KindGatewaySync providers have their payments read into one ledger; they make no links.
	KindGatewaySync Kind = "gateway_sync"
)

// Delivery is how a link reaches the buyer.
type Delivery string

// The ways of delivery.
const (
	// DeliveryQR: the merchant shows the link, as a QR code at the till.
	DeliveryQR Delivery = "qr"
	// DeliverySMS: the provider sends the link by SMS.
	DeliverySMS Delivery = "sms"
)

// Capability is a thing that a provider can do, as [Info] lists it.
type Capability string

// The capabilities.
const (
	// CanCapture, CanCapturePartly: the merchant takes the money, the latter in parts.
	CanCapture       Capability = "capture"
	CanCapturePartly Capability = "partial_capture"
	// CanCancel: an unpaid link can be ended. CanVoid: an authorization can be given back.
	CanCancel Capability = "cancel"
	CanVoid   Capability = "void"
	// CanRefund, CanRefundPartly: captured money can be given back, the latter in parts. The provider is a [Refunder].
	CanRefund       Capability = "refund"
	CanRefundPartly Capability = "partial_refund"
	// CanSend: the provider sends a link again. It's a [LinkSender].
	CanSend Capability = "send"
	// CanReceiveWebhook: the provider, or gateway, is a [WebhookReceiver].
	CanReceiveWebhook Capability = "webhook"
	// CanRepeatCapture and CanRepeatRefund: the same call with the same reference has its effect once, so that one with an
	// unknown outcome may be repeated.
	CanRepeatCapture Capability = "idempotent_capture"
	CanRepeatRefund  Capability = "idempotent_refund"
	// CanTraceCapture and CanTraceRefund: Fetch lists each capture or refund with the reference that we gave it, so that what became
	// of one can always be told.
	CanTraceCapture Capability = "traceable_capture"
	CanTraceRefund  Capability = "traceable_refund"
	// CanSync: a gateway's payments can be read.
	CanSync Capability = "sync"
	// CanFindByReference: a payment can be found by our reference.
	CanFindByReference Capability = "find_by_reference"
)

// Info describes a provider: for people, for the catalogue, and for the Service's decisions.
type Info struct {
	// ID is the provider's id in the API: "tabby".
	ID          string
	Name        string
	Description string
	Kind        Kind
	// Regions is for people: "KSA, UAE, Kuwait".
	Regions string
	// AppSlug names the integration app of Payments Orders.
	AppSlug    string
	Currencies []Currency
	// Checkout is how the provider's links reach the buyer by default.
	Checkout     Delivery
	Capabilities []Capability
	// RequiredFields and OptionalFields are the fields of a create request that this provider reads, beyond the common ones.
	RequiredFields []Field
	OptionalFields []Field
	Credentials    []Credential
	Notes          []string

	// LinkLife is how long a new link can be paid where the provider doesn't say.
	LinkLife time.Duration
	// SettleLife is how long after its creation a link's final state can still show at the provider. A link is watched
	// until then, and only then ends [StatusExpired] if the provider still calls it unpaid.
	SettleLife time.Duration
	// WebhookReply is what the provider wants to read in the 200 that answers its webhooks, "" where that doesn't matter. Package httpserver looks it up in its
	// Options.Catalogue.
	WebhookReply string
	// LookBack is how far a sync of a gateway reads back beyond the last one, so that late changes are seen.
	LookBack time.Duration
	// RateLimit is how many calls per second the provider accepts for one account, 0 where unknown.
	RateLimit int
}

// Can tells whether the provider has a capability.
func (i Info) Can(c Capability) bool {
	for _, have := range i.Capabilities {
		if have == c {
			return true
		}
	}
	return false
}

// Accepts tells whether the provider takes payments in c.
func (i Info) Accepts(c Currency) bool {
	for _, have := range i.Currencies {
		if have == c {
			return true
		}
	}
	return false
}

// Field describes a field of a request.
type Field struct {
	// Name and Type are as in the JSON of the request.
	Name        string `json:"name"`
	Type        string `json:"type"`
	Description string `json:"description"`
	// Values are the only ones that a field of the provider's own takes, nil for any: a request with another is refused before there is a link.
	Values []string `json:"values,omitempty"`
}

// Credential describes a credential that an app of the provider is configured with: its name, never its value.
type Credential struct {
	// Name is that of an environment variable: "TABBY_SECRET_KEY".
	Name        string `json:"name"`
	Required    bool   `json:"required"`
	Description string `json:"description"`
}

// Ref is what a provider needs to find a payment again. It's stored with the link; ids come from Snapshots.
type Ref struct {
	// Reference is ours, unique for each create operation and sent to the provider where it takes one.
	Reference string `json:"reference,omitempty"`
	// OrderID is the merchant's.
	OrderID string `json:"order_id,omitempty"`
	// SessionID, PaymentID and TransactionID are the provider's. What each means is the provider's own affair.
	SessionID     string `json:"session_id,omitempty"`
	PaymentID     string `json:"payment_id,omitempty"`
	TransactionID string `json:"transaction_id,omitempty"`
	// Flow is the provider's own note of the way in which it made the link, where it has several.
	Flow string `json:"flow,omitempty"`
	// Amount is the whole amount of the link, as it was created.
	Amount Money `json:"amount"`
}

// learn fills the ids of r that are empty from news. An id that is known never changes.
func (r Ref) learn(news Ref) Ref {
	for _, id := range []struct {
		known *string
		seen  string
	}{
		{&r.SessionID, news.SessionID},
		{&r.PaymentID, news.PaymentID},
		{&r.TransactionID, news.TransactionID},
		{&r.Flow, news.Flow},
	} {
		if *id.known == "" {
			*id.known = id.seen
		}
	}
	return r
}

// Snapshot is what a provider says about a payment at one moment: facts, no decisions.
type Snapshot struct {
	// Ref has the ids that the answer shows; the others are empty.
	Ref Ref
	// ProviderStatus is the provider's own word, as sent.
	ProviderStatus string
	// Status is what the word and the amounts mean, [StatusUnknown] where no table knows.
	Status Status
	// Amount is the whole amount as the provider has it, unset where it doesn't say.
	Amount Money
	// Captured and Refunded are running totals, unset where the provider doesn't say.
	Captured Money
	Refunded Money
	// Captures and Refunds are the single transactions that have moved money, where the provider lists them.
	Captures []Transaction
	Refunds  []Transaction

	// CheckoutURL is the page on which the buyer pays. QRCodeURL is a picture of it that the provider draws.
	CheckoutURL string
	QRCodeURL   string
	// Delivery is how the link went out, "" for the default of Info.
	Delivery Delivery
	// ExpiresAt is until when an unpaid link can be paid, zero where the provider doesn't say.
	ExpiresAt time.Time

	// Reason is a stable word for why the link was rejected or failed, Messages what the buyer should read.
	Reason   string
	Messages *Messages

	// ConfirmNeeded asks the Service for [Confirmer.Confirm].
	ConfirmNeeded bool
	// FinalizePending is said by Capture where the buyer has paid and the provider could not be told yet that the merchant knows: the
	// capture counts as done, and the Service calls [Confirmer.Confirm] in the background until it says [StatusCaptured].
	FinalizePending bool

	// Raw is the provider's answer as received, without credentials.
	Raw json.RawMessage
}

// with is what the API says, completed by what a proven webhook does.
func (s Snapshot) with(told *Snapshot) Snapshot {
	if told == nil {
		return s
	}
	ended := told.Status.Ended() && !s.Status.Paid()
	refunded := told.Status == StatusRefunded || told.Status == StatusPartiallyRefunded
	if ended || (refunded && s.Status.Paid()) {
		s.Status, s.Reason = told.Status, told.Reason
		s.Refunded = s.Refunded.Max(told.Refunded)
	}
	return s
}

// Transaction is one capture or refund at the provider: one that has moved money. One that's held, asked for or refused isn't among a Snapshot's, since
// by [CanTraceCapture] and [CanTraceRefund] the Service takes what is listed for done.
type Transaction struct {
	// ID is the provider's.
	ID string
	// Reference is the one that we sent, "" where the provider doesn't return it.
	Reference string
	Amount    Money
	At        time.Time
}

// CreateInput is a link to make.
type CreateInput struct {
	// Reference is unique for this call. See [Ref].
	Reference string
	// PaylinkID is the id of our link, for correlation fields.
	PaylinkID   string
	OrderID     string
	Amount      Money
	Description string
	Buyer       Buyer
	// SendTo is where an SMS with the link goes: present where [Info] requires "phone_number".
	SendTo Phone
	// Lang is "ar" or "en", "" where the merchant didn't say.
	Lang string
	// Items are never empty and add up to Amount.
	Items []Item
	// Options are the provider's own fields of the create request, such as "payment_type", by name.
	Options map[string]string
	// ReturnURL is our callback page, "" where none is configured.
	ReturnURL string
	// NotifyURL is our webhook endpoint, "" where none is configured.
	NotifyURL string
}

// CaptureInput is a capture.
type CaptureInput struct {
	// Reference is unique for this capture, and the same when it's repeated.
	Reference string
	Amount    Money
	At        time.Time
}

// CancelInput is a cancellation.
type CancelInput struct {
	// Reference is unique for this cancellation, and the same when it's repeated.
	Reference string
	// Void: the buyer has paid and the authorization is to be given back. Else the link is unpaid.
	Void bool
	// Amount is what is authorized and not captured, for Void.
	Amount Money
}

// RefundInput is a refund.
type RefundInput struct {
	// Reference is unique for this refund, and the same when it's repeated.
	Reference string
	Amount    Money
	// Reason is the merchant's free text.
	Reason string
}

// SendInput says to whom a link is sent again.
type SendInput struct {
	Phone Phone
}

// Eligibility is a provider's opinion on a buyer.
type Eligibility struct {
	// Eligible is false where the provider says clearly that it won't take the buyer; then Reason and Messages are as in [Snapshot].
	Eligible bool
	Reason   string
	Messages *Messages
}

// WebhookRequest is a webhook delivery as it arrived.
type WebhookRequest struct {
	// Header and Query are as they came, with the names as net/http has them.
	Header http.Header
	Query  url.Values
	// Path is what follows the app's id in the URL's path, without slashes at its ends.
	Path string
	Body []byte
	// RemoteAddr is the sender's address as the HTTP server saw it, for allow lists.
	RemoteAddr netip.Addr
	// Now is the time of arrival, for proofs that expire.
	Now time.Time
}

// Notification is what a proven webhook says: which payment to look at. It moves no money state by itself.
type Notification struct {
	// Ref has the ids that the webhook names: any one of them finds the link.
	Ref Ref
	// Type is the provider's own word for the event.
	Type string
	// DedupKey is equal for two deliveries of one event.
	DedupKey string
	// Facts is what the provider's API can't be asked for, and the webhook is proven to say; usually nil. Its Status counts where the
	// API doesn't contradict it: an end of a link that isn't paid there, a refund of one that is.
	Facts *Snapshot
}

// Callback is what the returning browser says.
type Callback struct {
	// Ref has the ids that the query names, possibly none.
	Ref Ref
	// Result is the provider's claim: "success", "cancel", "failure", or "".
	Result string
}

// ErrUnproven is returned for a webhook whose proof is missing or wrong. It says no more, and neither should an answer.
var ErrUnproven = errors.New("paylinks: the webhook isn't proven to come from the provider")
