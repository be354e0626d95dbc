#include <botbox_testing.h>
#include <string.h>

static void greets_by_name(void) {
    bot_test_begin();
    bot_test_profile(BOT_TEST_USER, "Aiko");
    bot_test_send(bot_test_follow());
    BOT_TEST_SAID(0, "Hello Aiko, nice to meet you!");
    BOT_TEST(strstr(bot_test_sent(1).message, "colour=green") != NULL);
}

static void looks_at_images(void) {
    static char image[300000];
    bot_test_begin();
    bot_test_content("m2", "image/png", image, sizeof image);
    bot_test_send(bot_test_image("m2"));
    BOT_TEST_SAID(0, "That is image/png, 300000 bytes");
}

static void comes_back(void) {
    bot_test_begin();
    bot_test_send(bot_test_text("push me"));
    BOT_TEST(strcmp(bot_test_sent(0).via, "reply") == 0);
    BOT_TEST(strcmp(bot_test_sent(1).to, BOT_TEST_USER) == 0);
    BOT_TEST_SAID(1, "Here I am again");
}

static void gives_up_a_follow_event_of_nobody(void) {
    bot_test_begin();
    bot_event event = bot_test_follow();
    event.source.is_some = false;
    BOT_TEST(bot_test_send(event) == BOT_TEST_REJECT);
    BOT_TEST(strstr(bot_test_failure(), "a follow event without a user (at bot.c:") != NULL);
}

int main(void) {
    greets_by_name();
    looks_at_images();
    comes_back();
    gives_up_a_follow_event_of_nobody();
}
