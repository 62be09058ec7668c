package hyperpay_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay/hyperpaytest"
)

// FuzzRecord: whatever a record says, nothing panics, a walk goes on, and what is yielded is whole.
func FuzzRecord(f *testing.F) {
	f.Add(record(f, nil))
	f.Add(record(f, fields{"paymentType": "PA", "customParameters": []int{1}, "card": 7, "customer": nil}))
	f.Add(on(f, 2, rootID, "RF", "5.00", "000.000.000"))
	f.Add(on(f, 2, id(2), "CP", "5.00", "000.000.000"))
	f.Add(`{"id":{},"amount":1e9999}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			t.Skip("an answer that isn't JSON has no records")
		}
		if strings.Contains(text, id(0x77)) {
			t.Skip("that's the record after it")
		}
		far := newFar()
		far.lists(record(t, nil), text, record(t, fields{"id": id(0x77), "timestamp": "2026-02-10 23:59:59.999+0000"}))
		w := walktest.Of(t, far.gateway(t), tenth())
		if w.Err != nil {
			t.Fatalf("the walk ended: %v", w.Err)
		}
		last := false
		seen := map[string]bool{}
		for _, p := range w.Payments {
			last = last || p.ID == id(0x77)
			if seen[p.ID] {
				t.Fatalf("%s comes twice", p.ID)
			}
			seen[p.ID] = true
			if err := walktest.Wrong(p); err != nil {
				t.Fatal(err)
			}
		}
		if !last {
			t.Fatal("the record after it was lost")
		}
	})
}

// FuzzWebhook: whatever arrives, nothing panics, and what doesn't open is unproven.
func FuzzWebhook(f *testing.F) {
	header, body, err := hyperpaytest.Encrypt([]byte(`{"type":"PAYMENT","payload":{"id":"a"}}`), hyperpaytest.WebhookSecret, true)
	if err != nil {
		f.Fatal(err)
	}
	iv, tag := header.Get("X-Initialization-Vector"), header.Get("X-Authentication-Tag")
	genuine := string(body)
	f.Add(iv, tag, genuine)
	f.Add(iv, tag, `{"encryptedBody":"00"}`)
	f.Add("", "00", `00`)
	f.Add(iv, tag+"00", "{")
	gateway := receiver(f, hyperpaytest.WebhookSecret)
	f.Fuzz(func(t *testing.T, givenIV, givenTag, given string) {
		header := http.Header{"X-Initialization-Vector": {givenIV}, "X-Authentication-Tag": {givenTag}}
		note, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Header: header, Body: []byte(given)})
		if err == nil && note.Ref.PaymentID != "a" {
			t.Fatalf("a text that nobody encrypted: %+v", note)
		}
		if err != nil && !errors.Is(err, paylinks.ErrUnproven) {
			t.Fatalf("proven without proof: %v", err)
		}
	})
}
