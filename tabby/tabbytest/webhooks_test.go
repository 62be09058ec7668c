package tabbytest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/merchanttest"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// story is what the deliveries said: status, captures and refunds of each.
func story(box *merchanttest.Inbox) []string {
	var story []string
	for _, hooked := range box.Got() {
		body := hooked.Body
		line := body["status"].(string)
		if captures, _ := body["captures"].([]any); len(captures) > 0 {
			line += strings.Repeat(" captured", len(captures))
		}
		if refunds, _ := body["refunds"].([]any); len(refunds) > 0 {
			line += strings.Repeat(" refunded", len(refunds))
		}
		story = append(story, line)
	}
	return story
}

func withInbox(t *testing.T, expiry bool) (*api, *merchanttest.Inbox) {
	t.Helper()
	box := merchanttest.NewInbox(t, http.StatusOK)
	return newAPI(t, tabbytest.Config{WebhookURL: box.URL, WebhookHeader: "X-Proof", WebhookSecret: "s3cret", ExpiryWebhooks: expiry}), box
}

func TestTheDeliveriesOfANormalOrder(t *testing.T) {
	t.Parallel()
	a, box := withInbox(t, false)
	payment := a.paid()
	a.post(payment, "captures", `{"amount":"150","reference_id":"c-1"}`)
	a.post(payment, "refunds", `{"amount":"50","reference_id":"r-1"}`)
	a.Call(http.MethodPut, "/api/v2/payments/"+payment, `{"order":{"reference_id":"POS-2"}}`)
	a.Webhooks.Flush(t.Context())

	assert.Equal(t, []string{"authorized", "authorized captured", "closed captured", "closed captured refunded", "closed captured refunded"}, story(box))
	got := box.Got()
	first, last := got[0].Body, got[4].Body
	assert.Equal(t, payment, first["id"])
	assert.Equal(t, "150", first["amount"])
	assert.Nil(t, first["closed_at"])
	assert.Equal(t, object{"reference_id": "POS-1"}, first["order"])
	assert.Equal(t, "2026-03-01T12:00:00Z", last["closed_at"])
	assert.Equal(t, object{"reference_id": "POS-2"}, last["order"])
	for _, hooked := range got {
		assert.Equal(t, "s3cret", hooked.Header.Get("X-Proof"))
		assert.Equal(t, "application/json", hooked.Header.Get("Content-Type"))
	}
}

func TestARefusedRepetitionTellsNothing(t *testing.T) {
	t.Parallel()
	a, box := withInbox(t, false)
	payment := a.paid()
	for range 3 {
		a.post(payment, "captures", `{"amount":"50","reference_id":"c-1"}`)
	}
	a.Webhooks.Flush(t.Context())
	assert.Equal(t, []string{"authorized", "authorized captured"}, story(box))
}

func TestExpiryIsToldOnlyOnRequest(t *testing.T) {
	t.Parallel()
	for expiry, want := range map[bool][]string{false: {"rejected"}, true: {"rejected", "expired"}} {
		a, box := withInbox(t, expiry)
		declined, _ := a.create(request())
		require.NoError(t, a.Decline(declined))
		left, _ := a.create(request())
		require.NoError(t, a.Cancel(left))
		a.Webhooks.Flush(t.Context())
		assert.Equal(t, want, story(box))
	}
}

func TestOnly200IsADelivery(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{WebhookURL: merchanttest.NewInbox(t, http.StatusNoContent).URL})
	a.paid()
	for tries := 1; tries <= 5; tries++ {
		require.Len(t, a.Webhooks.Pending(), 1, "after %d tries", tries-1)
		a.Webhooks.Flush(t.Context())
	}
	assert.Empty(t, a.Webhooks.Pending(), "four repetitions are all")
	assert.Len(t, a.Webhooks.Deliveries(), 5)
}

func TestWebhookRegistration(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	saudi := map[string]string{"X-Merchant-Code": "SA"}
	do := func(method, path, body string) (int, string) {
		return a.Do(method, "/api/v1/webhooks"+path, body, saudi)
	}

	_, none := do(http.MethodGet, "", "")
	assert.Equal(t, "null", none)
	_, added := do(http.MethodPost, "", `{"url":"https://shop.example/hook","header":{"title":"X-Proof","value":"v"}}`)
	var hook object
	require.NoError(t, json.Unmarshal([]byte(added), &hook))
	id := hook["id"].(string)
	assert.Equal(t, object{"id": id, "url": "https://shop.example/hook", "is_test": true, "header": object{"title": "X-Proof", "value": "v"}}, hook)

	_, list := do(http.MethodGet, "", "")
	assert.JSONEq(t, "["+added+"]", list)
	_, one := do(http.MethodGet, "/"+id, "")
	assert.JSONEq(t, added, one)
	_, other := a.Do(http.MethodGet, "/api/v1/webhooks", "", map[string]string{"X-Merchant-Code": "AE"})
	assert.Equal(t, "null", other, "webhooks are per merchant code")

	_, replaced := do(http.MethodPut, "/"+id, `{"url":"https://shop.example/new"}`)
	assert.JSONEq(t, `{"id":"`+id+`","url":"https://shop.example/new","is_test":true,"header":null}`, replaced)
	_, deleted := do(http.MethodDelete, "/"+id, "")
	assert.JSONEq(t, `{"status":"ok"}`, deleted)
	status, gone := do(http.MethodGet, "/"+id, "")
	assert.Equal(t, 404, status)
	assert.Contains(t, gone, "no such webhook")
}

func TestWebhookRegistrationIsStrict(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	post := func(code, body string) int {
		status, _ := a.Do(http.MethodPost, "/api/v1/webhooks", body, map[string]string{"X-Merchant-Code": code})
		return status
	}
	for _, body := range []string{"", "{}", `{"url":"shop.example"}`, `{"url":"https://shop.example","header":{"value":"v"}}`} {
		assert.Equal(t, 400, post("SA", body), body)
	}
	assert.Equal(t, 401, post("", `{"url":"https://shop.example"}`), "the header with the merchant code is required")
	assert.Equal(t, 401, post("XX", `{"url":"https://shop.example"}`))
	for range 4 {
		assert.Equal(t, 200, post("SA", `{"url":"https://shop.example"}`))
	}
	assert.Equal(t, 400, post("SA", `{"url":"https://shop.example"}`), "four are all")
}

func TestAWebhookCanBeMadeWithoutSendingIt(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tabbytest.Config{})
	payment := a.paid()
	header, body, err := a.Webhook(payment, "X-Proof", "v")
	require.NoError(t, err)
	assert.Equal(t, "v", header.Get("X-Proof"))
	assert.Contains(t, string(body), `"status":"authorized"`)
	header, _, err = a.Webhook(payment, "", "")
	require.NoError(t, err)
	assert.Empty(t, header.Get("X-Proof"))
	_, _, err = a.Webhook(unknownID, "", "")
	require.Error(t, err)
}
