-- +goose Up

CREATE TABLE endpoints (
    id         TEXT    NOT NULL PRIMARY KEY,
    disabled   INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    created_at INTEGER NOT NULL,
    document   TEXT    NOT NULL
) STRICT;

CREATE INDEX endpoints_created ON endpoints (created_at, id);

-- What each endpoint that isn't disabled wants: a row for every type and app, '' for any. An event looks up four keys here, and where
-- there are no endpoints finds none.
CREATE TABLE endpoint_wants (
    type        TEXT NOT NULL,
    org_app_id  TEXT NOT NULL,
    endpoint_id TEXT NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
    PRIMARY KEY (type, org_app_id, endpoint_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX endpoint_wants_endpoint ON endpoint_wants (endpoint_id);

-- A pending delivery has a due time where it's the first one of its link and its endpoint isn't disabled. The others wait for it with 0,
-- so that looking for what is due never walks over what has to wait.
CREATE TABLE deliveries (
    id          TEXT    NOT NULL PRIMARY KEY,
    endpoint_id TEXT    NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
    event_id    TEXT    NOT NULL REFERENCES events (id),
    paylink_id  TEXT    NOT NULL,
    sequence    INTEGER NOT NULL,
    state       TEXT    NOT NULL,
    tries       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    held        INTEGER NOT NULL CHECK (held IN (0, 1))
) STRICT;

CREATE INDEX deliveries_endpoint    ON deliveries (endpoint_id, id);
CREATE INDEX deliveries_undelivered ON deliveries (endpoint_id, state, id) WHERE state <> 'delivered';
CREATE INDEX deliveries_order       ON deliveries (endpoint_id, paylink_id, sequence) WHERE state = 'pending';
CREATE INDEX deliveries_due         ON deliveries (due_at) WHERE state = 'pending' AND due_at > 0;

-- +goose Down
DROP TABLE deliveries;
DROP TABLE endpoint_wants;
DROP TABLE endpoints;
