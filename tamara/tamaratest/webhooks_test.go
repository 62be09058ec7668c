package tamaratest_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/jsontest"
	"github.com/paylinks/paylinks-go/internal/merchanttest"
	"github.com/paylinks/paylinks-go/tamara/tamaratest"
)

// words are the events and statuses that a merchant was told, in order.
func words(box *merchanttest.Inbox) []string {
	var words []string
	for _, one := range box.Got() {
		for _, member := range []string{"event_type", "order_status"} {
			if word, ok := one.Body[member].(string); ok {
				words = append(words, word)
			}
		}
	}
	return words
}

func TestAWebhookIsProvenInTwoPlacesByARealToken(t *testing.T) {
	t.Parallel()
	merchant := merchanttest.NewInbox(t, http.StatusOK)
	a := newAPI(t, tamaratest.Config{WebhookURL: merchant.URL + "/hook?storeId=1", NotificationToken: "key"})
	id := a.paid(smsPath, sms())
	a.Webhooks.Flush(t.Context())
	require.Len(t, merchant.Got(), 1)
	got := merchant.Got()[0]
	assert.Equal(t, "1", got.Query.Get("storeId"), "a URL's own query stays")
	token := got.Query.Get("tamaraToken")
	assert.Equal(t, "Bearer "+token, got.Header.Get("Authorization"))
	assert.Equal(t, "application/json", got.Header.Get("Content-Type"))

	parsed, err := jwt.Parse(token, func(*jwt.Token) (any, error) { return []byte("key"), nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithTimeFunc(func() time.Time { return start }))
	require.NoError(t, err)
	assert.Equal(t, jwt.MapClaims{"iss": "Tamara", "iat": float64(start.Unix()), "exp": float64(start.Add(15 * time.Minute).Unix())}, parsed.Claims)
	head, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
	require.NoError(t, err)
	assert.Equal(t, `{"typ":"JWT","alg":"HS256"}`, string(head))

	assert.Equal(t, id, got.Body["order_id"])
	assert.Equal(t, "op-1", got.Body["order_reference_id"])
	assert.Equal(t, "order_captured", got.Body["event_type"])
	data, ok := got.Body["data"].(object)
	require.True(t, ok)
	assert.NotEmpty(t, data["capture_id"])
	assert.NotContains(t, got.Body, "status", "the body tells no status")
}

func TestARegisteredAuthorizationTakesTheTokensPlace(t *testing.T) {
	t.Parallel()
	merchant := merchanttest.NewInbox(t, http.StatusOK)
	a := newAPI(t, tamaratest.Config{WebhookURL: merchant.URL, WebhookHeaders: map[string]string{"authorization": "1234"}})
	a.paid(smsPath, sms())
	a.Webhooks.Flush(t.Context())
	require.Len(t, merchant.Got(), 1)
	assert.Equal(t, "1234", merchant.Got()[0].Header.Get("Authorization"))
	assert.NotEmpty(t, merchant.Got()[0].Query.Get("tamaraToken"))
}

// Each event of an order's life, with data of [] or an object.
func TestEvents(t *testing.T) {
	t.Parallel()
	merchant := merchanttest.NewInbox(t, http.StatusOK)
	a := newAPI(t, tamaratest.Config{WebhookURL: merchant.URL})
	live := a.paid(onlinePath, online())
	a.ok(http.MethodPost, "/orders/"+live+"/authorise", "{}")
	a.ok(http.MethodPost, "/orders/"+live+"/cancel", amountBody("30"))
	a.ok(http.MethodPost, "/payments/capture", captureBody(live, "200.5"))
	a.ok(http.MethodPost, "/payments/simplified-refund/"+live, amountBody("1", `,"comment":"x"`))
	voided := a.paid(onlinePath, online())
	a.ok(http.MethodPost, "/orders/"+voided+"/authorise", "{}")
	a.ok(http.MethodPost, "/orders/"+voided+"/cancel", amountBody("230.5"))
	held, _ := a.order(smsPath, sms())
	require.NoError(t, a.Review(held))
	require.NoError(t, a.Decline(held))
	late, _ := a.order(smsPath, sms())
	require.NoError(t, a.Expire(late))
	a.Webhooks.Flush(t.Context())
	assert.Equal(t, []string{
		"order_approved", "order_authorised", "order_updated", "order_captured", "order_refunded",
		"order_approved", "order_authorised", "order_canceled", "order_on_hold", "order_declined", "order_expired",
	}, words(merchant))
	for _, one := range merchant.Got() {
		switch event := one.Body["event_type"]; event {
		case "order_approved", "order_authorised", "order_on_hold", "order_expired":
			assert.Equal(t, []any{}, one.Body["data"], "%s", event)
		default:
			assert.IsType(t, object{}, one.Body["data"], "%s", event)
		}
	}
}

func TestTheOlderNotificationHasAStatus(t *testing.T) {
	t.Parallel()
	merchant := merchanttest.NewInbox(t, http.StatusOK)
	a := newAPI(t, tamaratest.Config{})
	id := a.paid(onlinePath, jsontest.Set(online(), "merchant_url.notification", merchant.URL))
	a.Webhooks.Flush(t.Context())
	require.Len(t, merchant.Got(), 1)
	assert.Equal(t, []string{"approved"}, words(merchant))
	assert.NotContains(t, merchant.Got()[0].Body, "event_type")
	assert.Equal(t, id, merchant.Got()[0].Body["order_id"])
	assert.NotEmpty(t, merchant.Got()[0].Query.Get("tamaraToken"))
}

func hookBody(url string, events ...string) string {
	return `{"type":"order","url":"` + url + `","events":["` + strings.Join(events, `","`) + `"]}`
}

func TestRegistration(t *testing.T) {
	t.Parallel()
	merchant := merchanttest.NewInbox(t, http.StatusOK)
	a := newAPI(t, tamaratest.Config{RefuseOnHold: true})
	a.refused(http.MethodPost, "/webhooks", hookBody(merchant.URL, "order_approved", "order_on_hold"), http.StatusBadRequest, "webhook_invalid")
	answer := a.ok(http.MethodPost, "/webhooks", hookBody(merchant.URL, "order_approved"))
	assert.Equal(t, []any{}, answer["headers"], "[] when there are none")
	id, ok := answer["webhook_id"].(string)
	require.True(t, ok)
	data := a.refused(http.MethodPost, "/webhooks", hookBody(merchant.URL, "order_captured"), http.StatusBadRequest, "webhook_already_registered")
	assert.Equal(t, object{"webhook_id": id}, data)

	a.paid(smsPath, sms())
	a.Webhooks.Flush(t.Context())
	assert.Empty(t, words(merchant), "order_captured isn't registered")
	answer = a.ok(http.MethodPut, "/webhooks/"+id, hookBody(merchant.URL, "order_captured"))
	assert.Equal(t, answer, a.ok(http.MethodGet, "/webhooks/"+id, ""))
	a.paid(smsPath, sms())
	a.Webhooks.Flush(t.Context())
	assert.Equal(t, []string{"order_captured"}, words(merchant))

	status, _ := a.Do(http.MethodDelete, "/webhooks/"+id, "", nil)
	assert.Equal(t, http.StatusOK, status)
	a.refused(http.MethodGet, "/webhooks/"+id, "", http.StatusNotFound, "")
	a.paid(smsPath, sms())
	a.Webhooks.Flush(t.Context())
	assert.Len(t, words(merchant), 1)
}

func TestRegistrationDemands(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	for _, body := range []string{
		hookBody("", "order_approved"), hookBody("shop.example", "order_approved"), hookBody("https://shop.example/"+strings.Repeat("x", 255), "order_approved"),
		hookBody("https://shop.example", "order_eaten"), `{"url":"https://shop.example","events":[]}`, `{"type":"dispute","url":"https://shop.example","events":["order_approved"]}`,
	} {
		a.refused(http.MethodPost, "/webhooks", body, http.StatusBadRequest, "webhook_invalid")
	}
	a.ok(http.MethodPost, "/webhooks", `{"url":"https://shop.example","events":["order_approved"]}`) // Tamara's plugins leave the type out.
}

func TestAWebhookOfNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	id, _ := a.order(smsPath, sms())
	_, _, _, err := a.Webhook(id)
	require.Error(t, err)
	_, _, _, err = a.Webhook("nobody")
	require.Error(t, err)
	require.NoError(t, a.Pay(id))
	query, header, body, err := a.Webhook(id)
	require.NoError(t, err)
	assert.Equal(t, "Bearer "+query.Get("tamaraToken"), header.Get("Authorization"))
	assert.Contains(t, string(body), `"event_type":"order_captured"`)
}
