CREATE TABLE lines (
    channel TEXT NOT NULL,
    -- How many bytes the channel's log has ever had up to the line's end.
    position INTEGER NOT NULL,
    time INTEGER NOT NULL,
    -- From 0, trace, to 4, error.
    level INTEGER NOT NULL,
    -- 0: the plugin, 1: the host.
    origin INTEGER NOT NULL,
    event TEXT NOT NULL,
    deployment INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    context TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (channel, position)
) STRICT, WITHOUT ROWID;

-- Where each log ends, also one whose lines are gone.
CREATE TABLE ends (
    channel TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
