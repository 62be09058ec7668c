package paylinks_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/paylinks/paylinks-go/paylinks"
)

func TestMoneyIsReadExactly(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in       string
		currency paylinks.Currency
		want     string
	}{
		{"150", paylinks.SAR, "150.00"},
		{"150.5", paylinks.SAR, "150.50"},
		{"0.01", paylinks.AED, "0.01"},
		{"12.5", paylinks.KWD, "12.500"},
		{"12.345", paylinks.KWD, "12.345"},
		{"007", paylinks.SAR, "7.00"},
		{"999999999999999.99", paylinks.SAR, "999999999999999.99"},
	} {
		got, err := paylinks.ParseMoney(test.in, test.currency)
		require.NoError(t, err, test.in)
		assert.Equal(t, test.want, got.String())
	}
}

func TestMoneyThatIsRefused(t *testing.T) {
	t.Parallel()
	for in, code := range map[string]string{
		"": "invalid", "+1": "invalid", "-1": "invalid", "1.": "invalid", ".5": "invalid", "1e5": "invalid", "1E5": "invalid", "NaN": "invalid", "Inf": "invalid",
		"1,000.00": "invalid", "1 000": "invalid", " 1": "invalid", "٣": "invalid", "0x10": "invalid", "1_000": "invalid", "1.2.3": "invalid",
		"1.001": "too_many_decimals", "1.000": "too_many_decimals", "1000000000000000": "too_large", strings.Repeat("9", 100_000): "too_large",
	} {
		_, err := paylinks.ParseMoney(in, paylinks.SAR)
		var wrong *paylinks.FieldError
		require.ErrorAs(t, err, &wrong, "%.20s", in)
		assert.Equal(t, code, wrong.Code, "%.20s", in)
	}
}

func TestProviderMoneyMayHaveMoreZeros(t *testing.T) {
	t.Parallel()
	got, err := paylinks.ParseProviderMoney("150.0000", paylinks.SAR)
	require.NoError(t, err)
	assert.Equal(t, "150.00", got.String())
	_, err = paylinks.ParseProviderMoney("150.0001", paylinks.SAR)
	require.Error(t, err)
}

func TestMoneyNeverGoesBelowZero(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawMoney(t, "a"), drawMoney(t, "b")
		sum := a.Add(b)
		require.True(t, sum.Sub(b).Equal(a))
		require.True(t, a.Sub(sum).IsZero() || b.IsZero() || a.Cmp(sum) <= 0)
		require.GreaterOrEqual(t, a.Sub(b).Cmp(paylinks.Zero(paylinks.KWD)), 0)
		require.True(t, a.Max(b).Cmp(a) >= 0 && a.Max(b).Cmp(b) >= 0)

		var back paylinks.Money
		text, err := json.Marshal(a)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &back))
		require.True(t, back.Equal(a))
	})
}

func drawMoney(t *rapid.T, label string) paylinks.Money {
	thousandths := rapid.Uint64Range(0, 1_000_000_000_000).Draw(t, label)
	m, err := paylinks.ParseMoney(fmt.Sprintf("%d.%03d", thousandths/1000, thousandths%1000), paylinks.KWD)
	require.NoError(t, err)
	return m
}

func FuzzParseMoney(f *testing.F) {
	for _, seed := range []string{"150.00", "1e5", "-1", "0.001", "٣.٠", "1.", strings.Repeat("9", 40)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		money, err := paylinks.ParseMoney(in, paylinks.KWD)
		if err != nil {
			return
		}
		again, err := paylinks.ParseMoney(money.String(), paylinks.KWD)
		require.NoError(t, err)
		require.True(t, again.Equal(money))
	})
}

func TestPhones(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ in, region, want string }{
		{"0500000001", "SA", "+966500000001"},
		{"500000001", "AE", "+971500000001"},
		{"+966 50 000 0001", "SA", "+966500000001"},
		{"00966500000001", "SA", "+966500000001"},
		{"966500000001", "SA", "+966500000001"},
		{"(050) 000-0001", "SA", "+966500000001"},
		{"90000001", "KW", "+96590000001"},
		{"+971500000001", "SA", "+971500000001"},
	} {
		got, err := paylinks.ParsePhone(test.in, test.region)
		require.NoError(t, err, test.in)
		assert.Equal(t, test.want, string(got), test.in)
	}
	for _, in := range []string{"", "abc", "12", "05000000011111111", "+999500000001"} {
		_, err := paylinks.ParsePhone(in, "SA")
		require.Error(t, err, in)
	}
}

func FuzzParsePhone(f *testing.F) {
	for _, seed := range []string{"0500000001", "+966500000001", "00", "٠٥٠٠٠٠٠٠٠١", "tel:+966;ext=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		phone, err := paylinks.ParsePhone(in, "SA")
		if err != nil {
			return
		}
		again, err := paylinks.ParsePhone(string(phone), "SA")
		require.NoError(t, err)
		require.Equal(t, phone, again)
	})
}

func TestPersonalDataAndSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, nil))
	values := []any{paylinks.Secret("sk_test_hush"), paylinks.Phone("+966500000001"), paylinks.Email("someone@example.com")}
	for _, value := range values {
		logger.Info("x", slog.Any("value", value))
		_, _ = fmt.Fprintf(&log, "%v %s %q %+v %#v %x", value, value, value, value, value, value)
	}
	for _, hidden := range []string{"hush", "500000001", "someone", "0000000"} {
		assert.NotContains(t, log.String(), hidden)
	}
	assert.Equal(t, "+9665*****01", paylinks.Phone("+966500000001").Masked())
	assert.Equal(t, "s***@example.com", paylinks.Email("someone@example.com").Masked())
	assert.Equal(t, "sk_test_hush", paylinks.Secret("sk_test_hush").Reveal())
}

func TestMoneyFromUnits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		n        int64
		currency paylinks.Currency
		exponent int32
		want     string
	}{
		{15000, paylinks.SAR, 2, "150.00"},
		{12500, paylinks.KWD, 3, "12.500"},
		{1250, paylinks.KWD, 2, "12.500"},
		{500, "JPY", 0, "500"},
		{50000, "JPY", 2, "500"},
		{0, paylinks.SAR, 2, "0.00"},
	} {
		got, err := paylinks.MoneyFromUnits(test.n, test.currency, test.exponent)
		require.NoError(t, err)
		assert.Equal(t, test.want, got.String())
	}
	for _, test := range []struct {
		n        int64
		currency paylinks.Currency
		exponent int32
	}{{-1, paylinks.SAR, 2}, {1, paylinks.SAR, 3}, {1, "JPY", 2}} {
		_, err := paylinks.MoneyFromUnits(test.n, test.currency, test.exponent)
		require.Error(t, err)
	}
}

func TestMoneyUnits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		amount   string
		currency paylinks.Currency
		exponent int32
		want     int64
	}{
		{"150.00", paylinks.SAR, 2, 15000},
		{"150", paylinks.SAR, 2, 15000},
		{"0.01", paylinks.SAR, 2, 1},
		{"12.345", paylinks.KWD, 3, 12345},
		{"12.340", paylinks.KWD, 2, 1234},
		{"500", "JPY", 0, 500},
		{"500", "JPY", 2, 50000},
		{"0", paylinks.SAR, 2, 0},
		{"999999999999999.999", paylinks.KWD, 3, 999999999999999999},
	} {
		amount, err := paylinks.ParseMoney(test.amount, test.currency)
		require.NoError(t, err)
		units, err := amount.Units(test.exponent)
		require.NoError(t, err)
		assert.Equal(t, test.want, units)
		back, err := paylinks.MoneyFromUnits(units, test.currency, test.exponent)
		require.NoError(t, err)
		assert.True(t, amount.Equal(back), test.amount)
	}
	for _, test := range []struct {
		amount   string
		currency paylinks.Currency
		exponent int32
	}{{"12.345", paylinks.KWD, 2}, {"0.5", paylinks.SAR, 0}, {"999999999999999", paylinks.SAR, 9}} {
		amount, err := paylinks.ParseMoney(test.amount, test.currency)
		require.NoError(t, err)
		_, err = amount.Units(test.exponent)
		var wrong *paylinks.FieldError
		require.ErrorAs(t, err, &wrong, test.amount)
	}
	units, err := paylinks.Money{}.Units(2)
	require.NoError(t, err)
	assert.Zero(t, units)
}

func TestCurrencies(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int32{"SAR": 2, "aed": 2, "Kwd": 3, "BHD": 3, "JPY": 0, "EUR": 2} {
		c, err := paylinks.ParseCurrency(in)
		require.NoError(t, err)
		assert.Equal(t, want, c.Exponent(), in)
	}
	spaced, err := paylinks.ParseCurrency(" kwd ")
	require.NoError(t, err)
	assert.Equal(t, paylinks.KWD, spaced)
	for _, in := range []string{"", "SA", "SARX", "XXX", "AR ", "D A", "ريال"} {
		_, err := paylinks.ParseCurrency(in)
		require.ErrorIs(t, err, paylinks.CodeUnsupportedCurrency, in)
	}
	assert.Equal(t, "KW", paylinks.KWD.Region())
	assert.Empty(t, paylinks.Currency("EUR").Region())
}
