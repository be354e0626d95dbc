#include <botbox_testing.h>
#include <string.h>

static void says_what_was_said(void) {
    bot_test_begin();
    bot_test_send(bot_test_text("hello \"you\"\n"));
    BOT_TEST(bot_test_count() == 1);
    BOT_TEST_SAID(0, "hello \"you\"\n");
}

static void shows_what_was_shown(void) {
    bot_test_begin();
    bot_test_send(bot_test_sticker("446", "1988"));
    BOT_TEST(strcmp(bot_test_sent(0).message, bot_sticker_message("446", "1988")) == 0);
}

static void has_a_busy_line_asked_again(void) {
    bot_test_begin();
    bot_test_fail("reply-message", BOT_RATE_LIMITED, "LINE is busy");
    BOT_TEST(bot_test_send(bot_test_text("hello")) == BOT_TEST_RETRY);
    BOT_TEST(strstr(bot_test_failure(), "rate-limited: LINE is busy (at bot.c:") != NULL);
}

int main(void) {
    says_what_was_said();
    shows_what_was_shown();
    has_a_busy_line_asked_again();
}
