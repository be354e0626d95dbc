//! [`Tenants`].

use rusqlite::{OptionalExtension, params};

use crate::error::StoreFuture;
use crate::registry::error::RegistryError;
use crate::registry::tenants::{
    ChannelId, ChannelRecord, NewChannel, Origin, Provider, ProviderId, SealedSecret, Tenants,
};
use crate::registry::{Actor, Revision};
use crate::sqlite::registry::{
    CHANNEL, Change, PROVIDER, SECRET, audited, channel, channel_by_id, check_revision, is_there,
    provider, provider_by_id, secret,
};
use crate::sqlite::store::Sqlite;

impl Tenants for Sqlite {
    fn add_provider(
        &self,
        actor: Actor,
        name: String,
        settings: String,
    ) -> StoreFuture<'_, Provider> {
        self.registry.write(move |connection, now| {
            if is_there(
                connection,
                "SELECT 1 FROM providers WHERE name = ?1",
                [&name],
            )? {
                let kind = "provider";
                return Err(RegistryError::Exists { kind, name }.into());
            }
            let sql = format!(
                "INSERT INTO providers (name, settings, created) VALUES (?1, ?2, ?3)
                 RETURNING {PROVIDER}"
            );
            let mut insert = connection.prepare_cached(&sql)?;
            let added = insert.query_row(params![name, settings, now], provider)?;
            let change = Change {
                action: "provider added",
                provider: Some(added.id),
                channel: None,
                detail: format!("{name}: {settings}"),
            };
            audited(connection, now, &actor, &change)?;
            Ok(added)
        })
    }

    fn set_provider(
        &self,
        actor: Actor,
        id: ProviderId,
        expected: Option<Revision>,
        settings: String,
    ) -> StoreFuture<'_, Provider> {
        self.registry.write(move |connection, now| {
            let current = provider_by_id(connection, id)?;
            check_revision(expected, current.revision)?;
            if current.settings == settings {
                return Ok(current);
            }
            let sql = format!(
                "UPDATE providers SET settings = ?2, revision = revision + 1 WHERE id = ?1
                 RETURNING {PROVIDER}"
            );
            let mut update = connection.prepare_cached(&sql)?;
            let changed = update.query_row(params![id.0, settings], provider)?;
            let change = Change {
                action: "provider changed",
                provider: Some(id),
                channel: None,
                detail: format!("{}: {settings}", changed.name),
            };
            audited(connection, now, &actor, &change)?;
            Ok(changed)
        })
    }

    fn providers(&self) -> StoreFuture<'_, Vec<Provider>> {
        self.registry.read(|connection| {
            let sql = format!("SELECT {PROVIDER} FROM providers ORDER BY name");
            let mut providers = connection.prepare_cached(&sql)?;
            let providers = providers.query_map([], provider)?;
            Ok(providers.collect::<Result<_, _>>()?)
        })
    }

    fn provider(&self, id: ProviderId) -> StoreFuture<'_, Option<Provider>> {
        self.registry.read(move |connection| {
            let sql = format!("SELECT {PROVIDER} FROM providers WHERE id = ?1");
            let mut found = connection.prepare_cached(&sql)?;
            Ok(found.query_row([id.0], provider).optional()?)
        })
    }

    fn provider_named<'a>(&'a self, name: &'a str) -> StoreFuture<'a, Option<Provider>> {
        let name = name.to_owned();
        self.registry.read(move |connection| {
            let sql = format!("SELECT {PROVIDER} FROM providers WHERE name = ?1");
            let mut found = connection.prepare_cached(&sql)?;
            Ok(found.query_row([name], provider).optional()?)
        })
    }

    fn delete_provider(&self, actor: Actor, id: ProviderId) -> StoreFuture<'_, ()> {
        self.registry.write(move |connection, now| {
            let Provider { name, .. } = provider_by_id(connection, id)?;
            let channels = "SELECT 1 FROM channels WHERE provider = ?1";
            if is_there(connection, channels, [id.0])? {
                return Err(RegistryError::InUse {
                    kind: "provider",
                    name,
                    needed_by: String::from("it has channels; delete them first"),
                }
                .into());
            }
            for delete in [
                "DELETE FROM providers WHERE id = ?1",
                "DELETE FROM uploads WHERE provider = ?1",
            ] {
                connection.prepare_cached(delete)?.execute([id.0])?;
            }
            let change = Change {
                action: "provider deleted",
                provider: Some(id),
                channel: None,
                detail: name,
            };
            audited(connection, now, &actor, &change)
        })
    }

    fn add_channel(&self, actor: Actor, new: NewChannel) -> StoreFuture<'_, ChannelRecord> {
        self.registry.write(move |connection, now| {
            let NewChannel {
                name,
                provider,
                origin,
                settings,
            } = new;
            provider_by_id(connection, provider)?;
            if is_there(
                connection,
                "SELECT 1 FROM channels WHERE name = ?1",
                [&name],
            )? {
                let kind = "channel";
                return Err(RegistryError::Exists { kind, name }.into());
            }
            let sql = format!(
                "INSERT INTO channels (name, provider, origin, settings, created)
                 VALUES (?1, ?2, ?3, ?4, ?5) RETURNING {CHANNEL}"
            );
            let origin = i64::from(origin == Origin::Api);
            let mut insert = connection.prepare_cached(&sql)?;
            let added =
                insert.query_row(params![name, provider.0, origin, settings, now], channel)?;
            let change = Change {
                action: "channel added",
                provider: Some(provider),
                channel: Some(&name),
                detail: settings,
            };
            audited(connection, now, &actor, &change)?;
            Ok(added)
        })
    }

    fn set_channel(
        &self,
        actor: Actor,
        id: ChannelId,
        expected: Option<Revision>,
        settings: String,
    ) -> StoreFuture<'_, ChannelRecord> {
        self.registry.write(move |connection, now| {
            let current = channel_by_id(connection, id)?;
            check_revision(expected, current.revision)?;
            if current.settings == settings {
                return Ok(current);
            }
            let sql = format!(
                "UPDATE channels SET settings = ?2, revision = revision + 1 WHERE id = ?1
                 RETURNING {CHANNEL}"
            );
            let mut update = connection.prepare_cached(&sql)?;
            let changed = update.query_row(params![id.0, settings], channel)?;
            let change = Change {
                action: "channel changed",
                provider: Some(changed.provider),
                channel: Some(&changed.name),
                detail: settings,
            };
            audited(connection, now, &actor, &change)?;
            Ok(changed)
        })
    }

    fn move_channel(
        &self,
        actor: Actor,
        id: ChannelId,
        provider: ProviderId,
    ) -> StoreFuture<'_, ChannelRecord> {
        self.registry.write(move |connection, now| {
            channel_by_id(connection, id)?;
            let to = provider_by_id(connection, provider)?;
            let sql =
                format!("UPDATE channels SET provider = ?2 WHERE id = ?1 RETURNING {CHANNEL}");
            let mut update = connection.prepare_cached(&sql)?;
            let moved = update.query_row([id.0, provider.0], channel)?;
            let change = Change {
                action: "channel moved",
                provider: Some(provider),
                channel: Some(&moved.name),
                detail: to.name,
            };
            audited(connection, now, &actor, &change)?;
            Ok(moved)
        })
    }

    fn channel_named<'a>(&'a self, name: &'a str) -> StoreFuture<'a, Option<ChannelRecord>> {
        let name = name.to_owned();
        self.registry.read(move |connection| {
            let sql = format!("SELECT {CHANNEL} FROM channels WHERE name = ?1");
            let mut found = connection.prepare_cached(&sql)?;
            Ok(found.query_row([name], channel).optional()?)
        })
    }

    fn channels(&self) -> StoreFuture<'_, Vec<ChannelRecord>> {
        self.registry.read(|connection| {
            let sql = format!("SELECT {CHANNEL} FROM channels ORDER BY name");
            let mut channels = connection.prepare_cached(&sql)?;
            let channels = channels.query_map([], channel)?;
            Ok(channels.collect::<Result<_, _>>()?)
        })
    }

    fn begin_delete_channel(&self, actor: Actor, id: ChannelId) -> StoreFuture<'_, ()> {
        self.registry.write(move |connection, now| {
            let deleted = channel_by_id(connection, id)?;
            connection
                .prepare_cached("UPDATE channels SET deleted = 1 WHERE id = ?1")?
                .execute([id.0])?;
            // At once, whatever happens to the rest.
            connection
                .prepare_cached("DELETE FROM secrets WHERE channel = ?1")?
                .execute([id.0])?;
            let change = Change {
                action: "channel deleted",
                provider: Some(deleted.provider),
                channel: Some(&deleted.name),
                detail: String::new(),
            };
            audited(connection, now, &actor, &change)
        })
    }

    fn finish_delete_channel(&self, id: ChannelId) -> StoreFuture<'_, ()> {
        self.registry.write(move |connection, _| {
            connection
                .prepare_cached("DELETE FROM channels WHERE id = ?1 AND deleted")?
                .execute([id.0])?;
            Ok(())
        })
    }

    fn set_secret(
        &self,
        actor: Actor,
        id: ChannelId,
        name: String,
        sealed: Vec<u8>,
    ) -> StoreFuture<'_, ()> {
        self.registry.write(move |connection, now| {
            let of = channel_by_id(connection, id)?;
            connection
                .prepare_cached(
                    r#"INSERT INTO secrets (channel, name, sealed, "set") VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET sealed = excluded.sealed, "set" = excluded."set""#,
                )?
                .execute(params![id.0, name, sealed, now])?;
            let change = Change {
                action: "secret set",
                provider: Some(of.provider),
                channel: Some(&of.name),
                detail: name,
            };
            audited(connection, now, &actor, &change)
        })
    }

    fn delete_secret(&self, actor: Actor, id: ChannelId, name: String) -> StoreFuture<'_, bool> {
        self.registry.write(move |connection, now| {
            let of = channel_by_id(connection, id)?;
            let deleted = connection
                .prepare_cached("DELETE FROM secrets WHERE channel = ?1 AND name = ?2")?
                .execute(params![id.0, name])?;
            if deleted == 0 {
                return Ok(false);
            }
            let change = Change {
                action: "secret deleted",
                provider: Some(of.provider),
                channel: Some(&of.name),
                detail: name,
            };
            audited(connection, now, &actor, &change)?;
            Ok(true)
        })
    }

    fn secrets_of(&self, of: ChannelId) -> StoreFuture<'_, Vec<SealedSecret>> {
        self.registry.read(move |connection| {
            let sql = format!("SELECT {SECRET} FROM secrets WHERE channel = ?1 ORDER BY name");
            let mut secrets = connection.prepare_cached(&sql)?;
            let secrets = secrets.query_map([of.0], secret)?;
            let secrets = secrets.map(|it| it.map(|(_, secret)| secret));
            Ok(secrets.collect::<Result<_, _>>()?)
        })
    }

    fn secrets(&self) -> StoreFuture<'_, Vec<(ChannelId, SealedSecret)>> {
        self.registry.read(|connection| {
            let sql = format!("SELECT {SECRET} FROM secrets ORDER BY channel, name");
            let mut secrets = connection.prepare_cached(&sql)?;
            let secrets = secrets.query_map([], secret)?;
            Ok(secrets.collect::<Result<_, _>>()?)
        })
    }

    fn reseal_secrets(
        &self,
        actor: Actor,
        secrets: Vec<(ChannelId, SealedSecret)>,
    ) -> StoreFuture<'_, ()> {
        self.registry.write(move |connection, now| {
            let mut update = connection.prepare_cached(
                r#"UPDATE secrets SET sealed = ?3 WHERE channel = ?1 AND name = ?2 AND "set" = ?4"#,
            )?;
            for (channel, secret) in &secrets {
                update.execute(params![channel.0, secret.name, secret.sealed, secret.set])?;
            }
            let change = Change {
                action: "secrets encrypted anew",
                provider: None,
                channel: None,
                detail: secrets.len().to_string(),
            };
            audited(connection, now, &actor, &change)
        })
    }
}
