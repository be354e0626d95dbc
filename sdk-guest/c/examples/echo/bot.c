/* Answers every text with the same text, and every sticker with the same sticker. */

#include <botbox.h>

bot_error *bot_handle(const bot_event *event) {
    const char *text = bot_text(event), *package_id, *sticker_id;
    if (text) return bot_say(text);
    if (bot_sticker(event, &package_id, &sticker_id)) return bot_reply(bot_sticker_message(package_id, sticker_id));
    return NULL;
}
