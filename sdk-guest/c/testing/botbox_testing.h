/*
 * A host in memory, for tests of a bot: plain programs for this machine, which `make test` builds and runs.
 *
 *     int main(void) {
 *         bot_test_begin();
 *         bot_test_send(bot_test_text("hello"));
 *         BOT_TEST_SAID(0, "hello");
 *     }
 */
#ifndef BOTBOX_TESTING_H
#define BOTBOX_TESTING_H

#include "botbox.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The user that events come from. */
#define BOT_TEST_USER "U00000000000000000000000000000001"

/* A new host, which has sent nothing and knows nobody. */
void bot_test_begin(void);

/* Events of the user. */
bot_event bot_test_text(const char *text);
bot_event bot_test_sticker(const char *package_id, const char *sticker_id);
bot_event bot_test_image(const char *message_id);
bot_event bot_test_follow(void);
bot_event bot_test_postback(const char *data);
bot_event bot_test_timer(const char *payload);

typedef enum { BOT_TEST_HANDLED, BOT_TEST_RETRY, BOT_TEST_REJECT } bot_test_outcome;

/* Hands an event to the bot. */
bot_test_outcome bot_test_send(bot_event event);
/* What the bot failed with last, as the operator reads it; or NULL. */
const char *bot_test_failure(void);

typedef struct {
    /* "reply" or "push". */
    const char *via;
    /* Of a push. */
    const char *to;
    /* LINE's JSON. */
    const char *message;
} bot_test_message;

/* How many messages the bot has sent, and each of them. */
size_t bot_test_count(void);
bot_test_message bot_test_sent(size_t index);

/* What the host knows. */
void bot_test_profile(const char *user_id, const char *display_name);
void bot_test_content(const char *message_id, const char *content_type, const void *bytes, size_t size);
void bot_test_configure(const char *key, const char *value);
/* Has the next call of a function of the contract fail, such as "push-message". */
void bot_test_fail(const char *function, bot_error_kind kind, const char *message);

/* Ends the test with file and line when something does not hold. */
void bot_test_check(bool holds, const char *what, const char *file, int line);
void bot_test_check_said(size_t index, const char *text, const char *file, int line);
#define BOT_TEST(condition) bot_test_check((condition), #condition, __FILE__, __LINE__)
/* A message is this text. */
#define BOT_TEST_SAID(index, text) bot_test_check_said((index), (text), __FILE__, __LINE__)

#ifdef __cplusplus
}
#endif

#endif
