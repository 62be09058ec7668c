package stripe_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/paylinks/paylinks-go/paylinks"
)

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status  int
		body    string
		refusal paylinks.Refusal
		code    string
		message string
	}{
		"a wrong key":         {401, `{"error":{"type":"invalid_request_error","message":"Invalid API Key provided: sk_test_***0001"}}`, paylinks.RefusedCredentials, "invalid_request_error", "STRIPE_SECRET_KEY"},
		"a key that may not":  {403, `{"error":{"type":"invalid_request_error","code":"more_permissions_required"}}`, paylinks.RefusedCredentials, "more_permissions_required", "Refunds and Disputes"},
		"a parameter":         {400, `{"error":{"type":"invalid_request_error","code":"parameter_invalid","param":"created[gte]"}}`, paylinks.RefusedRequest, "parameter_invalid", "created[gte]"},
		"not there":           {404, `{"error":{"type":"invalid_request_error","code":"resource_missing"}}`, paylinks.RefusedNotFound, "resource_missing", "doesn't know"},
		"busy":                {409, `{"error":{"type":"idempotency_error"}}`, paylinks.Unreachable, "idempotency_error", "busy"},
		"too many":            {429, `{"error":{"type":"invalid_request_error","code":"rate_limit"}}`, paylinks.RefusedRate, "rate_limit", "too many"},
		"failed":              {500, `{"error":{"type":"api_error","message":"boom"}}`, paylinks.Unreachable, "api_error", "failed"},
		"a gateway's page":    {502, `<html>`, paylinks.Unreachable, "", "failed"},
		"a firewall's page":   {400, `<html>`, paylinks.Unreachable, "", "not the JSON"},
		"a redirect":          {302, ``, paylinks.Unreachable, "", "BaseURL"},
		"a page with 200":     {200, `<html>`, paylinks.Unreachable, "", "not the JSON"},
		"no list":             {200, `{"object":"payment_intent"}`, paylinks.Unreachable, "", "not the JSON"},
		"a list without more": {200, `{"object":"list","data":[]}`, paylinks.Unreachable, "", "not the JSON"},
		"a list of null":      {200, `{"object":"list","data":null,"has_more":false}`, paylinks.Unreachable, "", "not the JSON"},
		"an empty answer":     {200, ``, paylinks.Unreachable, "", "not the JSON"},
		"a code that isn't":   {400, `{"error":{"type":"invalid_request_error","code":"sk_live_x <script>"}}`, paylinks.RefusedRequest, "invalid_request_error", "refuses"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := failure(t, answering(t, c.status, c.body))
			assert.Equal(t, c.refusal, e.Refusal)
			assert.Equal(t, c.status, e.Status)
			assert.Equal(t, c.code, e.Code)
			assert.Contains(t, e.Message, c.message)
			assert.Contains(t, e.Message, "req_7", "what Stripe's support asks for")
			assert.Equal(t, paylinks.NotApplied, e.Outcome, "reading changes nothing")
			assert.NotContains(t, e.Err.Error(), "boom", "a provider's text can have anything in it")
		})
	}
}
