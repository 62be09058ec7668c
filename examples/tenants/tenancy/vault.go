package tenancy

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Credentials are a provider's, by the names in its Info.
type Credentials map[string]string

// Vault seals credentials with one key that isn't in the database: whoever reads a backup has nothing. A key management service would do the same with a key for
// each tenant.
type Vault struct{ aead cipher.AEAD }

// NewVault makes a vault from 32 random bytes.
func NewVault(key paylinks.Secret) (Vault, error) {
	if len(key) != 32 {
		return Vault{}, errors.New("tenancy: the vault's key must have 32 bytes")
	}
	block, err := aes.NewCipher([]byte(key.Reveal()))
	if err != nil {
		return Vault{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return Vault{aead}, err
}

// Seal encrypts credentials for one account: in another account's row they don't open.
func (v Vault) Seal(accountID string, credentials Credentials) ([]byte, error) {
	text, err := json.Marshal(credentials)
	if err != nil {
		return nil, err
	}
	return v.aead.Seal(nil, nil, text, []byte(accountID)), nil //nolint:gosec // without a nonce: this AEAD draws a random one by itself
}

// Unseal is the inverse of Seal.
func (v Vault) Unseal(accountID string, sealed []byte) (credentials Credentials, err error) {
	text, err := v.aead.Open(nil, nil, sealed, []byte(accountID))
	if err != nil {
		return nil, fmt.Errorf("tenancy: the credentials of %s can't be opened: %w", accountID, err)
	}
	return credentials, json.Unmarshal(text, &credentials)
}
