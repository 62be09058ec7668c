// Package blob opens and seals MisPay's encrypted texts: the token, and what the buyer's browser brings back.
//
// A blob is salt (16 bytes), nonce (12), ciphertext and tag (16), as base64. The cipher is AES-256-GCM without additional data, its key
// PBKDF2-HMAC-SHA256 of the app secret with 40,000 rounds. MisPay documents AES-256-GCM keyed from the app secret; the parameters are those of all its plugins.
package blob

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
)

const (
	saltSize  = 16
	nonceSize = 12
	tagSize   = 16
	keySize   = 32
	rounds    = 40_000

	// minSize is the size of a blob that holds an empty text.
	minSize = saltSize + nonceSize + tagSize
)

// Errors of [Box.Open]. They say nothing of the secret or the text.
var (
	ErrEncoding = errors.New("blob: not base64")
	ErrShort    = errors.New("blob: shorter than a blob can be")
	ErrForged   = errors.New("blob: not made with this secret, or changed since")
)

// Box opens and seals blobs with one app secret. It's safe for concurrent use.
type Box struct {
	secret string
	keys   atomic.Int64
}

// New makes a Box. The secret is used as its raw bytes: MisPay decodes neither hex nor base64.
func New(secret string) *Box { return &Box{secret: secret} }

// Keys is how many keys were derived so far: each costs some milliseconds of processor time.
func (b *Box) Keys() int64 { return b.keys.Load() }

// Open decrypts a blob. Whatever is too short or isn't base64 is refused before any key is derived.
func (b *Box) Open(text string) ([]byte, error) {
	raw, err := Decode(text)
	if err != nil {
		return nil, err
	}
	if len(raw) < minSize {
		return nil, ErrShort
	}
	salt, nonce, sealed := raw[:saltSize], raw[saltSize:saltSize+nonceSize], raw[saltSize+nonceSize:]
	gcm, err := b.cipher(salt)
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, nonce, sealed, nil)
	if err != nil {
		return nil, ErrForged
	}
	return plain, nil
}

// Plausible tells whether a text could be a blob, at next to no cost.
func Plausible(text string) bool {
	raw, err := Decode(text)
	return err == nil && len(raw) >= minSize
}

// Seal encrypts a text as MisPay does, for simulators.
func (b *Box) Seal(plain []byte) (string, error) {
	raw := make([]byte, saltSize+nonceSize, minSize+len(plain))
	_, _ = rand.Read(raw) // documented never to fail
	gcm, err := b.cipher(raw[:saltSize])
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(gcm.Seal(raw, raw[saltSize:], plain, nil)), nil
}

func (b *Box) cipher(salt []byte) (cipher.AEAD, error) {
	b.keys.Add(1)
	key, err := pbkdf2.Key(sha256.New, b.secret, salt, rounds, keySize)
	if err != nil {
		return nil, fmt.Errorf("blob: derive the key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return gcm, nil
}

// lenient turns what URL decoders and other alphabets make of base64 back into the standard alphabet.
var lenient = strings.NewReplacer("-", "+", "_", "/", " ", "+", "\r", "", "\n", "", "\t", "")

// Decode reads base64 of either alphabet, with or without padding. A space stands for a "+" that a URL decoder ate.
func Decode(text string) ([]byte, error) {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(lenient.Replace(strings.TrimSpace(text)), "="))
	if err != nil {
		return nil, ErrEncoding
	}
	return raw, nil
}
