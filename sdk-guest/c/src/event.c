/* What an event tells. */

#include "internal.h"

#define MESSAGE BOTBOX_LINE_EVENTS_EVENT_KIND_MESSAGE

static const char *const TYPES[] = {
    "message",    "messageEdited", "unsend",     "follow",      "unfollow",    "join",    "leave",        "memberJoined",
    "memberLeft", "postback",      "videoPlayComplete", "beacon", "accountLink", "membership", "delivery", "module",
    "activated",  "deactivated",   "botSuspended", "botResumed", "timer",      "beaconVisit", "unknown"};

static const char *const MESSAGES[] = {"text", "image", "video", "audio", "file", "location", "sticker", "unknown"};

const char *bot_event_type(const bot_event *event) { return TYPES[event->kind.tag]; }

const char *bot_message_type(const bot_event *event) {
    return event->kind.tag == MESSAGE ? MESSAGES[event->kind.val.message.content.tag] : "";
}

const char *bot_message_id(const bot_event *event) {
    return event->kind.tag == MESSAGE ? bot_from_host(event->kind.val.message.id) : NULL;
}

const char *bot_text(const bot_event *event) {
    if (event->kind.tag != MESSAGE) return NULL;
    const botbox_line_events_message_content_t *content = &event->kind.val.message.content;
    return bot_from_optional(content->tag == BOTBOX_LINE_EVENTS_MESSAGE_CONTENT_TEXT, content->val.text.text);
}

bool bot_sticker(const bot_event *event, const char **package_id, const char **sticker_id) {
    if (event->kind.tag != MESSAGE) return false;
    const botbox_line_events_message_content_t *content = &event->kind.val.message.content;
    if (content->tag != BOTBOX_LINE_EVENTS_MESSAGE_CONTENT_STICKER) return false;
    *package_id = bot_from_host(content->val.sticker.package_id);
    *sticker_id = bot_from_host(content->val.sticker.sticker_id);
    return true;
}

const char *bot_postback(const bot_event *event) {
    bool is_postback = event->kind.tag == BOTBOX_LINE_EVENTS_EVENT_KIND_POSTBACK;
    return bot_from_optional(is_postback, event->kind.val.postback.data);
}

const char *bot_timer(const bot_event *event) {
    return bot_from_optional(event->kind.tag == BOTBOX_LINE_EVENTS_EVENT_KIND_TIMER, event->kind.val.timer.payload);
}

const char *bot_user_id(const bot_event *event) {
    if (!event->source.is_some) return NULL;
    const botbox_line_events_source_t *source = &event->source.val;
    switch (source->tag) {
    case BOTBOX_LINE_EVENTS_SOURCE_USER:
        return bot_from_optional(source->val.user.user_id.is_some, source->val.user.user_id.val);
    case BOTBOX_LINE_EVENTS_SOURCE_GROUP:
        return bot_from_optional(source->val.group.user_id.is_some, source->val.group.user_id.val);
    case BOTBOX_LINE_EVENTS_SOURCE_ROOM:
        return bot_from_optional(source->val.room.user_id.is_some, source->val.room.user_id.val);
    default:
        return NULL;
    }
}

const char *bot_chat_id(const bot_event *event) {
    if (!event->source.is_some) return NULL;
    const botbox_line_events_source_t *source = &event->source.val;
    switch (source->tag) {
    case BOTBOX_LINE_EVENTS_SOURCE_GROUP:
        return bot_from_host(source->val.group.group_id);
    case BOTBOX_LINE_EVENTS_SOURCE_ROOM:
        return bot_from_host(source->val.room.room_id);
    default:
        return bot_user_id(event);
    }
}

const char *bot_event_json(void) {
    host_string json;
    botbox_line_current_event_get_json(&json);
    return bot_from_host(json);
}

bool bot_begins(const char *text, const char *prefix) {
    return text && prefix && strncmp(text, prefix, strlen(prefix)) == 0;
}

static int hexadecimal(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= ' ';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What stands before `&` or the end, with `+` and `%20` decoded. */
static const char *decoded(const char *text) {
    char *value = (bot_allocate)(strcspn(text, "&") + 1);
    char *end = value;
    for (; *text && *text != '&'; text++) {
        int high = *text == '%' ? hexadecimal(text[1]) : -1;
        int low = high >= 0 ? hexadecimal(text[2]) : -1;
        if (low >= 0) {
            *end++ = (char)(high << 4 | low);
            text += 2;
        } else {
            *end++ = *text == '+' ? ' ' : *text;
        }
    }
    return value;
}

const char *bot_postback_field(const bot_event *event, const char *name) {
    const char *field = bot_postback(event);
    size_t length = strlen(name);
    while (field && *field) {
        if (strncmp(field, name, length) == 0 && field[length] == '=') return decoded(field + length + 1);
        const char *end = strchr(field, '&');
        field = end ? end + 1 : NULL;
    }
    return NULL;
}
