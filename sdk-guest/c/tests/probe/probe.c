/* A bot of the whole-system tests, which does as it is told. */

#include <assert.h>
#include <botbox.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "beacon.h"
#include "doomed.h"

static int recurse(const char *text) {
    volatile char frame[256];
    frame[0] = *text;
    /* No text has this byte, but the compiler does not know. */
    return *text == '\xff' ? 0 : recurse(text) + frame[0];
}

static bot_error *count(const char *text) {
    int64_t count;
    const char *before;
    BOT_TRY(bot_increment("numbers", "count", 1, &count));
    BOT_TRY(bot_get("numbers", "seen", &before));
    BOT_TRY(bot_set("numbers", "seen", text));
    return bot_say(bot_format("%lld %s", (long long)count, before ? before : "nothing"));
}

bot_error *bot_handle(const bot_event *event) {
    const char *text = bot_text(event);
    if (!text) return beacon(event);
    bool (*said)(const char *, const char *) = bot_begins;

    /* What goes wrong. */
    if (said(text, "abort")) abort();
    if (said(text, "doom")) doomed();
    if (said(text, "assert")) assert(strlen(text) == 0);
    if (said(text, "reject")) return bot_reject("no more %s", "tea");
    if (said(text, "retry")) return bot_retry("not now");
    if (said(text, "exit")) exit(1);
    if (said(text, "loop"))
        for (volatile int i = 0;; i++) continue;
    if (said(text, "allocate"))
        for (;;) bot_allocate(1 << 20);
    if (said(text, "recurse")) return bot_say(recurse(text) ? "deep" : "deeper");
    if (said(text, "wrong type")) return bot_reply(bot_json("{'type':'txet','text':%s}", "?"));
    if (said(text, "wrong format")) return bot_reply(bot_json("{'type':%y}"));
    if (said(text, "denied store")) return count(text);
    if (said(text, "denied")) return bot_push("U00000000000000000000000000000000", bot_text_message("?"));
    if (said(text, "handed on")) {
        BOT_TRY(bot_push("U00000000000000000000000000000000", bot_text_message("?")));
        return NULL;
    }

    /* What works. */
    if (said(text, "count")) return count(text);
    if (said(text, "clock")) return bot_say(bot_format("%lld", (long long)time(NULL)));
    if (said(text, "config")) {
        const char *greeting, *nothing;
        BOT_TRY(bot_config("greeting", &greeting));
        BOT_TRY(bot_config("nothing", &nothing));
        return bot_say(bot_format("%s %s", greeting, nothing ? nothing : "none"));
    }
    if (said(text, "log")) {
        bot_log(BOT_WARN, "six is %d", 6);
        puts("printed");
        return bot_say("logged");
    }
    if (said(text, "json")) {
        const char *json = bot_json("[%s,%j,%d,%lld,%f,%b,%%]", "\"\\\n", "{}", -1, 1LL << 40, -35.65, true);
        return bot_say(json);
    }
    return bot_say("and you?");
}
