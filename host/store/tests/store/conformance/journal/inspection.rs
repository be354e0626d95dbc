//! What operators see and do.

mod dead_letters;
mod lists;

use super::fixture::*;

pub(super) async fn all(journal: &dyn Journal, clock: &Clock) {
    lists::a_list_has_what_the_filter_means(journal, clock).await;
    lists::a_list_has_pages(journal).await;
    lists::many_events_are_seen_before_they_are_claimed(journal).await;
    lists::an_event_is_shown_with_its_failures(journal).await;
    lists::stats_tell_what_there_is(journal, clock).await;
    lists::the_next_event_is_told(journal, clock).await;
    dead_letters::a_replayed_event_begins_anew(journal, clock).await;
    dead_letters::replayed_events_come_in_order(journal).await;
    dead_letters::a_replayed_event_does_not_run_beside_its_chats(journal).await;
    dead_letters::a_discarded_event_is_thrown_away(journal).await;
    dead_letters::dead_letters_are_taken_step_by_step(journal).await;
}
