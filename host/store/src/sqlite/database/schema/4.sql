-- The tables have the words of the code: scheduled events of a kind, unsent messages.
ALTER TABLE appointments RENAME TO scheduled_events;
ALTER TABLE scheduled_events RENAME COLUMN agenda TO kind;
ALTER TABLE events RENAME COLUMN withdraws TO is_unsend;
DROP INDEX appointments_by_time;
CREATE INDEX scheduled_events_by_time ON scheduled_events (channel, at);
