package wire_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

var update = flag.Bool("update", false, "write the golden files anew")

func money(t *testing.T, amount string, currency paylinks.Currency) paylinks.Money {
	t.Helper()
	m, err := paylinks.ParseMoney(amount, currency)
	require.NoError(t, err)
	return m
}

// fullLink has something in every field, the buyer's included.
func fullLink(t *testing.T) *paylinks.Paylink {
	t.Helper()
	riyadh := time.FixedZone("AST", 3*60*60)
	return &paylinks.Paylink{
		ID: "plk_7Q", Provider: "tabby", OrgAppID: "shop-tabby", OrderID: "TILL-31",
		Amount: money(t, "420.5", paylinks.SAR), Status: paylinks.StatusPartiallyRefunded,
		Captured: money(t, "420.50", paylinks.SAR), Refunded: money(t, "20", paylinks.SAR), ProviderStatus: "CLOSED",
		Ref:         paylinks.Ref{SessionID: "ses_1", PaymentID: "pay_1", Reference: "op_1", TransactionID: "tr_1"},
		CheckoutURL: "https://checkout.example.test/s?a=1&b=2", QRCodeURL: "https://checkout.example.test/qr/1.png",
		Delivery: paylinks.DeliveryQR, ExpiresAt: time.Date(2026, 3, 1, 15, 30, 0, 0, riyadh),
		Description: "Two shirts", Buyer: paylinks.Buyer{Name: "Noura Q", Email: "noura@example.test", Phone: "+966512345678"},
		SendTo: "+966512345678", Metadata: map[string]string{"till": "4", "branch": "Olaya"},
		Reason: "a_reason", Messages: &paylinks.Messages{EN: "Sorry", AR: "عذرًا"}, FinalizePending: true, AmountMismatch: true,
		CreatedAt: time.Date(2026, 3, 1, 14, 0, 0, 0, riyadh), UpdatedAt: time.Date(2026, 3, 1, 14, 5, 0, 0, riyadh),
		RefreshedAt: time.Date(2026, 3, 1, 14, 5, 1, 500, riyadh), Stale: true,
	}
}

// bareLink has what every stored link has.
func bareLink(t *testing.T) *paylinks.Paylink {
	t.Helper()
	return &paylinks.Paylink{
		ID: "plk_8R", Provider: "tamara", OrgAppID: "shop-tamara", OrderID: "TILL-32",
		Amount: money(t, "12.5", paylinks.KWD), Status: paylinks.StatusCreating, CreatedAt: time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC),
	}
}

func info() paylinks.Info {
	return paylinks.Info{
		ID: "zeta", Name: "Zeta Pay", Description: "Pay in five", Kind: paylinks.KindBNPL, Regions: "KSA, Kuwait", AppSlug: "zeta-links",
		Currencies: []paylinks.Currency{paylinks.SAR, paylinks.KWD}, Checkout: paylinks.DeliverySMS,
		Capabilities:   []paylinks.Capability{paylinks.CanCapture, paylinks.CanRefund, paylinks.CanSend, paylinks.CanReceiveWebhook},
		RequiredFields: []paylinks.Field{{Name: "buyer_email", Type: "string", Description: "Zeta wants it"}},
		OptionalFields: []paylinks.Field{{Name: "zeta_plan", Type: "string", Description: "which plan"}},
		Credentials:    []paylinks.Credential{{Name: "ZETA_KEY", Required: true, Description: "from the dashboard"}},
		Notes:          []string{"Zeta closes at noon."},
	}
}

// The answers of the API, byte for byte: field names, their order, and what's left out.
func TestAnswersAreAsPublished(t *testing.T) {
	t.Parallel()
	gateway := paylinks.Info{
		ID: "alpha", Name: "Alpha", Description: "Reads charges", Kind: paylinks.KindGatewaySync, Regions: "Global", AppSlug: "alpha-payments",
		OptionalFields: []paylinks.Field{{Name: "ALPHA_PAUSE", Type: "string", Description: "pause between calls"}},
	}
	const public = "https://pay.example.test/base/"
	event := paylinks.Event{
		ID: "evt_1", Type: paylinks.EventAuthorized, PaylinkID: "plk_7Q", OrgAppID: "shop-tabby", Sequence: 2,
		OccurredAt: time.Date(2026, 3, 1, 11, 1, 0, 0, time.UTC), Status: paylinks.StatusAuthorized, Data: json.RawMessage(`{"source":"webhook"}`),
	}
	failure := &paylinks.Error{
		Code: paylinks.CodeBuyerRejected, Outcome: paylinks.NotApplied, Op: "create", Message: "the provider doesn't want this buyer",
		Fields:   []paylinks.FieldError{{Field: "amount", Code: "too_large", Message: "amount is too large"}},
		Provider: "tabby", ProviderCode: "code_9", ProviderStatus: 400, PaylinkID: "plk_7Q", Status: paylinks.StatusRejected,
		Reason: "order_amount_too_high", Messages: &paylinks.Messages{EN: "Sorry", AR: "عذرًا"}, RetryAfter: time.Second,
		Err: assert.AnError,
	}
	answers := map[string]any{
		"create":      wire.FromCreated(fullLink(t), public, []string{`unknown field "colour" was ignored`}),
		"create_bare": wire.FromCreated(bareLink(t), public, nil),
		"get":         wire.FromPaylink(fullLink(t), public),
		"get_bare":    wire.FromPaylink(bareLink(t), public),
		"list":        wire.FromPage(paylinks.Page{Paylinks: []*paylinks.Paylink{bareLink(t)}, NextCursor: "c2"}, public),
		"list_empty":  wire.FromPage(paylinks.Page{}, public),
		"capture": wire.FromCapture(&paylinks.CaptureResult{
			PaylinkID: "plk_7Q", Provider: "tabby", PaymentID: "pay_1", ProviderStatus: "CLOSED", Status: paylinks.StatusCaptured,
			Amount: money(t, "20.5", paylinks.SAR), Captured: money(t, "420.5", paylinks.SAR), ReferenceID: "cap-1", AlreadyCaptured: true, FinalizePending: true,
		}, []string{`unknown field "amonut" was ignored`}),
		"capture_kwd": wire.FromCapture(&paylinks.CaptureResult{
			PaylinkID: "plk_8R", Provider: "tamara", ProviderStatus: "fully_captured", Status: paylinks.StatusCaptured,
			Amount: money(t, "12.5", paylinks.KWD), Captured: money(t, "12.5", paylinks.KWD),
		}, nil),
		"cancel": wire.FromCancel(&paylinks.CancelResult{PaylinkID: "plk_7Q", Provider: "tabby", Status: paylinks.StatusCancelled, CancelledHere: true}),
		"refund": wire.FromRefund(&paylinks.RefundResult{
			PaylinkID: "plk_7Q", Provider: "tabby", PaymentID: "pay_1", RefundID: "ref_1", ProviderStatus: "CLOSED", Status: paylinks.StatusPartiallyRefunded,
			Amount: money(t, "20", paylinks.SAR), Refunded: money(t, "40", paylinks.SAR), ReferenceID: "back-1",
		}, nil),
		"send":            wire.FromSend(&paylinks.SendResult{PaylinkID: "plk_7Q", Provider: "tabby", Delivery: paylinks.DeliverySMS, SentTo: "+9665*****78"}),
		"events":          wire.FromEvents([]paylinks.Event{event}, "Mg"),
		"events_empty":    wire.FromEvents(nil, ""),
		"providers":       wire.FromCatalogue([]paylinks.Info{info(), gateway}),
		"error":           wire.FromError(failure, "req_1"),
		"error_bare":      wire.FromError(&paylinks.Error{Code: paylinks.CodeNotFound}, "req_2"),
		"request_capture": api.CaptureRequest{Amount: "1.00", ReferenceID: "cap-1"},
		"request_refund":  api.RefundRequest{Reason: "broken"},
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
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
			assert.Equal(t, string(want), buffer.String())
			for _, private := range []string{"966512345678", "noura", "Noura"} {
				assert.NotContains(t, buffer.String(), private, "nothing of the buyer is echoed")
			}
		})
	}
}

func TestQRCodeURL(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		link   paylinks.Paylink
		public string
		want   string
	}{
		"the provider's own":       {paylinks.Paylink{ID: "a", CheckoutURL: "https://c", QRCodeURL: "https://q"}, "https://me", "https://q"},
		"ours":                     {paylinks.Paylink{ID: "a", CheckoutURL: "https://c"}, "https://me/x", "https://me/x/api/v1/providers/paylinks/a/qr"},
		"ours, slash at the end":   {paylinks.Paylink{ID: "a", CheckoutURL: "https://c"}, "https://me/", "https://me/api/v1/providers/paylinks/a/qr"},
		"ours, odd id":             {paylinks.Paylink{ID: "a/b?c", CheckoutURL: "https://c"}, "https://me", "https://me/api/v1/providers/paylinks/a%2Fb%3Fc/qr"},
		"nothing to draw":          {paylinks.Paylink{ID: "a"}, "https://me", ""},
		"no public address, empty": {paylinks.Paylink{ID: "a", CheckoutURL: "https://c"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, wire.QRCodeURL(&test.link, test.public))
		})
	}
}

// What a client reads back from an error answer is the error that the server had, without its inside.
func TestErrorsTravel(t *testing.T) {
	t.Parallel()
	sent := &paylinks.Error{
		Code: paylinks.CodeNotCapturable, Outcome: paylinks.NotApplied, Message: "it isn't paid", Provider: "tabby", ProviderCode: "x",
		PaylinkID: "plk", Status: paylinks.StatusCreated, Reason: "why", Fields: []paylinks.FieldError{{Field: "a", Code: "b", Message: "c"}},
		Messages: &paylinks.Messages{EN: "e", AR: "ع"},
	}
	data, err := json.Marshal(wire.FromError(sent, "req_1"))
	require.NoError(t, err)
	var answer api.ErrorAnswer
	require.NoError(t, json.Unmarshal(data, &answer))
	assert.Equal(t, sent, wire.ToError(answer))
	assert.Equal(t, "req_1", answer.RequestID)
}
