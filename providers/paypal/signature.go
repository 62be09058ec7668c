package paypal

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"hash/crc32"
	"strings"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/providers/paypal/internal/api"
)

const (
	// maxCertificates bounds the cache: PayPal has a few at a time.
	maxCertificates = 16
	// maxAge is how old a webhook may be. PayPal goes on trying for three days.
	maxAge = 4 * 24 * time.Hour
)

// signedMessage is what PayPal signs: the body stands in it as the CRC-32 of its bytes, in decimal.
func signedMessage(transmissionID, transmissionTime, webhookID string, body []byte) string {
	return fmt.Sprintf("%s|%s|%s|%d", transmissionID, transmissionTime, webhookID, crc32.ChecksumIEEE(body))
}

// certificates checks signatures with PayPal's certificates, and keeps those that it has fetched and proven.
type certificates struct {
	fetch func(ctx context.Context, url string) ([]byte, error)
	// roots are trusted, the system's where nil.
	roots *x509.CertPool
	now   func() time.Time

	mu    sync.Mutex
	known map[string]*x509.Certificate
}

// verify tells whether a signature is right. Its error says that there's no telling: the certificate couldn't be fetched.
func (c *certificates) verify(ctx context.Context, s api.Signature, webhookID string, body []byte) (bool, error) {
	at, err := api.ParseTime(s.TransmissionTime)
	if err != nil || c.now().Sub(at) > maxAge {
		return false, nil //nolint:nilerr // a time that can't be read proves nothing
	}
	signature, err := base64.StdEncoding.DecodeString(s.TransmissionSig)
	if err != nil {
		return false, nil //nolint:nilerr // nor does a signature that can't be read
	}
	certificate, err := c.get(ctx, s.CertURL)
	if certificate == nil || err != nil {
		return false, err
	}
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	if !ok || c.now().After(certificate.NotAfter) {
		return false, nil
	}
	digest := sha256.Sum256([]byte(signedMessage(s.TransmissionID, s.TransmissionTime, webhookID, body)))
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil, nil
}

// get is the proven certificate at url, nil for one that can't be trusted.
func (c *certificates) get(ctx context.Context, url string) (*x509.Certificate, error) {
	c.mu.Lock()
	certificate := c.known[url]
	c.mu.Unlock()
	if certificate != nil {
		return certificate, nil
	}
	text, err := c.fetch(ctx, url)
	if err != nil {
		return nil, err
	}
	if certificate = c.trusted(text); certificate == nil {
		return nil, nil //nolint:nilnil // documented: nothing to trust, and nothing wrong
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= maxCertificates {
		clear(c.known)
	}
	c.known[url] = certificate
	return certificate, nil
}

// trusted is the first certificate of a PEM text, if its chain is good today and it's one of paypal.com; else nil.
func (c *certificates) trusted(text []byte) *x509.Certificate {
	var chain []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil
		}
		chain = append(chain, certificate)
	}
	if len(chain) == 0 {
		return nil
	}
	between := x509.NewCertPool()
	for _, certificate := range chain[1:] {
		between.AddCert(certificate)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: c.roots, Intermediates: between, CurrentTime: c.now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return nil
	}
	for _, name := range chain[0].DNSNames {
		if name == "paypal.com" || strings.HasSuffix(name, ".paypal.com") {
			return chain[0]
		}
	}
	return nil
}
