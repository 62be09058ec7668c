package providertest_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/providertest"
)

const controls = "The harness has the controls that prove what Info claims"

// changed is the harness of a good provider with something changed in its Subjects.
func changed(change func(*providertest.Subject)) providertest.Harness {
	h := harness(profiles["authorize and capture"], (*model).provider)
	good := h.New
	h.New = func(t providertest.TB, currency paylinks.Currency) providertest.Subject {
		s := good(t, currency)
		change(&s)
		return s
	}
	return h
}

// said is all that a check says of h.
func said(ctx context.Context, t *testing.T, name string, h providertest.Harness) string {
	t.Helper()
	for _, check := range providertest.Checks() {
		if check.Name == name {
			return strings.Join(record(ctx, check, h).Failures(), "\n")
		}
	}
	require.Fail(t, "there's no such check", name)
	return ""
}

// asksForPhone requires the buyer's phone.
type asksForPhone struct{ paylinks.Provider }

func (p asksForPhone) Info() paylinks.Info {
	info := p.Provider.Info()
	info.RequiredFields = []paylinks.Field{{Name: "buyer_phone", Type: "string", Description: "The buyer's mobile"}}
	return info
}

func TestAHarnessThatCannotWorkIsToldWhichFieldIsWrong(t *testing.T) {
	t.Parallel()
	good := harness(profiles["authorize and capture"], (*model).provider)
	for name, c := range map[string]struct {
		harness providertest.Harness
		says    string
	}{
		"no currency": {providertest.Harness{New: good.New}, "Harness.Currencies is empty"},
		"no New":      {providertest.Harness{Currencies: good.Currencies}, "Harness.New is nil"},
		"no provider": {changed(func(s *providertest.Subject) { s.Provider = nil }), "Subject.Provider is nil"},
		"a nil one":   {changed(func(s *providertest.Subject) { s.Provider = (*sending)(nil) }), "Subject.Provider is nil"},
		"no phone": {
			changed(func(s *providertest.Subject) { s.Provider, s.Phone = asksForPhone{s.Provider}, "" }), "Subject.Phone is empty, and Info requires buyer_phone",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, said(t.Context(), t, controls, c.harness), c.says)
			for _, check := range providertest.Checks() {
				assert.NotContains(t, strings.Join(record(t.Context(), check, c.harness).Failures(), ""), "panic:", check.Name)
			}
		})
	}
	h := good
	h.Down = func(providertest.TB, paylinks.Currency) paylinks.Provider { return nil }
	assert.Contains(t, said(t.Context(), t, "A create without a connection isn't applied", h), "Harness.Down made no provider")
}

func TestAHarnessWithoutControlsFailsOnceAndSkipsTheRest(t *testing.T) {
	t.Parallel()
	bare := changed(func(s *providertest.Subject) { *s = providertest.Subject{Provider: s.Provider, Phone: s.Phone} })
	assert.Equal(t, []string{controls}, failing(t.Context(), bare))
	for _, field := range []string{"Pay", "Truth", "Calls", "Break", "Heal", "Hang", "Webhook", "Forge"} {
		assert.Contains(t, said(t.Context(), t, controls, bare), "Subject."+field+" is nil")
	}
	assert.Empty(t, failing(t.Context(), changed(func(s *providertest.Subject) {
		s.RejectedPhone, s.Decline, s.Expire, s.RefundAtProvider, s.Dispute = "", nil, nil, nil, nil
	})), "what a simulator may lack")
}

// deaf goes on after its context has ended, until the test has.
type deaf struct {
	sending
	ended chan struct{}
}

func (d deaf) Capture(ctx context.Context, ref paylinks.Ref, in paylinks.CaptureInput) (paylinks.Snapshot, error) {
	s, err := d.sending.Capture(ctx, ref, in)
	if err != nil {
		<-d.ended
	}
	return s, err
}

func TestAControlThatDoesNothingIsNamed(t *testing.T) {
	t.Parallel()
	const isLost, isGivenUp = "A capture with lost answer is unknown and isn't repeated", "A capture ends with its context and is unknown"
	countsNothing := changed(func(s *providertest.Subject) { s.Calls = func(providertest.Op) int { return 0 } })
	for name, c := range map[string]struct {
		harness     providertest.Harness
		check, says string
	}{
		"Break":                     {changed(func(s *providertest.Subject) { s.Break = func(providertest.Op, providertest.Fault) {} }), isLost, `with fault "lost answer" on op "capture"`},
		"Hang":                      {changed(func(s *providertest.Subject) { s.Hang = func(providertest.Op) {} }), isGivenUp, `with Subject.Hang("capture")`},
		"Calls":                     {countsNothing, isLost, `the call never reached the API by Subject.Calls("capture")`},
		"Calls, while a call hangs": {countsNothing, isGivenUp, `the call never reached the API by Subject.Calls("capture")`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // what waits in vain waits no time
				assert.Contains(t, said(t.Context(), t, c.check, c.harness), c.says)
			})
		})
	}
}

func TestACallThatGoesOnAfterItsContextIsToldSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan struct{})
		defer close(ended)
		h := broken(func(s sending) paylinks.Provider { return deaf{s, ended} })
		assert.Contains(t, said(t.Context(), t, "A capture ends with its context and is unknown", h), "the call goes on after its context has ended")
	})
}

// A capability without its method is told at once by every check that needs it.
func TestACapabilityWithoutItsMethodIsNamed(t *testing.T) {
	t.Parallel()
	h := changed(func(s *providertest.Subject) { s.Provider = struct{ paylinks.Provider }{s.Provider} })
	for check, says := range map[string]string{
		"Refund gives everything back, in every currency":                       "Info lists refund, and the provider isn't a Refunder",
		"Refund with one reference happens once":                                "Info lists idempotent_refund, and the provider isn't a Refunder",
		"A refund ends with its context and is unknown":                         "Info lists refund, and the provider isn't a Refunder",
		"A refund with lost answer is unknown and isn't repeated":               "Info lists refund, and the provider isn't a Refunder",
		"SendLink sends the link once more":                                     "Info lists send, and the provider isn't a LinkSender",
		"ReceiveWebhook takes a genuine webhook and says which link it's about": "Info lists webhook, and the provider isn't a WebhookReceiver",
	} {
		t.Run(check, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				assert.Contains(t, said(t.Context(), t, check, h), says)
				assert.Zero(t, time.Since(begun), "it's told at once")
			})
		})
	}
	finds := harness(profiles["confirm first"], func(m *model) paylinks.Provider { return struct{ paylinks.Provider }{m.provider()} })
	assert.Contains(t, said(t.Context(), t, "FindByReference doesn't find what isn't there", finds), "Info lists find_by_reference, and the provider isn't a ReferenceFinder")
}

func TestARefusedBuyerThatIsAnErrorIsToldWhatToReturn(t *testing.T) {
	t.Parallel()
	h := broken(func(s sending) paylinks.Provider { return rejectsWithAnError{s} })
	assert.Contains(t, said(t.Context(), t, "Create says a refused buyer as a fact, not as an error", h), "return a Snapshot with StatusRejected instead")
}
