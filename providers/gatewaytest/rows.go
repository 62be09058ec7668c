package gatewaytest

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func rowChecks() []Check {
	return []Check{
		{"Each status is what the provider means, with its amounts", statuses},
		{"Each currency has its own decimals", currencies},
		{"A payment has all that every payment has", wholePayments},
		{"A row that can't be read is reported with its id, and the walk goes on", badRows},
		{"A row without even an id is reported, and the walk goes on", worseRows},
	}
}

func statuses(t TB, h Harness) {
	var specs []Spec
	for i, status := range h.Statuses {
		require.True(t, status.Valid(), "Harness.Statuses: %q", status)
		specs = append(specs, spec(i, len(h.Statuses), h.Currencies[0], status))
	}
	s := stage(t, h, specs)
	made := map[string]Truth{}
	for _, truth := range s.Ledger() {
		made[truth.Reference] = truth
	}
	for _, want := range specs {
		truth := made[want.Reference]
		require.Equal(t, want.Status, truth.Status, "the simulator made what was asked for")
		require.True(t, want.Amount.Equal(truth.Amount) && want.Captured.Equal(truth.Captured) && want.Refunded.Equal(truth.Refunded),
			"the simulator made the amounts of %s that were asked for", want.Status)
	}
	s.expect(s.whole().payments)
}

func currencies(t TB, h Harness) {
	var specs []Spec
	for i, currency := range h.Currencies {
		made := spec(i, len(h.Currencies), currency, usual(h))
		made.Amount = units(12340, currency)
		if !made.Captured.IsZero() {
			made.Captured = made.Amount
		}
		specs = append(specs, made)
	}
	s := stage(t, h, specs)
	w := s.whole()
	s.expect(w.payments)
	texts := map[int32]string{0: "12340", 2: "123.40", 3: "12.340"}
	for _, payment := range w.payments {
		assert.Equal(t, texts[payment.Amount.Currency().Exponent()], payment.Amount.String(), "%s", payment.Amount.Currency())
	}
}

func wholePayments(t TB, h Harness) {
	var specs []Spec
	for i, status := range h.Statuses {
		specs = append(specs, spec(i, len(h.Statuses), h.Currencies[i%len(h.Currencies)], status))
	}
	s := stage(t, h, specs)
	methods := []paylinks.PaymentMethod{
		"", paylinks.MethodCard, paylinks.MethodApplePay, paylinks.MethodGooglePay, paylinks.MethodSamsungPay, paylinks.MethodSTCPay,
		paylinks.MethodPayPal, paylinks.MethodBankTransfer, paylinks.MethodBNPL, paylinks.MethodOther,
	}
	for _, p := range s.whole().payments {
		assert.NotEmpty(t, p.ID)
		assert.True(t, p.Status.Valid(), "%s has status %q", p.ID, p.Status)
		assert.NotEmpty(t, p.ProviderStatus, p.ID)
		assert.Contains(t, methods, p.Method, p.ID)
		assert.Equal(t, strings.ToLower(p.Brand), p.Brand, p.ID)
		for _, money := range []paylinks.Money{p.Captured, p.Refunded} {
			assert.Equal(t, p.Amount.Currency(), money.Currency(), "%s: amounts are of one currency, zero where there's none", p.ID)
		}
		assert.LessOrEqual(t, p.Refunded.Cmp(p.Captured), 0, "%s: no more is refunded than was captured", p.ID)
		if assert.False(t, p.CreatedAt.IsZero(), p.ID) {
			assert.Equal(t, time.UTC, p.CreatedAt.Location(), "%s: times are UTC", p.ID)
		}
		assert.True(t, p.UpdatedAt.IsZero() || p.UpdatedAt.Location() == time.UTC, "%s: times are UTC", p.ID)
		assert.True(t, json.Valid(p.Raw), "%s: Raw is JSON", p.ID)
		s.discreet(string(p.Raw))
		for _, text := range s.Redacted {
			assert.NotContains(t, string(p.Raw), text, "%s: Raw gives no power over the payment", p.ID)
		}
	}
}

// spoilt are the rows that are made unreadable, of a ledger of two pages and one in the order of a walk: the first one, those on both
// sides of a seam, and the last.
func spoilt(s *scene) []string {
	s.Helper()
	all := s.whole().payments
	require.Len(s, all, 2*s.PageSize+1)
	var ids []string
	seen := map[string]bool{}
	for _, i := range []int{0, s.PageSize - 1, s.PageSize, len(all) - 1} {
		if id := all[i].ID; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

func badRows(t TB, h Harness) {
	s := pages(t, h, 2)
	s.needs("Subject.Spoil", s.Spoil != nil)
	ids := spoilt(s)
	for _, id := range ids {
		s.Spoil(id)
	}
	w := s.whole()
	s.expect(w.payments)
	var reported []string
	for _, bad := range w.bad {
		reported = append(reported, bad.ID)
		assert.NotEmpty(t, bad.Reason)
		s.discreet(bad.Error())
	}
	assert.ElementsMatch(t, ids, reported)
}

func worseRows(t TB, h Harness) {
	s := pages(t, h, 2)
	s.needs("Subject.SpoilWholly", s.SpoilWholly != nil)
	ids := spoilt(s)
	for _, id := range ids {
		s.SpoilWholly(id)
	}
	w := s.whole()
	s.expect(w.payments)
	assert.GreaterOrEqual(t, len(w.bad), len(ids), "every bad row is reported")
	for _, bad := range w.bad {
		assert.Empty(t, bad.ID)
		assert.NotEmpty(t, bad.Reason)
	}
}
