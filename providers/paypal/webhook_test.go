package paypal_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"hash/crc32"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal"
	"github.com/paylinks/paylinks-go/providers/paypal/paypaltest"
)

const certURL = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1"

func TestAWebhookIsProvenByPayPalByteForByte(t *testing.T) {
	t.Parallel()
	simulator, gateway := simulated(t, func(c *paypal.Config) { c.WebhookID = paypaltest.WebhookID })
	id := simulator.Pay(paypaltest.Payment{Amount: usd(t, "9.00")})
	header, body := simulator.Webhook(id)
	require.Contains(t, string(body), "<b>at</b> A&B", "signs that an encoder would escape")

	note, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Header: header, Body: body})
	require.NoError(t, err)
	assert.Equal(t, paylinks.Notification{
		Ref: paylinks.Ref{PaymentID: id}, Type: "PAYMENT.CAPTURE.COMPLETED", DedupKey: "WH-" + id,
	}, note)

	for name, forge := range map[string]func(http.Header, []byte) []byte{
		"another body": func(_ http.Header, b []byte) []byte {
			return []byte(strings.Replace(string(b), "COMPLETED", "DECLINED", 1))
		},
		"a space less": func(_ http.Header, b []byte) []byte {
			return []byte(strings.Replace(string(b), `, "resource"`, `,"resource"`, 1))
		},
		"no signature":      func(h http.Header, b []byte) []byte { h.Del("Paypal-Transmission-Sig"); return b },
		"another signature": func(h http.Header, b []byte) []byte { h.Set("Paypal-Transmission-Sig", "AAAA"); return b },
		"another time": func(h http.Header, b []byte) []byte {
			h.Set("Paypal-Transmission-Time", "2026-03-01T09:00:01Z")
			return b
		},
		"another algorithm": func(h http.Header, b []byte) []byte { h.Set("Paypal-Auth-Algo", "none"); return b },
		"another's certificate": func(h http.Header, b []byte) []byte {
			h.Set("Paypal-Cert-Url", "https://paypal.com.evil.example/c")
			return b
		},
		"no JSON": func(_ http.Header, _ []byte) []byte { return []byte(`"},"verification_status":"SUCCESS"`) },
	} {
		forged := header.Clone()
		_, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Header: forged, Body: forge(forged, body)})
		assert.ErrorIs(t, err, paylinks.ErrUnproven, name)
	}
}

func TestWithoutAWebhookIDNothingIsProven(t *testing.T) {
	t.Parallel()
	simulator, gateway := simulated(t)
	header, body := simulator.Webhook("SIM00000000000001")
	_, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Header: header, Body: body})
	require.ErrorIs(t, err, paylinks.ErrUnproven)
	assert.Zero(t, simulator.Calls.Count(paypaltest.OpVerify))
}

func TestAWebhookThatPayPalCannotBeAskedAboutIsNotCalledForged(t *testing.T) {
	t.Parallel()
	simulator, gateway := simulated(t, func(c *paypal.Config) { c.WebhookID = paypaltest.WebhookID })
	header, body := simulator.Webhook("SIM00000000000001")
	simulator.Faults.FailBefore(paypaltest.OpVerify, 0, 503)
	_, err := gateway.ReceiveWebhook(t.Context(), paylinks.WebhookRequest{Header: header, Body: body})
	require.NotErrorIs(t, err, paylinks.ErrUnproven)
	assert.Equal(t, paylinks.Unreachable, providerError(t, err).Refusal)
}

func TestEventsOfRefundsNameTheRefund(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.On("POST /v1/notifications/verify-webhook-signature", 200, `{"verification_status":"SUCCESS"}`)
	gateway := f.gateway(t, func(c *paypal.Config) { c.WebhookID = "W" })
	request := signed(t, nil, []byte(`{"id":"WH-2","resource_type":"refund","event_type":"PAYMENT.CAPTURE.REFUNDED","resource":{"id":"R-1"}}`), "W")
	note, err := gateway.ReceiveWebhook(t.Context(), request)
	require.NoError(t, err)
	assert.Equal(t, paylinks.Ref{TransactionID: "R-1"}, note.Ref)
	assert.Equal(t, "PAYMENT.CAPTURE.REFUNDED", note.Type)

	for _, body := range []string{`{}`, `{"id":"WH-3"}`, `[]`, `{"id":7,"resource":{}}`} {
		_, err := gateway.ReceiveWebhook(t.Context(), signed(t, nil, []byte(body), "W"))
		assert.Equal(t, paylinks.RefusedRequest, providerError(t, err).Refusal, body)
	}
}

// authority is a certificate authority of the tests' own.
type authority struct {
	certificate *x509.Certificate
	key         *rsa.PrivateKey
	leaf        *rsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	var err error
	a.key, err = rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	a.leaf, err = rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: day(1).AddDate(-1, 0, 0), NotAfter: day(1).AddDate(9, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	require.NoError(t, err)
	a.certificate, err = x509.ParseCertificate(der)
	require.NoError(t, err)
	return a
}

func (a *authority) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// issue is a certificate for a name, until a time, as PEM.
func (a *authority) issue(t *testing.T, name string, until time.Time) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{name}, NotBefore: day(1).AddDate(-1, 0, 0), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &a.leaf.PublicKey, a.key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// signed is a webhook, with a signature where key isn't nil.
func signed(t *testing.T, key *rsa.PrivateKey, body []byte, webhookID string) paylinks.WebhookRequest {
	t.Helper()
	const id, at = "11111111-0000-4000-8000-000000000002", "2026-03-01T08:00:00Z"
	signature := []byte("unsigned")
	if key != nil {
		digest := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%d", id, at, webhookID, crc32.ChecksumIEEE(body)))
		var err error
		signature, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
		require.NoError(t, err)
	}
	header := http.Header{}
	for name, value := range map[string]string{
		"PAYPAL-AUTH-ALGO": "SHA256withRSA", "PAYPAL-CERT-URL": certURL, "PAYPAL-TRANSMISSION-ID": id, "PAYPAL-TRANSMISSION-TIME": at,
		"PAYPAL-TRANSMISSION-SIG": base64.StdEncoding.EncodeToString(signature),
	} {
		header.Set(name, value)
	}
	return paylinks.WebhookRequest{Header: header, Body: body}
}

const event = `{"id":"WH-1","resource_type":"capture","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{"id":"C-1"}}`

func TestAWebhookIsProvenHere(t *testing.T) {
	t.Parallel()
	theirs := newAuthority(t)
	good := theirs.issue(t, "messageverificationcerts.paypal.com", day(1).AddDate(1, 0, 0))
	for name, c := range map[string]struct {
		certificate string
		change      func(*paylinks.WebhookRequest)
		proven      bool
	}{
		"genuine":           {certificate: good, proven: true},
		"another body":      {certificate: good, change: func(r *paylinks.WebhookRequest) { r.Body = []byte(strings.Replace(event, "C-1", "C-2", 1)) }},
		"another webhook's": {certificate: good, change: func(r *paylinks.WebhookRequest) { *r = signed(t, theirs.leaf, []byte(event), "OTHER") }},
		"no base64":         {certificate: good, change: func(r *paylinks.WebhookRequest) { r.Header.Set("Paypal-Transmission-Sig", "*") }},
		"no time":           {certificate: good, change: func(r *paylinks.WebhookRequest) { r.Header.Set("Paypal-Transmission-Time", "now") }},
		"of last month":     {certificate: good, change: func(r *paylinks.WebhookRequest) { r.Header.Set("Paypal-Transmission-Time", "2026-02-01T00:00:00Z") }},
		"plain http": {certificate: good, change: func(r *paylinks.WebhookRequest) {
			r.Header.Set("Paypal-Cert-Url", strings.Replace(certURL, "https", "http", 1))
		}},
		"an expired certificate": {certificate: theirs.issue(t, "api.paypal.com", day(20))},
		"another's name":         {certificate: theirs.issue(t, "notpaypal.com", day(1).AddDate(1, 0, 0))},
		"another authority":      {certificate: newAuthority(t).issue(t, "api.paypal.com", day(1).AddDate(1, 0, 0))},
		"no certificate":         {certificate: "<html>"},
		"a broken certificate":   {certificate: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar()
			f.On("GET /v1/notifications/certs/CERT-1", 200, c.certificate)
			gateway := f.gateway(t, func(config *paypal.Config) {
				config.WebhookID, config.LocalWebhooks, config.WebhookRoots = "W-1", true, theirs.roots()
			})
			request := signed(t, theirs.leaf, []byte(event), "W-1")
			if c.change != nil {
				c.change(&request)
			}
			note, err := gateway.ReceiveWebhook(t.Context(), request)
			if !c.proven {
				require.ErrorIs(t, err, paylinks.ErrUnproven)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "C-1", note.Ref.PaymentID)
			_, err = gateway.ReceiveWebhook(t.Context(), request)
			require.NoError(t, err)
			assert.Len(t, f.Calls("GET /v1/notifications/certs/CERT-1"), 1, "the certificate is kept")
		})
	}
}

func TestACertificateThatCannotBeFetchedProvesNothingEitherWay(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.On("GET /v1/notifications/certs/CERT-1", 503, "")
	gateway := f.gateway(t, func(config *paypal.Config) { config.WebhookID, config.LocalWebhooks = "W-1", true })
	_, err := gateway.ReceiveWebhook(t.Context(), signed(t, nil, []byte(event), "W-1"))
	assert.Equal(t, paylinks.Unreachable, providerError(t, err).Refusal)
}
