-- The message that a line's event brought: what it logged of it goes when the message is unsent.
ALTER TABLE lines ADD COLUMN line_message TEXT;

-- What was unsent of late: an attempt that still runs has its lines later.
CREATE TABLE unsent (
    channel TEXT NOT NULL,
    message TEXT NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (channel, message)
) STRICT, WITHOUT ROWID;
