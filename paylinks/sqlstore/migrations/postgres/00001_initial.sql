-- +goose Up

-- The same tables as SQLite's, with the same indexes. Times are microseconds since 1970 in UTC, 0 for none. Documents are the JSON of the Go types; what is
-- searched for, and what changes without a new document, has a column of its own. They are TEXT: nothing looks into them here, they come back as they
-- were written, and JSONB refuses \u0000, which a buyer's name may have.
--
-- COLLATE "C" is the order of bytes, which is the order of ids and texts everywhere else in this library, whatever language the database speaks.

CREATE TABLE paylinks (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    provider      TEXT COLLATE "C" NOT NULL,
    org_app_id    TEXT COLLATE "C" NOT NULL,
    order_id      TEXT COLLATE "C" NOT NULL,
    status        TEXT COLLATE "C" NOT NULL,
    session_id    TEXT COLLATE "C" NOT NULL,
    payment_id    TEXT COLLATE "C" NOT NULL,
    reference     TEXT COLLATE "C" NOT NULL,
    created_at    BIGINT           NOT NULL,
    next_check_at BIGINT           NOT NULL,
    version       BIGINT           NOT NULL,
    document      TEXT COLLATE "C" NOT NULL
);

-- Lists, newest first: each index ends in the order of the list, so that a page is one walk that stops at its limit. Their conditions hold for every row. They're how a
-- query says which of them it means, by having the same condition: left to itself the planner walks over the newest links of all apps
-- for those of one, and over all links there are where that one has few.
CREATE INDEX paylinks_created    ON paylinks (created_at, id) WHERE id <> 'paylinks_created';
CREATE INDEX paylinks_provider   ON paylinks (provider, created_at, id) WHERE id <> 'paylinks_provider';
CREATE INDEX paylinks_status     ON paylinks (status, created_at, id) WHERE id <> 'paylinks_status';
CREATE INDEX paylinks_app        ON paylinks (org_app_id, created_at, id) WHERE id <> 'paylinks_app';
CREATE INDEX paylinks_app_status ON paylinks (org_app_id, status, created_at, id) WHERE id <> 'paylinks_app_status';
CREATE INDEX paylinks_order      ON paylinks (order_id, created_at, id) WHERE id <> 'paylinks_order';

-- Look-ups by the provider's ids. Partial: a new link has none yet, and creating is the hot path.
CREATE INDEX paylinks_session   ON paylinks (org_app_id, session_id, created_at) WHERE session_id <> '';
CREATE INDEX paylinks_payment   ON paylinks (org_app_id, payment_id, created_at) WHERE payment_id <> '';
CREATE INDEX paylinks_reference ON paylinks (org_app_id, reference, created_at) WHERE reference <> '';

-- Most links have ended: only those that are watched are in here, with their app, since the links of a busy one are passed over.
CREATE INDEX paylinks_next_check ON paylinks (next_check_at, org_app_id) WHERE next_check_at > 0;

CREATE TABLE operations (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    paylink_id    TEXT COLLATE "C" NOT NULL REFERENCES paylinks (id),
    kind          TEXT COLLATE "C" NOT NULL,
    reference     TEXT COLLATE "C" NOT NULL,
    operation_key TEXT COLLATE "C" NOT NULL,
    open          INTEGER          NOT NULL CHECK (open IN (0, 1)),
    due_at        BIGINT           NOT NULL,
    document      TEXT COLLATE "C" NOT NULL
);

CREATE UNIQUE INDEX operations_reference ON operations (paylink_id, kind, reference);
CREATE UNIQUE INDEX operations_key       ON operations (operation_key) WHERE operation_key <> '';
CREATE UNIQUE INDEX operations_open      ON operations (paylink_id) WHERE open = 1;
CREATE INDEX        operations_due       ON operations (due_at) WHERE open = 1;

CREATE TABLE events (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    paylink_id  TEXT COLLATE "C" NOT NULL REFERENCES paylinks (id),
    sequence    BIGINT           NOT NULL,
    type        TEXT COLLATE "C" NOT NULL,
    org_app_id  TEXT COLLATE "C" NOT NULL,
    occurred_at BIGINT           NOT NULL,
    status      TEXT COLLATE "C" NOT NULL,
    data        TEXT COLLATE "C" NOT NULL
);

CREATE UNIQUE INDEX events_sequence ON events (paylink_id, sequence);

CREATE TABLE webhooks (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    provider    TEXT COLLATE "C" NOT NULL,
    org_app_id  TEXT COLLATE "C" NOT NULL,
    dedup_key   TEXT COLLATE "C" NOT NULL,
    type        TEXT COLLATE "C" NOT NULL,
    ref         TEXT COLLATE "C" NOT NULL,
    facts       TEXT COLLATE "C" NOT NULL,
    received_at BIGINT           NOT NULL,
    attempts    BIGINT           NOT NULL,
    done        INTEGER          NOT NULL CHECK (done IN (0, 1)),
    paylink_id  TEXT COLLATE "C" NOT NULL,
    due_at      BIGINT           NOT NULL
);

CREATE UNIQUE INDEX webhooks_dedup ON webhooks (org_app_id, dedup_key);
CREATE INDEX        webhooks_due   ON webhooks (due_at) WHERE done = 0;

CREATE TABLE answers (
    answer_key  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    fingerprint TEXT COLLATE "C" NOT NULL,
    status      BIGINT           NOT NULL,
    body        BYTEA            NOT NULL,
    due_at      BIGINT           NOT NULL,
    expires_at  BIGINT           NOT NULL
);

CREATE INDEX answers_expiry ON answers (expires_at) WHERE expires_at > 0;
CREATE INDEX answers_held   ON answers (due_at) WHERE status = 0;

-- The last transaction of each process that has committed, for a process that lost the answer of a commit to find out.
CREATE TABLE writers (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    batch      BIGINT           NOT NULL,
    written_at BIGINT           NOT NULL
) WITH (fillfactor = 20);

-- +goose Down
DROP TABLE writers;
DROP TABLE answers;
DROP TABLE webhooks;
DROP TABLE events;
DROP TABLE operations;
DROP TABLE paylinks;
