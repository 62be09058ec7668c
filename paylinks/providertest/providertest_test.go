package providertest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
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

// listsHeldCaptures lists a capture whose money hasn't moved yet, as an API that holds first and seals second shows it.
type listsHeldCaptures struct {
	sending
	held *sync.Map
}

func (b listsHeldCaptures) Capture(ctx context.Context, ref paylinks.Ref, in paylinks.CaptureInput) (paylinks.Snapshot, error) {
	s, err := b.sending.Capture(ctx, ref, in)
	if b.meets(providertest.OpCapture, providertest.EarlyError) {
		b.held.Store(ref.SessionID, paylinks.Transaction{Reference: in.Reference, Amount: in.Amount})
	}
	return s, err
}

func (b listsHeldCaptures) Fetch(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	s, err := b.sending.Fetch(ctx, ref)
	if held, ok := b.held.Load(ref.SessionID); ok && len(s.Captures) == 0 {
		s.Captures = append(s.Captures, held.(paylinks.Transaction))
	}
	return s, err
}

type listsFailedRefunds struct {
	sending
	failed *sync.Map
}

func (b listsFailedRefunds) Refund(ctx context.Context, ref paylinks.Ref, in paylinks.RefundInput) (paylinks.Snapshot, error) {
	s, err := b.sending.Refund(ctx, ref, in)
	if b.meets(providertest.OpRefund, providertest.EarlyError) {
		b.failed.Store(ref.SessionID, paylinks.Transaction{Reference: in.Reference, Amount: in.Amount})
	}
	return s, err
}

func (b listsFailedRefunds) Fetch(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	s, err := b.sending.Fetch(ctx, ref)
	if failed, ok := b.failed.Load(ref.SessionID); ok && len(s.Refunds) == 0 {
		s.Refunds = append(s.Refunds, failed.(paylinks.Transaction))
	}
	return s, err
}

type tellsByWebhook struct {
	sending
	status paylinks.Status
}

func (b tellsByWebhook) ReceiveWebhook(ctx context.Context, req paylinks.WebhookRequest) (paylinks.Notification, error) {
	n, err := b.sending.ReceiveWebhook(ctx, req)
	if err == nil {
		n.Facts = &paylinks.Snapshot{Status: b.status}
	}
	return n, err
}

type refundsWithStatus struct {
	sending
	status paylinks.Status
}

func (b refundsWithStatus) Refund(ctx context.Context, ref paylinks.Ref, in paylinks.RefundInput) (paylinks.Snapshot, error) {
	s, err := b.sending.Refund(ctx, ref, in)
	if err == nil {
		s.Status = b.status
	}
	return s, err
}

// readsToTheEnd refuses an answer that is too large, once it has all of it.
type readsToTheEnd struct{ sending }

func (b readsToTheEnd) Fetch(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	s, err := b.sending.Fetch(ctx, ref)
	if b.meets(providertest.OpFetch, providertest.Endless) {
		return s, fail(paylinks.Unreachable, paylinks.OutcomeUnknown, io.ErrUnexpectedEOF)
	}
	return s, err
}

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
		// alone: no other check sees it.
		alone bool
	}{
		"rounds amounts":             {func(s sending) paylinks.Provider { return roundsCreated{s} }, "Create keeps every amount exactly", false},
		"rounds what it reports":     {func(s sending) paylinks.Provider { return roundsReported{s} }, "Capture takes the whole amount, in every currency", false},
		"believes every webhook":     {func(s sending) paylinks.Provider { return believesEveryWebhook{s} }, "ReceiveWebhook refuses what isn't proven", false},
		"believes a missing proof":   {func(s sending) paylinks.Provider { return believesMissingProof{s} }, "ReceiveWebhook refuses what isn't proven", false},
		"panics on a short webhook":  {func(s sending) paylinks.Provider { return panicsOnWebhooks{s} }, "ReceiveWebhook survives every body", false},
		"retries captures":           {func(s sending) paylinks.Provider { return retriesCaptures{s} }, "A capture with lost answer is unknown and isn't repeated", false},
		"retries creates":            {func(s sending) paylinks.Provider { return retriesCreates{s} }, "A create with error before the effect is unknown and isn't repeated", false},
		"calls a loss not applied":   {func(s sending) paylinks.Provider { return saysNotApplied{s} }, "A refund with lost answer is unknown and isn't repeated", false},
		"one reference for refunds":  {func(s sending) paylinks.Provider { return forgetsReferences{s} }, "Refund tells two parts of one amount apart by their references", false},
		"a new reference each time":  {func(s sending) paylinks.Provider { return inventsReferences{s} }, "Capture with one reference happens once, in part", false},
		"rejects with an error":      {func(s sending) paylinks.Provider { return rejectsWithAnError{s} }, "Create says a refused buyer as a fact, not as an error", false},
		"has errors of its own":      {func(s sending) paylinks.Provider { return plainErrors{s} }, "Fetch of an unknown payment is refused", false},
		"tells the phone":            {func(s sending) paylinks.Provider { return tellsThePhone{s} }, "A create with lost answer is unknown and isn't repeated", false},
		"tells the secret":           {func(s sending) paylinks.Provider { return tellsTheSecret{s} }, "Fetch shows a payment", false},
		"says paid for authorized":   {func(s sending) paylinks.Provider { return saysPaidForAuthorized{s} }, "Fetch shows a payment", false},
		"cancels what is paid":       {func(s sending) paylinks.Provider { return cancelsWhatIsPaid{s} }, "Cancel of a paid link is refused and keeps the payment", false},
		"promises more than it does": {func(s sending) paylinks.Provider { return promisesTooMuch(s) }, "Info's capabilities and the provider's powers are the same", false},
		"forgets the context":        {func(s sending) paylinks.Provider { return forgetsTheContext{s} }, "A call whose context has ended isn't made", false},
		"lists a held capture": {
			func(s sending) paylinks.Provider { return listsHeldCaptures{s, &sync.Map{}} }, "A capture that has moved no money isn't listed", true,
		},
		"lists a failed refund": {
			func(s sending) paylinks.Provider { return listsFailedRefunds{s, &sync.Map{}} }, "A refund that has moved no money isn't listed", true,
		},
		"looks at the size of what it has read": {
			func(s sending) paylinks.Provider { return readsToTheEnd{s} }, "A fetch reads no more than it has to", true,
		},
		"has a status of its own in a webhook": {
			func(s sending) paylinks.Provider { return tellsByWebhook{s, "shipped"} },
			"ReceiveWebhook takes a genuine webhook and says which link it's about", true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := broken(c.wrap)
			if c.alone {
				assert.Equal(t, []string{c.caught}, failing(t.Context(), h))
				return
			}
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

// broken is the harness of a provider with a habit.
func broken(wrap func(sending) paylinks.Provider) providertest.Harness {
	return harness(profiles["authorize and capture"], func(m *model) paylinks.Provider { return wrap(sending{core{m}}) })
}

// Each fault of each operation has a check that alone sees that a provider makes a mistake there.
func TestAMistakeAboutOneFaultIsCaughtByOneCheck(t *testing.T) {
	t.Parallel()
	for fault, c := range map[providertest.Fault]struct {
		mistake func(*model, providertest.Op, call) (paylinks.Snapshot, error)
		// caught is the check of the operation, of which fetch has its own.
		caught, fetch string
	}{
		providertest.Redirected: {(*model).behind, "A %s with redirect is unknown and isn't repeated", "A fetch that fails is an error and no state"},
		providertest.Huge:       {(*model).behind, "A %s with huge answer is unknown and isn't repeated", "A fetch that fails is an error and no state"},
		providertest.Unauthorized: {
			func(*model, providertest.Op, call) (paylinks.Snapshot, error) {
				return paylinks.Snapshot{}, fail(paylinks.RefusedRequest, paylinks.NotApplied, nil)
			},
			"A %s with wrong key isn't applied, and says why", "A fetch with wrong key says why",
		},
	} {
		for _, op := range []providertest.Op{
			providertest.OpCreate, providertest.OpFetch, providertest.OpCapture, providertest.OpCancel, providertest.OpVoid, providertest.OpRefund,
		} {
			t.Run(string(fault)+" of "+string(op), func(t *testing.T) {
				t.Parallel()
				want := strings.ReplaceAll(c.caught, "%s", string(op))
				if op == providertest.OpFetch {
					want = c.fetch
				}
				h := broken(func(s sending) paylinks.Provider { return mistaken{s, op, fault, c.mistake} })
				assert.Equal(t, []string{want}, failing(t.Context(), h))
			})
		}
	}
}

// What no provider can tell is seen in every answer, also where nothing else is said of its status.
func TestAStatusIsOneThatAProviderCanTell(t *testing.T) {
	t.Parallel()
	for _, status := range []paylinks.Status{"", "shipped", paylinks.StatusCreating} {
		h := broken(func(s sending) paylinks.Provider { return refundsWithStatus{s, status} })
		caught := failing(t.Context(), h)
		assert.Contains(t, caught, "Refund gives everything back, in every currency", "status %q", status)
		for _, check := range providertest.Checks() {
			if slices.Contains(caught, check.Name) {
				assert.Contains(t, strings.Join(record(t.Context(), check, h).Failures(), ""), "isn't one that a provider can tell")
			}
		}
	}
	assert.Empty(t, failing(t.Context(), broken(func(s sending) paylinks.Provider { return refundsWithStatus{s, paylinks.StatusUnknown} })))
}
