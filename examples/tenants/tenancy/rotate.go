package tenancy

import (
	"context"
	"time"
)

// Account is a provider account to install.
type Account struct {
	ID, TenantID, Provider, BaseURL string
	Credentials                     Credentials
}

// Install stores an account. Credentials that can't be right are refused before.
func (a *Accounts) Install(ctx context.Context, account Account) error {
	sealed, err := a.Vault.Seal(account.ID, account.Credentials)
	if err != nil {
		return err
	}
	if _, err := a.make(account.ID, account.Provider, account.BaseURL, sealed); err != nil {
		return err
	}
	_, err = a.DB.ExecContext(ctx, `INSERT INTO accounts (id, tenant_id, provider, base_url, credentials) VALUES (?, ?, ?, ?, ?)`,
		account.ID, account.TenantID, account.Provider, account.BaseURL, sealed)
	return err
}

// Rotate gives an account new credentials: one UPDATE, after which the next call of every process uses them. Webhooks that the old ones prove are taken
// for the time of overlap.
func (a *Accounts) Rotate(ctx context.Context, orgAppID string, credentials Credentials, overlap time.Duration) error {
	var provider, base string
	if err := a.DB.QueryRowContext(ctx, `SELECT provider, base_url FROM accounts WHERE id = ?`, orgAppID).Scan(&provider, &base); err != nil {
		return a.failed(orgAppID, err)
	}
	sealed, err := a.Vault.Seal(orgAppID, credentials)
	if err != nil {
		return err
	}
	if _, err := a.make(orgAppID, provider, base, sealed); err != nil {
		return err // credentials that can't be right don't replace others
	}
	_, err = a.DB.ExecContext(ctx, `UPDATE accounts SET old_credentials = credentials, credentials = ?, old_until = ? WHERE id = ?`,
		sealed, a.now().Add(overlap).Unix(), orgAppID)
	return err
}
