/* Configuration, timers and the log. */

#include "internal.h"

bot_error *(bot_config)(const char *key, const char **value) {
    host_string name = bot_to_host(key);
    botbox_host_option_string_t told;
    wasi_config_store_error_t error;
    /* Both kinds of error have a text. */
    if (!wasi_config_store_get(&name, &told, &error)) return bot_error_of(BOT_OTHER, bot_from_host(error.val.io));
    *value = bot_from_optional(told.is_some, told.val);
    return NULL;
}

bot_error *(bot_run_at)(int64_t at, const char *payload) {
    host_string text = bot_to_host(payload), id;
    call_error error;
    return botbox_line_schedule_run_at(at, &text, NULL, &id, &error) ? NULL : bot_error_of_call(&error);
}

static void log_text(bot_log_level level, const char *text) {
    host_string context = bot_to_host("bot"), message = bot_to_host(text);
    wasi_logging_logging_log((wasi_logging_logging_level_t)level, &context, &message);
}

void bot_log(bot_log_level level, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    log_text(level, bot_vformat(format, arguments));
    va_end(arguments);
}
