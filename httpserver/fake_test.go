package httpserver

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	fullToken   = "full-token-0123456789"
	readToken   = "read-token-0123456789"
	scopedToken = "scoped-token-0123456789"
)

// unset is the methods that no handler calls: deeper in the fake than those that it has.
type unset struct{ paylinks.API }

// fake is a Service whose answers a test decides. What a test doesn't set fails the request as unforeseen. The answers for idempotency
// keys are kept as the real one keeps them.
type fake struct {
	unset
	fakeOrders
	fakeEndpoints
	fakePayments
	fakePersons
	create   func(ctx context.Context, req paylinks.CreateRequest) (*paylinks.Paylink, error)
	get      func(ctx context.Context, id string) (*paylinks.Paylink, error)
	list     func(ctx context.Context, req paylinks.ListRequest) (paylinks.Page, error)
	capture  func(ctx context.Context, id string, req paylinks.CaptureRequest) (*paylinks.CaptureResult, error)
	cancel   func(ctx context.Context, id string, known paylinks.Status) (*paylinks.CancelResult, error)
	known    paylinks.Status
	refund   func(ctx context.Context, id string, req paylinks.RefundRequest) (*paylinks.RefundResult, error)
	send     func(ctx context.Context, id string, req paylinks.SendRequest) (*paylinks.SendResult, error)
	events   func(ctx context.Context, id string, after int64, limit int) ([]paylinks.Event, error)
	watch    func(ctx context.Context, id string, after int64) iter.Seq2[paylinks.Event, error]
	webhook  func(ctx context.Context, provider, orgAppID string, req paylinks.WebhookRequest) error
	callback func(ctx context.Context, provider, orgAppID string, query url.Values) (paylinks.CallbackResult, error)
	report   func(ctx context.Context, req paylinks.ReportRequest) iter.Seq2[paylinks.ReportRow, error]
	readyErr error
	keepErr  error

	mu      sync.Mutex
	answers map[string]paylinks.Answer
	running map[string]bool
	keeps   []context.Context
}

func (f *fake) Create(ctx context.Context, req paylinks.CreateRequest) (*paylinks.Paylink, error) {
	return f.create(ctx, req)
}

func (f *fake) Report(ctx context.Context, req paylinks.ReportRequest) iter.Seq2[paylinks.ReportRow, error] {
	return f.report(ctx, req)
}

func (f *fake) Get(ctx context.Context, id string) (*paylinks.Paylink, error) { return f.get(ctx, id) }

func (f *fake) List(ctx context.Context, req paylinks.ListRequest) (paylinks.Page, error) {
	return f.list(ctx, req)
}

func (f *fake) Capture(ctx context.Context, id string, req paylinks.CaptureRequest) (*paylinks.CaptureResult, error) {
	return f.capture(ctx, id, req)
}

func (f *fake) CancelKnown(ctx context.Context, id string, known paylinks.Status) (*paylinks.CancelResult, error) {
	return f.cancel(ctx, id, known)
}

func (f *fake) KnownStatus(context.Context, string) (paylinks.Status, error) {
	return f.known, nil
}

func (f *fake) Refund(ctx context.Context, id string, req paylinks.RefundRequest) (*paylinks.RefundResult, error) {
	return f.refund(ctx, id, req)
}

func (f *fake) Send(ctx context.Context, id string, req paylinks.SendRequest) (*paylinks.SendResult, error) {
	return f.send(ctx, id, req)
}

func (f *fake) Events(ctx context.Context, id string, after int64, limit int) ([]paylinks.Event, error) {
	return f.events(ctx, id, after, limit)
}

func (f *fake) Watch(ctx context.Context, id string, after int64) iter.Seq2[paylinks.Event, error] {
	return f.watch(ctx, id, after)
}

func (f *fake) HandleWebhook(ctx context.Context, provider, orgAppID string, req paylinks.WebhookRequest) error {
	return f.webhook(ctx, provider, orgAppID, req)
}

func (f *fake) HandleCallback(ctx context.Context, provider, orgAppID string, query url.Values) (paylinks.CallbackResult, error) {
	return f.callback(ctx, provider, orgAppID, query)
}

func (f *fake) Ready(context.Context) error { return f.readyErr }

func (f *fake) ClaimAnswer(_ context.Context, key, fingerprint string, note []byte) (paylinks.Answer, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.answers == nil {
		f.answers, f.running = map[string]paylinks.Answer{}, map[string]bool{}
	}
	stored, known := f.answers[key]
	switch {
	case known && stored.Fingerprint != fingerprint:
		return paylinks.Answer{}, false, &paylinks.Error{Code: paylinks.CodeIdempotencyMismatch, Outcome: paylinks.NotApplied}
	case known && stored.Status != 0:
		return stored, false, nil
	case known && f.running[key]:
		return paylinks.Answer{}, false, &paylinks.Error{Code: paylinks.CodeIdempotencyInProgress, Outcome: paylinks.NotApplied, RetryAfter: time.Second}
	}
	claimed := paylinks.Answer{Key: key, Fingerprint: fingerprint, Body: note}
	if known {
		claimed.Body = stored.Body
	}
	f.answers[key], f.running[key] = claimed, true
	return claimed, true, nil
}

func (f *fake) KeepAnswer(ctx context.Context, claimed paylinks.Answer, status int, body []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keeps = append(f.keeps, ctx)
	if f.keepErr != nil {
		return f.keepErr
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	claimed.Status, claimed.Body = status, bytes.Clone(body)
	f.answers[claimed.Key] = claimed
	return nil
}

func (f *fake) ReleaseAnswer(ctx context.Context, claimed paylinks.Answer, bound bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keeps = append(f.keeps, ctx)
	f.running[claimed.Key] = false
	if !bound {
		delete(f.answers, claimed.Key)
	}
	return nil
}

// state is whether a key is free, and if not, whether it has an answer. There's at most one key per test.
func (f *fake) state() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, answer := range f.answers {
		switch {
		case answer.Status != 0:
			return "kept"
		case f.running[key]:
			return "running"
		default:
			return "bound"
		}
	}
	return "free"
}

// logs is what the handler has logged, readable while it runs.
type logs struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.String()
}

func testOptions(t *testing.T) (Options, *logs) {
	t.Helper()
	tokens, err := ParseTokens(fullToken + "," + readToken + ":ro," + scopedToken + "=shop-a+shop-b")
	require.NoError(t, err)
	var out logs
	return Options{
		Authenticator: tokens,
		Catalogue:     catalogue(),
		PublicURL:     "https://pay.example.test",
		Logger:        slog.New(slog.NewJSONHandler(&out, nil)),
		Now:           func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) },
		NewRequestID:  func() string { return "req_made" },
	}, &out
}

func newTestServer(t *testing.T, svc *fake) (http.Handler, *logs) {
	t.Helper()
	options, out := testOptions(t)
	return newServer(svc, options), out
}

func catalogue() []paylinks.Info {
	bnpl := func(id string, delivery paylinks.Delivery, options ...paylinks.Field) paylinks.Info {
		return paylinks.Info{
			ID: id, Name: strings.ToUpper(id), Description: id + " links", Kind: paylinks.KindBNPL, Regions: "KSA", AppSlug: id + "-pos-paylinks",
			Currencies: []paylinks.Currency{paylinks.SAR}, Checkout: delivery, OptionalFields: options,
			Capabilities: []paylinks.Capability{paylinks.CanCapture, paylinks.CanReceiveWebhook},
		}
	}
	infos := []paylinks.Info{
		bnpl("tabby", paylinks.DeliveryQR), bnpl("tamara", paylinks.DeliverySMS, paylinks.Field{Name: "tamara_extra", Type: "string"}), bnpl("mispay", paylinks.DeliveryQR),
	}
	for _, id := range []string{"stripe", "moyasar", "tap", "dinero", "paypal", "hyperpay"} {
		infos = append(infos, paylinks.Info{ID: id, Name: id, Description: id + " sync", Kind: paylinks.KindGatewaySync, Regions: "Global", AppSlug: id + "-app"})
	}
	return infos
}

// call sends one request with the full token unless headers (name, value, …) say otherwise. An empty value removes a header. What passes is held to
// the description.
func call(t *testing.T, handler http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, target, reader)
	r.Header.Set("Authorization", "Bearer "+fullToken)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for pair := range slices.Chunk(headers, 2) {
		r.Header.Del(pair[0])
		if pair[1] != "" {
			r.Header.Set(pair[0], pair[1])
		}
	}
	w := httptest.NewRecorder()
	held(t, handler).ServeHTTP(w, r)
	return w
}

// assertBody compares an answer byte for byte: the order of its fields is promised, too.
func assertBody(t *testing.T, want string, w *httptest.ResponseRecorder) {
	t.Helper()
	got := w.Body.String()
	assert.Equal(t, want+"\n", got)
}

// errorOf is the code of an error answer, which is checked to be one.
func errorOf(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var answer struct {
		Success *bool `json:"success"`
		Error   struct {
			Code, Message string
		} `json:"error"`
		RequestID string `json:"request_id"`
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer), w.Body.String())
	require.NotNil(t, answer.Success)
	assert.False(t, *answer.Success)
	assert.NotEmpty(t, answer.Error.Message)
	assert.Equal(t, w.Header().Get("X-Request-Id"), answer.RequestID)
	assert.Equal(t, "application/json", w.Header().Get("Content-Type"))
	return answer.Error.Code
}

func sar(t *testing.T, amount string) paylinks.Money {
	t.Helper()
	m, err := paylinks.ParseMoney(amount, paylinks.SAR)
	require.NoError(t, err)
	return m
}

func testLink(t *testing.T) *paylinks.Paylink {
	t.Helper()
	return &paylinks.Paylink{
		ID: "plk_1", Provider: "tabby", OrgAppID: "shop-a", OrderID: "T-1", Amount: sar(t, "75"), Status: paylinks.StatusCreated,
		Captured: paylinks.Zero(paylinks.SAR), Refunded: paylinks.Zero(paylinks.SAR), ProviderStatus: "CREATED",
		Ref:         paylinks.Ref{SessionID: "ses_1", PaymentID: "pay_1"},
		CheckoutURL: "https://checkout.example.test/?session=1&lang=ar", Delivery: paylinks.DeliveryQR,
		Buyer: paylinks.Buyer{Name: "Noura Q", Email: "noura@example.test", Phone: "+966512345678"}, SendTo: "+966512345678",
		Metadata: map[string]string{"till": "4"}, CreatedAt: time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC),
	}
}

const linksPath = "/api/v1/providers/paylinks"
