package acmepay_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

var update = flag.Bool("update", false, "write the golden files anew")

const linkID = "lnk_00000000000000aa"

// TestRequestBodies pins every byte that Acme Pay is sent, in a currency of two decimals and one of three.
func TestRequestBodies(t *testing.T) {
	t.Parallel()
	for suffix, currency := range map[string]paylinks.Currency{"sar": paylinks.SAR, "kwd": paylinks.KWD} {
		amount := money(t, map[paylinks.Currency]string{paylinks.SAR: "150.35", paylinks.KWD: "12.345"}[currency], currency)
		ref := paylinks.Ref{PaymentID: linkID, Amount: amount}
		for name, call := range map[string]func(p paylinks.Provider) error{
			"create": func(p paylinks.Provider) error {
				_, err := p.Create(t.Context(), paylinks.CreateInput{
					Reference: "op-1", PaylinkID: "link-1", OrderID: "POS-1234", Amount: amount, Description: "Coffee & dates", Lang: "ar",
					Buyer:     paylinks.Buyer{Name: "Noura Salem", Email: "noura@example.com", Phone: "+966500000001"},
					Items:     []paylinks.Item{{Name: "Coffee & dates", Quantity: 1, UnitPrice: amount}},
					ReturnURL: "https://shop.example/return", NotifyURL: "https://shop.example/notify",
				})
				return err
			},
			"capture": func(p paylinks.Provider) error {
				_, err := p.Capture(t.Context(), ref, paylinks.CaptureInput{Reference: "op-2", Amount: amount, At: time.Now()})
				return err
			},
			"refund": func(p paylinks.Provider) error {
				_, err := p.(paylinks.Refunder).Refund(t.Context(), ref, paylinks.RefundInput{Reference: "op-3", Amount: amount, Reason: "a broken cup"})
				return err
			},
		} {
			golden(t, name+"_"+suffix+".json", sent(t, call))
		}
	}
}

// sent is the body of the one call that call makes.
func sent(t *testing.T, call func(paylinks.Provider) error) []byte {
	t.Helper()
	bodies := make(chan []byte, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- body
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
	}))
	defer server.Close()
	var failure *paylinks.ProviderError
	require.ErrorAs(t, call(provider(t, server)), &failure, "an empty answer is none")
	return <-bodies
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	var indented bytes.Buffer
	require.NoError(t, json.Indent(&indented, got, "", "  "))
	indented.WriteByte('\n')
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, indented.Bytes(), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), indented.String(), name)
}

func money(t *testing.T, text string, currency paylinks.Currency) paylinks.Money {
	t.Helper()
	m, err := paylinks.ParseMoney(text, currency)
	require.NoError(t, err)
	return m
}
