-- The last epoch of the redo log that the tables have, and the number that its checksums begin with.
ALTER TABLE marks ADD COLUMN folded INTEGER NOT NULL DEFAULT 0;
ALTER TABLE marks ADD COLUMN salt INTEGER NOT NULL DEFAULT 0;
UPDATE marks SET salt = random();

-- What is inserted as handled is counted by who inserts it, once for all events of a channel.
DROP TRIGGER event_added;
CREATE TRIGGER event_added AFTER INSERT ON events WHEN new.state = 0 BEGIN
    UPDATE channels
    SET waiting = waiting + 1, waiting_bytes = waiting_bytes + octet_length(new.body)
    WHERE id = new.channel;
END;
