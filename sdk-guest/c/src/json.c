/* JSON by a format. */

#include "internal.h"

typedef struct {
    char *text;
    size_t length, room;
} buffer;

static void add(buffer *to, const char *bytes, size_t length) {
    if (to->length + length + 1 > to->room) {
        to->room = 2 * (to->length + length) + 64;
        char *larger = (bot_allocate)(to->room);
        if (to->length) memcpy(larger, to->text, to->length);
        to->text = larger;
    }
    memcpy(to->text + to->length, bytes, length);
    to->length += length;
    to->text[to->length] = 0;
}

static void add_text(buffer *to, const char *text) { add(to, text, strlen(text)); }

static void add_quoted(buffer *to, const char *text) {
    static const char digits[] = "0123456789abcdef";
    if (!text) {
        add_text(to, "null");
        return;
    }
    add(to, "\"", 1);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            char escaped[2] = {'\\', (char)c};
            add(to, escaped, 2);
        } else if (c < 0x20) {
            char escaped[6] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
            add(to, escaped, 6);
        } else {
            add(to, text, 1);
        }
    }
    add(to, "\"", 1);
}

static void add_integer(buffer *to, long long number) { add_text(to, bot_format("%lld", number)); }

/* To 9 decimals: a tenth of a millimetre of a degree. Larger numbers than a long long are none of LINE's. */
static void add_number(buffer *to, double number) {
    if (number < 0) {
        add(to, "-", 1);
        number = -number;
    }
    long long whole = (long long)number;
    long long decimals = (long long)((number - (double)whole) * 1e9 + 0.5);
    if (decimals == 1000000000) {
        whole++;
        decimals = 0;
    }
    add_text(to, bot_format("%lld.%09lld", whole, decimals));
}

const char *bot_json(const char *format, ...) {
    buffer json = {0};
    add(&json, "", 0);
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format == '\'') {
            add(&json, "\"", 1);
        } else if (*format != '%') {
            add(&json, format, 1);
        } else if (*++format == 's') {
            add_quoted(&json, va_arg(arguments, const char *));
        } else if (*format == 'j') {
            const char *value = va_arg(arguments, const char *);
            add_text(&json, value ? value : "null");
        } else if (*format == 'd') {
            add_integer(&json, va_arg(arguments, int));
        } else if (strncmp(format, "lld", 3) == 0) {
            format += 2;
            add_integer(&json, va_arg(arguments, long long));
        } else if (*format == 'f') {
            add_number(&json, va_arg(arguments, double));
        } else if (*format == 'b') {
            add_text(&json, va_arg(arguments, int) ? "true" : "false");
        } else if (*format == '%') {
            add(&json, "%", 1);
        } else {
            (bot_abort)("bot_json knows no %%%c: %%s, %%j, %%d, %%lld, %%f and %%b are what there is", *format);
        }
    }
    va_end(arguments);
    return json.text;
}
