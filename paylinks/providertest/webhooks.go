package providertest

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func webhookChecks() []Check {
	return []Check{
		{"ReceiveWebhook takes a genuine webhook and says which link it's about", webhookGenuine},
		{"ReceiveWebhook tells repetitions from new events", webhookRepeated},
		{"ReceiveWebhook refuses what isn't proven", webhookForged},
		{"ReceiveWebhook survives every body", webhookGarbage},
	}
}

// webhooks is a receiver, a paid link, and a genuine webhook about it.
func webhooks(t TB, h Harness) (*scene, paylinks.WebhookReceiver, paylinks.Ref, paylinks.WebhookRequest) {
	s := stage(t, h)
	s.can(paylinks.CanReceiveWebhook)
	s.needs("Subject.Webhook", s.Webhook != nil)
	ref, _ := s.paid(s.money("150"))
	return s, s.Provider.(paylinks.WebhookReceiver), ref, s.Webhook(ref)
}

func webhookGenuine(t TB, h Harness) {
	s, receiver, ref, genuine := webhooks(t, h)
	notification, err := receiver.ReceiveWebhook(s.ctx(), genuine)
	require.NoError(t, err)
	names := notification.Ref
	assert.True(t, equal(names.PaymentID, ref.PaymentID) || equal(names.SessionID, ref.SessionID) ||
		equal(names.TransactionID, ref.TransactionID) || equal(names.Reference, ref.Reference) || equal(names.OrderID, ref.OrderID),
		"the webhook names its link by one of its ids")
	assert.NotEmpty(t, notification.Type)
	assert.NotEmpty(t, notification.DedupKey)
	if notification.Facts != nil {
		s.told(notification.Facts.Status)
	}
}

func equal(seen, known string) bool { return seen != "" && seen == known }

func webhookRepeated(t TB, h Harness) {
	s, receiver, ref, genuine := webhooks(t, h)
	first, err := receiver.ReceiveWebhook(s.ctx(), genuine)
	require.NoError(t, err)
	again, err := receiver.ReceiveWebhook(s.ctx(), copied(genuine))
	require.NoError(t, err)
	assert.Equal(t, first.DedupKey, again.DedupKey, "the same delivery twice is one event")

	s.needs("Subject.RefundAtProvider", s.RefundAtProvider != nil)
	if s.fetch(ref).Status == paylinks.StatusAuthorized {
		_, err = s.capture(ref, s.reference("capture"), ref.Amount)
		require.NoError(t, err)
	}
	seen := map[string]bool{first.DedupKey: true}
	for range 2 {
		require.NoError(t, s.RefundAtProvider(ref, s.money("50")))
		refunded, err := receiver.ReceiveWebhook(s.ctx(), s.Webhook(ref))
		require.NoError(t, err)
		assert.False(t, seen[refunded.DedupKey], "two refunds of one amount are two events")
		seen[refunded.DedupKey] = true
	}
}

func webhookForged(t TB, h Harness) {
	s, receiver, _, genuine := webhooks(t, h)
	forgeries := map[string]paylinks.WebhookRequest{"nothing but the body": {Body: genuine.Body, Now: genuine.Now}}
	if s.Forge != nil {
		maps.Copy(forgeries, s.Forge(copied(genuine)))
	}
	for _, name := range slices.Sorted(maps.Keys(forgeries)) {
		notification, err := receiver.ReceiveWebhook(s.ctx(), forgeries[name])
		assert.ErrorIs(t, err, paylinks.ErrUnproven, "forged: %s", name)
		assert.Empty(t, notification, "an unproven webhook isn't parsed: %s", name)
	}
}

func webhookGarbage(t TB, h Harness) {
	s, receiver, _, genuine := webhooks(t, h)
	for _, body := range []string{
		"", "null", "[]", "{}", "{", `"text"`, "1", "\x00\xff\xfe", "<html>", `{"id":1}`, `{"id":{}}`, `{"id":"x"}`, `{"data":[],"captures":{}}`,
		`{"order":null,"captures":null,"refunds":null,"meta":[]}`, strings.Repeat("[", 50_000), strings.Repeat(`{"id":`, 20_000),
		`{"id":"` + strings.Repeat("9", 100_000) + `"}`,
	} {
		spoilt := copied(genuine)
		spoilt.Body = []byte(body)
		require.NotPanics(t, func() { _, _ = receiver.ReceiveWebhook(s.ctx(), spoilt) }, "body %.40q", body)
	}
	require.NotPanics(t, func() { _, _ = receiver.ReceiveWebhook(s.ctx(), paylinks.WebhookRequest{}) })
}

// copied is a webhook that can be changed without changing req.
func copied(req paylinks.WebhookRequest) paylinks.WebhookRequest {
	req.Header = req.Header.Clone()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	req.Body = slices.Clone(req.Body)
	req.Query = maps.Clone(req.Query)
	return req
}
