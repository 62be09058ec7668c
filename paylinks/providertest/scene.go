package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// patience is how long a call may take before it counts as hung. Nothing waits for it to pass.
const patience = 30 * time.Second

// scene is one check's stage: a fresh subject, and the asserts that hold for everything that it answers.
type scene struct {
	TB
	Subject
	info     paylinks.Info
	currency paylinks.Currency
	serial   atomic.Int64
}

// needs skips a check for which the provider or the harness lacks something.
func (s *scene) needs(what string, have bool) {
	s.Helper()
	if !have {
		s.Skipf("needs %s", what)
	}
}

func (s *scene) ctx() context.Context {
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	s.Cleanup(cancel)
	return ctx
}

// money is an amount that shows rounding: odd in every decimal that the currency has.
func (s *scene) money(whole string) paylinks.Money {
	s.Helper()
	fraction := map[int32]string{2: ".35", 3: ".345"}[s.currency.Exponent()]
	return s.parse(whole + fraction)
}

func (s *scene) parse(text string) paylinks.Money {
	s.Helper()
	m, err := paylinks.ParseMoney(text, s.currency)
	require.NoError(s, err)
	return m
}

// reference is a new one of ours.
func (s *scene) reference(kind string) string { return fmt.Sprintf("%s-%d", kind, s.serial.Add(1)) }

func (s *scene) input(amount paylinks.Money) paylinks.CreateInput {
	n := s.serial.Add(1)
	return paylinks.CreateInput{
		Reference: fmt.Sprintf("reference-%d", n), PaylinkID: fmt.Sprintf("paylink-%d", n), OrderID: fmt.Sprintf("order-%d", n),
		Amount: amount, Description: "a conformance check",
		Buyer:  paylinks.Buyer{Name: "Noura Salem", Email: "noura@example.com", Phone: s.Phone},
		SendTo: s.Phone, Lang: "en",
		Items:   []paylinks.Item{{Name: "Coffee & dates", Quantity: 1, UnitPrice: amount, SKU: "SKU-1", Category: "Food"}},
		Options: s.Options, ReturnURL: "https://shop.example/return", NotifyURL: "https://shop.example/notify",
	}
}

// create makes a link and returns the Ref under which the Service would store it.
func (s *scene) create(amount paylinks.Money) paylinks.Ref {
	s.Helper()
	in := s.input(amount)
	snapshot, err := s.Provider.Create(s.ctx(), in)
	s.fine(snapshot, err)
	require.Equal(s, paylinks.StatusCreated, snapshot.Status, "a new link of an accepted buyer")
	return refOf(in, snapshot)
}

func refOf(in paylinks.CreateInput, snapshot paylinks.Snapshot) paylinks.Ref {
	return learn(paylinks.Ref{Reference: in.Reference, OrderID: in.OrderID, Amount: in.Amount}, snapshot.Ref)
}

// learn fills the provider's ids that ref lacks.
func learn(ref, news paylinks.Ref) paylinks.Ref {
	for _, id := range []struct {
		known *string
		seen  string
	}{
		{&ref.SessionID, news.SessionID}, {&ref.PaymentID, news.PaymentID}, {&ref.TransactionID, news.TransactionID}, {&ref.Flow, news.Flow},
	} {
		if *id.known == "" {
			*id.known = id.seen
		}
	}
	return ref
}

// paid makes a link, has it paid, and confirms the payment where the provider wants that.
func (s *scene) paid(amount paylinks.Money) (paylinks.Ref, paylinks.Snapshot) {
	s.Helper()
	s.needs("Subject.Pay", s.Pay != nil)
	ref := s.create(amount)
	learned, err := s.Pay(ref)
	require.NoError(s, err, "paying at the simulator")
	ref = learn(ref, learned)
	return s.settled(ref)
}

// settled fetches a paid link and confirms it as the Service would.
func (s *scene) settled(ref paylinks.Ref) (paylinks.Ref, paylinks.Snapshot) {
	s.Helper()
	snapshot := s.fetch(ref)
	ref = learn(ref, snapshot.Ref)
	if snapshot.ConfirmNeeded {
		confirmer, ok := s.Provider.(paylinks.Confirmer)
		require.True(s, ok, "a provider that asks for a confirmation is a Confirmer")
		confirmed, err := confirmer.Confirm(s.ctx(), ref)
		s.fine(confirmed, err)
		require.False(s, confirmed.ConfirmNeeded, "one confirmation is enough")
		again, err := confirmer.Confirm(s.ctx(), ref)
		s.fine(again, err)
		ref, snapshot = learn(ref, confirmed.Ref), confirmed
	}
	require.True(s, snapshot.Status.Paid(), "a paid link has status %q", snapshot.Status)
	return ref, snapshot
}

// authorized is paid for a check that captures or voids itself. It's skipped where the provider captures by itself.
func (s *scene) authorized(amount paylinks.Money) paylinks.Ref {
	s.Helper()
	ref, snapshot := s.paid(amount)
	s.needs("a payment that isn't captured by the provider itself", snapshot.Status == paylinks.StatusAuthorized)
	return ref
}

// captured is a link that is paid and wholly captured, by whomever.
func (s *scene) captured(amount paylinks.Money) paylinks.Ref {
	s.Helper()
	ref, snapshot := s.paid(amount)
	if snapshot.Status != paylinks.StatusAuthorized {
		return ref
	}
	s.can(paylinks.CanCapture)
	captured, err := s.capture(ref, s.reference("capture"), amount)
	s.fine(captured, err)
	return learn(ref, captured.Ref)
}

func (s *scene) fetch(ref paylinks.Ref) paylinks.Snapshot {
	s.Helper()
	snapshot, err := s.Provider.Fetch(s.ctx(), ref)
	s.fine(snapshot, err)
	for name, pair := range map[string][2]string{
		"session": {ref.SessionID, snapshot.Ref.SessionID}, "payment": {ref.PaymentID, snapshot.Ref.PaymentID},
		"transaction": {ref.TransactionID, snapshot.Ref.TransactionID},
	} {
		if pair[0] != "" && pair[1] != "" {
			assert.Equal(s, pair[0], pair[1], "the %s id doesn't change", name)
		}
	}
	if snapshot.Amount.IsSet() {
		s.same(ref.Amount, snapshot.Amount, "the amount of the payment")
	}
	return snapshot
}

func (s *scene) capture(ref paylinks.Ref, reference string, amount paylinks.Money) (paylinks.Snapshot, error) {
	return s.Provider.Capture(s.ctx(), ref, paylinks.CaptureInput{Reference: reference, Amount: amount, At: time.Now()})
}

func (s *scene) cancel(ref paylinks.Ref) (paylinks.Snapshot, error) {
	return s.Provider.Cancel(s.ctx(), ref, paylinks.CancelInput{Reference: s.reference("cancel"), Amount: ref.Amount})
}

func (s *scene) void(ref paylinks.Ref, amount paylinks.Money) (paylinks.Snapshot, error) {
	return s.Provider.Cancel(s.ctx(), ref, paylinks.CancelInput{Reference: s.reference("void"), Void: true, Amount: amount})
}

func (s *scene) refund(ref paylinks.Ref, reference string, amount paylinks.Money) (paylinks.Snapshot, error) {
	s.Helper()
	s.has(paylinks.CanRefund)
	return s.Provider.(paylinks.Refunder).Refund(s.ctx(), ref, paylinks.RefundInput{Reference: reference, Amount: amount, Reason: "conformance"})
}

// fine is what holds for every answer that isn't an error.
func (s *scene) fine(snapshot paylinks.Snapshot, err error) {
	s.Helper()
	if err != nil {
		_ = s.providerError(err)
	}
	require.NoError(s, err)
	s.told(snapshot.Status)
	for name, m := range map[string]paylinks.Money{"amount": snapshot.Amount, "captured": snapshot.Captured, "refunded": snapshot.Refunded} {
		if m.IsSet() {
			assert.Equal(s, s.currency, m.Currency(), "the currency of %s", name)
		}
	}
	for _, list := range [][]paylinks.Transaction{snapshot.Captures, snapshot.Refunds} {
		for _, transaction := range list {
			assert.NotEmpty(s, transaction.ID+transaction.Reference, "a capture or refund is named")
			assert.Equal(s, s.currency, transaction.Amount.Currency())
		}
	}
	if len(snapshot.Raw) > 0 {
		assert.True(s, json.Valid(snapshot.Raw), "Raw is JSON")
	}
	s.discreet("Snapshot.Raw", string(snapshot.Raw), false)
}

// told checks that a status is one that a provider can tell: the Service alone knows that it's still making a link.
func (s *scene) told(status paylinks.Status) {
	s.Helper()
	told := status.Valid() && status != paylinks.StatusCreating || status == paylinks.StatusUnknown
	assert.True(s, told, "status %q isn't one that a provider can tell: a word that no table has is StatusUnknown", status)
}

// providerError is what holds for every error.
func (s *scene) providerError(err error) *paylinks.ProviderError {
	s.Helper()
	require.Error(s, err)
	var failure *paylinks.ProviderError
	require.True(s, errors.As(err, &failure), "every error is a *paylinks.ProviderError, this is a %T", err)
	assert.NotEmpty(s, failure.Refusal, "an error has a Refusal")
	assert.Contains(s, []paylinks.Outcome{paylinks.NotApplied, paylinks.OutcomeUnknown, paylinks.Applied}, failure.Outcome, "an error has an Outcome")
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		for _, verb := range []string{"%v", "%+v", "%#v"} {
			s.discreet("error text", fmt.Sprintf(verb, cause), true)
		}
	}
	return failure
}

// discreet tells that a text holds no credential and, where personal says so, nothing of the buyer.
func (s *scene) discreet(what, text string, personal bool) {
	s.Helper()
	secrets := s.Secrets
	if personal {
		for _, phone := range []paylinks.Phone{s.Phone, s.RejectedPhone} {
			secrets = append(secrets[:len(secrets):len(secrets)], strings.TrimPrefix(string(phone), "+"))
		}
		secrets = append(secrets, "noura@example.com", "Noura Salem")
	}
	for _, secret := range secrets {
		if secret != "" && strings.Contains(text, secret) {
			s.Errorf("%s gives away a secret or the buyer", what) // Without the text: it has the secret in it.
		}
	}
}

// refused is an error by which the provider says that it has not done what it was asked for.
func (s *scene) refused(err error, refusals ...paylinks.Refusal) {
	s.Helper()
	failure := s.providerError(err)
	assert.Equal(s, paylinks.NotApplied, failure.Outcome, "a refusal is not applied")
	if len(refusals) > 0 {
		assert.Contains(s, refusals, failure.Refusal)
	}
}

// uncertain is an error after which nobody knows whether the call had its effect.
func (s *scene) uncertain(err error) {
	s.Helper()
	failure := s.providerError(err)
	assert.Equal(s, paylinks.Unreachable, failure.Refusal)
	assert.Equal(s, paylinks.OutcomeUnknown, failure.Outcome, "it may have happened")
}

func (s *scene) same(want, have paylinks.Money, what string) {
	s.Helper()
	assert.True(s, want.Equal(have), "%s: want %s %s, have %s %s", what, want, want.Currency(), have, have.Currency())
}

// totals checks what a snapshot says, where it says anything, and what really happened.
func (s *scene) totals(ref paylinks.Ref, snapshot paylinks.Snapshot, captured, refunded paylinks.Money) {
	s.Helper()
	if snapshot.Captured.IsSet() {
		s.same(captured, snapshot.Captured, "captured")
	}
	if snapshot.Refunded.IsSet() {
		s.same(refunded, snapshot.Refunded, "refunded")
	}
	s.really(ref, captured, refunded)
}

// really checks what happened at the provider, whatever it says.
func (s *scene) really(ref paylinks.Ref, captured, refunded paylinks.Money) {
	s.Helper()
	if s.Truth == nil {
		return
	}
	truth := s.Truth(ref)
	s.same(captured, truth.Captured, "really captured")
	s.same(refunded, truth.Refunded, "really refunded")
}

// untraced checks that one of ours isn't among a snapshot's captures or refunds.
func (s *scene) untraced(list []paylinks.Transaction, reference string) {
	s.Helper()
	for _, transaction := range list {
		assert.NotEqual(s, reference, transaction.Reference, "what has moved no money isn't listed, for the Service takes it for done")
	}
}

// traced checks that one of ours is among a snapshot's captures or refunds, once.
func (s *scene) traced(list []paylinks.Transaction, reference string, amount paylinks.Money) {
	s.Helper()
	found := 0
	for _, transaction := range list {
		if transaction.Reference == reference {
			found++
			s.same(amount, transaction.Amount, "the amount of "+reference)
		}
	}
	assert.Equal(s, 1, found, "%s is listed once", reference)
}
