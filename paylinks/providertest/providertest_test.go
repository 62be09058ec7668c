package providertest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/recordtest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/providertest"
)

func TestAProviderOfEveryShapePasses(t *testing.T) {
	t.Parallel()
	for name, p := range profiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			providertest.Run(t, harness(p, (*model).provider))
		})
	}
}

// record runs one check.
func record(ctx context.Context, check providertest.Check, h providertest.Harness) *recordtest.Recorder {
	return recordtest.Run(ctx, func(r *recordtest.Recorder) { check.Run(r, h) })
}

// failing are the names of the checks that h fails.
func failing(ctx context.Context, h providertest.Harness) []string {
	var names []string
	for _, check := range providertest.Checks() {
		if len(record(ctx, check, h).Failures()) > 0 {
			names = append(names, check.Name)
		}
	}
	return names
}

func TestEveryCheckRunsForSomeProvider(t *testing.T) {
	t.Parallel()
	for _, check := range providertest.Checks() {
		ran := false
		for _, p := range profiles {
			r := record(t.Context(), check, harness(p, (*model).provider))
			assert.Empty(t, r.Failures(), check.Name)
			ran = ran || !r.Skipped()
		}
		// The model has no browser callback; the suite of a provider that has one runs that check.
		assert.True(t, ran || check.Name == "ReceiveCallback survives every query", "%s never runs", check.Name)
	}
}

func TestEveryCheckHasItsOwnName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, check := range providertest.Checks() {
		require.False(t, seen[check.Name], check.Name)
		seen[check.Name] = true
	}
}

func TestAHarnessWithoutControlsSkipsRatherThanFails(t *testing.T) {
	t.Parallel()
	h := providertest.Harness{
		Currencies: []paylinks.Currency{paylinks.SAR},
		New: func(providertest.TB, paylinks.Currency) providertest.Subject {
			return providertest.Subject{Provider: newModel(profiles["authorize and capture"]).provider(), Phone: goodPhone}
		},
	}
	assert.Empty(t, failing(t.Context(), h))
}

// The broken providers: each is right but for one habit that costs money.

type roundsCreated struct{ sending }

func (b roundsCreated) Create(ctx context.Context, in paylinks.CreateInput) (paylinks.Snapshot, error) {
	in.Amount = rounded(in.Amount)
	return b.sending.Create(ctx, in)
}

type roundsReported struct{ sending }

func (b roundsReported) Fetch(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	s, err := b.sending.Fetch(ctx, ref)
	if s.Captured.IsSet() {
		s.Captured = rounded(s.Captured)
	}
	return s, err
}

// rounded is m without the last of its decimals.
func rounded(m paylinks.Money) paylinks.Money {
	text := m.String()
	cut, err := paylinks.ParseMoney(text[:len(text)-1]+"0", m.Currency())
	if err != nil {
		return m
	}
	return cut
}

type believesEveryWebhook struct{ sending }

func (b believesEveryWebhook) ReceiveWebhook(_ context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	return paylinks.Notification{Type: "changed", DedupKey: string(req.Body), Ref: paylinks.Ref{SessionID: string(req.Body)}}, nil
}

// believesMissingProof verifies a proof only where there is one.
type believesMissingProof struct{ sending }

func (b believesMissingProof) ReceiveWebhook(ctx context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	if req.Header.Get("X-Model") == "" {
		return paylinks.Notification{Type: "changed"}, nil
	}
	return b.sending.ReceiveWebhook(ctx, req)
}

type panicsOnWebhooks struct{ sending }

func (b panicsOnWebhooks) ReceiveWebhook(ctx context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	n, err := b.sending.ReceiveWebhook(ctx, req)
	if err == nil {
		_ = req.Body[10]
	}
	return n, err
}

type retriesCaptures struct{ sending }

func (b retriesCaptures) Capture(ctx context.Context, ref paylinks.Ref, in paylinks.CaptureInput) (paylinks.Snapshot, error) {
	s, err := b.sending.Capture(ctx, ref, in)
	if err != nil {
		s, err = b.sending.Capture(ctx, ref, in)
	}
	return s, err
}

type retriesCreates struct{ sending }

func (b retriesCreates) Create(ctx context.Context, in paylinks.CreateInput) (paylinks.Snapshot, error) {
	s, err := b.sending.Create(ctx, in)
	if err != nil {
		s, err = b.sending.Create(ctx, in)
	}
	return s, err
}

// saysNotApplied takes no answer for no effect.
type saysNotApplied struct{ sending }

func (b saysNotApplied) Refund(ctx context.Context, ref paylinks.Ref, in paylinks.RefundInput) (paylinks.Snapshot, error) {
	s, err := b.sending.Refund(ctx, ref, in)
	var failure *paylinks.ProviderError
	if errors.As(err, &failure) {
		failure.Outcome = paylinks.NotApplied
	}
	return s, err
}

type forgetsReferences struct{ sending }

func (b forgetsReferences) Refund(ctx context.Context, ref paylinks.Ref, in paylinks.RefundInput) (paylinks.Snapshot, error) {
	in.Reference = "refund-of-" + ref.OrderID
	return b.sending.Refund(ctx, ref, in)
}

type inventsReferences struct{ sending }

func (b inventsReferences) Capture(ctx context.Context, ref paylinks.Ref, in paylinks.CaptureInput) (paylinks.Snapshot, error) {
	b.mu.Lock()
	in.Reference += fmt.Sprint(b.calls[providertest.OpCapture])
	b.mu.Unlock()
	return b.sending.Capture(ctx, ref, in)
}

type rejectsWithAnError struct{ sending }

func (b rejectsWithAnError) Create(ctx context.Context, in paylinks.CreateInput) (paylinks.Snapshot, error) {
	s, err := b.sending.Create(ctx, in)
	if s.Status == paylinks.StatusRejected {
		return paylinks.Snapshot{}, fail(paylinks.RefusedBuyer, paylinks.NotApplied, nil)
	}
	return s, err
}

type plainErrors struct{ sending }

func (b plainErrors) Fetch(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	s, err := b.sending.Fetch(ctx, ref)
	if err != nil {
		return s, errors.New("no such payment")
	}
	return s, nil
}

type tellsThePhone struct{ sending }

func (b tellsThePhone) Create(ctx context.Context, in paylinks.CreateInput) (paylinks.Snapshot, error) {
	s, err := b.sending.Create(ctx, in)
	if err != nil {
		return s, fail(paylinks.Unreachable, paylinks.OutcomeUnknown, errors.New("sending to "+string(in.Buyer.Phone)))
	}
	return s, nil
}

type tellsTheSecret struct{ sending }

func (b tellsTheSecret) Fetch(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	s, err := b.sending.Fetch(ctx, ref)
	s.Raw = []byte(`{"authorization":"` + modelSecret + `"}`)
	return s, err
}

type saysPaidForAuthorized struct{ sending }

func (b saysPaidForAuthorized) Fetch(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	s, err := b.sending.Fetch(ctx, ref)
	if s.Status == paylinks.StatusAuthorized {
		s.Status = paylinks.StatusCaptured
	}
	return s, err
}

type cancelsWhatIsPaid struct{ sending }

func (b cancelsWhatIsPaid) Cancel(ctx context.Context, ref paylinks.Ref, in paylinks.CancelInput) (paylinks.Snapshot, error) {
	s, err := b.sending.Cancel(ctx, ref, in)
	if err != nil && ctx.Err() == nil && !in.Void {
		return paylinks.Snapshot{Status: paylinks.StatusCancelled}, nil
	}
	return s, err
}

type promisesTooMuch struct{ core }

type forgetsTheContext struct{ sending }

func (b forgetsTheContext) Create(ctx context.Context, in paylinks.CreateInput) (paylinks.Snapshot, error) {
	return b.sending.Create(context.WithoutCancel(ctx), in)
}

func TestABrokenProviderFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wrap func(sending) paylinks.Provider
		// caught is the check that has to see it, whatever others do.
		caught string
	}{
		"rounds amounts":             {func(s sending) paylinks.Provider { return roundsCreated{s} }, "Create keeps every amount exactly"},
		"rounds what it reports":     {func(s sending) paylinks.Provider { return roundsReported{s} }, "Capture takes the whole amount, in every currency"},
		"believes every webhook":     {func(s sending) paylinks.Provider { return believesEveryWebhook{s} }, "ReceiveWebhook refuses what isn't proven"},
		"believes a missing proof":   {func(s sending) paylinks.Provider { return believesMissingProof{s} }, "ReceiveWebhook refuses what isn't proven"},
		"panics on a short webhook":  {func(s sending) paylinks.Provider { return panicsOnWebhooks{s} }, "ReceiveWebhook survives every body"},
		"retries captures":           {func(s sending) paylinks.Provider { return retriesCaptures{s} }, "A capture with lost answer is unknown and isn't repeated"},
		"retries creates":            {func(s sending) paylinks.Provider { return retriesCreates{s} }, "A create with error before the effect is unknown and isn't repeated"},
		"calls a loss not applied":   {func(s sending) paylinks.Provider { return saysNotApplied{s} }, "A refund with lost answer is unknown and isn't repeated"},
		"one reference for refunds":  {func(s sending) paylinks.Provider { return forgetsReferences{s} }, "Refund tells two parts of one amount apart by their references"},
		"a new reference each time":  {func(s sending) paylinks.Provider { return inventsReferences{s} }, "Capture with one reference happens once, in part"},
		"rejects with an error":      {func(s sending) paylinks.Provider { return rejectsWithAnError{s} }, "Create says a refused buyer as a fact, not as an error"},
		"has errors of its own":      {func(s sending) paylinks.Provider { return plainErrors{s} }, "Fetch of an unknown payment is refused"},
		"tells the phone":            {func(s sending) paylinks.Provider { return tellsThePhone{s} }, "A create with lost answer is unknown and isn't repeated"},
		"tells the secret":           {func(s sending) paylinks.Provider { return tellsTheSecret{s} }, "Fetch shows a payment"},
		"says paid for authorized":   {func(s sending) paylinks.Provider { return saysPaidForAuthorized{s} }, "Fetch shows a payment"},
		"cancels what is paid":       {func(s sending) paylinks.Provider { return cancelsWhatIsPaid{s} }, "Cancel of a paid link is refused and keeps the payment"},
		"promises more than it does": {func(s sending) paylinks.Provider { return promisesTooMuch(s) }, "Info's capabilities and the provider's powers are the same"},
		"forgets the context":        {func(s sending) paylinks.Provider { return forgetsTheContext{s} }, "A call whose context has ended isn't made"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := harness(profiles["authorize and capture"], func(m *model) paylinks.Provider { return c.wrap(sending{core{m}}) })
			for _, check := range providertest.Checks() {
				if check.Name == c.caught {
					assert.NotEmpty(t, record(t.Context(), check, h).Failures(), "the suite must fail a provider that %s", name)
					return
				}
			}
			t.Errorf("there's no check %q", c.caught)
		})
	}
}
