/* The end of an event that is a bug of the bot. */

#include "internal.h"

#include <stdio.h>

#undef abort

/* The host tells the operator the last error in the log as the reason of a trap. It is written without
   memory of the heap, which may be used up. */
static void log_end(const char *what) {
    static char text[600];
    snprintf(text, sizeof text, "%.400s (at %.150s:%d)", what, bot_file, bot_line);
    host_string context = bot_to_host("bot"), message = bot_to_host(text);
    wasi_logging_logging_log(WASI_LOGGING_LOGGING_LEVEL_ERROR, &context, &message);
}

void (bot_abort)(const char *format, ...) {
    static char what[401];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    log_end(what);
    __builtin_trap();
}

#ifdef __wasm__
/* In the place of the C library's, which would end without a word. Its callers are other libraries: the bot's
   sources have a macro that tells their place. Weak, because the C library has it together with other functions. */
__attribute__((weak)) _Noreturn void abort(void) { (bot_abort)("abort(), after the call"); }
#endif
