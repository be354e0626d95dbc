-- Who holds entries, and how much. The triggers keep the sums, so that a limit costs one look.
CREATE TABLE owners (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    keys INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0
) STRICT;

-- With row ids, because large values would make a tree that is sorted by key slow to walk.
CREATE TABLE entries (
    owner INTEGER NOT NULL REFERENCES owners (id),
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    -- Milliseconds since 1970. Null: never.
    expires INTEGER,
    UNIQUE (owner, bucket, key)
) STRICT;

-- What has expired: of all owners to sweep it, of one owner to make room within its limit.
CREATE INDEX entries_by_expiry ON entries (expires) WHERE expires IS NOT NULL;
CREATE INDEX entries_by_owner_and_expiry ON entries (owner, expires) WHERE expires IS NOT NULL;

CREATE TRIGGER entry_added AFTER INSERT ON entries BEGIN
    UPDATE owners
    SET keys = keys + 1, bytes = bytes + octet_length(new.key) + octet_length(new.value)
    WHERE id = new.owner;
END;

CREATE TRIGGER entry_changed AFTER UPDATE OF value ON entries BEGIN
    UPDATE owners
    SET bytes = bytes + octet_length(new.value) - octet_length(old.value)
    WHERE id = new.owner;
END;

CREATE TRIGGER entry_removed AFTER DELETE ON entries BEGIN
    UPDATE owners
    SET keys = keys - 1, bytes = bytes - octet_length(old.key) - octet_length(old.value)
    WHERE id = old.owner;
END;
