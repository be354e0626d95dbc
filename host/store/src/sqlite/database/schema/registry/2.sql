-- Who has brought a plugin: who else has it does not see them.
CREATE TABLE uploads (
    digest TEXT NOT NULL REFERENCES plugins (digest) ON DELETE CASCADE,
    -- 0: the host.
    provider INTEGER NOT NULL,
    uploaded_by TEXT NOT NULL,
    uploaded INTEGER NOT NULL,
    PRIMARY KEY (digest, provider)
) STRICT, WITHOUT ROWID;

-- Until now, only the host saw them.
INSERT INTO uploads SELECT digest, 0, uploaded_by, uploaded FROM plugins;
