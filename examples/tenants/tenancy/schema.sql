CREATE TABLE IF NOT EXISTS tenants (
	id   TEXT PRIMARY KEY,
	name TEXT NOT NULL
) STRICT;

-- A key is shown once. Only the hash of its secret half is kept; the other half finds the row.
CREATE TABLE IF NOT EXISTS api_keys (
	id        TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL REFERENCES tenants (id),
	hash      BLOB NOT NULL,
	read_only INTEGER NOT NULL DEFAULT 0,
	revoked   INTEGER NOT NULL DEFAULT 0
) STRICT;

-- An installed provider account. Its id is the org_app_id of the API. Credentials are sealed; old ones stay until old_until for webhooks that they still prove.
CREATE TABLE IF NOT EXISTS accounts (
	id              TEXT PRIMARY KEY,
	tenant_id       TEXT NOT NULL REFERENCES tenants (id),
	provider        TEXT NOT NULL,
	base_url        TEXT NOT NULL DEFAULT '', -- '' is the provider's live environment
	credentials     BLOB NOT NULL,
	old_credentials BLOB,
	old_until       INTEGER NOT NULL DEFAULT 0,
	version         INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX IF NOT EXISTS accounts_tenant ON accounts (tenant_id);

-- The database counts, so that no UPDATE can forget to: caches compare versions.
CREATE TRIGGER IF NOT EXISTS accounts_version
AFTER UPDATE OF base_url, credentials, old_credentials, old_until ON accounts
BEGIN
	UPDATE accounts SET version = version + 1 WHERE id = NEW.id;
END;
