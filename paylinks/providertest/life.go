package providertest

import (
	"net/url"

	"github.com/stretchr/testify/assert"

	"github.com/paylinks/paylinks-go/paylinks"
)

func lifeChecks() []Check {
	return []Check{
		{"Fetch shows a new link as created", fetchCreated},
		{"Fetch shows a payment", fetchPaid},
		{"Fetch shows that the provider declined the buyer", fetchDeclined},
		{"Fetch shows that a link's time has run out", fetchExpired},
		{"Fetch shows a refund that was made at the provider", fetchForeignRefund},
		{"Fetch of an unknown payment is refused", fetchUnknown},
		{"ReceiveCallback survives every query", callback},
	}
}

func fetchCreated(t TB, h Harness) {
	for _, currency := range h.Currencies {
		s := stageIn(t, h, currency)
		ref := s.create(s.money("150"))
		snapshot := s.fetch(ref)
		assert.Equal(t, paylinks.StatusCreated, snapshot.Status)
		assert.NotEmpty(t, snapshot.ProviderStatus, "the provider's own word is kept")
		s.totals(ref, snapshot, paylinks.Zero(currency), paylinks.Zero(currency))
	}
}

func fetchPaid(t TB, h Harness) {
	for _, currency := range h.Currencies {
		s := stageIn(t, h, currency)
		ref, snapshot := s.paid(s.money("150"))
		switch snapshot.Status {
		case paylinks.StatusAuthorized:
			s.totals(ref, snapshot, paylinks.Zero(currency), paylinks.Zero(currency))
		case paylinks.StatusCaptured:
			s.totals(ref, snapshot, ref.Amount, paylinks.Zero(currency))
		default:
			t.Errorf("a payment that nobody touched has status %q", snapshot.Status)
		}
	}
}

func fetchDeclined(t TB, h Harness) {
	s := stage(t, h)
	s.needs("Subject.Decline", s.Decline != nil)
	ref := s.create(s.money("150"))
	assert.NoError(t, s.Decline(ref))
	assert.Contains(t, []paylinks.Status{paylinks.StatusRejected, paylinks.StatusFailed}, s.fetch(ref).Status)
}

func fetchExpired(t TB, h Harness) {
	s := stage(t, h)
	s.needs("Subject.Expire", s.Expire != nil)
	ref := s.create(s.money("150"))
	assert.NoError(t, s.Expire(ref))
	snapshot := s.fetch(ref)
	assert.Contains(t, []paylinks.Status{paylinks.StatusExpired, paylinks.StatusCancelled, paylinks.StatusFailed}, snapshot.Status)
}

func fetchForeignRefund(t TB, h Harness) {
	s := stage(t, h)
	s.needs("Subject.RefundAtProvider", s.RefundAtProvider != nil)
	ref := s.captured(s.money("150"))
	part := s.money("50")
	assert.NoError(t, s.RefundAtProvider(ref, part))
	snapshot := s.fetch(ref)
	s.needs("a provider that tells refunds", snapshot.Refunded.IsSet())
	assert.Equal(t, paylinks.StatusPartiallyRefunded, snapshot.Status)
	s.totals(ref, snapshot, ref.Amount, part)
}

// fetchUnknown asks one simulator for another one's payment.
func fetchUnknown(t TB, h Harness) {
	ref := stage(t, h).create(stage(t, h).money("150"))
	s := stage(t, h)
	_, err := s.Provider.Fetch(s.ctx(), ref)
	s.refused(err)
	_, err = s.Provider.Fetch(s.ctx(), paylinks.Ref{Amount: ref.Amount})
	s.refused(err)
	_, err = s.Provider.Fetch(s.ctx(), paylinks.Ref{SessionID: "../x?y#z", PaymentID: "../x?y#z", TransactionID: "../x", Amount: ref.Amount})
	s.refused(err)
}

func callback(t TB, h Harness) {
	s := stage(t, h)
	receiver, ok := s.Provider.(paylinks.CallbackReceiver)
	s.needs("a CallbackReceiver", ok)
	for _, query := range []string{"", "_=", "_=AAAA", "payment_id=../..&orderId=null", "paymentStatus=approved&orderId=" + string(make([]byte, 5000)), "_=%00%ff"} {
		values, _ := url.ParseQuery(query)
		result, err := receiver.ReceiveCallback(s.ctx(), values)
		if err != nil {
			_ = s.providerError(err)
			continue
		}
		assert.Contains(t, []string{"", "success", "cancel", "failure"}, result.Result)
	}
}
