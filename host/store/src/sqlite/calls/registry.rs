//! [`Registry`] in the journal's database.

use rusqlite::params;

use crate::error::StoreFuture;
use crate::registry::{DeployedVersion, Registry};
use crate::sqlite::database::{JobClass, Priority};
use crate::sqlite::store::Sqlite;

impl Registry for Sqlite {
    fn deploy<'a>(&'a self, channel: &'a str, digest: &'a str) -> StoreFuture<'a, ()> {
        let class = JobClass::new(channel, Priority::Low);
        let (channel, digest) = (channel.to_owned(), digest.to_owned());
        let now = self.clock.now_ms();
        Box::pin(self.journal.writer.run(class, move |connection| {
            // Later than all others, whatever the clock says.
            connection.execute(
                "INSERT INTO versions (channel, digest, deployed)
                 VALUES (?1, ?2, max(?3, (
                    SELECT coalesce(max(deployed), 0) + 1 FROM versions WHERE channel = ?1
                 )))
                 ON CONFLICT DO UPDATE SET deployed = excluded.deployed",
                params![channel, digest, now],
            )?;
            Ok(())
        }))
    }

    fn versions<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, Vec<DeployedVersion>> {
        let channel = channel.to_owned();
        Box::pin(self.journal.reader.read(move |connection| {
            let mut versions = connection.prepare_cached(
                "SELECT digest, deployed FROM versions WHERE channel = ?1 ORDER BY deployed DESC",
            )?;
            let versions = versions.query_map([channel], |row| {
                Ok(DeployedVersion {
                    digest: row.get(0)?,
                    deployed: row.get(1)?,
                })
            })?;
            Ok(versions.collect::<Result<_, _>>()?)
        }))
    }

    fn forget_versions<'a>(
        &'a self,
        channel: &'a str,
        keep: usize,
    ) -> StoreFuture<'a, Vec<String>> {
        let class = JobClass::new(channel, Priority::Low);
        let channel = channel.to_owned();
        let keep = i64::try_from(keep).unwrap_or(i64::MAX);
        Box::pin(self.journal.writer.run(class, move |connection| {
            let mut forgotten = connection.prepare_cached(
                "DELETE FROM versions WHERE channel = ?1 AND digest IN (
                    SELECT digest FROM versions WHERE channel = ?1
                    ORDER BY deployed DESC LIMIT -1 OFFSET ?2
                 ) RETURNING digest",
            )?;
            let forgotten = forgotten.query_map(params![channel, keep], |row| row.get(0))?;
            let mut forgotten: Vec<String> = forgotten.collect::<Result<_, _>>()?;
            let mut is_used =
                connection.prepare_cached("SELECT 1 FROM versions WHERE digest = ?1")?;
            let mut error = None;
            forgotten.retain(|digest| {
                let used = is_used.exists([digest]).map_err(|it| error = Some(it));
                used == Ok(false)
            });
            match error {
                Some(error) => Err(error.into()),
                None => Ok(forgotten),
            }
        }))
    }
}
