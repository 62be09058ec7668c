package hyperpay_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay"
)

// What each result code makes of a debit that has it.
func TestResultCodes(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(strings.NewReader(walktest.File(t, "result_codes.csv"))).ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(rows), 60)
	for _, row := range rows[1:] {
		class, status, result := row[0], paylinks.PaymentStatus(row[1]), row[2]
		if result == "" {
			continue // a record without a code can't be read
		}
		t.Run(result+" "+class, func(t *testing.T) {
			t.Parallel()
			f := newFar()
			f.Set(at(1)) // too early to ask again
			f.lists(record(t, fields{"result": code(result)}))
			p := walktest.One(t, f.whole(t))
			assert.Equal(t, status, p.Status)
			assert.Equal(t, result, p.ProviderStatus)
			taken := status == paylinks.PaymentCaptured || status == paylinks.PaymentDisputed
			assert.Equal(t, taken, !p.Captured.IsZero())
		})
	}
}

// At the live host a success of a test connector means that no bank was asked.
func TestTestSuccessesAreNoneAtTheLiveHost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*hyperpay.Config)
		status paylinks.PaymentStatus
	}{
		"test":       {func(*hyperpay.Config) {}, paylinks.PaymentCaptured},
		"live":       {func(c *hyperpay.Config) { c.Environment = hyperpay.Live }, paylinks.PaymentUnknown},
		"older live": {func(c *hyperpay.Config) { c.Environment, c.BaseURL = "", "https://oppwa.com" }, paylinks.PaymentUnknown},
		"a stand-in": {func(c *hyperpay.Config) { c.Environment, c.BaseURL = "", "http://127.0.0.1:9" }, paylinks.PaymentCaptured},
	} {
		for _, result := range []string{"000.100.110", "000.100.111", "000.100.112"} {
			f := newFar()
			f.lists(record(t, fields{"result": code(result)}))
			p := walktest.One(t, f.whole(t, c.change))
			assert.Equal(t, c.status, p.Status, "%s %s", name, result)
			assert.Equal(t, result, p.ProviderStatus)
			assert.Equal(t, c.status == paylinks.PaymentUnknown, p.Captured.IsZero())
		}
	}
	f := newFar()
	f.lists(record(t, nil), on(t, 2, rootID, "RF", "100.00", "000.100.110"))
	p := walktest.One(t, f.whole(t, func(c *hyperpay.Config) { c.Environment = hyperpay.Live }))
	assert.Equal(t, paylinks.PaymentCaptured, p.Status, "nor does such a refund count")
}
