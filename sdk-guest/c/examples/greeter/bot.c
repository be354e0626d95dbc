/* Greets new friends by name and looks at what they send. */

#include <botbox.h>
#include <string.h>

static bot_error *welcome(const bot_event *event) {
    const char *user = bot_user_id(event);
    if (!user) return bot_reject("a follow event without a user");
    bot_user_profile profile;
    BOT_TRY(bot_profile(user, &profile));
    const char *question = bot_buttons_message("Choose a colour", "Which colour do you like?",
                                               bot_postback_action("Red", "colour=red"),
                                               bot_postback_action("Green", "colour=green"));
    return bot_reply(bot_text_message(bot_format("Hello %s, nice to meet you!", profile.display_name)), question);
}

static bot_error *describe(const char *message_id) {
    bot_content image;
    BOT_TRY(bot_content_open(message_id, &image));
    char piece[4096];
    size_t size = 0, read;
    do {
        BOT_TRY(bot_content_read(&image, piece, sizeof piece, &read));
        size += read;
    } while (read > 0);
    bot_content_close(&image);
    return bot_say(bot_format("That is %s, %zu bytes", image.content_type, size));
}

static bot_error *come_back(const bot_event *event) {
    BOT_TRY(bot_say("One moment"));
    return bot_push(bot_chat_id(event), bot_text_message("Here I am again"));
}

bot_error *bot_handle(const bot_event *event) {
    const char *text = bot_text(event), *chosen = bot_postback(event);
    if (strcmp(bot_event_type(event), "follow") == 0) return welcome(event);
    if (chosen) return bot_say(bot_format("You chose %s", chosen));
    if (strcmp(bot_message_type(event), "image") == 0) return describe(bot_message_id(event));
    if (text && strcmp(text, "push me") == 0) return come_back(event);
    if (text) return bot_say("Send me an image, or say: push me");
    return NULL;
}
