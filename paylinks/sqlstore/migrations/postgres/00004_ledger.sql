-- +goose Up

CREATE TABLE syncs (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    org_app_id TEXT COLLATE "C" NOT NULL,
    open       INTEGER          NOT NULL CHECK (open IN (0, 1)),
    cursor_at  BIGINT           NOT NULL, -- the end of a completed sync that the next one goes on from, else 0
    due_at     BIGINT           NOT NULL,
    held       INTEGER          NOT NULL CHECK (held IN (0, 1)),
    document   TEXT COLLATE "C" NOT NULL
);

CREATE UNIQUE INDEX syncs_open   ON syncs (org_app_id) WHERE open = 1;
CREATE INDEX        syncs_due    ON syncs (due_at) WHERE open = 1;
CREATE INDEX        syncs_cursor ON syncs (org_app_id, cursor_at) WHERE cursor_at > 0;

CREATE TABLE payments (
    id                  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    provider            TEXT COLLATE "C" NOT NULL,
    org_app_id          TEXT COLLATE "C" NOT NULL,
    provider_payment_id TEXT COLLATE "C" NOT NULL,
    reference           TEXT COLLATE "C" NOT NULL,
    status              TEXT COLLATE "C" NOT NULL,
    created_at          BIGINT           NOT NULL,
    synced_at           BIGINT           NOT NULL,
    document            TEXT COLLATE "C" NOT NULL, -- the payment without raw
    raw                 TEXT COLLATE "C" NOT NULL
);

CREATE UNIQUE INDEX payments_provider_payment ON payments (org_app_id, provider_payment_id);

-- Lists, newest first, as those of paylinks.
CREATE INDEX payments_created    ON payments (created_at, id) WHERE id <> 'payments_created';
CREATE INDEX payments_provider   ON payments (provider, created_at, id) WHERE id <> 'payments_provider';
CREATE INDEX payments_status     ON payments (status, created_at, id) WHERE id <> 'payments_status';
CREATE INDEX payments_app        ON payments (org_app_id, created_at, id) WHERE id <> 'payments_app';
CREATE INDEX payments_app_status ON payments (org_app_id, status, created_at, id) WHERE id <> 'payments_app_status';
CREATE INDEX payments_reference  ON payments (reference, created_at, id) WHERE id <> 'payments_reference';

-- +goose Down
DROP TABLE payments;
DROP TABLE syncs;
