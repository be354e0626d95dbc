//! The operations of the control API.

use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post, put};

use super::route::{Answer, Field, Route, field, needed};
use super::{
    bots, chats, clock, contents, coupons, events, faults, live, log, memberships, modules, notes,
    people, rich_menus, script, state,
};
use crate::contents::MAX_CONTENT_BYTES;

const AFTER: Field = field("after", "integer", "the last number that the reader knows");
const LAST: Field = field("last", "integer", "only so many of the newest");
const WAIT: Field = field(
    "wait",
    "integer",
    "milliseconds to wait for something new, up to 30,000",
);
const NAME_OF_TEST: Field = field("name", "string", "what the conversation is called");

const PROFILE: [Field; 6] = [
    needed("displayName", "string", "the name"),
    field("language", "string", "such as ja"),
    field("pictureUrl", "string", "the picture"),
    field(
        "statusMessage",
        "string",
        "what the user says of themselves",
    ),
    field("phoneNumber", "string", "in the form of E.164"),
    field(
        "consents",
        "boolean",
        "whether bots get the profile; they do by default",
    ),
];

pub(super) fn routes() -> Vec<Route> {
    let everything = bots_of_line()
        .into_iter()
        .chain(chats_of_bots())
        .chain(world());
    everything.collect()
}

/// Bots, and what belongs to their accounts.
fn bots_of_line() -> Vec<Route> {
    vec![
        Route::new(
            "get",
            "/bots",
            get(bots::list),
            "All bots, with their credentials and settings.",
        ),
        Route::new("post", "/bots", post(bots::create), "Makes a bot.")
            .json([
                needed("displayName", "string", "the name"),
                field("botId", "string", "its user id"),
                field("basicId", "string", "its @ name"),
                field("channelId", "string", "the channel's id"),
                field("channelSecret", "string", "signs webhooks"),
                field("accessToken", "string", "a long-lived access token"),
                field("webhook", "string", "where webhooks go"),
                field(
                    "settings",
                    "object",
                    "as PUT /bots/{botId}/settings takes them",
                ),
            ])
            .answers(Answer::Made),
        Route::new("get", "/bots/{botId}", get(bots::show), "A bot."),
        Route::new(
            "delete",
            "/bots/{botId}",
            delete(bots::delete),
            "The account is gone.",
        ),
        Route::new(
            "put",
            "/bots/{botId}/webhook",
            put(bots::set_webhook),
            "Says where webhooks go.",
        )
        .json([needed("endpoint", "string", "an http or https URL")]),
        Route::new(
            "put",
            "/bots/{botId}/settings",
            put(bots::set_settings),
            "Says how LINE treats the bot.",
        )
        .json([
            field(
                "monthlyQuota",
                "integer",
                "how many messages it may send in a month",
            ),
            field("rateLimits", "boolean", "whether LINE's rates are enforced"),
            field(
                "webhookRedelivery",
                "boolean",
                "whether webhooks that fail come again",
            ),
            field(
                "unverified",
                "boolean",
                "whether LINE keeps friends' ids from it",
            ),
            field("chatMode", "boolean", "whether people answer, too"),
            field(
                "tokenLifetime",
                "integer",
                "milliseconds that issued tokens live at most",
            ),
        ]),
        Route::new(
            "put",
            "/bots/{botId}/memberships",
            put(memberships::set),
            "Says which plans are on offer.",
        )
        .json([needed(
            "memberships",
            "array",
            "the plans, with their members",
        )]),
        Route::new(
            "post",
            "/bots/{botId}/keys",
            post(bots::add_key),
            "Registers the public key of JWT assertions.",
        )
        .json([
            field("kid", "string", "its id"),
            needed("kty", "string", "RSA"),
            needed("n", "string", "the modulus"),
            needed("e", "string", "the exponent"),
        ])
        .answers(Answer::Made),
        Route::new(
            "put",
            "/bots/{botId}/modules/{moduleId}",
            put(modules::attach),
            "Attaches a module channel to the bot.",
        )
        .json([needed("scopes", "array", "what it may do")]),
        Route::new(
            "post",
            "/bots/{botId}/modules/{moduleId}/codes",
            post(modules::consent),
            "Makes a code with which a module channel attaches itself.",
        )
        .json([
            needed("scopes", "array", "what it may do"),
            needed("redirectUri", "string", "where the code would go"),
        ]),
        Route::new(
            "get",
            "/bots/{botId}/calls",
            get(bots::calls),
            "The API calls that the bot made.",
        ),
        Route::new(
            "get",
            "/bots/{botId}/log",
            get(log::after),
            "Webhooks, API calls and notes, oldest first.",
        )
        .query([AFTER, LAST]),
        Route::new(
            "delete",
            "/bots/{botId}/log",
            delete(log::clear),
            "Forgets the log.",
        ),
        Route::new(
            "post",
            "/bots/{botId}/log/{seq}/redelivery",
            post(log::redeliver),
            "Delivers a logged webhook once more.",
        ),
        Route::new(
            "get",
            "/bots/{botId}/log/{seq}/script",
            get(script::of_webhook),
            "A logged webhook and what the bot said to it, as a conversation test.",
        )
        .query([NAME_OF_TEST])
        .answers(Answer::Yaml),
        Route::new(
            "post",
            "/bots/{botId}/notes",
            post(notes::add),
            "Adds to the log what a host tells.",
        )
        .json([
            needed("kind", "string", "log, failure or build"),
            needed("text", "string", "what it tells"),
            field(
                "level",
                "string",
                "of a log's line: error, warn, info, debug or trace",
            ),
            field("webhookEventId", "string", "the event that it is about"),
        ])
        .answers(Answer::Made),
    ]
}

/// Chats with bots, and what users see and do there.
fn chats_of_bots() -> Vec<Route> {
    vec![
        Route::new(
            "post",
            "/bots/{botId}/events",
            post(events::act),
            "Acts as users, all in one webhook.",
        )
        .json([needed(
            "events",
            "array",
            "as (who), in (where), event, displayText",
        )]),
        Route::new(
            "get",
            "/bots/{botId}/chats",
            get(chats::list),
            "Users, groups and rooms, with their newest message.",
        ),
        Route::new(
            "delete",
            "/bots/{botId}/chats/{chatId}",
            delete(chats::delete),
            "Forgets what was said.",
        ),
        Route::new(
            "get",
            "/bots/{botId}/chats/{chatId}/messages",
            get(chats::messages),
            "Both sides of a chat, oldest first.",
        )
        .query([AFTER, WAIT]),
        Route::new(
            "get",
            "/bots/{botId}/chats/{chatId}/script",
            get(script::show),
            "The chat as a conversation test, which botbox test plays.",
        )
        .query([NAME_OF_TEST])
        .answers(Answer::Yaml),
        Route::new(
            "get",
            "/bots/{botId}/messages/{messageId}/content",
            get(contents::of_message),
            "The bytes of what a user sent.",
        )
        .answers(Answer::Bytes),
        Route::new(
            "get",
            "/bots/{botId}/coupons/{couponId}",
            get(coupons::show),
            "A coupon.",
        ),
        Route::new(
            "get",
            "/bots/{botId}/richMenus/{richMenuId}/image",
            get(rich_menus::image),
            "A rich menu's picture.",
        )
        .answers(Answer::Bytes),
        Route::new(
            "get",
            "/bots/{botId}/users/{userId}/richMenu",
            get(rich_menus::seen),
            "The rich menu that the user sees.",
        ),
        Route::new(
            "post",
            "/bots/{botId}/users/{userId}/richMenu/taps",
            post(rich_menus::tap),
            "The user taps an area.",
        )
        .json([
            needed("area", "integer", "counts from 0"),
            field("params", "object", "the date or time that the user picked"),
        ]),
    ]
}

/// What there is for all bots.
fn world() -> Vec<Route> {
    // States have pictures in them.
    let replace = put(state::replace).layer(DefaultBodyLimit::max(MAX_CONTENT_BYTES));
    let upload = post(contents::upload).layer(DefaultBodyLimit::max(MAX_CONTENT_BYTES));
    vec![
        Route::new(
            "get",
            "/live",
            get(live::watch),
            "Tells what is new, as it happens.",
        )
        .answers(Answer::Events),
        Route::new(
            "get",
            "/log",
            get(log::of_all),
            "The logs of all bots, in the order in which things ended.",
        )
        .query([AFTER, LAST]),
        Route::new("get", "/users", get(people::users), "All users."),
        Route::new("post", "/users", post(people::create_user), "Makes a user.")
            .json(PROFILE)
            .answers(Answer::Made),
        Route::new(
            "put",
            "/users/{userId}",
            put(people::change_user),
            "Gives a user another profile.",
        )
        .json(PROFILE),
        Route::new(
            "delete",
            "/users/{userId}",
            delete(people::delete_user),
            "Removes a user.",
        ),
        Route::new(
            "get",
            "/groups",
            get(people::groups),
            "All groups and rooms.",
        ),
        Route::new(
            "post",
            "/groups",
            post(people::create_group),
            "Makes a group or a room.",
        )
        .json([
            needed("kind", "string", "group or room"),
            needed("members", "array", "users' ids"),
            field("groupName", "string", "the name"),
            field("pictureUrl", "string", "the picture"),
        ])
        .answers(Answer::Made),
        Route::new(
            "delete",
            "/groups/{groupId}",
            delete(people::delete_group),
            "Removes a group or a room.",
        ),
        Route::new("post", "/contents", upload, "Takes bytes that users send.")
            .query([field(
                "preparing",
                "integer",
                "how often it says that they are not ready",
            )])
            .bytes()
            .answers(Answer::Made),
        Route::new(
            "get",
            "/faults",
            get(faults::count),
            "How many faults wait.",
        ),
        Route::new(
            "post",
            "/faults",
            post(faults::add),
            "Makes calls or webhooks fail.",
        )
        .json([
            field("bot", "string", "whose; every bot's by default"),
            field(
                "operation",
                "string",
                "LINE's operationId; any call by default",
            ),
            field(
                "answer",
                "object",
                "status, body, delay, hang, drop or truncate",
            ),
            field(
                "performFirst",
                "boolean",
                "whether the call takes effect first",
            ),
            field(
                "webhook",
                "object",
                "duplicate, delay, badSignature or lose",
            ),
            field("times", "integer", "how often; once by default"),
            field("share", "number", "which share of calls"),
        ])
        .answers(Answer::Made),
        Route::new(
            "delete",
            "/faults",
            delete(faults::clear),
            "Removes all faults.",
        ),
        Route::new("get", "/clock", get(clock::show), "The time."),
        Route::new(
            "post",
            "/clock",
            post(clock::advance),
            "Moves the time forward.",
        )
        .json([needed("advance", "integer", "milliseconds")]),
        Route::new(
            "get",
            "/idle",
            get(state::idle),
            "Waits until no call is being answered and no webhook delivered.",
        )
        .query([field("wait", "integer", "milliseconds to wait at most")]),
        Route::new(
            "get",
            "/state",
            get(state::show),
            "What people set up and said, as one document.",
        ),
        Route::new(
            "put",
            "/state",
            replace,
            "Puts such a document in its place.",
        )
        .json([
            field("users", "array", "users"),
            field("groups", "array", "groups and rooms"),
            field("bots", "array", "bots, with friends, chats and rich menus"),
        ]),
        Route::new("post", "/reset", post(state::reset), "Forgets everything."),
    ]
}
