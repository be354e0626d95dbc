// The SDK itself, used from C++.

#include <botbox_testing.h>
#include <cstring>
#include <string>

static void json_is_escaped() {
    std::string json = bot_json("[%s,%s,%j,%d,%lld,%f,%f,%b,'%%']", "\"\\\n\x01", nullptr, "{}", -1, 1LL << 40, -35.65,
                                0.0625, true);
    BOT_TEST(json == R"(["\"\\\u000a\u0001",null,{},-1,1099511627776,-35.650000000,0.062500000,true,"%"])");
}

static void buttons_are_a_template() {
    const char *json = bot_buttons_message("alt", "Which?", bot_message_action("A", "a"),
                                           bot_uri_action("B", "https://example.com/"));
    BOT_TEST(std::strstr(json, R"("actions":[{"type":"message","label":"A","text":"a"},{"type":"uri",)"));
}

static void postback_data_are_decoded() {
    bot_event event = bot_test_postback("item=green%20tea+hot&action=buy&odd=%zz");
    BOT_TEST(std::strcmp(bot_postback_field(&event, "item"), "green tea hot") == 0);
    BOT_TEST(std::strcmp(bot_postback_field(&event, "action"), "buy") == 0);
    BOT_TEST(std::strcmp(bot_postback_field(&event, "odd"), "%zz") == 0);
    BOT_TEST(bot_postback_field(&event, "act") == nullptr);
}

static void what_is_remembered_is_there() {
    bot_test_begin();
    bot_test_send(bot_test_text("one"));
    bot_test_send(bot_test_text("two"));
    BOT_TEST_SAID(0, "nothing");
    BOT_TEST_SAID(1, "2");
    BOT_TEST_SAID(2, "one");
    BOT_TEST_SAID(3, "4");
}

static void events_have_lines_names() {
    bot_test_begin();
    bot_test_send(bot_test_timer("tea"));
    bot_test_send(bot_test_follow());
    BOT_TEST_SAID(0, "timer");
    BOT_TEST_SAID(1, "follow");
}

static void errors_become_what_the_host_knows() {
    bot_test_begin();
    bot_test_fail("reply-message", BOT_DENIED, "`reply` is not among the channel's grants");
    BOT_TEST(bot_test_send(bot_test_follow()) == BOT_TEST_REJECT);
    BOT_TEST(std::strcmp(bot_test_failure(), "denied: `reply` is not among the channel's grants (at bot.c:8)") == 0);
    bot_test_fail("reply-message", BOT_UNAVAILABLE, "LINE does not answer");
    BOT_TEST(bot_test_send(bot_test_follow()) == BOT_TEST_RETRY);
    // A bot that has nothing else to do is done with the event.
    bot_test_fail("reply-message", BOT_STANDBY, "another service is in charge of the chat");
    BOT_TEST(bot_test_send(bot_test_follow()) == BOT_TEST_HANDLED);
}

int main() {
    json_is_escaped();
    buttons_are_a_template();
    postback_data_are_decoded();
    what_is_remembered_is_there();
    events_have_lines_names();
    errors_become_what_the_host_knows();
}
