package httpserver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// example is an example of the description, in its own order of keys.
func example(t *testing.T, path, method, status, name string) json.RawMessage {
	t.Helper()
	described, err := os.ReadFile("openapi.json")
	require.NoError(t, err)
	at := json.RawMessage(described)
	for _, key := range []string{"paths", path, strings.ToLower(method), "responses", status, "content", "application/json", "examples", name, "value"} {
		var object map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(at, &object), key)
		at = object[key]
		require.NotEmpty(t, at, key)
	}
	return at
}

// outline is the keys of a JSON object in their order, with the values that are words.
func outline(t *testing.T, object []byte) (lines []string) {
	t.Helper()
	words := []string{"success", "provider", "status", "paylink_status", "provider_status", "provider_cancelled", "delivery", "currency", "amount", "captured_amount", "refunded_amount"}
	decoder := json.NewDecoder(bytes.NewReader(object))
	_, err := decoder.Token()
	require.NoError(t, err)
	for decoder.More() {
		key, err := decoder.Token()
		require.NoError(t, err)
		var value json.RawMessage
		require.NoError(t, decoder.Decode(&value))
		line := fmt.Sprint(key)
		if slices.Contains(words, line) {
			line += " " + string(value)
		}
		lines = append(lines, line)
	}
	return lines
}

// Whoever writes a client from the examples meets what they show.
func TestTheExamplesAreWhatTheServerAnswers(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	same := func(method, path, status, name, target, body string) answer {
		a := s.call(t, apiToken, method, target, body, "")
		require.Equal(t, status, strconv.Itoa(a.status), a.body)
		assert.Equal(t, outline(t, example(t, path, method, status, name)), outline(t, []byte(a.body)), "%s %s", method, path)
		return a
	}
	described := strings.Replace(create("POS-1234", "150.00"), "{", `{"description":"In-store purchase",`, 1)
	paid := func() (target string) {
		a := same(http.MethodPost, links, "201", "tabby", links, described)
		require.NoError(t, s.simulator.Pay(fmt.Sprint(a.fields["payment_id"])))
		target = links + "/" + fmt.Sprint(a.fields["paylink_id"])
		same(http.MethodGet, links+"/{id}", "200", "authorized", target, "")
		return target
	}
	same(http.MethodPost, links+"/{id}/cancel", "200", "published", paid()+"/cancel", "")
	link := paid()
	same(http.MethodPost, links+"/{id}/capture", "200", "published", link+"/capture", "")
	same(http.MethodPost, links+"/{id}/refund", "200", "part", link+"/refund", `{"amount":"50.00","reference_id":"back-1","reason":"broken"}`)

	const orders = "/api/v1/payments/orders"
	order := `{"providers":["tabby"],"order":{"order_id":"POS-77","total_amount":"149.50","currency":"SAR"},"buyer_phone":"0500000001","buyer_name":"Noura","buyer_email":"card.success@tabby.ai"}`
	ordered := same(http.MethodPost, orders, "201", "accepted", orders, order)
	var want, got struct {
		Data struct{ Paylink json.RawMessage }
	}
	require.NoError(t, json.Unmarshal(example(t, orders, http.MethodPost, "201", "accepted"), &want))
	require.NoError(t, json.Unmarshal([]byte(ordered.body), &got))
	assert.Equal(t, outline(t, want.Data.Paylink), outline(t, got.Data.Paylink))
	same(http.MethodGet, orders+"/{order_id}", "200", "pending", orders+"/POS-77", "")
}
