/* What goes wrong, and what the host is told of it. */

#include "internal.h"

static const char *const KINDS[] = {"denied",    "standby", "invalid",     "rate-limited", "quota-exceeded",
                                    "not-found", "expired", "unavailable", "other"};

bot_error *bot_error_of(bot_error_kind kind, const char *message) {
    bot_error *error = (bot_allocate)(sizeof *error);
    error->kind = kind;
    error->message = message;
    error->file = bot_file;
    error->line = bot_line;
    error->is_temporary = kind == BOT_UNAVAILABLE || kind == BOT_RATE_LIMITED;
    return error;
}

bot_error *bot_error_of_call(const call_error *host) {
    bot_error *error = bot_error_of((bot_error_kind)host->kind, bot_from_host(host->message));
    for (size_t i = 0; i < host->details.len; i++) {
        const botbox_line_errors_error_detail_t *detail = &host->details.ptr[i];
        const char *property = bot_from_host(detail->property);
        error->details = bot_format("%s%s%s%s%s", error->details ? error->details : "", error->details ? ", " : "",
                                    property, *property ? ": " : "", bot_from_host(detail->message));
    }
    error->request_id = bot_from_optional(host->request_id.is_some, host->request_id.val);
    return error;
}

/* The bot's own failure, whose text is the whole of it. */
static bot_error *own(bot_error_kind kind, const char *format, va_list arguments) {
    bot_error *error = bot_error_of(kind, bot_vformat(format, arguments));
    error->is_own = true;
    return error;
}

bot_error *(bot_reject)(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    bot_error *error = own(BOT_OTHER, format, arguments);
    va_end(arguments);
    return error;
}

bot_error *(bot_retry)(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    bot_error *error = own(BOT_UNAVAILABLE, format, arguments);
    va_end(arguments);
    return error;
}

/* An error in one sentence: what, which parts, and where. */
static const char *in_one_sentence(const bot_error *error) {
    return bot_format("%s%s%s%s%s%s%s (at %s:%d)", error->is_own ? "" : KINDS[error->kind], error->is_own ? "" : ": ",
                      error->message, error->details ? "; " : "", error->details ? error->details : "",
                      error->request_id ? "; LINE's request " : "", error->request_id ? error->request_id : "",
                      error->file, error->line);
}

/* The component's export. */
bool exports_botbox_line_handler_handle(exports_botbox_line_handler_event_t *event,
                                        exports_botbox_line_handler_failure_t *failure) {
    bot_error *error = bot_handle(event);
    if (!error || error->kind == BOT_STANDBY) return true;
    failure->tag = error->is_temporary ? EXPORTS_BOTBOX_LINE_HANDLER_FAILURE_RETRY
                                       : EXPORTS_BOTBOX_LINE_HANDLER_FAILURE_REJECT;
    failure->val.retry = bot_to_host(in_one_sentence(error));
    return false;
}

/* What wit-bindgen's bindings refer to, so that an object with the types of the contract is linked, too. There
   is none: `botbox build` knows the contract. */
void __component_type_object_force_link_botbox_host(void);
void __component_type_object_force_link_botbox_host(void) {}
