/* Messages and actions: LINE's JSON. */

#include "internal.h"

const char *bot_text_message(const char *text) { return bot_json("{'type':'text','text':%s}", text); }

const char *bot_sticker_message(const char *package_id, const char *sticker_id) {
    return bot_json("{'type':'sticker','packageId':%s,'stickerId':%s}", package_id, sticker_id);
}

const char *(bot_buttons_message)(const char *alt_text, const char *text, const char *action, ...) {
    const char *actions = action;
    va_list rest;
    va_start(rest, action);
    for (const char *next; (next = va_arg(rest, const char *));) actions = bot_json("%j,%j", actions, next);
    va_end(rest);
    return bot_json("{'type':'template','altText':%s,'template':{'type':'buttons','text':%s,'actions':[%j]}}", alt_text,
                    text, actions);
}

const char *bot_postback_action(const char *label, const char *data) {
    return bot_json("{'type':'postback','label':%s,'data':%s}", label, data);
}

const char *bot_message_action(const char *label, const char *text) {
    return bot_json("{'type':'message','label':%s,'text':%s}", label, text);
}

const char *bot_uri_action(const char *label, const char *uri) {
    return bot_json("{'type':'uri','label':%s,'uri':%s}", label, uri);
}
