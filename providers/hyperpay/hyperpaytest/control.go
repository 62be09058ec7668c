package hyperpaytest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// Fault is what [Server.Faults] adds.
type Fault = simulator.Fault

// Payment is a payment to make.
type Payment struct {
	// Entity is the channel (default the first).
	Entity string
	// Type is DB (default) or PA.
	Type string
	// At is when it's made (default the simulator's time).
	At     time.Time
	Amount paylinks.Money
	// Reference is merchantTransactionId.
	Reference string
	// Brand is paymentBrand (default VISA), and Method paymentMethod ("" for none).
	Brand, Method string
	// Code is the result code (default 000.000.000).
	Code string
}

// Pay makes a payment and returns its id.
func (s *Server) Pay(p Payment) string {
	r := &record{
		entity: p.Entity, kind: p.Type, at: p.At, amount: p.Amount.String(), currency: string(p.Amount.Currency()), reference: p.Reference,
		brand: p.Brand, method: p.Method, code: p.Code,
	}
	for _, field := range []struct {
		value *string
		usual string
	}{{&r.entity, s.config.EntityIDs[0]}, {&r.kind, "DB"}, {&r.brand, "VISA"}, {&r.code, "000.000.000"}} {
		if *field.value == "" {
			*field.value = field.usual
		}
	}
	return s.add(r)
}

// Follow makes an operation of any type on another: a capture (CP), refund (RF), reversal (RV), chargeback (CB), …, with a code (default 000.000.000), and
// returns its id.
func (s *Server) Follow(id, kind string, amount paylinks.Money, at time.Time, code string) string {
	if code == "" {
		code = "000.000.000"
	}
	r := &record{
		entity: s.config.EntityIDs[0], kind: kind, referenced: id, at: at, amount: amount.String(), currency: string(amount.Currency()), code: code,
	}
	s.mu.Lock()
	if followed := s.byID[id]; followed != nil {
		r.entity, r.reference, r.brand = followed.entity, followed.reference, followed.brand
	}
	s.mu.Unlock()
	return s.add(r)
}

func (s *Server) add(r *record) string {
	if r.at.IsZero() {
		r.at = s.Clock.Now()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	r.id = fmt.Sprintf("8ac7a4a3%024x", s.made)
	s.byID[r.id] = r
	at, _ := slices.BinarySearchFunc(s.records, r, func(other, r *record) int {
		if other.at.After(r.at) {
			return 1
		}
		return -1 // after all of the same time
	})
	s.records = slices.Insert(s.records, at, r)
	return r.id
}

// SetCode changes an operation's result code: what was pending is settled.
func (s *Server) SetCode(id, code string) { s.with(id, func(r *record) { r.code = code }) }

// Spoil makes a record unreadable but for its id, or wholly.
func (s *Server) Spoil(id string, wholly bool) {
	s.with(id, func(r *record) { r.spoilt, r.spoiltWholly = true, wholly })
}

func (s *Server) with(id string, do func(*record)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.byID[id]; r != nil {
		do(r)
	}
}

// Revoke ends the access token.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
}

// Webhook is the header and body with which HyperPay would tell of an operation, encrypted with a secret of 64 hexadecimal digits. wrapped chooses
// the JSON wrapper.
func (s *Server) Webhook(id, secret string, wrapped bool) (http.Header, []byte, error) {
	s.mu.Lock()
	r := s.byID[id]
	s.mu.Unlock()
	if r == nil {
		return nil, nil, fmt.Errorf("hyperpaytest: there's no operation %q", id)
	}
	plain, err := json.Marshal(map[string]any{"type": "PAYMENT", "payload": r.json()})
	if err != nil {
		return nil, nil, fmt.Errorf("hyperpaytest: webhook: %w", err)
	}
	return Encrypt(plain, secret, wrapped)
}

// Encrypt is a webhook of any plain text.
func Encrypt(plain []byte, secret string, wrapped bool) (http.Header, []byte, error) {
	key, err := hex.DecodeString(secret)
	if err != nil {
		return nil, nil, fmt.Errorf("hyperpaytest: secret: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, fmt.Errorf("hyperpaytest: secret: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, nil, fmt.Errorf("hyperpaytest: webhook: %w", err)
	}
	iv := make([]byte, gcm.NonceSize())
	_, _ = rand.Read(iv) // Documented never to fail.
	sealed := gcm.Seal(nil, iv, plain, nil)
	body, tag := sealed[:len(plain)], sealed[len(plain):]
	header := http.Header{"Content-Type": {"text/plain"}}
	header.Set("X-Initialization-Vector", strings.ToUpper(hex.EncodeToString(iv)))
	header.Set("X-Authentication-Tag", strings.ToUpper(hex.EncodeToString(tag)))
	text := strings.ToUpper(hex.EncodeToString(body))
	if wrapped {
		header.Set("Content-Type", "application/json")
		text = `{"encryptedBody":"` + text + `"}`
	}
	return header, []byte(text), nil
}
