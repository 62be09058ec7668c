package tamaratest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/jsontest"
	"github.com/paylinks/paylinks-go/tamara/tamaratest"
)

func TestAPersonFollowsTheTextMessageAndPays(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{MerchantName: "<Café>"})
	id, _ := a.order(smsPath, sms())
	status, phone := a.Browse(http.MethodGet, "/sms", "")
	assert.Equal(t, http.StatusOK, status)
	link := a.Texts()[0].URL
	assert.Contains(t, phone, strings.ReplaceAll(link, "&", "&amp;"))
	assert.Contains(t, phone, "&lt;Café&gt;")
	assert.Contains(t, phone, "SIMULATED")

	path := strings.TrimPrefix(link, a.URL)
	status, page := a.Browse(http.MethodGet, path, "")
	assert.Equal(t, http.StatusOK, status)
	for _, text := range []string{"230.50", "SAR", "POS-1", "&#43;966544337866", "SIMULATED", `lang="en"`} {
		assert.Contains(t, page, text)
	}
	status, location := a.Browse(http.MethodPost, path, "decision=pay")
	assert.Equal(t, http.StatusSeeOther, status)
	assert.True(t, strings.HasPrefix(location, "./"), "a link in a shop leads nowhere else")
	assert.Equal(t, "fully_captured", a.status(id))
	_, page = a.Browse(http.MethodGet, path, "")
	assert.Contains(t, page, "fully_captured")
	assert.NotContains(t, page, "<form")
}

// The online checkout sends the browser back. On cancellation the order's id may be the word null.
func TestTheWayBackOfTheOnlineCheckout(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	for _, tt := range []struct {
		decision, to, result, status string
	}{
		{"pay", "https://shop.example/s", "approved", "approved"},
		{"cancel", "https://shop.example/c", "canceled", "expired"},
		{"decline", "https://shop.example/f", "declined", "declined"},
		{"cancel", "https://shop.example/c", "canceled", "expired"},
	} {
		id, checkout := a.order(onlinePath, online())
		status, location := a.Browse(http.MethodPost, "/checkout/"+checkout, "decision="+tt.decision)
		assert.Equal(t, http.StatusSeeOther, status)
		back, err := url.Parse(location)
		require.NoError(t, err)
		assert.Equal(t, tt.to, back.Scheme+"://"+back.Host+back.Path)
		assert.Equal(t, tt.result, back.Query().Get("paymentStatus"))
		assert.Contains(t, []string{id, "null"}, back.Query().Get("orderId"))
		assert.Equal(t, tt.status, a.status(id))
		if tt.decision == "cancel" {
			assert.Equal(t, "1", back.Query().Get("a"), "the URL's own query stays")
			assert.Equal(t, "null", back.Query().Get("orderId"))
		}
		_, location = a.Browse(http.MethodPost, "/checkout/"+checkout, "decision=pay")
		assert.True(t, strings.HasPrefix(location, "./"), "tapping once more changes nothing")
		assert.Equal(t, tt.status, a.status(id))
	}
}

func TestADeclinedPhoneLearnsItOnThePage(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	_, checkout := a.order(onlinePath, jsontest.Set(online(), "consumer.phone_number", tamaratest.DeclinedPhone))
	_, location := a.Browse(http.MethodPost, "/checkout/"+checkout, "decision=pay")
	assert.True(t, strings.HasPrefix(location, "https://shop.example/f?"))
	assert.Contains(t, location, "paymentStatus=declined")
	assert.Contains(t, location, "decline_type=soft+decline")
}

func TestPagesThatAreNotThere(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	id, checkout := a.order(qrPath, qr())
	for _, path := range []string{"/checkout/nobody", "/checkout/" + id} {
		status, _ := a.Browse(http.MethodGet, path, "")
		assert.Equal(t, http.StatusNotFound, status)
		status, _ = a.Browse(http.MethodPost, path, "decision=pay")
		assert.Equal(t, http.StatusNotFound, status)
	}
	status, _ := a.Browse(http.MethodPost, "/checkout/"+checkout, "decision=dance")
	assert.Equal(t, http.StatusBadRequest, status)
}

func TestTheListsForAPerson(t *testing.T) {
	t.Parallel()
	a := newAPI(t, tamaratest.Config{})
	_, empty := a.Browse(http.MethodGet, "/sms", "")
	assert.Contains(t, empty, "None yet.")
	id, checkout := a.order(smsPath, jsontest.Set(sms(), "locale", "ar_SA"))
	a.order(smsPath, jsontest.Set(sms(), "phone_number", "966551234567"))
	_, index := a.Browse(http.MethodGet, "/", "")
	assert.Contains(t, index, id)
	assert.Contains(t, index, `href="checkout/`+checkout+`"`)
	assert.Contains(t, index, "تمارا")
	_, one := a.Browse(http.MethodGet, "/sms?to="+url.QueryEscape("+966544337866"), "")
	assert.Contains(t, one, checkout)
	assert.NotContains(t, one, "966551234567")
}
