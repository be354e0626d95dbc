-- Entries have a database of their own.
DROP TABLE entries;
DROP TABLE owners;

-- How often the host has ended while an attempt at the event ran, since one ended.
ALTER TABLE events ADD COLUMN cut_off INTEGER NOT NULL DEFAULT 0;

-- Events of large webhooks, as they came, some in each row.
CREATE TABLE packs (
    -- The position of the first of them. The others have the next ones.
    first INTEGER PRIMARY KEY,
    channel INTEGER NOT NULL REFERENCES channels (id),
    events INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    received INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;

CREATE INDEX packs_by_channel ON packs (channel, first);

-- How much of a channel is packed.
ALTER TABLE channels ADD COLUMN packed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN packed_bytes INTEGER NOT NULL DEFAULT 0;

-- The last position that was forgotten, so that none is given twice.
CREATE TABLE marks (forgotten INTEGER NOT NULL) STRICT;
INSERT INTO marks (forgotten) VALUES (0);
