-- The ids of a pack's events, so that a webhook can be compared with them without its content.
ALTER TABLE packs ADD COLUMN ids BLOB NOT NULL DEFAULT x'';
