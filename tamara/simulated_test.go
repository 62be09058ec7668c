package tamara_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara"
	"github.com/paylinks/paylinks-go/tamara/tamaratest"
)

// simulated is a provider on a simulator of its own, both at one time that stands still unless moved.
func simulated(t *testing.T, config tamaratest.Config, change ...func(*tamara.Config)) (*tamara.Provider, *tamaratest.Server) {
	t.Helper()
	config.Now = func() time.Time { return now }
	sim := tamaratest.New(config)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	c := tamara.Config{
		APIToken: tamaratest.APIToken, NotificationToken: tamaratest.NotificationToken, BaseURL: server.URL,
		HTTPClient: client(t), Retries: -1, Now: sim.Clock.Now, EligibilityTimeout: time.Minute,
	}
	for _, f := range change {
		f(&c)
	}
	provider, err := tamara.New(c)
	require.NoError(t, err)
	return provider, sim
}

// made is a new link, as the Service would store it.
func made(t *testing.T, provider *tamara.Provider) paylinks.Ref {
	t.Helper()
	in := fullInput(t)
	got, err := provider.Create(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, paylinks.StatusCreated, got.Status)
	link := got.Ref
	link.Amount = in.Amount
	return link
}

// receiver takes a provider's webhooks over HTTP and keeps what they say.
type receiver struct {
	url  string
	mu   sync.Mutex
	seen []paylinks.Notification
	errs []error
}

func (r *receiver) listen(t *testing.T, provider func() *tamara.Provider) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		got, err := provider().ReceiveWebhook(req.Context(), paylinks.WebhookRequest{Query: req.URL.Query(), Header: req.Header, Body: body, Now: now})
		r.mu.Lock()
		defer r.mu.Unlock()
		if err != nil {
			r.errs = append(r.errs, err)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		r.seen = append(r.seen, got)
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
}

func TestWebhooksOfAWholeLife(t *testing.T) {
	t.Parallel()
	var provider *tamara.Provider
	hook := &receiver{}
	hook.listen(t, func() *tamara.Provider { return provider })
	// The merchant's own Authorization takes the token's second place.
	provider, sim := simulated(t, tamaratest.Config{WebhookURL: hook.url, WebhookHeaders: map[string]string{"authorization": "1234"}}, online)
	link := made(t, provider)
	require.NoError(t, sim.Pay(link.PaymentID))
	_, err := provider.Confirm(t.Context(), link)
	require.NoError(t, err)
	_, err = provider.Capture(t.Context(), link, paylinks.CaptureInput{Reference: "cap-1", Amount: link.Amount})
	require.NoError(t, err)
	for _, reference := range []string{"ref-1", "ref-2"} {
		_, err = provider.Refund(t.Context(), link, paylinks.RefundInput{Reference: reference, Amount: money(t, "10", paylinks.SAR)})
		require.NoError(t, err)
	}
	sim.Webhooks.Flush(t.Context())
	assert.Empty(t, hook.errs)
	var types []string
	keys := map[string]bool{}
	for _, one := range hook.seen {
		types = append(types, one.Type)
		keys[one.DedupKey] = true
		assert.Equal(t, paylinks.Ref{PaymentID: link.PaymentID, Reference: link.Reference}, one.Ref)
	}
	assert.Equal(t, []string{"order_approved", "order_authorised", "order_captured", "order_refunded", "order_refunded"}, types)
	assert.Len(t, keys, len(types), "each is an event of its own")
}

// The answer to a refund is lost. The order tells, by our reference, that it has happened: once.
func TestALostRefundIsFoundByItsReference(t *testing.T) {
	t.Parallel()
	provider, sim := simulated(t, tamaratest.Config{})
	link := made(t, provider)
	require.NoError(t, sim.Pay(link.PaymentID))
	sim.Faults.DropAfter(tamaratest.OpRefund, 1)
	_, err := provider.Refund(t.Context(), link, paylinks.RefundInput{Reference: "ref-1", Amount: money(t, "20", paylinks.SAR)})
	assert.Equal(t, paylinks.OutcomeUnknown, providerError(t, err).Outcome)

	got, err := provider.Fetch(t.Context(), link)
	require.NoError(t, err)
	require.Len(t, got.Refunds, 1)
	assert.Equal(t, "ref-1", got.Refunds[0].Reference)
	assert.Equal(t, "20.00", got.Refunded.String())
	assert.Equal(t, 1, sim.Calls.Count(tamaratest.OpRefund))
}

func TestARefundThatCannotBeReadBackIsStillOne(t *testing.T) {
	t.Parallel()
	provider, sim := simulated(t, tamaratest.Config{})
	link := made(t, provider)
	require.NoError(t, sim.Pay(link.PaymentID))
	sim.Faults.FailBefore(tamaratest.OpOrder, 1, http.StatusBadGateway)
	got, err := provider.Refund(t.Context(), link, paylinks.RefundInput{Reference: "ref-1", Amount: money(t, "20", paylinks.SAR)})
	require.NoError(t, err)
	require.Len(t, got.Refunds, 1)
	assert.Equal(t, "ref-1", got.Refunds[0].Reference)
	assert.False(t, got.Refunded.IsSet())
	assert.Equal(t, 1, sim.Calls.Count(tamaratest.OpRefund))
}

// The answer to a create is lost, and the SMS is out. The reference finds the order, and no second SMS is sent.
func TestALostLinkIsFoundByItsReference(t *testing.T) {
	t.Parallel()
	provider, sim := simulated(t, tamaratest.Config{})
	sim.Faults.DropAfter(tamaratest.OpSMS, 1)
	in := fullInput(t)
	_, err := provider.Create(t.Context(), in)
	assert.Equal(t, paylinks.OutcomeUnknown, providerError(t, err).Outcome)
	got, err := provider.FindByReference(t.Context(), in.Reference, in.Amount)
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCreated, got.Status)
	assert.Equal(t, now.Add(15*time.Minute), got.ExpiresAt.UTC())
	require.NoError(t, sim.Pay(got.Ref.PaymentID))
	got, err = provider.FindByReference(t.Context(), in.Reference, in.Amount)
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCaptured, got.Status)
	assert.Len(t, sim.Texts(), 1)
}

func TestTheBuyerGetsTheText(t *testing.T) {
	t.Parallel()
	provider, sim := simulated(t, tamaratest.Config{})
	in := fullInput(t)
	got, err := provider.Create(t.Context(), in)
	require.NoError(t, err)
	require.Len(t, sim.Texts(), 1)
	assert.Equal(t, string(in.SendTo), sim.Texts()[0].Phone)
	assert.Equal(t, got.CheckoutURL, sim.Texts()[0].URL)
	order, err := sim.Order(got.Ref.PaymentID)
	require.NoError(t, err)
	assert.Equal(t, "Branch A", order.StoreCode)
}

func TestTheSandboxsDeclinedPhone(t *testing.T) {
	t.Parallel()
	provider, sim := simulated(t, tamaratest.Config{})
	in := fullInput(t)
	in.SendTo = "+966" + tamaratest.DeclinedPhone
	eligibility, err := provider.CheckEligibility(t.Context(), in)
	require.NoError(t, err)
	assert.False(t, eligibility.Eligible)
	created, err := provider.Create(t.Context(), in)
	require.NoError(t, err)
	require.NoError(t, sim.Pay(created.Ref.PaymentID))
	got, err := provider.Fetch(t.Context(), created.Ref)
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusRejected, got.Status)
	assert.Equal(t, "declined", got.Reason)
}

// In a shop an order should never stay approved. If it does, it's authorised once it can't be in passing any more, and well before 72 hours.
func TestAnOrderThatStaysApprovedInAShop(t *testing.T) {
	t.Parallel()
	provider, sim := simulated(t, tamaratest.Config{})
	link := made(t, provider)
	require.NoError(t, sim.Approve(link.PaymentID))
	got, err := provider.Fetch(t.Context(), link)
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusAuthorized, got.Status)
	assert.False(t, got.ConfirmNeeded)
	sim.Clock.Advance(time.Hour)
	got, err = provider.Fetch(t.Context(), link)
	require.NoError(t, err)
	assert.True(t, got.ConfirmNeeded)
	got, err = provider.Confirm(t.Context(), link)
	require.NoError(t, err)
	assert.Equal(t, "authorised", got.ProviderStatus)
}

func TestSettingsOfTheAccount(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		config  tamaratest.Config
		confirm bool
	}{
		"captures with the authorisation": {tamaratest.Config{AutoCapture: true}, true},
		"authorises by itself":            {tamaratest.Config{AutoAuthorise: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider, sim := simulated(t, tt.config, online)
			link := made(t, provider)
			require.NoError(t, sim.Pay(link.PaymentID))
			got, err := provider.Fetch(t.Context(), link)
			require.NoError(t, err)
			assert.Equal(t, tt.confirm, got.ConfirmNeeded)
			got, err = provider.Confirm(t.Context(), link)
			require.NoError(t, err)
			assert.Equal(t, paylinks.StatusCaptured, got.Status)
			assert.Equal(t, link.Amount.String(), got.Captured.String())
		})
	}
}

func TestRegisteringTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	for _, refuse := range []bool{false, true} {
		provider, sim := simulated(t, tamaratest.Config{RefuseOnHold: refuse})
		var hook receiver
		hook.listen(t, func() *tamara.Provider { return provider })
		for range 3 {
			require.NoError(t, provider.RegisterWebhook(t.Context(), hook.url))
		}
		link := made(t, provider)
		require.NoError(t, sim.Pay(link.PaymentID))
		sim.Webhooks.Flush(t.Context())
		assert.Empty(t, hook.errs)
		assert.Len(t, hook.seen, 1, "one webhook, and one delivery")
	}
}

func TestLimitsRefuseTheBuyer(t *testing.T) {
	t.Parallel()
	provider, sim := simulated(t, tamaratest.Config{MaxAmount: "200"})
	got, err := provider.Create(t.Context(), fullInput(t))
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusRejected, got.Status)
	assert.Equal(t, "total_amount_invalid_limit", got.Reason)
	assert.Empty(t, sim.Texts())
	types, err := provider.PaymentTypes(t.Context(), money(t, "250", paylinks.SAR))
	require.NoError(t, err)
	require.Len(t, types, 1)
	assert.Equal(t, "200.00", types[0].Max.String())
}

func TestTheOtherEnvironmentsToken(t *testing.T) {
	t.Parallel()
	provider, _ := simulated(t, tamaratest.Config{APIToken: "the-live-one"})
	_, err := provider.Create(t.Context(), fullInput(t))
	got := refused(t, err, paylinks.RefusedCredentials, paylinks.NotApplied)
	assert.Contains(t, got.Message, "environment")
}
