//! The queue: who gets an event when, and how often.

mod claims;
mod deduplication;
mod limits;
mod races;
mod retries;
mod unsend;

use super::fixture::*;

pub(super) async fn all(store: &Arc<dyn Journal>, clock: &Clock) {
    let journal = &**store;
    claims::an_event_is_claimed_as_it_arrived(journal, clock).await;
    claims::a_chat_goes_on_when_its_first_event_is_settled(journal).await;
    claims::channels_are_apart(journal).await;
    claims::claims_are_limited(journal).await;
    claims::what_arrives_after_the_last_claim_is_claimed_in_order(journal).await;
    claims::the_chat_that_is_ready_first_is_claimed_first(journal, clock).await;
    claims::what_is_not_there_is_not_settled(journal).await;
    limits::what_has_ended_has_a_limit(journal).await;
    limits::a_backlog_is_full_by_events(journal).await;
    limits::a_backlog_is_full_by_bytes(journal).await;
    limits::a_backlog_is_full_by_age(journal, clock).await;
    limits::a_full_backlog_lets_unsend(journal).await;
    retries::a_retry_holds_up_its_chat_only(journal).await;
    retries::a_retry_comes_after_its_time(journal, clock).await;
    retries::attempts_and_their_time_add_up(journal, clock).await;
    deduplication::an_id_is_one_event(journal).await;
    deduplication::an_id_is_known_whatever_became_of_it(journal).await;
    unsend::an_unsent_message_leaves_the_queue(journal).await;
    unsend::an_unsent_message_that_runs_is_not_tried_again(journal).await;
    unsend::an_unsent_message_that_waits_for_its_retry_leaves_the_queue(journal).await;
    unsend::a_message_that_arrives_after_it_was_unsent_is_unsent(journal).await;
    unsend::an_unsent_message_is_forgotten_by_what_has_ended(journal).await;
    unsend::all_of_a_message_is_unsent(journal).await;
    races::dropped_calls_do_no_harm(journal).await;
    races::a_dropped_claim_is_given_back(journal).await;
    races::a_dropped_schedule_wakes_who_waits(journal).await;
    races::one_append_is_new(store).await;
    races::one_caller_claims(store).await;
    races::a_crowd_keeps_the_order(store).await;
}
