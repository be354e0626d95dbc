//! [`Deployments`].

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::{StoreError, StoreFuture};
use crate::registry::deployments::{
    DeploymentNumber, DeploymentRecord, Deployments, NewPlugin, NewTraffic, PAGE_DEPLOYMENTS,
    PluginRecord, Traffic, Viewer,
};
use crate::registry::tenants::ChannelId;
use crate::registry::{Actor, Revision};
use crate::sqlite::registry::{
    Change, DEPLOYMENT, TRAFFIC, audited, channel_by_id, check_revision, columns_of, deployment,
    deployment_at, is_there, not_found, plugin, traffic,
};
use crate::sqlite::store::Sqlite;

impl Deployments for Sqlite {
    fn add_plugin(&self, actor: Actor, new: NewPlugin) -> StoreFuture<'_, PluginRecord> {
        self.registry.write(move |connection, now| {
            let NewPlugin {
                provider,
                digest,
                size,
                details,
            } = new;
            let insert = "INSERT INTO plugins (digest, size, details, uploaded_by, uploaded)
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET uploaded = excluded.uploaded";
            connection
                .prepare_cached(insert)?
                .execute(params![digest, size, details, actor.0, now])?;
            let owner = provider.map_or(HOST, |it| it.0);
            let again = "UPDATE uploads SET uploaded = ?3 WHERE digest = ?1 AND provider = ?2";
            let is_known = connection
                .prepare_cached(again)?
                .execute(params![digest, owner, now])?
                > 0;
            if !is_known {
                connection
                    .prepare_cached(
                        "INSERT INTO uploads (digest, provider, uploaded_by, uploaded)
                         VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![digest, owner, actor.0, now])?;
                let change = Change {
                    action: "plugin uploaded",
                    provider,
                    channel: None,
                    detail: digest.clone(),
                };
                audited(connection, now, &actor, &change)?;
            }
            let viewer = provider.map_or(Viewer::Host, Viewer::Provider);
            let found = plugins_of(connection, viewer, Some(&digest))?.pop();
            found.ok_or_else(|| not_found("plugin", digest))
        })
    }

    fn plugin<'a>(
        &'a self,
        viewer: Viewer,
        digest: &'a str,
    ) -> StoreFuture<'a, Option<PluginRecord>> {
        let digest = digest.to_owned();
        self.registry
            .read(move |connection| Ok(plugins_of(connection, viewer, Some(&digest))?.pop()))
    }

    fn plugins(&self, viewer: Viewer) -> StoreFuture<'_, Vec<PluginRecord>> {
        self.registry
            .read(move |connection| plugins_of(connection, viewer, None))
    }

    fn forget_plugins(&self, before: i64, keep: usize) -> StoreFuture<'_, Vec<String>> {
        let keep = i64::try_from(keep).unwrap_or(i64::MAX);
        self.registry.write(move |connection, _| {
            let mut forget = connection.prepare_cached(
                "DELETE FROM plugins WHERE uploaded < ?1 AND NOT EXISTS (
                    SELECT 1 FROM deployments JOIN channels ON channels.id = deployments.channel
                    WHERE deployments.digest = plugins.digest AND (
                        deployments.number > channels.deployment - ?2
                        OR EXISTS (
                            SELECT 1 FROM traffic WHERE traffic.channel = channels.id
                            AND traffic.revision = channels.traffic
                            AND deployments.number IN (traffic.stable, traffic.canary)
                        )
                    )
                 ) RETURNING digest",
            )?;
            let forgotten = forget.query_map(params![before, keep], |row| row.get(0))?;
            Ok(forgotten.collect::<Result<_, _>>()?)
        })
    }

    fn add_deployment(
        &self,
        actor: Actor,
        id: ChannelId,
        digest: String,
        document: String,
    ) -> StoreFuture<'_, DeploymentRecord> {
        self.registry.write(move |connection, now| {
            let of = channel_by_id(connection, id)?;
            if plugins_of(connection, Viewer::Host, Some(&digest))?.is_empty() {
                return Err(not_found("plugin", digest));
            }
            let mut next = connection.prepare_cached(
                "UPDATE channels SET deployment = deployment + 1 WHERE id = ?1
                 RETURNING deployment",
            )?;
            let number: DeploymentNumber = next.query_row([id.0], |row| row.get(0))?;
            let sql = format!(
                "INSERT INTO deployments (channel, number, digest, document, created_by, created)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING {DEPLOYMENT}"
            );
            let mut insert = connection.prepare_cached(&sql)?;
            let values = params![id.0, number, digest, document, actor.0, now];
            let added = insert.query_row(values, deployment)?;
            let change = Change {
                action: "deployment added",
                provider: Some(of.provider),
                channel: Some(&of.name),
                detail: format!("{number}: plugin {digest}"),
            };
            audited(connection, now, &actor, &change)?;
            Ok(added)
        })
    }

    fn deployment(
        &self,
        channel: ChannelId,
        number: DeploymentNumber,
    ) -> StoreFuture<'_, Option<DeploymentRecord>> {
        self.registry.read(move |connection| {
            let sql =
                format!("SELECT {DEPLOYMENT} FROM deployments WHERE channel = ?1 AND number = ?2");
            let mut found = connection.prepare_cached(&sql)?;
            Ok(found
                .query_row(params![channel.0, number], deployment)
                .optional()?)
        })
    }

    fn deployments(
        &self,
        channel: ChannelId,
        before: Option<DeploymentNumber>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<DeploymentRecord>> {
        self.registry.read(move |connection| {
            let sql = format!(
                "SELECT {DEPLOYMENT} FROM deployments WHERE channel = ?1 AND number < ?2
                 ORDER BY number DESC LIMIT ?3"
            );
            let (before, limit) = (before.unwrap_or(i64::MAX), limit.min(PAGE_DEPLOYMENTS));
            let mut page = connection.prepare_cached(&sql)?;
            let page = page.query_map(params![channel.0, before, limit], deployment)?;
            Ok(page.collect::<Result<_, _>>()?)
        })
    }

    fn set_traffic(
        &self,
        actor: Actor,
        id: ChannelId,
        new: NewTraffic,
    ) -> StoreFuture<'_, Traffic> {
        self.registry.write(move |connection, now| {
            let of = channel_by_id(connection, id)?;
            let mut current =
                connection.prepare_cached("SELECT traffic FROM channels WHERE id = ?1")?;
            check_revision(new.expected, current.query_row([id.0], |row| row.get(0))?)?;
            let canary = new.canary;
            for number in [Some(new.stable), canary.map(|it| it.deployment)]
                .into_iter()
                .flatten()
            {
                let there = "SELECT 1 FROM deployments WHERE channel = ?1 AND number = ?2";
                if !is_there(connection, there, params![id.0, number])? {
                    return Err(not_found("deployment", number));
                }
            }
            let mut next = connection.prepare_cached(
                "UPDATE channels SET traffic = traffic + 1 WHERE id = ?1 RETURNING traffic",
            )?;
            let revision: Revision = next.query_row([id.0], |row| row.get(0))?;
            let sql = format!(
                "INSERT INTO traffic (channel, {TRAFFIC})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING {TRAFFIC}"
            );
            let mut insert = connection.prepare_cached(&sql)?;
            let values = params![
                id.0,
                revision,
                new.stable,
                canary.map(|it| it.deployment),
                canary.map(|it| it.percent),
                new.is_pinned,
                new.reason,
                actor.0,
                now,
                new.aborted
            ];
            let switched = insert.query_row(values, traffic)?;
            let change = Change {
                action: "traffic switched",
                provider: Some(of.provider),
                channel: Some(&of.name),
                detail: switched.to_string(),
            };
            audited(connection, now, &actor, &change)?;
            Ok(switched)
        })
    }

    fn traffic(&self, channel: ChannelId) -> StoreFuture<'_, Option<Traffic>> {
        self.registry.read(move |connection| {
            let sql = format!(
                "SELECT {TRAFFIC} FROM traffic WHERE channel = ?1 ORDER BY revision DESC LIMIT 1"
            );
            let mut current = connection.prepare_cached(&sql)?;
            Ok(current.query_row([channel.0], traffic).optional()?)
        })
    }

    fn all_traffic(&self) -> StoreFuture<'_, Vec<(ChannelId, Traffic, DeploymentRecord)>> {
        self.registry.read(|connection| {
            let traffic_columns = columns_of("traffic", TRAFFIC);
            let deployment_columns = columns_of("deployments", DEPLOYMENT);
            let sql = format!(
                "SELECT {traffic_columns}, channels.id, {deployment_columns} FROM channels
                 JOIN traffic ON traffic.channel = channels.id
                    AND traffic.revision = channels.traffic
                 JOIN deployments ON deployments.channel = channels.id
                    AND deployments.number = traffic.stable"
            );
            let mut all = connection.prepare_cached(&sql)?;
            let all = all.query_map([], |row| {
                let id = ChannelId(row.get(9)?);
                Ok((id, traffic(row)?, deployment_at(row, 10)?))
            })?;
            Ok(all.collect::<Result<_, _>>()?)
        })
    }

    fn switches(
        &self,
        channel: ChannelId,
        before: Option<Revision>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<Traffic>> {
        self.registry.read(move |connection| {
            let sql = format!(
                "SELECT {TRAFFIC} FROM traffic WHERE channel = ?1 AND revision < ?2
                 ORDER BY revision DESC LIMIT ?3"
            );
            let (before, limit) = (before.unwrap_or(i64::MAX), limit.min(PAGE_DEPLOYMENTS));
            let mut page = connection.prepare_cached(&sql)?;
            let page = page.query_map(params![channel.0, before, limit], traffic)?;
            Ok(page.collect::<Result<_, _>>()?)
        })
    }
}

/// The owner of what the host has brought.
const HOST: i64 = 0;

/// The plugins that who reads sees, or the one of a digest, those that were brought last first. Of others'
/// uploads a provider hears neither who nor when.
fn plugins_of(
    connection: &Connection,
    viewer: Viewer,
    digest: Option<&str>,
) -> Result<Vec<PluginRecord>, StoreError> {
    let (sql, provider) = match viewer {
        Viewer::Host => (
            "SELECT digest, size, details, uploaded_by, uploaded FROM plugins
             WHERE ?1 = 0 AND (?2 IS NULL OR digest = ?2) ORDER BY uploaded DESC, digest",
            HOST,
        ),
        Viewer::Provider(provider) => (
            "SELECT digest, size, details, seen.uploaded_by, seen.uploaded FROM plugins JOIN (
                 SELECT digest, uploaded_by, uploaded FROM uploads WHERE provider = ?1
                 UNION ALL
                 SELECT deployments.digest, '', max(deployments.created) FROM deployments
                 JOIN channels ON channels.id = deployments.channel
                 WHERE channels.provider = ?1 AND NOT EXISTS (
                     SELECT 1 FROM uploads
                     WHERE uploads.digest = deployments.digest AND uploads.provider = ?1
                 ) GROUP BY deployments.digest
             ) AS seen USING (digest)
             WHERE ?2 IS NULL OR digest = ?2 ORDER BY seen.uploaded DESC, digest",
            provider.0,
        ),
    };
    let mut plugins = connection.prepare_cached(sql)?;
    let plugins = plugins.query_map(params![provider, digest], plugin)?;
    Ok(plugins.collect::<Result<_, _>>()?)
}
