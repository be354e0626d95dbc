//! [`ChannelLogs`].

use std::sync::Arc;

use crate::error::StoreFuture;
use crate::logs::{ChannelLogs, LogFilter, LogLine, LogPage, LogPosition};
use crate::sqlite::logs;
use crate::sqlite::store::Sqlite;

impl ChannelLogs for Sqlite {
    fn append_logs(&self, lines: Vec<(Arc<str>, Vec<LogLine>)>, keep: u64) -> StoreFuture<'_, ()> {
        if let Err(error) = self.logs.check_room() {
            return Box::pin(async { Err(error) });
        }
        let keep = keep.try_into().unwrap_or(i64::MAX);
        self.logs.write(move |connection| {
            for (channel, lines) in &lines {
                logs::append(connection, channel, lines, keep)?;
            }
            Ok(())
        })
    }

    fn log<'a>(
        &'a self,
        channel: &'a str,
        filter: LogFilter,
        page: LogPage,
        limit: usize,
    ) -> StoreFuture<'a, Vec<(LogPosition, LogLine)>> {
        let channel = channel.to_owned();
        let read = move |it: &_| logs::page(it, &channel, &filter, page, limit);
        self.logs.read(read)
    }

    fn log_end<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, LogPosition> {
        let channel = channel.to_owned();
        self.logs.read(move |it| logs::end(it, &channel))
    }

    fn sweep_logs(&self, before: i64) -> StoreFuture<'_, ()> {
        self.logs.write(move |it| logs::sweep(it, before))
    }

    fn forget_messages(
        &self,
        messages: Vec<(Arc<str>, Vec<String>)>,
        now: i64,
    ) -> StoreFuture<'_, ()> {
        self.logs.write(move |connection| {
            for (channel, messages) in &messages {
                logs::forget(connection, channel, messages, now)?;
            }
            Ok(())
        })
    }

    fn purge_log<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, ()> {
        let channel = channel.to_owned();
        self.logs.write(move |it| logs::purge(it, &channel))
    }
}
