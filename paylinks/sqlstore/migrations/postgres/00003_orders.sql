-- +goose Up

CREATE TABLE orders (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    caller_id     TEXT COLLATE "C" NOT NULL,
    order_id      TEXT COLLATE "C" NOT NULL,
    order_key     TEXT COLLATE "C" NOT NULL,
    status        TEXT COLLATE "C" NOT NULL,
    sync_app      TEXT COLLATE "C" NOT NULL,
    created_at    BIGINT           NOT NULL,
    next_check_at BIGINT           NOT NULL,
    held_until    BIGINT           NOT NULL,
    version       BIGINT           NOT NULL,
    document      TEXT COLLATE "C" NOT NULL
);

CREATE UNIQUE INDEX orders_reference ON orders (caller_id, order_id);
CREATE UNIQUE INDEX orders_key       ON orders (order_key) WHERE order_key <> '';

-- Lists, newest first, as those of links.
CREATE INDEX orders_caller        ON orders (caller_id, created_at, id) WHERE id <> 'orders_caller';
CREATE INDEX orders_caller_status ON orders (caller_id, status, created_at, id) WHERE id <> 'orders_caller_status';

-- Only orders that wait for a gateway's payment, that are to be looked at, or that a call holds are in these.
CREATE INDEX orders_sync       ON orders (sync_app, order_id) WHERE sync_app <> '';
CREATE INDEX orders_next_check ON orders (next_check_at) WHERE next_check_at > 0;
CREATE INDEX orders_held       ON orders (held_until) WHERE held_until > 0;

-- +goose Down
DROP TABLE orders;
