/* What the SDK's own files share. */
#ifndef BOTBOX_INTERNAL_H
#define BOTBOX_INTERNAL_H

#include <stdarg.h>
#include <string.h>

#include "botbox.h"

typedef botbox_host_string_t host_string;
typedef botbox_line_errors_call_error_t call_error;

/* Where the bot's last call stands. */
extern const char *bot_file;
extern int bot_line;

/* A text as the host takes it. It is not copied. */
host_string bot_to_host(const char *text);
/* The host's text with a zero at its end. */
const char *bot_from_host(host_string text);
/* The same; NULL when it is not there. */
const char *bot_from_optional(bool is_some, host_string text);
/* A text of printf's format. */
char *bot_vformat(const char *format, va_list arguments);

/* A failure of the last call, at the place of the call. */
bot_error *bot_error_of(bot_error_kind kind, const char *message);
/* The host's error as the bot sees it. */
bot_error *bot_error_of_call(const call_error *error);

#endif
