package mispay_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/mispay/mispaytest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
)

// till is a Service with a simulated MisPay.
type till struct {
	*paylinks.Service
	mis   *mispaytest.Server
	clock *simulator.Clock
}

const app = "mispay-main"

func newTill(t *testing.T, change ...func(*mispay.Config)) *till {
	t.Helper()
	clock := simulator.NewClock(nil)
	mis := mispaytest.New(mispaytest.Config{
		Now: clock.Now, WebhookURL: "http://shop.test/hook", SessionLife: 100 * time.Hour, // longer than a link is watched
	})
	server := httptest.NewServer(mis)
	t.Cleanup(server.Close)
	config := mispay.Config{
		BaseURL: server.URL + mispaytest.BasePath, AppID: mispaytest.AppID, AppSecret: mispaytest.AppSecret, WebhookSecret: mispaytest.WebhookSecret,
		Retries: -1, Now: clock.Now,
	}
	for _, f := range change {
		f(&config)
	}
	provider, err := mispay.New(config)
	require.NoError(t, err)

	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "till.db"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close()) })
	service, err := paylinks.New(store, paylinks.StaticApps{app: provider}, paylinks.Options{
		Now: clock.Now, RefreshInterval: time.Nanosecond, PollInterval: 5 * time.Millisecond, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(service.Wait)
	return &till{Service: service, mis: mis, clock: clock}
}

// run does the background work until the test ends.
func (s *till) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var work sync.WaitGroup
	work.Go(func() { assert.NoError(t, s.Run(ctx)) })
	t.Cleanup(func() { cancel(); work.Wait() })
}

// link makes a link of 150.35 SAR.
func (s *till) link(t *testing.T) *paylinks.Paylink {
	t.Helper()
	link, err := s.Create(t.Context(), paylinks.CreateRequest{
		Provider: "mispay", OrgAppID: app, OrderID: "POS-77", Amount: "150.35", Currency: "SAR", BuyerPhone: "0512345678",
	})
	require.NoError(t, err)
	require.Equal(t, paylinks.StatusCreated, link.Status)
	return link
}

// paid makes a link that the buyer has paid.
func (s *till) paid(t *testing.T) *paylinks.Paylink {
	t.Helper()
	link := s.link(t)
	require.NoError(t, s.mis.Pay(link.Ref.SessionID))
	return link
}

func (s *till) get(t *testing.T, link *paylinks.Paylink) *paylinks.Paylink {
	t.Helper()
	fresh, err := s.Get(t.Context(), link.ID)
	require.NoError(t, err)
	require.False(t, fresh.Stale)
	return fresh
}

func (s *till) truth(t *testing.T, link *paylinks.Paylink) mispaytest.Payment {
	t.Helper()
	payment, err := s.mis.Payment(link.Ref.SessionID)
	require.NoError(t, err)
	return payment
}

// deliver hands every webhook that waits to the Service.
func (s *till) deliver(t *testing.T) {
	t.Helper()
	for _, message := range s.mis.Webhooks.Pending() {
		require.NoError(t, s.HandleWebhook(t.Context(), "mispay", app, paylinks.WebhookRequest{
			Path: mispaytest.WebhookSecret, Body: message.Body, Header: message.Header,
		}))
	}
}

// await waits for an event.
func (s *till) await(t *testing.T, link *paylinks.Paylink, kind paylinks.EventType) paylinks.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for event, err := range s.Watch(ctx, link.ID, 0) {
		require.NoError(t, err)
		if event.Type == kind {
			return event
		}
	}
	require.FailNow(t, "no such event", "%s", kind)
	return paylinks.Event{}
}

func TestALinkFromTheTillToTheRefund(t *testing.T) {
	t.Parallel()
	s := newTill(t)
	link := s.paid(t)
	assert.Equal(t, "POS-77_"+link.Ref.Reference, s.truth(t, link).OrderID)
	assert.Len(t, s.truth(t, link).OrderID, 43)
	assert.Equal(t, paylinks.StatusAuthorized, s.get(t, link).Status, "paid, and not ended yet")

	for range 2 {
		captured, err := s.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "till-1"})
		require.NoError(t, err)
		assert.Equal(t, "success", captured.ProviderStatus, "track's own word")
		assert.Equal(t, paylinks.StatusCaptured, captured.Status)
		assert.False(t, captured.FinalizePending)
		assert.Equal(t, s.truth(t, link).CheckoutID, captured.PaymentID)
	}
	assert.Equal(t, 1, s.truth(t, link).Ends)
	assert.Equal(t, s.truth(t, link).TransactionID, s.get(t, link).Ref.TransactionID)

	refund, err := s.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "50.35", ReferenceID: "back-1", Reason: "one lamp less"})
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusPartiallyRefunded, refund.Status)
	assert.Equal(t, "50.35", refund.Refunded.String(), "MisPay tells no total: the Service adds up")
	refund, err = s.Refund(t.Context(), link.ID, paylinks.RefundRequest{ReferenceID: "back-2"})
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusRefunded, refund.Status)
	assert.Equal(t, "150.35", refund.Refunded.String())

	truth := s.truth(t, link)
	require.Len(t, truth.Refunds, 2)
	assert.Equal(t, "150.35", truth.Refunded().String())
	assert.Equal(t, "one lamp less", truth.Refunds[0].Comments)
	assert.NotEqual(t, truth.Refunds[0].Reference, truth.Refunds[1].Reference)
}

func TestAPartCantBeCaptured(t *testing.T) {
	t.Parallel()
	s := newTill(t)
	_, err := s.Capture(t.Context(), s.paid(t).ID, paylinks.CaptureRequest{Amount: "100"})
	require.ErrorIs(t, err, paylinks.CodePartialNotSupported)
}

func TestAnUnpaidLinkIsNotCaptured(t *testing.T) {
	t.Parallel()
	s := newTill(t)
	link := s.link(t)
	_, err := s.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.ErrorIs(t, err, paylinks.CodeNotCapturable)
	require.NoError(t, s.mis.Open(link.Ref.SessionID))
	_, err = s.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.ErrorIs(t, err, paylinks.CodeNotCapturable)
	assert.Zero(t, s.mis.Calls.Count(mispaytest.OpEnd))
}

func TestACaptureBeforeTheCheckoutIDIsFinishedOnceItComes(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"callback", "webhook", "track"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			s := newTill(t)
			s.mis.HideCheckoutID(true)
			link := s.paid(t)
			got, err := s.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "till-1"})
			require.NoError(t, err)
			assert.True(t, got.FinalizePending)
			assert.Equal(t, paylinks.StatusAuthorized, got.Status)
			assert.Equal(t, "success", got.ProviderStatus)
			assert.Zero(t, s.mis.Calls.Count(mispaytest.OpEnd))
			assert.True(t, s.get(t, link).FinalizePending, "it stays visible")

			switch way {
			case "callback":
				query, err := s.mis.Callback(link.Ref.SessionID)
				require.NoError(t, err)
				result, err := s.HandleCallback(t.Context(), "mispay", app, query)
				require.NoError(t, err)
				assert.Equal(t, "success", result.Result)
				require.NotNil(t, result.Paylink)
				assert.Equal(t, link.ID, result.Paylink.ID, "found by the reference in the orderId")
			case "webhook":
				s.run(t)
				s.deliver(t)
			case "track":
				s.mis.HideCheckoutID(false)
				s.get(t, link)
			}
			s.await(t, link, paylinks.EventCaptured)
			fresh := s.get(t, link)
			assert.Equal(t, paylinks.StatusCaptured, fresh.Status)
			assert.False(t, fresh.FinalizePending)
			assert.Equal(t, "150.35", fresh.Captured.String())
			assert.Equal(t, 1, s.truth(t, link).Ends)
		})
	}
}

func TestAFailedEndIsFinishedInTheBackground(t *testing.T) {
	t.Parallel()
	s := newTill(t)
	link := s.paid(t)
	s.mis.FailEnd(2)
	got, err := s.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "till-1"})
	require.NoError(t, err)
	assert.True(t, got.FinalizePending)
	assert.Equal(t, paylinks.StatusAuthorized, s.get(t, link).Status, "the second failure")

	s.run(t)
	s.clock.Advance(15 * time.Second)
	s.await(t, link, paylinks.EventCaptured)
	assert.Equal(t, 3, s.mis.Calls.Count(mispaytest.OpEnd))
	assert.Equal(t, 1, s.truth(t, link).Ends)

	again, err := s.Capture(t.Context(), link.ID, paylinks.CaptureRequest{ReferenceID: "till-1"})
	require.NoError(t, err)
	assert.True(t, again.FinalizePending, "the same reference gets the first answer")
}

func TestALostRefundIsNeverSentAgain(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(*simulator.Faults){
		"after the effect":  func(f *simulator.Faults) { f.DropAfter(mispaytest.OpRefund, 1) },
		"before the effect": func(f *simulator.Faults) { f.DropBefore(mispaytest.OpRefund, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTill(t)
			link := s.paid(t)
			_, err := s.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
			require.NoError(t, err)

			lose(s.mis.Faults)
			_, err = s.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "50", ReferenceID: "back-1"})
			var failed *paylinks.Error
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, paylinks.CodeProviderTimeout, failed.Code)
			assert.Equal(t, paylinks.OutcomeUnknown, failed.Outcome)

			s.run(t)
			s.clock.Advance(time.Hour)
			event := s.await(t, link, paylinks.EventOperationUnknown)
			assert.Contains(t, string(event.Data), "back-1", "a person is told which refund to look for")

			s.clock.Advance(48 * time.Hour)
			_, err = s.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "50", ReferenceID: "back-1"})
			require.ErrorIs(t, err, paylinks.CodeProviderTimeout, "the same reference: still nobody knows")
			assert.Equal(t, 1, s.mis.Calls.Count(mispaytest.OpRefund))

			_, err = s.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "25", ReferenceID: "back-2"})
			require.NoError(t, err, "another refund isn't held up")
		})
	}
}

func TestARefundWithoutACheckoutIDSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := newTill(t, func(c *mispay.Config) { c.SkipEnd = true })
	s.mis.HideCheckoutID(true)
	link := s.paid(t)
	_, err := s.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.NoError(t, err)
	_, err = s.Refund(t.Context(), link.ID, paylinks.RefundRequest{Amount: "50"})
	var failed *paylinks.Error
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, paylinks.CodeNotRefundable, failed.Code)
	assert.Equal(t, "checkout_id_unknown", failed.Reason)
	assert.Equal(t, paylinks.NotApplied, failed.Outcome)
	assert.Zero(t, s.mis.Calls.Count(mispaytest.OpRefund))
}

func TestARefundFromThePanelIsHeardOfByWebhookAlone(t *testing.T) {
	t.Parallel()
	s := newTill(t)
	s.run(t)
	link := s.paid(t)
	_, err := s.Capture(t.Context(), link.ID, paylinks.CaptureRequest{})
	require.NoError(t, err)
	require.NoError(t, s.mis.RefundFromPanel(link.Ref.SessionID, "50"))
	s.deliver(t)
	s.await(t, link, paylinks.EventPartiallyRefunded)
	require.NoError(t, s.mis.RefundFromPanel(link.Ref.SessionID, "100.35"))
	s.deliver(t)
	s.await(t, link, paylinks.EventRefunded)
	fresh := s.get(t, link)
	assert.Equal(t, paylinks.StatusRefunded, fresh.Status)
	assert.Equal(t, "150.35", fresh.Captured.String())
}

func TestALinkIsCancelledHereAloneAndAPaymentAfterThatIsNotHidden(t *testing.T) {
	t.Parallel()
	s := newTill(t)
	link := s.link(t)
	cancelled, err := s.Cancel(t.Context(), link.ID)
	require.NoError(t, err)
	assert.True(t, cancelled.CancelledHere)

	require.NoError(t, s.mis.Pay(link.Ref.SessionID))
	s.run(t)
	s.clock.Advance(3 * time.Minute)
	s.await(t, link, paylinks.EventPaidAfterEnd)
	assert.Equal(t, paylinks.StatusAuthorized, s.get(t, link).Status)
}

func TestALinkEndsAsMisPaySaysOrAfterADay(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		end  func(*till, string) error
		want paylinks.Status
	}{
		"declined": {func(s *till, id string) error { return s.mis.Decline(id) }, paylinks.StatusFailed},
		"canceled": {func(s *till, id string) error { return s.mis.Cancel(id) }, paylinks.StatusCancelled},
		"opened":   {func(s *till, id string) error { return s.mis.Open(id) }, paylinks.StatusCreated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTill(t)
			link := s.link(t)
			require.NoError(t, tt.end(s, link.Ref.SessionID))
			assert.Equal(t, tt.want, s.get(t, link).Status)
		})
	}
	t.Run("nobody pays", func(t *testing.T) {
		t.Parallel()
		s := newTill(t)
		link := s.link(t)
		s.clock.Advance(24*time.Hour - time.Minute)
		assert.Equal(t, paylinks.StatusCreated, s.get(t, link).Status)
		s.clock.Advance(2 * time.Minute)
		assert.Equal(t, paylinks.StatusExpired, s.get(t, link).Status)
		assert.Equal(t, "pending", s.truth(t, link).Status, "MisPay itself would still take the money")
	})
}

func TestAForeignPhoneIsTheBuyersAffair(t *testing.T) {
	t.Parallel()
	s := newTill(t)
	_, err := s.Create(t.Context(), paylinks.CreateRequest{
		Provider: "mispay", OrgAppID: app, OrderID: "POS-78", Amount: "150.35", Currency: "SAR", BuyerPhone: "+971501234567",
	})
	var failed *paylinks.Error
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, paylinks.CodeBuyerRejected, failed.Code)
	assert.Equal(t, "phone_not_saudi", failed.Reason)
	assert.Zero(t, s.mis.Calls.Count(mispaytest.OpStart))
	assert.NotContains(t, err.Error(), "97150")
}
