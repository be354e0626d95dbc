/* Replies and pushes. */

#include "internal.h"

/* LINE takes 5, and says so of more. */
#define MESSAGES_MAX 20

typedef struct {
    botbox_line_messages_message_t messages[MESSAGES_MAX];
    size_t count;
} list;

/* The messages of a call, up to NULL: LINE's JSON as it is. */
static void collect(list *to, const char *message, va_list rest) {
    for (; message && to->count < MESSAGES_MAX; message = va_arg(rest, const char *)) {
        botbox_line_messages_message_t *slot = &to->messages[to->count++];
        memset(slot, 0, sizeof *slot);
        slot->body.tag = BOTBOX_LINE_MESSAGES_MESSAGE_BODY_RAW_JSON;
        slot->body.val.raw_json = bot_to_host(message);
    }
}

#define COLLECT(to, last)          \
    list to = {.count = 0};        \
    va_list rest;                  \
    va_start(rest, last);          \
    collect(&to, last, rest);      \
    va_end(rest)

bot_error *bot_reply_messages(const char *message, ...) {
    COLLECT(sent, message);
    botbox_line_reply_list_message_t messages = {sent.messages, sent.count};
    botbox_line_reply_list_sent_message_t ids;
    call_error error;
    return botbox_line_reply_reply_message(&messages, false, &ids, &error) ? NULL : bot_error_of_call(&error);
}

bot_error *(bot_say)(const char *text) { return bot_reply_messages(bot_text_message(text), (const char *)NULL); }

bot_error *bot_push_messages(const char *to, const char *message, ...) {
    COLLECT(sent, message);
    host_string chat = bot_to_host(to);
    botbox_line_push_list_message_t messages = {sent.messages, sent.count};
    botbox_line_push_list_sent_message_t ids;
    call_error error;
    bool is_sent = botbox_line_push_push_message(&chat, &messages, false, NULL, NULL, &ids, &error);
    return is_sent ? NULL : bot_error_of_call(&error);
}

bot_error *bot_reply_or_push_messages(const char *message, ...) {
    COLLECT(sent, message);
    botbox_line_reply_list_message_t messages = {sent.messages, sent.count};
    botbox_line_reply_delivery_t delivery;
    call_error error;
    return botbox_line_reply_reply_or_push(&messages, false, NULL, &delivery, &error) ? NULL
                                                                                      : bot_error_of_call(&error);
}

bot_error *(bot_show_loading)(const char *user_id, unsigned seconds) {
    host_string user = bot_to_host(user_id);
    call_error error;
    return botbox_line_loading_show_loading_animation(&user, seconds, &error) ? NULL : bot_error_of_call(&error);
}
