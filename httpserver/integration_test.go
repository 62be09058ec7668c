package httpserver_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

const (
	apiToken      = "integration-token"
	otherToken    = "another-tenant"
	readerToken   = "a-reader"
	webhookSecret = "integration-webhook-secret"
	links         = "/api/v1/providers/paylinks"
)

// shop is the whole product but for the network: the API over a Service, a database and a provider that behaves like the real one.
type shop struct {
	handler   http.Handler
	simulator *tabbytest.Server
	apps      paylinks.StaticApps
}

func openShop(t *testing.T) shop {
	t.Helper()
	simulator := tabbytest.New(tabbytest.Config{})
	front := httptest.NewServer(simulator)
	t.Cleanup(front.Close)
	provider, err := tabby.New(tabby.Config{
		SecretKey: tabbytest.SecretKey, MerchantCode: "SA", Currency: paylinks.SAR, BaseURL: front.URL, WebhookSecret: webhookSecret,
		HTTPClient: front.Client(),
	})
	require.NoError(t, err)
	store, err := sqlite.OpenMemory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close()) })
	logger := slog.New(slog.DiscardHandler)
	apps := paylinks.StaticApps{"till": provider}
	service, err := paylinks.New(store, apps, paylinks.Options{
		PublicURL: "https://pay.example.test", RefreshInterval: 1, Logger: logger,
	})
	require.NoError(t, err)
	tokens, err := httpserver.ParseTokens(apiToken + "," + otherToken + "=elsewhere," + readerToken + ":ro=till")
	require.NoError(t, err)
	return shop{
		handler:   httpserver.Held(t, httpserver.New(service, httpserver.Options{Authenticator: tokens, PublicURL: "https://pay.example.test", Logger: logger})),
		simulator: simulator,
		apps:      apps,
	}
}

type answer struct {
	status int
	header http.Header
	body   string
	fields map[string]any
}

// code is the code of an error answer, "" of another.
func (a answer) code() string {
	failure, _ := a.fields["error"].(map[string]any)
	code, _ := failure["code"].(string)
	return code
}

func (s shop) call(t *testing.T, token, method, target, body, key string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header(), body: w.Body.String()}
	if w.Header().Get("Content-Type") == "application/json" {
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &a.fields))
	}
	return a
}

func create(order, amount string) string {
	return `{"provider":"tabby","org_app_id":"till","order_id":"` + order + `","amount":"` + amount + `","currency":"SAR","buyer_phone":"0500000001",` +
		`"buyer_email":"card.success@tabby.ai","buyer_name":"Noura"}`
}

func (s shop) create(t *testing.T, order string) (id, paymentID string) {
	t.Helper()
	a := s.call(t, apiToken, http.MethodPost, links, create(order, "150.00"), "")
	require.Equal(t, http.StatusCreated, a.status, a.body)
	id, _ = a.fields["paylink_id"].(string)
	paymentID, _ = a.fields["payment_id"].(string)
	require.NotEmpty(t, id)
	require.NotEmpty(t, paymentID)
	return id, paymentID
}

// The published flow at a till: create, show, wait, capture; then a refund.
func TestALinkFromCreationToRefund(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	id, paymentID := s.create(t, "POS-1")

	qr := s.call(t, apiToken, http.MethodGet, links+"/"+id+"/qr", "", "")
	assert.Equal(t, http.StatusOK, qr.status)
	assert.True(t, strings.HasPrefix(qr.body, "\x89PNG"))

	early := s.call(t, apiToken, http.MethodPost, links+"/"+id+"/capture", "", "")
	assert.Equal(t, http.StatusConflict, early.status, early.body)
	assert.Equal(t, "not_capturable", early.code())

	require.NoError(t, s.simulator.Pay(paymentID))
	got := s.call(t, readerToken, http.MethodGet, links+"/"+id, "", "")
	assert.Equal(t, "authorized", got.fields["status"], got.body)
	assert.Equal(t, "till", got.fields["org_app_id"])
	assert.NotContains(t, got.body, "500000001")

	captured := s.call(t, apiToken, http.MethodPost, links+"/"+id+"/capture", "", "")
	require.Equal(t, http.StatusOK, captured.status, captured.body)
	assert.Equal(t, "CLOSED", captured.fields["status"])
	assert.Equal(t, "captured", captured.fields["paylink_status"])
	assert.Equal(t, "150.00", captured.fields["amount"])

	refund := s.call(t, apiToken, http.MethodPost, links+"/"+id+"/refund", `{"amount":"50.00","reference_id":"back-1"}`, "")
	require.Equal(t, http.StatusOK, refund.status, refund.body)
	assert.Equal(t, "partially_refunded", refund.fields["paylink_status"])
	assert.Equal(t, "50.00", refund.fields["refunded_amount"])
	assert.Equal(t, "back-1", refund.fields["reference_id"])

	late := s.call(t, apiToken, http.MethodPost, links+"/"+id+"/cancel", "", "")
	assert.Equal(t, "already_captured", late.code(), late.body)

	events := s.call(t, apiToken, http.MethodGet, links+"/"+id+"/events", "", "")
	for _, event := range []paylinks.EventType{paylinks.EventCreated, paylinks.EventAuthorized, paylinks.EventCaptured, paylinks.EventPartiallyRefunded} {
		assert.Contains(t, events.body, `"type":"`+string(event)+`"`)
	}
}

// One key, many requests at once: one link, one capture.
func TestOneKeyMovesMoneyOnce(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	together := func(target, body, key string) answer {
		answers := make(chan answer, 8)
		var group sync.WaitGroup
		for range cap(answers) {
			group.Go(func() { answers <- s.call(t, apiToken, http.MethodPost, target, body, key) })
		}
		group.Wait()
		close(answers)
		for a := range answers {
			if a.status != http.StatusConflict {
				require.Less(t, a.status, 300, a.body)
				continue
			}
			require.Equal(t, "idempotency_in_progress", a.code(), a.body)
			require.NotEmpty(t, a.header.Get("Retry-After"))
		}
		return s.call(t, apiToken, http.MethodPost, target, body, key)
	}
	created := together(links, create("POS-2", "80.00"), "create-1")
	require.Equal(t, http.StatusCreated, created.status, created.body)
	assert.Equal(t, "true", created.header.Get("Idempotent-Replayed"))
	require.Len(t, s.simulator.Payments(), 1)

	id, _ := created.fields["paylink_id"].(string)
	paymentID, _ := created.fields["payment_id"].(string)
	require.NoError(t, s.simulator.Pay(paymentID))
	captured := together(links+"/"+id+"/capture", `{"amount":"30.00"}`, "capture-1")
	assert.Equal(t, "30.00", captured.fields["captured_amount"], captured.body)

	other := s.call(t, apiToken, http.MethodPost, links+"/"+id+"/capture", `{"amount":"31.00"}`, "capture-1")
	assert.Equal(t, http.StatusUnprocessableEntity, other.status)
	assert.Equal(t, "idempotency_mismatch", other.code())
}

func TestWhatAnotherTenantSees(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	id, _ := s.create(t, "POS-3")
	for _, request := range [][2]string{
		{http.MethodGet, ""}, {http.MethodGet, "/qr"}, {http.MethodGet, "/events"}, {http.MethodPost, "/capture"}, {http.MethodPost, "/cancel"}, {http.MethodPost, "/refund"}, {http.MethodPost, "/send"},
	} {
		a := s.call(t, otherToken, request[0], links+"/"+id+request[1], "", "")
		assert.Equal(t, http.StatusNotFound, a.status, request)
		assert.Equal(t, "paylink_not_found", a.code(), request)
	}
	a := s.call(t, otherToken, http.MethodPost, links, create("POS-3", "1.00"), "")
	assert.Equal(t, http.StatusNotFound, a.status)
	assert.Equal(t, "org_app_not_found", a.code())
	a = s.call(t, otherToken, http.MethodGet, links, "", "")
	assert.Equal(t, "{\"paylinks\":[]}\n", a.body)
	a = s.call(t, readerToken, http.MethodGet, links+"?provider=tabby&org_app_id=till&status=created", "", "")
	assert.Contains(t, a.body, `"id":"`+id+`"`)
}

func TestRequestsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	for name, test := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"nothing":                 {``, 400, "validation_failed"},
		"too many decimals":       {create("a", "1.001"), 400, "validation_failed"},
		"an exponent in a string": {create("a", "1e2"), 400, "validation_failed"},
		"zero":                    {create("a", "0.00"), 400, "validation_failed"},
		"an unknown currency":     {strings.Replace(create("a", "1.00"), "SAR", "XXX", 1), 400, "unsupported_currency"},
		"an unknown app":          {strings.Replace(create("a", "1.00"), "till", "safe", 1), 404, "org_app_not_found"},
		"items that don't add up": {strings.Replace(create("a", "1.00"), "{", `{"items":[{"name":"x","quantity":1,"unit_price":"2.00"}],`, 1), 400, "items_total_mismatch"},
		"a buyer Tabby refuses":   {strings.NewReplacer("0500000001", "0500000002").Replace(create("a", "1.00")), 422, "buyer_rejected"},
	} {
		a := s.call(t, apiToken, http.MethodPost, links, test.body, "")
		assert.Equal(t, test.status, a.status, "%s: %s", name, a.body)
		assert.Equal(t, test.code, a.code(), name)
	}
	for _, query := range []string{"cursor=rubbish", "limit=300", "status=paid"} {
		a := s.call(t, apiToken, http.MethodGet, links+"?"+query, "", "")
		assert.Equal(t, http.StatusBadRequest, a.status, a.body)
	}
}

func TestWebhooksAndCallbacks(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	_, paymentID := s.create(t, "POS-4")
	header, body, err := s.simulator.Webhook(paymentID, "X-Webhook-Secret", webhookSecret)
	require.NoError(t, err)
	deliver := func(app string, change func(http.Header)) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/providers/webhooks/tabby/"+app, strings.NewReader(string(body)))
		r.Header = header.Clone()
		change(r.Header)
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		return w.Code
	}
	assert.Equal(t, http.StatusOK, deliver("till", func(http.Header) {}))
	assert.Equal(t, http.StatusOK, deliver("till", func(http.Header) {}), "twice is once")
	assert.Equal(t, http.StatusUnauthorized, deliver("till", func(h http.Header) { h.Set("X-Webhook-Secret", "wrong") }))
	assert.Equal(t, http.StatusUnauthorized, deliver("till", func(h http.Header) { h.Del("X-Webhook-Secret") }))
	assert.Equal(t, http.StatusNotFound, deliver("safe", func(http.Header) {}))

	require.NoError(t, s.simulator.Pay(paymentID))
	page := s.call(t, "", http.MethodGet, "/api/v1/providers/callbacks/tabby/till?payment_id="+paymentID, "", "")
	assert.Equal(t, http.StatusOK, page.status)
	assert.Contains(t, page.body, `dir="rtl"`)
	page = s.call(t, "", http.MethodGet, "/api/v1/providers/callbacks/tabby/safe", "", "")
	assert.Equal(t, http.StatusNotFound, page.status)
	assert.Contains(t, page.body, `dir="rtl"`)
}

// A stream on a real connection shows a payment when it happens.
func TestAStreamShowsThePayment(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	id, paymentID := s.create(t, "POS-5")
	front := httptest.NewServer(s.handler)
	t.Cleanup(front.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, front.URL+links+"/"+id+"/events", http.NoBody)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+readerToken)
	r.Header.Set("Accept", "text/event-stream")
	res, err := front.Client().Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	until := func(text string) {
		var seen strings.Builder
		buffer := make([]byte, 4096)
		for !strings.Contains(seen.String(), text) {
			n, err := res.Body.Read(buffer)
			seen.Write(buffer[:n])
			if err != nil {
				require.NotErrorIs(t, err, io.EOF, seen.String())
				require.NoError(t, err)
			}
		}
	}
	until("event: paylink.created\n")
	require.NoError(t, s.simulator.Pay(paymentID))
	s.call(t, apiToken, http.MethodGet, links+"/"+id, "", "")
	until("event: paylink.authorized\n")
}

// The first answer may never have arrived, and then its caller knows nothing of a payment.
func TestACancelWhoseAnswerWasLostVoidsNothing(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	id, paymentID := s.create(t, "POS-9")
	require.NoError(t, s.simulator.Pay(paymentID))
	for range 2 {
		refused := s.call(t, apiToken, http.MethodPost, links+"/"+id+"/cancel", "", "the-cancel")
		require.Equal(t, "already_paid", refused.code(), refused.body)
	}
	payment, err := s.simulator.Payment(paymentID)
	require.NoError(t, err)
	require.Equal(t, "AUTHORIZED", payment.Status)
	voided := s.call(t, apiToken, http.MethodPost, links+"/"+id+"/cancel", "", "another-cancel")
	require.Equal(t, http.StatusOK, voided.status, voided.body)
	assert.Equal(t, "cancelled", voided.fields["status"])
}

// A cancel's answer stays its key's, also once the app is gone.
func TestACancelIsReplayedWithoutItsApp(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	id, _ := s.create(t, "POS-10")
	first := s.call(t, apiToken, http.MethodPost, links+"/"+id+"/cancel", "", "the-cancel")
	require.Equal(t, http.StatusOK, first.status, first.body)
	delete(s.apps, "till")
	again := s.call(t, apiToken, http.MethodPost, links+"/"+id+"/cancel", "", "the-cancel")
	assert.Equal(t, first.body, again.body)
	assert.Equal(t, "true", again.header.Get("Idempotent-Replayed"))
	other := s.call(t, apiToken, http.MethodPost, links+"/"+id+"/cancel", "", "another-cancel")
	assert.Equal(t, "org_app_not_found", other.code())
}
