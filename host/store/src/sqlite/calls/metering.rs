//! [`Metering`].

use rusqlite::params;

use crate::error::StoreFuture;
use crate::registry::metering::{ChannelUsage, Metering, PAGE_USAGE, UsageCounts, UsageFilter};
use crate::registry::tenants::{ChannelId, ProviderId};
use crate::sqlite::store::Sqlite;

impl Metering for Sqlite {
    fn add_usage(&self, used: Vec<ChannelUsage>) -> StoreFuture<'_, ()> {
        self.registry.write(move |connection, _| {
            let mut add = connection.prepare_cached(
                r#"INSERT INTO "usage" (month, provider, channel, provider_name, channel_name,
                     events, attempts, cpu_us,
                     replies, pushes, multicasts, narrowcasts, broadcasts, notifications)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
                 ON CONFLICT DO UPDATE SET
                     events = events + excluded.events,
                     attempts = attempts + excluded.attempts,
                     cpu_us = cpu_us + excluded.cpu_us,
                     replies = replies + excluded.replies,
                     pushes = pushes + excluded.pushes,
                     multicasts = multicasts + excluded.multicasts,
                     narrowcasts = narrowcasts + excluded.narrowcasts,
                     broadcasts = broadcasts + excluded.broadcasts,
                     notifications = notifications + excluded.notifications"#,
            )?;
            for row in &used {
                let counts = &row.counts;
                add.execute(params![
                    row.month,
                    row.provider.0,
                    row.channel.0,
                    row.provider_name,
                    row.channel_name,
                    counts.events,
                    counts.attempts,
                    counts.cpu_us,
                    counts.replies,
                    counts.pushes,
                    counts.multicasts,
                    counts.narrowcasts,
                    counts.broadcasts,
                    counts.notifications,
                ])?;
            }
            Ok(())
        })
    }

    fn usage(&self, filter: UsageFilter, limit: usize) -> StoreFuture<'_, Vec<ChannelUsage>> {
        self.registry.read(move |connection| {
            let UsageFilter {
                month,
                provider,
                after,
            } = filter;
            let mut page = connection.prepare_cached(
                r#"SELECT provider, channel, provider_name, channel_name, events, attempts, cpu_us,
                     replies, pushes, multicasts, narrowcasts, broadcasts, notifications
                 FROM "usage"
                 WHERE month = ?1 AND (provider, channel) > (?2, ?3)
                     AND (?4 IS NULL OR provider = ?4)
                 ORDER BY provider, channel LIMIT ?5"#,
            )?;
            // Ids begin with 1.
            let (after_provider, after_channel) = after.map_or((0, 0), |(it, of)| (it.0, of.0));
            let values = params![
                month,
                after_provider,
                after_channel,
                provider.map(|it| it.0),
                limit.min(PAGE_USAGE)
            ];
            let rows = page.query_map(values, |row| {
                Ok(ChannelUsage {
                    month: month.clone(),
                    provider: ProviderId(row.get(0)?),
                    channel: ChannelId(row.get(1)?),
                    provider_name: row.get(2)?,
                    channel_name: row.get(3)?,
                    counts: UsageCounts {
                        events: row.get(4)?,
                        attempts: row.get(5)?,
                        cpu_us: row.get(6)?,
                        replies: row.get(7)?,
                        pushes: row.get(8)?,
                        multicasts: row.get(9)?,
                        narrowcasts: row.get(10)?,
                        broadcasts: row.get(11)?,
                        notifications: row.get(12)?,
                    },
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
