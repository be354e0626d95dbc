/* A bot that hands everything to the store. */

#include <botbox.h>

bot_error *bot_handle(const bot_event *event) {
    const char *text = bot_text(event), *before;
    int64_t count;
    if (!text) return bot_say(bot_event_type(event));
    BOT_TRY(bot_get("texts", bot_user_id(event), &before));
    BOT_TRY(bot_set("texts", bot_user_id(event), text));
    BOT_TRY(bot_increment("numbers", "count", 2, &count));
    return bot_reply(bot_text_message(before ? before : "nothing"), bot_text_message(bot_format("%d", (int)count)));
}
