/*
 * LINE bots in C and C++, on botbox.
 *
 * A bot defines one function, `bot_handle`, which the host calls for each event. What it can call stands
 * here, with texts that end in a zero byte. `botbox_host.h` has all of the contract with the host, as
 * wit-bindgen makes it, for what has no function here.
 *
 * Nothing has to be freed: each event has a fresh instance, and all of its memory goes with it. What a
 * function returns lives until the event is handled, and so may what the bot allocates.
 *
 * A function that can fail returns NULL when it did not, and otherwise what went wrong, with the file and
 * the line of the call. `BOT_TRY` hands that on; what `bot_handle` returns, the operator reads.
 */
#ifndef BOTBOX_H
#define BOTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "botbox_host.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define BOT_PRINTF(text, values) __attribute__((format(printf, text, values)))
#define BOT_NORETURN __attribute__((noreturn))
#else
#define BOT_PRINTF(text, values)
#define BOT_NORETURN
#endif

/* Errors */

/* What a program can act on; the contract's `error-kind`. */
typedef enum {
    /* The channel does not grant the capability. */
    BOT_DENIED,
    /* Another service is in charge of the chat; the bot must not send. No failure, if it is returned. */
    BOT_STANDBY,
    /* LINE or the host refused the request as wrong; `details` may say where. */
    BOT_INVALID,
    /* Too many requests. If it is returned, the event is tried again. */
    BOT_RATE_LIMITED,
    /* The account's monthly number of messages is used up. */
    BOT_QUOTA_EXCEEDED,
    /* There is no such user, group, message or content. */
    BOT_NOT_FOUND,
    /* The event can't be replied to any more. */
    BOT_EXPIRED,
    /* LINE did not answer. If it is returned, the event is tried again. */
    BOT_UNAVAILABLE,
    /* Anything else, also what the bot itself fails with. */
    BOT_OTHER
} bot_error_kind;

/* What went wrong. */
typedef struct bot_error {
    bot_error_kind kind;
    /* For people. */
    const char *message;
    /* What is wrong with which part of the request, such as `messages[0].text: May not be empty`; or NULL. */
    const char *details;
    /* LINE's `x-line-request-id`, or NULL. */
    const char *request_id;
    /* Where the bot's call stands. */
    const char *file;
    int line;
    /* Whether another try can go well. */
    bool is_temporary;
    /* The bot's own words, which need no name of their kind. */
    bool is_own;
} bot_error;

/* Returns from a function what went wrong in a call, if something did. */
#define BOT_TRY(call)                       \
    do {                                    \
        bot_error *bot_failed_ = (call);    \
        if (bot_failed_) return bot_failed_; \
    } while (0)

/* A permanent failure with the bot's words, as of printf: the event is not tried again. */
bot_error *bot_reject(const char *format, ...) BOT_PRINTF(1, 2);
/* A temporary failure: the event is tried again, after a pause. */
bot_error *bot_retry(const char *format, ...) BOT_PRINTF(1, 2);

/* Ends the event at once, as a bug does: it is logged with file and line, and the host tries once again.
   `abort()` in C does the same, and a failed `assert` says its file and line, too. */
BOT_NORETURN void bot_abort(const char *format, ...) BOT_PRINTF(1, 2);

/* Events */

/* An event, with all that the contract tells of it: see `events` in `botbox_host.h`. */
typedef botbox_line_events_event_t bot_event;

/* What the bot defines. Returns NULL when the event is handled. */
bot_error *bot_handle(const bot_event *event);

/* What happened, as in LINE's reference: "message", "follow", "postback", "timer" and so on. An event that
   the contract does not know is "unknown". */
const char *bot_event_type(const bot_event *event);
/* What was sent, as in LINE's reference: "text", "image" and so on; "" when the event is no message. */
const char *bot_message_type(const bot_event *event);
/* The id of the message that was sent, or NULL. */
const char *bot_message_id(const bot_event *event);
/* The text that was sent, or NULL. */
const char *bot_text(const bot_event *event);
/* The sticker that was sent. Returns false when it was none. */
bool bot_sticker(const bot_event *event, const char **package_id, const char **sticker_id);
/* The data of a postback, or NULL. */
const char *bot_postback(const bot_event *event);
/* A field of postback data such as `action=buy&item=tea`, decoded; or NULL. */
const char *bot_postback_field(const bot_event *event, const char *name);
/* The payload of a timer that the bot set, or NULL. */
const char *bot_timer(const bot_event *event);
/* Who acted, where LINE tells; or NULL. */
const char *bot_user_id(const bot_event *event);
/* The chat, to push to: the id of a group, a room or a user; or NULL. */
const char *bot_chat_id(const bot_event *event);
/* The event's JSON as LINE sent it, without the reply token. */
const char *bot_event_json(void);

/* Whether a text begins with another one. Neither need be there: NULL is the beginning of nothing. */
bool bot_begins(const char *text, const char *prefix);

/* Messages: LINE's JSON. */

/* JSON by a format: `%s` is a text, which is quoted and escaped (NULL is null), `%j` is JSON, `%d` an int,
   `%lld` a long long, `%f` a double, `%b` a bool, `%%` a percent sign. For the eye, `'` stands for `"`:

       bot_json("{'type':'location','title':%s,'latitude':%f}", title, latitude)

   A text with an apostrophe goes in by `%s`. */
const char *bot_json(const char *format, ...);

const char *bot_text_message(const char *text);
const char *bot_sticker_message(const char *package_id, const char *sticker_id);
/* A question with buttons: 1 to 4 actions, and NULL after the last one. */
const char *bot_buttons_message(const char *alt_text, const char *text, const char *action, ...);
const char *bot_postback_action(const char *label, const char *data);
const char *bot_message_action(const char *label, const char *text);
const char *bot_uri_action(const char *label, const char *uri);

/* Sending. A function that takes messages takes 1 to 5 of them. */

/* Replies with a text (grant `reply`). */
bot_error *bot_say(const char *text);
/* Replies (grant `reply`): bot_reply(message, …). An event can be replied to once. */
bot_error *bot_reply_messages(const char *message, ...);
/* Replies, or pushes to the event's chat when it is too late for that (grants `reply` and `push`). */
bot_error *bot_reply_or_push_messages(const char *message, ...);
/* Sends messages unasked to a user, group or room (grant `push`): bot_push(to, message, …). */
bot_error *bot_push_messages(const char *to, const char *message, ...);
/* Shows the loading animation in the chat with a user, for 5 to 60 seconds (grant `loading`). */
bot_error *bot_show_loading(const char *user_id, unsigned seconds);

/* Users (grant `profile`) */

typedef struct {
    const char *user_id;
    const char *display_name;
    /* These may be NULL. */
    const char *picture_url;
    const char *status_message;
    const char *language;
} bot_user_profile;

bot_error *bot_profile(const char *user_id, bot_user_profile *profile);

/* Images, videos, sounds and files that users sent (grant `content`) */

typedef struct {
    const char *content_type;
    botbox_line_content_own_message_content_stream_t stream;
} bot_content;

bot_error *bot_content_open(const char *message_id, bot_content *content);
/* Reads at least one byte and at most `size`; none at the end. */
bot_error *bot_content_read(bot_content *content, void *bytes, size_t size, size_t *read);
/* Before the next one is opened: an event can have a few of them open. */
void bot_content_close(bot_content *content);

/* What the bot remembers between two events: buckets of keys and texts (grant `keyvalue`) */

/* The value of a key; NULL when it is not there. */
bot_error *bot_get(const char *bucket, const char *key, const char **value);
bot_error *bot_set(const char *bucket, const char *key, const char *value);
bot_error *bot_delete(const char *bucket, const char *key);
/* Adds to a number, which is 0 when it is not there, and tells the sum. At once or not at all. `sum` may be
   NULL. */
bot_error *bot_increment(const char *bucket, const char *key, int64_t delta, int64_t *sum);

/* What else the host does */

/* A value of the channel's configuration; NULL when it is not there. */
bot_error *bot_config(const char *key, const char **value);
/* Has a timer come to this chat (grant `schedule`), in milliseconds since 1970. Count from the event's
   `timestamp`, so that another attempt sets the same one. */
bot_error *bot_run_at(int64_t at, const char *payload);

typedef enum { BOT_DEBUG = 1, BOT_INFO, BOT_WARN, BOT_ERROR } bot_log_level;
/* To the host's log, as by printf. */
void bot_log(bot_log_level level, const char *format, ...) BOT_PRINTF(2, 3);

/* A zero-terminated text of the event's memory, as by printf. */
char *bot_format(const char *format, ...) BOT_PRINTF(1, 2);
/* Memory, all zero, for as long as the event. Never NULL: without it, the event ends as by bot_abort. */
void *bot_allocate(size_t size);

/* Each call says where it stands, so that what goes wrong is found. */

void bot_place(const char *file, int line);
#define BOT_HERE(call) (bot_place(__FILE__, __LINE__), call)

#define bot_reply(...) BOT_HERE(bot_reply_messages(__VA_ARGS__, (const char *)NULL))
#define bot_reply_or_push(...) BOT_HERE(bot_reply_or_push_messages(__VA_ARGS__, (const char *)NULL))
#define bot_push(to, ...) BOT_HERE(bot_push_messages(to, __VA_ARGS__, (const char *)NULL))
#define bot_buttons_message(...) bot_buttons_message(__VA_ARGS__, (const char *)NULL)
#define bot_say(text) BOT_HERE(bot_say(text))
#define bot_show_loading(user_id, seconds) BOT_HERE(bot_show_loading(user_id, seconds))
#define bot_profile(user_id, profile) BOT_HERE(bot_profile(user_id, profile))
#define bot_content_open(message_id, content) BOT_HERE(bot_content_open(message_id, content))
#define bot_content_read(content, bytes, size, read) BOT_HERE(bot_content_read(content, bytes, size, read))
#define bot_get(bucket, key, value) BOT_HERE(bot_get(bucket, key, value))
#define bot_set(bucket, key, value) BOT_HERE(bot_set(bucket, key, value))
#define bot_delete(bucket, key) BOT_HERE(bot_delete(bucket, key))
#define bot_increment(bucket, key, delta, sum) BOT_HERE(bot_increment(bucket, key, delta, sum))
#define bot_config(key, value) BOT_HERE(bot_config(key, value))
#define bot_run_at(at, payload) BOT_HERE(bot_run_at(at, payload))
#define bot_reject(...) BOT_HERE(bot_reject(__VA_ARGS__))
#define bot_retry(...) BOT_HERE(bot_retry(__VA_ARGS__))
#define bot_abort(...) BOT_HERE(bot_abort(__VA_ARGS__))
#define bot_allocate(size) BOT_HERE(bot_allocate(size))
#ifndef __cplusplus
#define abort() bot_abort("abort()")
#endif

#ifdef __cplusplus
}
#endif

#endif
