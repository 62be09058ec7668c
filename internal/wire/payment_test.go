package wire_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
)

// equalsGolden compares an answer with its file, byte for byte.
func equalsGolden(t *testing.T, name string, answer any) {
	t.Helper()
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(answer))
	path := filepath.Join("testdata", name+".json")
	if *update {
		require.NoError(t, os.WriteFile(path, buffer.Bytes(), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), buffer.String(), name)
}

func parse(t *testing.T, body string) wire.Body {
	t.Helper()
	parsed, err := wire.ParseBody([]byte(body))
	require.NoError(t, err)
	return parsed
}

func TestPaymentsAreAsPublished(t *testing.T) {
	t.Parallel()
	riyadh := time.FixedZone("AST", 3*60*60)
	full := &paylinks.SyncedPayment{
		ID: "pmt_1", Provider: "tap", OrgAppID: "shop-tap", SyncedAt: time.Date(2026, 3, 2, 3, 0, 0, 0, riyadh),
		Payment: paylinks.Payment{
			ID: "chg_77", Reference: "TILL-31", Amount: money(t, "42.5", paylinks.KWD), Captured: money(t, "42.5", paylinks.KWD), Refunded: money(t, "2", paylinks.KWD),
			Fee: money(t, "0.9", paylinks.KWD), Status: paylinks.PaymentPartiallyRefunded, ProviderStatus: "CAPTURED", Method: paylinks.MethodApplePay, Brand: "mada",
			CreatedAt: time.Date(2026, 3, 1, 14, 0, 0, 0, riyadh), UpdatedAt: time.Date(2026, 3, 1, 15, 0, 0, 0, riyadh),
			Raw: json.RawMessage(`{"customer":"Noura"}`), Checkpoint: "p2",
		},
	}
	bare := &paylinks.SyncedPayment{
		ID: "pmt_2", Provider: "hyperpay", OrgAppID: "shop-hyper", SyncedAt: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
		Payment: paylinks.Payment{
			ID: "8ac7", Amount: money(t, "9", paylinks.SAR), Status: paylinks.PaymentFailed, ProviderStatus: "800.100.151",
			CreatedAt: time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC),
		},
	}
	sync := &paylinks.Sync{
		ID: "syn_1", OrgAppID: "shop-tap", Provider: "tap", Status: paylinks.SyncRunning, StartedAt: time.Date(2026, 3, 2, 3, 0, 0, 0, riyadh),
		Checkpoint: "p2", Failures: 1,
	}
	failed := *sync
	failed.Status, failed.Fetched, failed.Created, failed.Updated, failed.Unchanged = paylinks.SyncFailed, 12, 5, 3, 4
	failed.Skipped, failed.SkippedCount = []paylinks.SkippedRow{{ID: "chg_9", Reason: "no currency"}}, 1204
	failed.Error, failed.FinishedAt = "credentials (HTTP 401)", time.Date(2026, 3, 2, 3, 1, 0, 0, riyadh)
	for name, answer := range map[string]any{
		"payments":       wire.FromPaymentsPage(paylinks.PaymentsPage{Payments: []*paylinks.SyncedPayment{full, bare}, NextCursor: "c2"}),
		"payments_empty": wire.FromPaymentsPage(paylinks.PaymentsPage{}),
		"sync_started":   wire.FromSyncStarted(sync, []string{`unknown field "form" was ignored`}),
		"sync_running":   wire.FromSync(sync),
		"sync_failed":    wire.FromSync(&failed),
	} {
		equalsGolden(t, name, answer)
	}
}

func TestDecodeSync(t *testing.T) {
	t.Parallel()
	req, warnings, err := wire.DecodeSync(parse(t, `{"org_app_id":"shop-tap","from":"2026-03-01T03:00:00+03:00","to":"2026-03-02T00:00:00Z","form":1}`))
	require.NoError(t, err)
	assert.Equal(t, []string{`unknown field "form" was ignored`}, warnings)
	assert.Equal(t, "shop-tap", req.OrgAppID)
	assert.True(t, req.From.Equal(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)))
	assert.True(t, req.To.Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)))

	req, _, err = wire.DecodeSync(parse(t, `{"org_app_id":"shop-tap","from":null}`))
	require.NoError(t, err)
	assert.Equal(t, paylinks.SyncRequest{OrgAppID: "shop-tap"}, req)

	for body, field := range map[string]string{
		`{"from":"yesterday"}`:  "from",
		`{"to":"2026-03-01"}`:   "to",
		`{"from":1772000000}`:   "from",
		`{"org_app_id":["a"]}`:  "org_app_id",
		`{"to":"2026-03-01T0"}`: "to",
	} {
		_, _, err := wire.DecodeSync(parse(t, body))
		var wrong *paylinks.Error
		require.ErrorAs(t, err, &wrong, body)
		assert.Equal(t, paylinks.CodeValidationFailed, wrong.Code)
		assert.Equal(t, field, wrong.Fields[0].Field)
	}
}
