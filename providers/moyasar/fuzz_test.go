package moyasar_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/paylinks/paylinks-go/internal/rest/patiencetest"
	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
	"github.com/paylinks/paylinks-go/providers/moyasar"
	"github.com/paylinks/paylinks-go/providers/moyasar/moyasartest"
)

// FuzzRow: whatever a row is, nothing panics, it's a payment or a bad row or nothing, and a payment is whole and gives no power.
func FuzzRow(f *testing.F) {
	f.Add(`{"id":"7c1d4b2e-0a9f-4e38-b6d5-91f0c2a3e4d5","status":"refunded","amount":25000,"fee":1,"currency":"SAR","refunded":5,"captured":0,"amount_format":"250.00 SAR","created_at":"2026-03-01T08:00:00.000Z","updated_at":"2026-03-02T09:30:00.250Z","source":{"type":"creditcard","token":"t","transaction_url":"u"}}`)
	f.Add(`{"id":"a","status":"verified","amount":0,"currency":"KWD","created_at":"2026-03-01T08:00:00Z","updated_at":"2026-03-01T08:00:00Z"}`)
	f.Add(`{"id":"a","status":"paid","amount":1,"currency":"jpy","refunded":-1,"created_at":"0001-03-01T08:00:00Z","updated_at":"2026-03-01T08:00:00+03:00"}`)
	f.Add(`{"token":"\\`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, row string) {
		gateway, err := moyasar.New(moyasar.Config{
			SecretKey: moyasartest.SecretKey, HTTPClient: walktest.Always(http.StatusOK, page(row)),
			Wait: new(patiencetest.Clock).Wait,
		})
		if err != nil {
			t.Fatal(err)
		}
		for p, err := range gateway.Payments(t.Context(), gatewaytest.Query()) {
			var bad *paylinks.BadRow
			var failed *paylinks.ProviderError
			switch {
			case errors.As(err, &bad) || errors.As(err, &failed):
			case err != nil:
				t.Fatalf("%T is neither a *BadRow nor a *ProviderError", err)
			case walktest.Wrong(p) != nil:
				t.Fatal(walktest.Wrong(p))
			case p.UpdatedAt.Before(gatewaytest.Query().From) || !p.UpdatedAt.Before(gatewaytest.Query().To):
				t.Fatalf("not of the window: %+v", p)
			}
		}
	})
}

// FuzzResume: whatever a checkpoint is, nothing panics, and the walk ends.
func FuzzResume(f *testing.F) {
	f.Add("")
	f.Add("1772445600000.1.7c1d4b2e-0a9f-4e38-b6d5-91f0c2a3e4d5")
	f.Add("9223372036854775807.9223372036854775807.,,")
	f.Fuzz(func(t *testing.T, resume string) {
		gateway, err := moyasar.New(moyasar.Config{SecretKey: moyasartest.SecretKey, HTTPClient: walktest.Always(http.StatusOK, page())})
		if err != nil {
			t.Fatal(err)
		}
		query := gatewaytest.Query()
		query.Resume = resume
		for _, err := range gateway.Payments(t.Context(), query) {
			var refused *paylinks.ProviderError
			if !errors.As(err, &refused) {
				t.Fatalf("an empty list, and: %v", err)
			}
		}
	})
}

// FuzzWebhook: whatever arrives, nothing panics, and a proven notification has a key.
func FuzzWebhook(f *testing.F) {
	f.Add(event(`"` + webhookSecret + `"`))
	f.Add(event(`"guess"`))
	f.Add(`{"secret_token":"` + webhookSecret + `","type":"webhook_verification","data":{"webhook_id":1}}`)
	f.Add(`[]`)
	gateway := receiver(f, webhookSecret)
	f.Fuzz(func(t *testing.T, body string) {
		got, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Body: []byte(body)})
		switch {
		case (err == nil) != (got.DedupKey != ""):
			t.Fatalf("%+v, %v", got, err)
		case err == nil && !strings.Contains(body, "secret_token") && !strings.Contains(body, `\u`) && !strings.Contains(strings.ToLower(body), "secret_token"):
			t.Fatalf("believed without a secret: %s", body)
		}
	})
}
