-- AUTOINCREMENT: no id is given again, though its row is gone.
CREATE TABLE providers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    created INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE channels (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    provider INTEGER NOT NULL REFERENCES providers (id),
    -- 0: the configuration file, 1: the admin API.
    origin INTEGER NOT NULL,
    settings TEXT NOT NULL,
    created INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    -- The number of the last deployment, and the revision of the last switch.
    deployment INTEGER NOT NULL DEFAULT 0,
    traffic INTEGER NOT NULL DEFAULT 0,
    -- 1: it is being deleted.
    deleted INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX channels_by_provider ON channels (provider);

CREATE TABLE secrets (
    channel INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- Encrypted by the host.
    sealed BLOB NOT NULL,
    "set" INTEGER NOT NULL,
    PRIMARY KEY (channel, name)
) STRICT, WITHOUT ROWID;

-- Plugins whose bytes are kept.
CREATE TABLE plugins (
    digest TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    details TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    uploaded INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE deployments (
    channel INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    digest TEXT NOT NULL,
    document TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (channel, number)
) STRICT;

CREATE INDEX deployments_by_digest ON deployments (digest);

-- All switches. The one with the highest revision holds.
CREATE TABLE traffic (
    channel INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    stable INTEGER NOT NULL,
    canary INTEGER,
    percent INTEGER,
    pinned INTEGER NOT NULL,
    -- The deployment that the guard took out of traffic.
    aborted INTEGER,
    reason TEXT NOT NULL,
    switched_by TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (channel, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- SHA-256.
    digest BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    provider INTEGER REFERENCES providers (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER
) STRICT;

-- Outlives what it is about, so nothing in it refers to other tables.
CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    provider INTEGER,
    channel TEXT,
    detail TEXT NOT NULL
) STRICT;

CREATE INDEX audit_by_provider ON audit (provider, number);
CREATE INDEX audit_by_channel ON audit (channel, number);
