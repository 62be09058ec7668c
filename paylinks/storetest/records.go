package storetest

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// epoch is when the stories of the checks begin.
var epoch = time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return epoch.Add(time.Duration(minutes) * time.Minute) }

func money(t TB, amount string, currency paylinks.Currency) paylinks.Money {
	t.Helper()
	m, err := paylinks.ParseMoney(amount, currency)
	require.NoError(t, err)
	return m
}

// newLink is a link of one app, made at epoch.
func newLink(t TB, id string) *paylinks.Paylink {
	t.Helper()
	amount := money(t, "12.500", paylinks.KWD)
	return &paylinks.Paylink{
		ID: id, Provider: "tabby", OrgAppID: "shop", OrderID: "order-" + id,
		Amount: amount, Status: paylinks.StatusCreated, Captured: paylinks.Zero(paylinks.KWD), Refunded: paylinks.Zero(paylinks.KWD),
		Ref:       paylinks.Ref{Reference: "reference-" + id, Amount: amount},
		CreatedAt: epoch, UpdatedAt: epoch,
	}
}

// newOperation is an open capture of a link.
func newOperation(id, paylinkID string) *paylinks.Operation {
	return &paylinks.Operation{
		ID: id, PaylinkID: paylinkID, Kind: paylinks.OperationCapture, Reference: "reference-" + id,
		Open: true, StartedAt: epoch, DueAt: at(5),
	}
}

func newEvent(paylinkID string, sequence int64) paylinks.Event {
	return paylinks.Event{
		ID: fmt.Sprintf("event-%s-%d", paylinkID, sequence), Type: paylinks.EventAuthorized, PaylinkID: paylinkID, OrgAppID: "shop",
		Sequence: sequence, OccurredAt: at(int(sequence)), Status: paylinks.StatusAuthorized, Data: json.RawMessage(`{"amount":"12.500"}`),
	}
}

func newWebhook(id string) *paylinks.Webhook {
	return &paylinks.Webhook{
		ID: id, Provider: "tabby", OrgAppID: "shop", DedupKey: "delivery-" + id, Type: "authorized",
		Ref: paylinks.Ref{PaymentID: "payment-" + id}, ReceivedAt: epoch, DueAt: at(5),
	}
}

func newAnswer(key string) paylinks.Answer {
	return paylinks.Answer{Key: key, Fingerprint: "request", DueAt: at(1), ExpiresAt: at(600)}
}

// write commits a change that must succeed.
func write(t TB, store paylinks.Store, change paylinks.Change) {
	t.Helper()
	require.NoError(t, store.Write(t.Context(), change))
}

// insert stores links.
func insert(t TB, store paylinks.Store, links ...*paylinks.Paylink) {
	t.Helper()
	for _, link := range links {
		write(t, store, paylinks.Change{Insert: link})
	}
}

// read reads a link that must be there.
func read(t TB, store paylinks.Store, id string) *paylinks.Paylink {
	t.Helper()
	link, err := store.Paylink(t.Context(), id)
	require.NoError(t, err)
	require.NotNil(t, link)
	return link
}

func ids(links []*paylinks.Paylink) []string {
	names := make([]string, 0, len(links))
	for _, link := range links {
		names = append(names, link.ID)
	}
	return names
}

// together calls f n times at once and returns what each call returned.
func together[T any](n int, f func(i int) T) []T {
	results := make([]T, n)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-start
			results[i] = f(i)
		})
	}
	close(start)
	group.Wait()
	return results
}
