// Every error says the same in other words: the program's text, after some more.
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

bool __real_error_set(struct error *error, const struct error_code *code, const char *format, ...);
bool __wrap_error_set(struct error *error, const struct error_code *code, const char *format, ...)
    PRINTF_LIKE(3, 4);

bool __wrap_error_set(struct error *error, const struct error_code *code, const char *format, ...) {
    char text[ERROR_TEXT_BYTES];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    return __real_error_set(error, code, "in other words: %s", text);
}
