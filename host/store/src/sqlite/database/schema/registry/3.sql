-- What channels used, to bill by. It outlives channels and providers, so it has their names, and nothing in it
-- refers to other tables.
CREATE TABLE "usage" (
    -- Such as 2026-11.
    month TEXT NOT NULL,
    provider INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    provider_name TEXT NOT NULL,
    channel_name TEXT NOT NULL,
    events INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    cpu_us INTEGER NOT NULL,
    replies INTEGER NOT NULL,
    pushes INTEGER NOT NULL,
    multicasts INTEGER NOT NULL,
    narrowcasts INTEGER NOT NULL,
    broadcasts INTEGER NOT NULL,
    notifications INTEGER NOT NULL,
    PRIMARY KEY (month, provider, channel)
) STRICT, WITHOUT ROWID;
