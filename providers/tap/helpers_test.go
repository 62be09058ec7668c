package tap_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap"
)

const (
	testKey     = "sk_test_vectors"
	chargesPath = "/v2/charges/list"
	refundsPath = "/v2/refunds/list"
	noCharges   = `{"errors":[{"code":"1144","description":"Charges not found"}]}`
	noRefunds   = `{"errors":[{"code":"1160","description":"Refunds NOT FOUND"}]}`
)

// now is what the gateway's clock shows: 10 minutes after the open charge of testdata was made.
var now = time.UnixMilli(1767265200000).UTC().Add(10 * time.Minute)

// listBody is the body of a list call, as the tests look at it.
type listBody struct {
	Period struct {
		Date struct{ From, To string }
		Type string
	}
	Limit         string
	Order         string
	OrderBy       string `json:"order_by"`
	StartingAfter string `json:"starting_after"`
}

// listed is what a list call asks for.
func listed(t require.TestingT, call walktest.Call) listBody {
	var list listBody
	require.NoError(t, json.Unmarshal(call.Sent, &list))
	return list
}

// newGateway is a gateway whose far end has no refunds unless answers says otherwise.
func newGateway(t require.TestingT, answers walktest.Answers, change ...func(*tap.Config)) (*tap.Gateway, *walktest.Far) {
	if answers[refundsPath] == nil {
		answers[refundsPath] = walktest.Says(400, noRefunds)
	}
	f := &walktest.Far{Answers: answers}
	config := tap.Config{SecretKey: testKey, HTTPClient: f.Client(), Now: func() time.Time { return now }, Wait: f.Wait}
	for _, c := range change {
		c(&config)
	}
	gateway, err := tap.New(config)
	require.NoError(t, err)
	return gateway, f
}

// query is the day of testdata's charges.
func query() paylinks.PaymentsQuery {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return paylinks.PaymentsQuery{From: from, To: from.Add(24 * time.Hour)}
}

// one is the payment that a list of this one charge gives.
func one(t *testing.T, charge map[string]any, change ...func(*tap.Config)) paylinks.Payment {
	t.Helper()
	gateway, _ := newGateway(t, walktest.Answers{chargesPath: walktest.Says(200, page(t, "charges", false, charge))}, change...)
	return walktest.One(t, walktest.Of(t, gateway, query()).Whole(t))
}

// row is a charge as Tap answers it, with some fields replaced. A field replaced by nil is left out.
func row(replace map[string]any) map[string]any {
	return walktest.Replaced(map[string]any{
		"id": "chg_1", "object": "charge", "status": "CAPTURED", "amount": json.Number("100.00"), "currency": "SAR",
		"transaction": map[string]any{"created": "1767258000000"},
	}, replace)
}

// page is a page of a list. more is what has_more says, nil to leave it out.
func page(t require.TestingT, name string, more any, rows ...map[string]any) string {
	list := map[string]any{"object_type": "list", "count": len(rows), name: rows, "has_more": more}
	if more == nil {
		delete(list, "has_more")
	}
	encoded, err := json.Marshal(list)
	require.NoError(t, err)
	return string(encoded)
}

// providerError is err as what it must be.
func providerError(t *testing.T, err error) *paylinks.ProviderError {
	t.Helper()
	return walktest.Failure(t, err, testKey)
}
