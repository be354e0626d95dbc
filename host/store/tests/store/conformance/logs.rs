//! What every store of logs does: [`ChannelLogs`].

use std::sync::Arc;

use botbox_store::{ChannelLogs, LogFilter, LogLevel, LogLine, LogOrigin, LogPage};

/// Runs all of them on an empty store.
pub(crate) async fn all(store: &impl ChannelLogs) {
    lines_are_read_in_both_directions(store).await;
    filters_join(store).await;
    the_newest_bytes_are_kept(store).await;
    old_lines_go_and_positions_go_on(store).await;
    what_was_unsent_is_gone_and_stays_so(store).await;
}

fn line(time: i64, level: LogLevel, event: &str, message: &str) -> LogLine {
    LogLine {
        time,
        level,
        origin: LogOrigin::Plugin,
        event: event.into(),
        line_message: None,
        deployment: 3,
        attempt: 2,
        context: String::from("orders"),
        message: message.to_owned(),
    }
}

async fn append(store: &impl ChannelLogs, channel: &str, lines: &[LogLine], keep: u64) {
    let lines = vec![(Arc::from(channel), lines.to_vec())];
    store.append_logs(lines, keep).await.unwrap();
}

/// The texts of a page.
async fn texts(
    store: &impl ChannelLogs,
    channel: &str,
    filter: LogFilter,
    page: LogPage,
) -> Vec<String> {
    let lines = store.log(channel, filter, page, 100).await.unwrap();
    lines.into_iter().map(|(_, line)| line.message).collect()
}

const ALL: u64 = 1 << 20;

async fn lines_are_read_in_both_directions(store: &impl ChannelLogs) {
    let host = LogLine {
        origin: LogOrigin::Host,
        ..line(4, LogLevel::Error, "e2", "four")
    };
    let lines = [
        line(1, LogLevel::Info, "e1", "one"),
        line(2, LogLevel::Debug, "e1", "two"),
        line(3, LogLevel::Warn, "e2", "three"),
        host,
    ];
    assert_eq!(store.log_end("both").await.unwrap(), 0);
    append(store, "both", &lines[..2], ALL).await;
    append(store, "both", &lines[2..], ALL).await;
    append(store, "other", &lines[..1], ALL).await;
    let newest = store
        .log("both", LogFilter::default(), LogPage::Before(None), 3)
        .await
        .unwrap();
    let read: Vec<_> = newest.iter().map(|(_, line)| line.clone()).collect();
    let expected: Vec<_> = lines[1..].iter().rev().cloned().collect();
    assert_eq!(read, expected);
    assert_eq!(store.log_end("both").await.unwrap(), newest[0].0);
    let before = LogPage::Before(Some(newest[2].0));
    assert_eq!(
        texts(store, "both", LogFilter::default(), before).await,
        ["one"]
    );
    let after = LogPage::After(newest[1].0);
    assert_eq!(
        texts(store, "both", LogFilter::default(), after).await,
        ["four"]
    );
    let from_the_first = texts(store, "both", LogFilter::default(), LogPage::After(0)).await;
    assert_eq!(from_the_first, ["one", "two", "three", "four"]);
    store.purge_log("both").await.unwrap();
    assert!(
        texts(store, "both", LogFilter::default(), LogPage::After(0))
            .await
            .is_empty()
    );
    assert_eq!(store.log_end("both").await.unwrap(), 0);
    assert_eq!(
        texts(store, "other", LogFilter::default(), LogPage::After(0)).await,
        ["one"]
    );
}

async fn filters_join(store: &impl ChannelLogs) {
    let lines = [
        line(1, LogLevel::Error, "e1", "one"),
        line(2, LogLevel::Debug, "e2", "two"),
        line(3, LogLevel::Warn, "e2", "three"),
        line(4, LogLevel::Error, "e2", "four"),
    ];
    append(store, "filtered", &lines, ALL).await;
    let filter = LogFilter {
        level: Some(LogLevel::Warn),
        event: Some(String::from("e2")),
        since: None,
    };
    let found = texts(store, "filtered", filter.clone(), LogPage::After(0)).await;
    assert_eq!(found, ["three", "four"]);
    let since = LogFilter {
        since: Some(4),
        ..filter
    };
    assert_eq!(
        texts(store, "filtered", since, LogPage::Before(None)).await,
        ["four"]
    );
}

async fn the_newest_bytes_are_kept(store: &impl ChannelLogs) {
    let lines: Vec<_> = (0..10)
        .map(|number| line(number, LogLevel::Info, "e", &format!("line {number}")))
        .collect();
    let cost = lines[0].cost() as u64;
    append(store, "capped", &lines[..6], 3 * cost).await;
    let kept = texts(store, "capped", LogFilter::default(), LogPage::After(0)).await;
    assert_eq!(kept, ["line 3", "line 4", "line 5"]);
    append(store, "capped", &lines[6..8], 3 * cost + 1).await;
    let kept = texts(store, "capped", LogFilter::default(), LogPage::After(0)).await;
    assert_eq!(kept, ["line 4", "line 5", "line 6", "line 7"]);
    append(store, "capped", &lines[8..], 0).await;
    let kept = texts(store, "capped", LogFilter::default(), LogPage::After(0)).await;
    assert!(kept.is_empty(), "{kept:?}");
}

async fn old_lines_go_and_positions_go_on(store: &impl ChannelLogs) {
    let lines = [
        line(10, LogLevel::Info, "e", "old"),
        line(20, LogLevel::Info, "e", "young"),
    ];
    append(store, "aged", &lines, ALL).await;
    let end = store.log_end("aged").await.unwrap();
    store.sweep_logs(20).await.unwrap();
    let left = texts(store, "aged", LogFilter::default(), LogPage::After(0)).await;
    assert_eq!(left, ["young"]);
    store.sweep_logs(21).await.unwrap();
    assert_eq!(store.log_end("aged").await.unwrap(), end);
    append(store, "aged", &lines[1..], ALL).await;
    let newer = texts(store, "aged", LogFilter::default(), LogPage::After(end)).await;
    assert_eq!(newer, ["young"]);
}

async fn what_was_unsent_is_gone_and_stays_so(store: &impl ChannelLogs) {
    let of = |message: &str, text: &str| LogLine {
        line_message: Some(message.into()),
        ..line(1, LogLevel::Info, "e", text)
    };
    let lines = [
        of("m1", "one"),
        line(2, LogLevel::Info, "e", "nobody's"),
        of("m2", "two"),
    ];
    append(store, "unsent", &lines, ALL).await;
    append(store, "neighbour", &lines, ALL).await;
    let read = async |channel| texts(store, channel, LogFilter::default(), LogPage::After(0)).await;
    let forget = async |message: &str, now| {
        let messages = vec![(Arc::from("unsent"), vec![message.to_owned()])];
        store.forget_messages(messages, now).await.unwrap();
    };
    forget("m1", 1_000).await;
    assert_eq!(read("unsent").await, ["nobody's", "two"]);
    assert_eq!(read("neighbour").await, ["one", "nobody's", "two"]);
    // An attempt that ran meanwhile has ended.
    append(store, "unsent", &lines[..1], ALL).await;
    assert_eq!(read("unsent").await, ["nobody's", "two"]);
    let newest = store
        .log("neighbour", LogFilter::default(), LogPage::After(0), 1)
        .await
        .unwrap();
    assert_eq!(newest[0].1, lines[0]);
    // After an hour, no attempt can run any more that began before.
    forget("m2", 3_601_001).await;
    append(store, "unsent", &lines[..1], ALL).await;
    assert_eq!(read("unsent").await, ["nobody's", "one"]);
}
