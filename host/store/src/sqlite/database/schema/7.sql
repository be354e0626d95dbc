-- LINE's message ids rise with time. With the message first, what arrives goes to the index's end whatever its
-- channel is, and not to a page for each channel.
DROP INDEX events_by_message;
CREATE INDEX events_by_message ON events (message, channel, is_unsend) WHERE message IS NOT NULL;
