-- +goose Up

CREATE TABLE endpoints (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    disabled   INTEGER          NOT NULL CHECK (disabled IN (0, 1)),
    created_at BIGINT           NOT NULL,
    document   TEXT COLLATE "C" NOT NULL
);

CREATE INDEX endpoints_created ON endpoints (created_at, id);

-- What each endpoint that isn't disabled wants: a row for every type and app, '' for any. An event looks up four keys here, and where
-- there are no endpoints finds none.
CREATE TABLE endpoint_wants (
    type        TEXT COLLATE "C" NOT NULL,
    org_app_id  TEXT COLLATE "C" NOT NULL,
    endpoint_id TEXT COLLATE "C" NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
    PRIMARY KEY (type, org_app_id, endpoint_id)
);

CREATE INDEX endpoint_wants_endpoint ON endpoint_wants (endpoint_id);

-- A pending delivery has a due time where it's the first one of its link and its endpoint isn't disabled. The others wait for it with 0,
-- so that looking for what is due never walks over what has to wait.
CREATE TABLE deliveries (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    endpoint_id TEXT COLLATE "C" NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
    event_id    TEXT COLLATE "C" NOT NULL REFERENCES events (id),
    paylink_id  TEXT COLLATE "C" NOT NULL,
    sequence    BIGINT           NOT NULL,
    state       TEXT COLLATE "C" NOT NULL,
    tries       TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT           NOT NULL,
    due_at      BIGINT           NOT NULL,
    held        INTEGER          NOT NULL CHECK (held IN (0, 1))
);

CREATE INDEX deliveries_endpoint    ON deliveries (endpoint_id, id);
CREATE INDEX deliveries_undelivered ON deliveries (endpoint_id, state, id) WHERE state <> 'delivered';
CREATE INDEX deliveries_order       ON deliveries (endpoint_id, paylink_id, sequence) WHERE state = 'pending';
CREATE INDEX deliveries_due         ON deliveries (due_at) WHERE state = 'pending' AND due_at > 0;

-- +goose Down
DROP TABLE deliveries;
DROP TABLE endpoint_wants;
DROP TABLE endpoints;
