/* The functions of the contract that the SDK calls, for a host in memory. */

#include "botbox_testing.h"

#include <stdio.h>
#include <string.h>

#include "internal.h"

#define MAX 100

typedef struct {
    const char *space, *key, *value;
} entry;

static struct {
    bot_test_message sent[MAX];
    size_t sent_count;
    /* Profiles, configuration and the store. */
    entry entries[MAX];
    size_t entry_count;
    struct {
        const char *id, *type;
        const unsigned char *bytes;
        size_t size, read;
    } content;
    struct {
        const char *function, *message;
        bot_error_kind kind;
    } failing;
    const char *failure;
} host;

static const char *copied(const char *text) { return bot_from_host(bot_to_host(text)); }

/* Looked up from the end: the newest one counts. */
static const char *find(const char *space, const char *key) {
    for (size_t i = host.entry_count; i-- > 0;)
        if (strcmp(host.entries[i].space, space) == 0 && strcmp(host.entries[i].key, key) == 0)
            return host.entries[i].value;
    return NULL;
}

static void put(const char *space, const char *key, const char *value) {
    bot_test_check(host.entry_count < MAX, "the fake host has room", __FILE__, __LINE__);
    entry added = {space, key, value};
    host.entries[host.entry_count++] = added;
}

void bot_test_begin(void) { memset(&host, 0, sizeof host); }

void bot_test_profile(const char *user_id, const char *display_name) { put("profile", user_id, display_name); }

void bot_test_configure(const char *key, const char *value) { put("config", key, value); }

void bot_test_content(const char *message_id, const char *content_type, const void *bytes, size_t size) {
    host.content.id = message_id;
    host.content.type = content_type;
    host.content.bytes = bytes;
    host.content.size = size;
}

void bot_test_fail(const char *function, bot_error_kind kind, const char *message) {
    host.failing.function = function;
    host.failing.kind = kind;
    host.failing.message = message;
}

static bool fail(call_error *error, bot_error_kind kind, const char *message) {
    memset(error, 0, sizeof *error);
    error->kind = (uint8_t)kind;
    error->message = bot_to_host(message);
    return false;
}

/* Whether a call is to go well. */
static bool goes_well(const char *function, call_error *error) {
    if (!host.failing.function || strcmp(host.failing.function, function) != 0) return true;
    host.failing.function = NULL;
    return fail(error, host.failing.kind, host.failing.message);
}

size_t bot_test_count(void) { return host.sent_count; }

bot_test_message bot_test_sent(size_t index) {
    bot_test_check(index < host.sent_count, "the bot has sent so many messages", __FILE__, __LINE__);
    return host.sent[index];
}

const char *bot_test_failure(void) { return host.failure; }

bot_test_outcome bot_test_send(bot_event event) {
    exports_botbox_line_handler_failure_t failure;
    host.failure = NULL;
    if (exports_botbox_line_handler_handle(&event, &failure)) return BOT_TEST_HANDLED;
    host.failure = bot_from_host(failure.val.retry);
    return failure.tag == EXPORTS_BOTBOX_LINE_HANDLER_FAILURE_RETRY ? BOT_TEST_RETRY : BOT_TEST_REJECT;
}

void bot_test_check(bool holds, const char *what, const char *file, int line) {
    if (holds) return;
    fprintf(stderr, "%s:%d: %s does not hold\n", file, line, what);
    for (size_t i = 0; i < host.sent_count; i++)
        fprintf(stderr, "  sent by %s: %s\n", host.sent[i].via, host.sent[i].message);
    if (host.failure) fprintf(stderr, "  failed: %s\n", host.failure);
    exit(1);
}

void bot_test_check_said(size_t index, const char *text, const char *file, int line) {
    bool holds = index < host.sent_count && strcmp(host.sent[index].message, bot_text_message(text)) == 0;
    bot_test_check(holds, bot_format("message %zu is the text %s, which", index, text), file, line);
}

/* Events */

static bot_event event_of(uint8_t kind) {
    bot_event event;
    memset(&event, 0, sizeof event);
    event.id = bot_to_host("01H810YECXQQZ37VAXPF6H9E6T");
    event.mode = bot_to_host("active");
    event.timestamp = 1700000000000;
    event.attempt = 1;
    event.source.is_some = true;
    event.source.val.tag = BOTBOX_LINE_EVENTS_SOURCE_USER;
    event.source.val.val.user.user_id.is_some = true;
    event.source.val.val.user.user_id.val = bot_to_host(BOT_TEST_USER);
    event.kind.tag = kind;
    return event;
}

static bot_event message_of(uint8_t content, const char *id) {
    bot_event event = event_of(BOTBOX_LINE_EVENTS_EVENT_KIND_MESSAGE);
    event.kind.val.message.id = bot_to_host(id);
    event.kind.val.message.content.tag = content;
    return event;
}

bot_event bot_test_text(const char *text) {
    bot_event event = message_of(BOTBOX_LINE_EVENTS_MESSAGE_CONTENT_TEXT, "m1");
    event.kind.val.message.content.val.text.text = bot_to_host(text);
    return event;
}

bot_event bot_test_sticker(const char *package_id, const char *sticker_id) {
    bot_event event = message_of(BOTBOX_LINE_EVENTS_MESSAGE_CONTENT_STICKER, "m1");
    event.kind.val.message.content.val.sticker.package_id = bot_to_host(package_id);
    event.kind.val.message.content.val.sticker.sticker_id = bot_to_host(sticker_id);
    return event;
}

bot_event bot_test_image(const char *id) { return message_of(BOTBOX_LINE_EVENTS_MESSAGE_CONTENT_IMAGE, id); }

bot_event bot_test_follow(void) { return event_of(BOTBOX_LINE_EVENTS_EVENT_KIND_FOLLOW); }

bot_event bot_test_postback(const char *data) {
    bot_event event = event_of(BOTBOX_LINE_EVENTS_EVENT_KIND_POSTBACK);
    event.kind.val.postback.data = bot_to_host(data);
    return event;
}

bot_event bot_test_timer(const char *payload) {
    bot_event event = event_of(BOTBOX_LINE_EVENTS_EVENT_KIND_TIMER);
    event.kind.val.timer.payload = bot_to_host(payload);
    return event;
}

/* The contract's functions */

static void sent(const char *via, const char *to, const botbox_line_messages_message_t *messages, size_t count) {
    for (size_t i = 0; i < count; i++) {
        bot_test_check(host.sent_count < MAX, "the fake host has room", __FILE__, __LINE__);
        bot_test_message message = {via, to, bot_from_host(messages[i].body.val.raw_json)};
        host.sent[host.sent_count++] = message;
    }
}

bool botbox_line_reply_reply_message(botbox_line_reply_list_message_t *messages, bool is_quiet,
                                     botbox_line_reply_list_sent_message_t *ids, botbox_line_reply_call_error_t *error) {
    (void)is_quiet;
    if (!goes_well("reply-message", error)) return false;
    sent("reply", NULL, messages->ptr, messages->len);
    memset(ids, 0, sizeof *ids);
    return true;
}

bool botbox_line_reply_reply_or_push(botbox_line_reply_list_message_t *messages, bool is_quiet, host_string *key,
                                     botbox_line_reply_delivery_t *delivery, botbox_line_reply_call_error_t *error) {
    (void)is_quiet, (void)key;
    if (!goes_well("reply-or-push", error)) return false;
    sent("reply", NULL, messages->ptr, messages->len);
    memset(delivery, 0, sizeof *delivery);
    return true;
}

bool botbox_line_push_push_message(host_string *to, botbox_line_push_list_message_t *messages, bool is_quiet,
                                   host_string *unit, host_string *key, botbox_line_push_list_sent_message_t *ids,
                                   botbox_line_push_call_error_t *error) {
    (void)is_quiet, (void)unit, (void)key;
    if (!goes_well("push-message", error)) return false;
    sent("push", bot_from_host(*to), messages->ptr, messages->len);
    memset(ids, 0, sizeof *ids);
    return true;
}

bool botbox_line_loading_show_loading_animation(host_string *user, uint32_t seconds,
                                                botbox_line_loading_call_error_t *error) {
    (void)user, (void)seconds;
    return goes_well("show-loading-animation", error);
}

bool botbox_line_profile_get_profile(host_string *user, botbox_line_profile_user_profile_t *profile,
                                     botbox_line_profile_call_error_t *error) {
    if (!goes_well("get-profile", error)) return false;
    const char *name = find("profile", bot_from_host(*user));
    if (!name) return fail(error, BOT_NOT_FOUND, "the fake host knows no such user: see bot_test_profile");
    memset(profile, 0, sizeof *profile);
    profile->user_id = *user;
    profile->display_name = bot_to_host(name);
    return true;
}

bool botbox_line_content_get_message_content(host_string *id, botbox_line_content_own_message_content_stream_t *stream,
                                             botbox_line_content_call_error_t *error) {
    if (!goes_well("get-message-content", error)) return false;
    if (!host.content.id || strcmp(host.content.id, bot_from_host(*id)) != 0)
        return fail(error, BOT_NOT_FOUND, "the fake host has no such content: see bot_test_content");
    host.content.read = 0;
    memset(stream, 0, sizeof *stream);
    return true;
}

botbox_line_content_borrow_message_content_stream_t
botbox_line_content_borrow_message_content_stream(botbox_line_content_own_message_content_stream_t stream) {
    botbox_line_content_borrow_message_content_stream_t borrowed = {stream.__handle};
    return borrowed;
}

void botbox_line_content_message_content_stream_drop_own(botbox_line_content_own_message_content_stream_t stream) {
    (void)stream;
}

void botbox_line_content_method_message_content_stream_content_type(
    botbox_line_content_borrow_message_content_stream_t stream, host_string *type) {
    (void)stream;
    *type = bot_to_host(host.content.type);
}

bool botbox_line_content_method_message_content_stream_read(botbox_line_content_borrow_message_content_stream_t stream,
                                                            uint32_t max, botbox_host_list_u8_t *bytes,
                                                            botbox_line_content_call_error_t *error) {
    (void)stream;
    if (!goes_well("read", error)) return false;
    size_t left = host.content.size - host.content.read, length = left < max ? left : max;
    bytes->ptr = (bot_allocate)(length);
    bytes->len = length;
    if (length) memcpy(bytes->ptr, host.content.bytes + host.content.read, length);
    host.content.read += length;
    return true;
}

/* Buckets: a handle is the number of the bucket's name. */

static const char *buckets[MAX];
static int bucket_count;

bool wasi_keyvalue_store_open(host_string *name, wasi_keyvalue_store_own_bucket_t *bucket,
                              wasi_keyvalue_store_error_t *error) {
    call_error failure;
    if (!goes_well("open", &failure)) {
        error->tag = WASI_KEYVALUE_STORE_ERROR_OTHER;
        error->val.other = failure.message;
        return false;
    }
    const char *text = bot_format("bucket %s", bot_from_host(*name));
    int found = 0;
    while (found < bucket_count && strcmp(buckets[found], text) != 0) found++;
    bot_test_check(found < MAX, "the fake host has room", __FILE__, __LINE__);
    if (found == bucket_count) buckets[bucket_count++] = text;
    bucket->__handle = found;
    return true;
}

wasi_keyvalue_store_borrow_bucket_t wasi_keyvalue_store_borrow_bucket(wasi_keyvalue_store_own_bucket_t bucket) {
    wasi_keyvalue_store_borrow_bucket_t borrowed = {bucket.__handle};
    return borrowed;
}

void wasi_keyvalue_store_bucket_drop_own(wasi_keyvalue_store_own_bucket_t bucket) { (void)bucket; }

bool wasi_keyvalue_store_method_bucket_get(wasi_keyvalue_store_borrow_bucket_t bucket, host_string *key,
                                           botbox_host_option_list_u8_t *value, wasi_keyvalue_store_error_t *error) {
    (void)error;
    const char *found = find(buckets[bucket.__handle], bot_from_host(*key));
    value->is_some = found != NULL;
    host_string text = bot_to_host(found);
    value->val.ptr = text.ptr;
    value->val.len = text.len;
    return true;
}

bool wasi_keyvalue_store_method_bucket_set(wasi_keyvalue_store_borrow_bucket_t bucket, host_string *key,
                                           botbox_host_list_u8_t *value, wasi_keyvalue_store_error_t *error) {
    (void)error;
    host_string text = {value->ptr, value->len};
    put(buckets[bucket.__handle], bot_from_host(*key), bot_from_host(text));
    return true;
}

bool wasi_keyvalue_store_method_bucket_delete(wasi_keyvalue_store_borrow_bucket_t bucket, host_string *key,
                                              wasi_keyvalue_store_error_t *error) {
    (void)error;
    put(buckets[bucket.__handle], bot_from_host(*key), NULL);
    return true;
}

bool wasi_keyvalue_atomics_increment(wasi_keyvalue_atomics_borrow_bucket_t bucket, host_string *key, int64_t delta,
                                     int64_t *sum, wasi_keyvalue_atomics_error_t *error) {
    (void)error;
    const char *old = find(buckets[bucket.__handle], bot_from_host(*key));
    *sum = (old ? strtoll(old, NULL, 10) : 0) + delta;
    put(buckets[bucket.__handle], bot_from_host(*key), bot_format("%lld", (long long)*sum));
    return true;
}

bool wasi_config_store_get(host_string *key, botbox_host_option_string_t *value, wasi_config_store_error_t *error) {
    (void)error;
    const char *found = find("config", bot_from_host(*key));
    value->is_some = found != NULL;
    value->val = bot_to_host(found);
    return true;
}

bool botbox_line_schedule_run_at(int64_t at, host_string *payload, host_string *key, host_string *id,
                                 botbox_line_schedule_call_error_t *error) {
    (void)at, (void)payload, (void)key;
    if (!goes_well("run-at", error)) return false;
    *id = bot_to_host(copied("timer"));
    return true;
}

void wasi_logging_logging_log(wasi_logging_logging_level_t level, host_string *context, host_string *message) {
    (void)level;
    fprintf(stderr, "%.*s: %.*s\n", (int)context->len, (const char *)context->ptr, (int)message->len,
            (const char *)message->ptr);
}

void botbox_line_current_event_get_json(host_string *json) { *json = bot_to_host("{}"); }
