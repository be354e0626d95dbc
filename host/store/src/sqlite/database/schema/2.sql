-- The channels that have events, how much of each waits or runs, and how much is kept of what has
-- ended. The triggers keep the sums, so that a limit costs one look.
CREATE TABLE channels (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    waiting INTEGER NOT NULL DEFAULT 0,
    waiting_bytes INTEGER NOT NULL DEFAULT 0,
    kept_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE events (
    -- The order of arrival.
    position INTEGER PRIMARY KEY,
    channel INTEGER NOT NULL REFERENCES channels (id),
    id TEXT NOT NULL,
    chat TEXT NOT NULL,
    -- 0 waiting, 1 handled, 2 dead, 3 unsent, 4 discarded.
    state INTEGER NOT NULL,
    -- Of a chat's first waiting event: when it can run, or could. Times are milliseconds since 1970.
    ready INTEGER,
    received INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    failing_since INTEGER,
    ended INTEGER,
    -- When the next part of it can go: its content, or all of it.
    purge INTEGER,
    is_hosts INTEGER NOT NULL,
    message TEXT,
    withdraws INTEGER NOT NULL,
    note TEXT,
    version TEXT,
    -- Last, because it is large. Null: not kept any more.
    body TEXT,
    UNIQUE (channel, id)
) STRICT;

CREATE INDEX events_waiting ON events (channel, chat, position) WHERE state = 0;
CREATE INDEX events_ready ON events (channel, ready) WHERE ready IS NOT NULL;
CREATE INDEX events_dead ON events (position) WHERE state = 2;
CREATE INDEX events_dead_by_channel ON events (channel, position) WHERE state = 2;
CREATE INDEX events_by_message ON events (channel, message, withdraws) WHERE message IS NOT NULL;
CREATE INDEX events_by_purge ON events (purge) WHERE purge IS NOT NULL;

-- The attempts that failed.
CREATE TABLE failures (
    event INTEGER NOT NULL,
    number INTEGER NOT NULL,
    started INTEGER NOT NULL,
    took INTEGER NOT NULL,
    version TEXT NOT NULL,
    error TEXT NOT NULL,
    log TEXT NOT NULL,
    PRIMARY KEY (event, number)
) STRICT;

CREATE TRIGGER event_added AFTER INSERT ON events BEGIN
    UPDATE channels
    SET waiting = waiting + (new.state = 0),
        waiting_bytes = waiting_bytes + iif(new.state = 0, octet_length(new.body), 0)
    WHERE id = new.channel;
END;

CREATE TRIGGER event_changed AFTER UPDATE OF state, body ON events BEGIN
    UPDATE channels
    SET waiting = waiting + (new.state = 0) - (old.state = 0),
        waiting_bytes = waiting_bytes
            + iif(new.state = 0, coalesce(octet_length(new.body), 0), 0)
            - iif(old.state = 0, coalesce(octet_length(old.body), 0), 0),
        kept_bytes = kept_bytes
            + iif(new.state = 0, 0, coalesce(octet_length(new.body), 0))
            - iif(old.state = 0, 0, coalesce(octet_length(old.body), 0))
    WHERE id = new.channel;
END;

-- Only of events that have ended.
CREATE TRIGGER event_removed AFTER DELETE ON events BEGIN
    UPDATE channels SET kept_bytes = kept_bytes - coalesce(octet_length(old.body), 0)
    WHERE id = old.channel;
END;

CREATE TRIGGER failure_added AFTER INSERT ON failures BEGIN
    UPDATE channels
    SET kept_bytes = kept_bytes + octet_length(new.error) + octet_length(new.log)
    WHERE id = (SELECT channel FROM events WHERE position = new.event);
END;

-- Before their event.
CREATE TRIGGER failure_removed AFTER DELETE ON failures BEGIN
    UPDATE channels
    SET kept_bytes = kept_bytes - octet_length(old.error) - octet_length(old.log)
    WHERE id = (SELECT channel FROM events WHERE position = old.event);
END;

-- Events that are to arrive at a time.
CREATE TABLE appointments (
    channel INTEGER NOT NULL REFERENCES channels (id),
    agenda TEXT NOT NULL,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    id TEXT NOT NULL,
    chat TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (channel, agenda, key)
) STRICT;

CREATE INDEX appointments_by_time ON appointments (channel, at);

-- The versions of plugins that channels run, and have run.
CREATE TABLE versions (
    channel TEXT NOT NULL,
    digest TEXT NOT NULL,
    deployed INTEGER NOT NULL,
    PRIMARY KEY (channel, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX versions_by_digest ON versions (digest);
