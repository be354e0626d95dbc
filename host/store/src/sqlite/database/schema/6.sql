-- The number of the deployment that an event began with, or is to be handled by. The plugins' versions are
-- the registry's now, which has a database of its own.
ALTER TABLE events DROP COLUMN version;
ALTER TABLE events ADD COLUMN deployment INTEGER;
ALTER TABLE failures ADD COLUMN deployment INTEGER NOT NULL DEFAULT 0;
ALTER TABLE failures RENAME COLUMN version TO digest;
DROP TABLE versions;
