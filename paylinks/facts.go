package paylinks

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/google/uuid"
)

// news is what a link learns: a provider's facts, or what was done to the link, and where that was heard.
type news struct {
	source Source
	// snapshot is nil where the provider has said nothing.
	snapshot *Snapshot
	// end is a state that we decide on, without a provider's word: StatusCancelled, StatusFailed, ….
	end    Status
	reason string
	// messages are what the buyer should read about end.
	messages *Messages
	// raise is an event to raise beside those of a change of state.
	raise EventType
	// operation is what the change came from, where it came from one.
	operation *Operation
}

// learn moves a link to what the news say and returns the events that tell of it. It's the only writer of a link's state.
func (s *Service) learn(ctx context.Context, link *Paylink, heard news, info Info, now time.Time) []Event {
	before := *link
	var extra []EventType
	if heard.raise != "" {
		extra = append(extra, heard.raise)
	}
	if heard.snapshot != nil {
		extra = append(extra, s.learnFacts(ctx, link, heard.snapshot, info, now)...)
	}
	if heard.end != "" {
		if next, _ := advance(link.Status, heard.end); next != link.Status {
			link.Status, link.Reason, link.Messages = next, heard.reason, heard.messages
		}
	}
	link.UpdatedAt = now
	link.NextCheckAt = nextCheck(link, info, now)

	var events []Event
	if link.Status != before.Status || !link.Captured.Equal(before.Captured) || !link.Refunded.Equal(before.Refunded) {
		events = append(events, newEvent(link, EventType("paylink."+string(link.Status)), heard, now))
	}
	for _, kind := range extra {
		events = append(events, newEvent(link, kind, heard, now))
	}
	return events
}

// learnFacts applies a provider's facts and returns the events that they raise beyond a change of state.
func (s *Service) learnFacts(ctx context.Context, link *Paylink, facts *Snapshot, info Info, now time.Time) []EventType {
	link.RefreshedAt = now
	if contradicts(facts, link) {
		if link.AmountMismatch {
			return nil
		}
		s.log.ErrorContext(ctx, "the provider has another amount for a payment: its facts are not applied",
			slog.String("paylink_id", link.ID), slog.String("provider", link.Provider))
		link.AmountMismatch = true
		return []EventType{EventAmountMismatch}
	}
	link.AmountMismatch = false
	link.Ref = link.Ref.learn(facts.Ref)
	link.Captured = link.Captured.Max(facts.Captured)
	link.Refunded = link.Refunded.Max(facts.Refunded)
	if facts.Status == StatusRefunded || facts.Status == StatusPartiallyRefunded {
		link.Captured = link.Captured.Max(taken(link)) // what the provider was still to be told of, it has given back
	}
	if facts.Status == StatusRefunded && !facts.Refunded.IsSet() {
		link.Refunded = link.Captured
	}
	if facts.Status == StatusUnknown && facts.ProviderStatus != link.ProviderStatus {
		s.unknownStatus(ctx, link, facts.ProviderStatus)
	}
	link.RefundsUnknown = (link.RefundsUnknown || facts.Status == StatusPartiallyRefunded) && link.Refunded.IsZero()
	setIfGiven(&link.ProviderStatus, facts.ProviderStatus)
	setIfGiven(&link.CheckoutURL, facts.CheckoutURL)
	setIfGiven(&link.QRCodeURL, facts.QRCodeURL)
	setIfGiven(&link.Delivery, facts.Delivery)
	switch {
	case facts.Status.Paid():
	case !facts.ExpiresAt.IsZero():
		link.ExpiresAt = facts.ExpiresAt
	case link.ExpiresAt.IsZero() && info.LinkLife > 0:
		link.ExpiresAt = link.CreatedAt.Add(info.LinkLife)
	}

	status := facts.Status
	if status == StatusCreated && !now.Before(deadline(link, info)) {
		// Looked at after the last moment at which a payment could still show: nobody paid.
		status = StatusExpired
	}
	next, paidAfterEnd := advance(link.Status, status)
	link.FinalizePending = (link.FinalizePending || facts.FinalizePending) && !next.Final()
	if next == link.Status {
		return nil
	}
	link.Status = next
	link.Reason, link.Messages = facts.Reason, facts.Messages
	link.CancelledHere = false
	if paidAfterEnd {
		s.log.ErrorContext(ctx, "a link was paid after it had ended: capture or void it",
			slog.String("paylink_id", link.ID), slog.String("provider", link.Provider), slog.String("status", string(next)))
		return []EventType{EventPaidAfterEnd}
	}
	return nil
}

// unknownStatus tells of a word that no table knows, once for each time that a provider comes to use it for a link.
func (s *Service) unknownStatus(ctx context.Context, link *Paylink, word string) {
	s.log.WarnContext(ctx, "the provider used a status that no table knows: the link keeps its state",
		slog.String("paylink_id", link.ID), slog.String("provider", link.Provider), slog.String("provider_status", word))
	s.telemetry.count(ctx, s.telemetry.unknownWords, 1, labels{provider: link.Provider})
}

// contradicts tells whether facts can't be true of a link: another amount, or more taken or given back than there was.
func contradicts(facts *Snapshot, link *Paylink) bool {
	exceeds := func(part, whole Money) bool {
		return part.IsSet() && (part.Currency() != link.Amount.Currency() || part.Cmp(whole) > 0)
	}
	return facts.Amount.IsSet() && !facts.Amount.Equal(link.Amount) || exceeds(facts.Captured, link.Amount) || exceeds(facts.Refunded, link.Amount)
}

func setIfGiven[T ~string](field *T, value T) {
	if value != "" {
		*field = value
	}
}

// newEvent numbers an event of a link.
func newEvent(link *Paylink, kind EventType, heard news, now time.Time) Event {
	link.Events++
	data := EventData{
		Provider: link.Provider, OrderID: link.OrderID,
		Amount: link.Amount.String(), Currency: link.Amount.Currency(),
		CapturedAmount: link.Captured.String(), RefundedAmount: link.Refunded.String(),
		ProviderStatus: link.ProviderStatus, Reason: link.Reason, Source: heard.source, Metadata: link.Metadata,
	}
	if op := heard.operation; op != nil {
		data.Operation = &EventOperation{Kind: op.Kind, ReferenceID: op.shownReference()}
		if op.Amount.IsSet() {
			data.Operation.Amount = op.Amount.String()
		}
	}
	encoded, _ := json.Marshal(data) // strings all the way down
	return Event{
		ID: newID(), Type: kind, PaylinkID: link.ID, OrgAppID: link.OrgAppID, Sequence: link.Events,
		OccurredAt: now, Status: link.Status, Data: encoded,
	}
}

// newID makes a time-ordered id. It's unique, not secret.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// deadline is the last moment at which the provider can still show a payment of a link that nobody has paid yet.
func deadline(link *Paylink, info Info) time.Time {
	expires := link.ExpiresAt
	if expires.IsZero() {
		expires = link.CreatedAt.Add(info.LinkLife)
	}
	return expires.Add(max(info.SettleLife-info.LinkLife, 0))
}

// The pace at which links are looked at by themselves: often while a cashier waits, seldom later.
const (
	checkFresh      = 2 * time.Second
	checkYoung      = 15 * time.Second
	checkOld        = 2 * time.Minute
	checkAuthorized = 6 * time.Hour
	freshAge        = 3 * time.Minute
	youngAge        = 15 * time.Minute
	finalizeAge     = 24 * time.Hour
)

// nextCheck is when a link is to be looked at again, zero for never.
func nextCheck(link *Paylink, info Info, now time.Time) time.Time {
	age := now.Sub(link.CreatedAt)
	switch {
	case link.Status == StatusCreating:
		return time.Time{} // its create operation is followed instead
	case link.Status == StatusCancelled && link.CancelledHere && now.Before(deadline(link, info)):
		return now.Add(checkOld) // the provider doesn't know and may still be paid
	case link.FinalizePending && age < youngAge:
		return now.Add(checkYoung)
	case link.FinalizePending && age < finalizeAge:
		return now.Add(checkOld)
	case link.Status.Final():
		return time.Time{}
	case link.Status.Paid():
		return now.Add(checkAuthorized)
	case age < freshAge:
		return now.Add(checkFresh)
	case age < youngAge:
		return now.Add(checkYoung)
	default:
		return now.Add(checkOld)
	}
}
