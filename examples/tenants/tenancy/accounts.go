package tenancy

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers"
)

var _ paylinks.Apps = (*Accounts)(nil)

// Accounts finds accounts in the database. Each call costs one small read, which tells whether the provider that was made from the account before is
// still right. Where it isn't, a new one is made; calls under way keep theirs to the end.
type Accounts struct {
	DB    *sql.DB
	Vault Vault
	// HTTPClient sends the calls of all accounts (default: one with http.DefaultTransport). Connections are shared, credentials aren't.
	HTTPClient *http.Client
	// Logger gets what an operator should know (default slog.Default).
	Logger *slog.Logger
	// Now is the clock (default time.Now).
	Now func() time.Time

	mu    sync.Mutex
	cache map[string]installed
}

// installed is an account as it was read at a version.
type installed struct {
	version  int64
	app      paylinks.App
	oldUntil time.Time
}

const (
	accountVersion = `SELECT version FROM accounts WHERE id = ?`
	accountByID    = `SELECT version, provider, base_url, credentials, old_credentials, old_until FROM accounts WHERE id = ?`
)

// App returns the account with the credentials that it has now.
func (a *Accounts) App(ctx context.Context, orgAppID string) (paylinks.App, error) {
	var version int64
	if err := a.DB.QueryRowContext(ctx, accountVersion, orgAppID).Scan(&version); err != nil {
		return paylinks.App{}, a.failed(orgAppID, err)
	}
	a.mu.Lock()
	known := a.cache[orgAppID]
	a.mu.Unlock()
	if known.version != version {
		var err error
		if known, err = a.read(ctx, orgAppID); err != nil {
			return paylinks.App{}, err
		}
		a.mu.Lock()
		if a.cache == nil {
			a.cache = map[string]installed{}
		}
		a.cache[orgAppID] = known
		a.mu.Unlock()
	}
	app := known.app
	if !a.now().Before(known.oldUntil) {
		app.Retired = nil
	}
	return app, nil
}

// failed is a look-up without an account: there's none, or nobody can tell.
func (a *Accounts) failed(orgAppID string, err error) error {
	if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("tenancy: read the account %s: %w", orgAppID, err)
	}
	a.mu.Lock()
	delete(a.cache, orgAppID)
	a.mu.Unlock()
	return &paylinks.Error{Code: paylinks.CodeOrgAppNotFound, Outcome: paylinks.NotApplied, Message: "no such account is installed: check org_app_id"}
}

// read makes the app of an account as it stands.
func (a *Accounts) read(ctx context.Context, orgAppID string) (installed, error) {
	var (
		row              installed
		provider, base   string
		sealed, sealedBy []byte
		oldUntil         int64
	)
	err := a.DB.QueryRowContext(ctx, accountByID, orgAppID).Scan(&row.version, &provider, &base, &sealed, &sealedBy, &oldUntil)
	if err != nil {
		return row, a.failed(orgAppID, err)
	}
	made, err := a.make(orgAppID, provider, base, sealed)
	if err != nil {
		return row, err
	}
	row.app.ID = orgAppID
	row.app.Provider, _ = made.(paylinks.Provider)
	row.app.Gateway, _ = made.(paylinks.Gateway)
	if row.oldUntil = time.Unix(oldUntil, 0); sealedBy == nil {
		return row, nil
	}
	old, err := a.make(orgAppID, provider, base, sealedBy)
	if err != nil { // the new ones are good
		a.Logger.WarnContext(ctx, "replaced credentials can't be used any more", slog.String("org_app_id", orgAppID), slog.Any("cause", err))
		return row, nil
	}
	if receiver, ok := old.(paylinks.WebhookReceiver); ok {
		row.app.Retired = append(row.app.Retired, receiver)
	}
	return row, nil
}

// make makes a provider from sealed credentials.
func (a *Accounts) make(orgAppID, provider, baseURL string, sealed []byte) (paylinks.Installed, error) {
	entry, ok := providers.Find(provider)
	if !ok {
		return nil, fmt.Errorf("tenancy: account %s is of an unknown provider %q", orgAppID, provider)
	}
	credentials, err := a.Vault.Unseal(orgAppID, sealed)
	if err != nil {
		return nil, err
	}
	made, err := entry.New(providers.Settings{
		Credential: func(name string) string { return credentials[name] }, BaseURL: baseURL, HTTPClient: a.HTTPClient, Logger: a.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("tenancy: account %s: %w", orgAppID, err)
	}
	return made, nil
}

// List returns the accounts of the caller, or for the schedule of syncs, which has no caller, all those of gateways. An account that can't be used is left out.
func (a *Accounts) List(ctx context.Context) ([]paylinks.App, error) {
	ids := paylinks.CallerFrom(ctx).OrgApps
	if ids == nil {
		var err error
		if ids, err = a.gateways(ctx); err != nil {
			return nil, fmt.Errorf("tenancy: list accounts: %w", err)
		}
	}
	apps := make([]paylinks.App, 0, len(ids))
	for _, id := range ids {
		app, err := a.App(ctx, id)
		if err != nil {
			a.logger().Error("an account can't be used", slog.String("org_app_id", id), slog.Any("cause", err))
			continue
		}
		apps = append(apps, app)
	}
	return apps, nil
}

// gateways are the ids of the accounts that have payments to sync.
func (a *Accounts) gateways(ctx context.Context) ([]string, error) {
	var kinds []string
	for _, info := range providers.Catalogue() {
		if info.Kind == paylinks.KindGatewaySync {
			kinds = append(kinds, info.ID)
		}
	}
	list, err := json.Marshal(kinds)
	if err != nil {
		return nil, err
	}
	return texts(ctx, a.DB, `SELECT id FROM accounts WHERE provider IN (SELECT value FROM json_each(?)) ORDER BY id`, string(list))
}

func (a *Accounts) now() time.Time {
	if a.Now == nil {
		return time.Now()
	}
	return a.Now()
}

func (a *Accounts) logger() *slog.Logger {
	if a.Logger == nil {
		return slog.Default()
	}
	return a.Logger
}
