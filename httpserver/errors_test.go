package httpserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Each code of the contract with its HTTP status.
func TestEveryCodeHasItsStatus(t *testing.T) {
	t.Parallel()
	table := map[int][]paylinks.Code{
		400: {"invalid_json", "validation_failed", "unknown_provider", "provider_not_linkable", "items_total_mismatch", "amount_exceeds_remaining", "unsupported_currency", "no_usable_provider", "partial_not_supported"},
		401: {"unauthenticated"},
		403: {"forbidden"},
		404: {"not_found", "paylink_not_found", "org_app_not_found"},
		405: {"method_not_allowed"},
		410: {"endpoint_removed"},
		413: {"body_too_large"},
		415: {"unsupported_media_type"},
		409: {"not_capturable", "not_refundable", "payment_disputed", "already_paid", "already_captured", "unsupported", "operation_in_progress", "idempotency_in_progress", "order_exists", "order_has_open_paylink", "sync_in_progress"},
		422: {"buyer_rejected", "idempotency_mismatch"},
		429: {"rate_limited"},
		500: {"internal"},
		502: {"provider_error"},
		503: {"provider_unavailable"},
		504: {"provider_timeout"},
	}
	wait := map[paylinks.Code]bool{"rate_limited": true, "provider_unavailable": true, "idempotency_in_progress": true, "operation_in_progress": true}
	count := 0
	for status, codes := range table {
		for _, code := range codes {
			count++
			server, _ := newTestServer(t, &fake{get: func(context.Context, string) (*paylinks.Paylink, error) {
				return nil, fmt.Errorf("wrapped: %w", &paylinks.Error{Code: code, Outcome: paylinks.NotApplied, Message: "m"})
			}})
			w := call(t, server, http.MethodGet, linksPath+"/x", "")
			assert.Equal(t, status, w.Code, code)
			assert.Equal(t, string(code), errorOf(t, w))
			assert.Equal(t, wait[code], w.Header().Get("Retry-After") != "", code)
		}
	}
	assert.Len(t, statuses, count, "the table has no code that the contract doesn't")
}

func TestWhatIsForeseenIsSaid(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{capture: func(context.Context, string, paylinks.CaptureRequest) (*paylinks.CaptureResult, error) {
		return nil, &paylinks.Error{
			Code: paylinks.CodeProviderTimeout, Outcome: paylinks.OutcomeUnknown, Op: "capture", Message: "no answer in time", Provider: "tabby",
			ProviderCode: "slow", PaylinkID: "plk_1", Status: paylinks.StatusAuthorized, Err: errors.New("dial tcp 10.0.0.7: i/o timeout"),
		}
	}})
	w := call(t, server, http.MethodPost, linksPath+"/plk_1/capture", "")
	assert.Equal(t, http.StatusGatewayTimeout, w.Code)
	assertBody(t, `{"success":false,"error":{"code":"provider_timeout","message":"no answer in time","provider":"tabby","provider_code":"slow","outcome":"unknown","paylink_id":"plk_1","status":"authorized"},"request_id":"req_made"}`, w)
}

func TestWhatIsUnforeseenStaysInside(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err     error
		outcome string
	}{
		"any error":              {errors.New("pq: password authentication failed for user root"), "unknown"},
		"a cause":                {&paylinks.Error{Code: paylinks.CodeInternal, Message: "root", Outcome: paylinks.NotApplied, Err: errors.New("root")}, "not_applied"},
		"a code nobody knows":    {&paylinks.Error{Code: "root", Message: "root", Outcome: paylinks.Applied}, "applied"},
		"an error of a provider": {&paylinks.ProviderError{Refusal: paylinks.RefusedRequest, Message: "root"}, "unknown"},
	} {
		server, out := newTestServer(t, &fake{cancel: func(context.Context, string, paylinks.Status) (*paylinks.CancelResult, error) { return nil, test.err }})
		w := call(t, server, http.MethodPost, linksPath+"/plk_1/cancel", "")
		assert.Equal(t, http.StatusInternalServerError, w.Code, name)
		assert.Equal(t, "internal", errorOf(t, w), name)
		assert.NotContains(t, w.Body.String(), "root", name)
		assert.Contains(t, out.String(), "root", name)
		var answer struct{ Error struct{ Outcome string } }
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
		assert.Equal(t, test.outcome, answer.Error.Outcome, name)
	}
}

// Reading applies nothing, so there's no outcome to be in doubt of.
func TestAFailedReadHasNoOutcome(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{get: func(context.Context, string) (*paylinks.Paylink, error) { return nil, errors.New("x") }})
	w := call(t, server, http.MethodGet, linksPath+"/plk_1", "")
	assert.NotContains(t, w.Body.String(), "outcome")
}

func TestRetryAfterIsWholeSecondsRoundedUp(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]string{
		0: "1", time.Nanosecond: "1", time.Second: "1", 1001 * time.Millisecond: "2", 90 * time.Second: "90", -time.Minute: "1",
	} {
		assert.Equal(t, want, retryAfter(wait), wait)
	}
}
