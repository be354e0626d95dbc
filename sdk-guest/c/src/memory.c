/* Memory that lives as long as the event, and texts in it. */

#include "internal.h"

#include <stdio.h>

const char *bot_file = "the bot";
int bot_line = 0;

void bot_place(const char *file, int line) {
    bot_file = file;
    bot_line = line;
}

void *(bot_allocate)(size_t size) {
    void *memory = calloc(1, size ? size : 1);
    if (!memory) (bot_abort)("out of memory: there is no room for %zu bytes more", size);
    return memory;
}

const char *bot_from_host(host_string text) {
    char *copy = (bot_allocate)(text.len + 1);
    memcpy(copy, text.ptr, text.len);
    return copy;
}

const char *bot_from_optional(bool is_some, host_string text) {
    return is_some ? bot_from_host(text) : NULL;
}

host_string bot_to_host(const char *text) {
    host_string string = {(uint8_t *)text, text ? strlen(text) : 0};
    return string;
}

char *bot_vformat(const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) return (bot_allocate)(1);
    char *text = (bot_allocate)((size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

char *bot_format(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = bot_vformat(format, arguments);
    va_end(arguments);
    return text;
}
