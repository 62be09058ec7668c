package tenancy

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/paylinks/paylinks-go/httpserver"
	"github.com/paylinks/paylinks-go/paylinks"
)

var _ httpserver.Authenticator = Keys{}

// Keys knows tenants by their API keys, "id.secret". It asks the database for each request, so that a key that is revoked is refused from then on.
type Keys struct{ DB *sql.DB }

// AddKey makes a new key of a tenant. It's the only time that the key is seen.
func (k Keys) AddKey(ctx context.Context, tenantID string, readOnly bool) (paylinks.Secret, error) {
	id, secret := "key-"+strings.ToLower(rand.Text()[:12]), rand.Text()
	hash := sha256.Sum256([]byte(secret))
	_, err := k.DB.ExecContext(ctx, `INSERT INTO api_keys (id, tenant_id, hash, read_only) VALUES (?, ?, ?, ?)`, id, tenantID, hash[:], readOnly)
	return paylinks.Secret(id + "." + secret), err
}

// RevokeKey ends a key.
func (k Keys) RevokeKey(ctx context.Context, key paylinks.Secret) error {
	id, _, _ := strings.Cut(key.Reveal(), ".")
	_, err := k.DB.ExecContext(ctx, `UPDATE api_keys SET revoked = 1 WHERE id = ?`, id)
	return err
}

const keyByID = `SELECT tenant_id, hash, read_only FROM api_keys WHERE id = ? AND revoked = 0`

// Authenticate finds the tenant of a request's key, and the accounts that he may use. A key that isn't known, isn't right or is revoked is one and the same refusal. A
// database that doesn't answer isn't a refusal: the caller is told of a failure, and doesn't throw his key away.
func (k Keys) Authenticate(r *http.Request) (httpserver.Principal, error) {
	token, err := httpserver.BearerToken(r)
	if err != nil {
		return httpserver.Principal{}, err
	}
	id, secret, _ := strings.Cut(token, ".")
	var (
		tenant   string
		stored   []byte
		readOnly bool
	)
	err = k.DB.QueryRowContext(r.Context(), keyByID, id).Scan(&tenant, &stored, &readOnly)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return httpserver.Principal{}, fmt.Errorf("tenancy: read a key: %w", err)
	}
	// An unknown id is compared with nothing stored, which no hash equals.
	hash := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(hash[:], stored) != 1 {
		return httpserver.Principal{}, &paylinks.Error{Code: paylinks.CodeUnauthenticated, Outcome: paylinks.NotApplied, Message: "the API key isn't known"}
	}
	apps, err := accountsOf(r.Context(), k.DB, tenant)
	if err != nil {
		return httpserver.Principal{}, fmt.Errorf("tenancy: list the accounts of a tenant: %w", err)
	}
	scopes := []httpserver.Scope{httpserver.ScopeRead, httpserver.ScopeWrite}
	if readOnly {
		scopes = scopes[:1]
	}
	// The caller is the tenant and not the key: what was asked for under an idempotency key is the same when the next API key asks again.
	return httpserver.Principal{Caller: paylinks.Caller{ID: "tenant:" + tenant, OrgApps: apps}, Scopes: scopes}, nil
}

// accountsOf are the ids of a tenant's accounts. They are never nil: nil would be all accounts of all tenants.
func accountsOf(ctx context.Context, db *sql.DB, tenantID string) ([]string, error) {
	return texts(ctx, db, `SELECT id FROM accounts WHERE tenant_id = ? ORDER BY id`, tenantID)
}

// texts is the rows of a query for one text.
func texts(ctx context.Context, db *sql.DB, query string, args ...any) (list []string, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	list = []string{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, rows.Err()
}
