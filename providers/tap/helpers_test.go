package tap_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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

// answer is what the far end says to a call.
type answer struct {
	status int
	body   string
	header http.Header
}

// far is the far end of a gateway's calls: an http.RoundTripper with a function for each path.
type far struct {
	mu       sync.Mutex
	answers  map[string]func(listBody) answer
	requests []*http.Request
	bodies   [][]byte
	waits    []time.Duration
}

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

func (f *far) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
	}
	f.mu.Lock()
	f.requests, f.bodies = append(f.requests, req), append(f.bodies, body)
	f.mu.Unlock()
	respond := f.answers[req.URL.Path]
	if respond == nil {
		return nil, fmt.Errorf("nobody answers %s", req.URL.Path)
	}
	var list listBody
	if len(body) > 0 {
		if err := json.Unmarshal(body, &list); err != nil {
			return nil, err
		}
	}
	said := respond(list)
	if said.status == 0 {
		return nil, errors.New("the connection broke")
	}
	header := said.header
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: said.status, Header: header, Body: io.NopCloser(strings.NewReader(said.body)), Request: req}, nil
}

// calls are the bodies of the calls to a path, in their order.
func (f *far) calls(path string) [][]byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	var bodies [][]byte
	for i, req := range f.requests {
		if req.URL.Path == path {
			bodies = append(bodies, f.bodies[i])
		}
	}
	return bodies
}

// always gives one answer to every call.
func always(status int, body string) func(listBody) answer {
	return func(listBody) answer { return answer{status: status, body: body} }
}

// inTurn gives its answers one after the other, and the last one again.
func inTurn(answers ...answer) func(listBody) answer {
	n := 0
	return func(listBody) answer {
		said := answers[min(n, len(answers)-1)]
		n++
		return said
	}
}

// newGateway is a gateway whose far end has no refunds unless answers says otherwise.
func newGateway(t require.TestingT, answers map[string]func(listBody) answer, change ...func(*tap.Config)) (*tap.Gateway, *far) {
	if answers[refundsPath] == nil {
		answers[refundsPath] = always(400, noRefunds)
	}
	f := &far{answers: answers}
	config := tap.Config{
		SecretKey: testKey, HTTPClient: &http.Client{Transport: f}, Now: func() time.Time { return now },
		Wait: func(ctx context.Context, d time.Duration) error {
			f.waits = append(f.waits, d)
			return ctx.Err()
		},
	}
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

// collect walks to the end.
func collect(t require.TestingT, ctx context.Context, g *tap.Gateway, q paylinks.PaymentsQuery) (payments []paylinks.Payment, bad []*paylinks.BadRow, end error) {
	for payment, err := range g.Payments(ctx, q) {
		require.NoError(t, end, "nothing comes after the error that ends a walk")
		var row *paylinks.BadRow
		switch {
		case errors.As(err, &row):
			bad = append(bad, row)
		case err != nil:
			end = err
		default:
			payments = append(payments, payment)
		}
	}
	return payments, bad, end
}

// one is the payment that a list of this one charge gives.
func one(t *testing.T, charge map[string]any, change ...func(*tap.Config)) paylinks.Payment {
	t.Helper()
	gateway, _ := newGateway(t, map[string]func(listBody) answer{chargesPath: always(200, page(t, "charges", false, charge))}, change...)
	payments, bad, err := collect(t, t.Context(), gateway, query())
	require.NoError(t, err)
	require.Empty(t, bad)
	require.Len(t, payments, 1)
	return payments[0]
}

// row is a charge as Tap answers it, with some fields replaced. A field replaced by nil is left out.
func row(replace map[string]any) map[string]any {
	fields := map[string]any{
		"id": "chg_1", "object": "charge", "status": "CAPTURED", "amount": json.Number("100.00"), "currency": "SAR",
		"transaction": map[string]any{"created": "1767258000000"},
	}
	for name, value := range replace {
		fields[name] = value
		if value == nil {
			delete(fields, name)
		}
	}
	return fields
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

func fixture(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return string(content)
}

// providerError is err as what it must be.
func providerError(t *testing.T, err error) *paylinks.ProviderError {
	t.Helper()
	var e *paylinks.ProviderError
	require.ErrorAs(t, err, &e)
	return e
}
