// cmocka's assertions of equality, in words: which value was expected, and which one there is, with the names
// of errors and constants. `assert_error(&error, ERROR_GAP)` says "expected error to be gap, it is conflict",
// and then the error's own text.
#ifndef QUINIELA_TESTS_EXPECT_H
#define QUINIELA_TESTS_EXPECT_H

#include "base/error.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { EXPECT_TEXT_BYTES = 200, EXPECT_SHOWN = 32 };

static inline bool expect_begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

// Whether it names one of the system's errors.
static inline bool expect_is_errno(const char *wanted) {
    size_t length = strspn(wanted, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    return wanted[0] == 'E' && length > 2 && wanted[length] == '\0';
}

// Writes the value's name, where it has one, into `text`.
static inline void expect_name(char text[EXPECT_TEXT_BYTES], intmax_t value, const char *wanted) {
    if (expect_is_errno(wanted) && value > 0) {
        (void)snprintf(text, EXPECT_TEXT_BYTES, "%s", strerror((int)value));
    } else {
        (void)snprintf(text, EXPECT_TEXT_BYTES, "%s%" PRIdMAX,
                       expect_begins(wanted, "EXIT_") ? "exit status " : "", value);
    }
}

static inline void expect_equal(intmax_t value, intmax_t expected, const char *what, const char *wanted,
                                const char *file, int line) {
    if (value == expected) {
        return;
    }
    char has[EXPECT_TEXT_BYTES], name[EXPECT_TEXT_BYTES];
    expect_name(has, value, wanted);
    expect_name(name, expected, wanted);
    bool is_said = strcmp(name, wanted) == 0;
    print_error("expected %s to be %s%s%s%s, it is %s\n", what, is_said ? name : wanted, is_said ? "" : " (",
                is_said ? "" : name, is_said ? "" : ")", has);
    _fail(file, line);
}

static inline const char *expect_code_name(const struct error_code *code) {
    return code == NULL ? "no error" : error_name(code);
}

// `text` is what the error says, or "". Several codes may have one name.
static inline void expect_code_of(const struct error_code *code, const struct error_code *expected,
                                  const char *text, const char *what, const char *file, int line) {
    if (code != expected) {
        const char *name = expect_code_name(code), *wanted = expect_code_name(expected);
        print_error("expected %s to be %s, it is %s%s%s%s\n", what[0] == '&' ? what + 1 : what, wanted,
                    strcmp(name, wanted) == 0 ? "another code named " : "", name, text[0] == '\0' ? "" : ": ",
                    text);
        _fail(file, line);
    }
}

static inline void expect_code(const struct error_code *code, const struct error_code *expected,
                               const char *what, const char *file, int line) {
    expect_code_of(code, expected, "", what, file, line);
}

static inline void expect_error(const struct error *error, const struct error_code *expected,
                                const char *what, const char *file, int line) {
    expect_code_of(error->code, expected, error->code == NULL ? "" : error->text, what, file, line);
}

static inline void expect_same(bool same, const char *what, const char *wanted, const char *file, int line) {
    if (!same) {
        print_error("expected %s to be %s, it is something else\n", what, wanted);
        _fail(file, line);
    }
}

// Shows the bytes as text, as far as they are readable.
static inline const char *expect_show(char text[EXPECT_TEXT_BYTES], const unsigned char *bytes,
                                      size_t length) {
    size_t end = 0;
    for (size_t i = 0; i < length && i < EXPECT_SHOWN; i++) {
        const char *format = isprint(bytes[i]) ? "%c" : "\\x%02x";
        end += (size_t)snprintf(text + end, EXPECT_TEXT_BYTES - end, format, bytes[i]);
    }
    return text;
}

static inline void expect_bytes(const void *value, const void *expected, size_t length, const char *what,
                                const char *wanted, const char *file, int line) {
    const unsigned char *has = value, *wants = expected;
    size_t at = 0;
    while (at < length && has[at] == wants[at]) {
        at++;
    }
    if (at < length) {
        char one[EXPECT_TEXT_BYTES] = "", other[EXPECT_TEXT_BYTES] = "";
        print_error(
            "expected the %zu bytes of %s to be those of %s; from byte %zu on they are\n  \"%s\" and not\n"
            "  \"%s\"\n",
            length, what, wanted, at, expect_show(one, has + at, length - at),
            expect_show(other, wants + at, length - at));
        _fail(file, line);
    }
}

// Shows the first line that differs in texts of several lines.
static inline void expect_text(const char *value, const char *expected, const char *what, const char *wanted,
                               const char *file, int line) {
    if (value == expected || (value != NULL && expected != NULL && strcmp(value, expected) == 0)) {
        return;
    }
    if (value == NULL || expected == NULL) {
        print_error("expected %s to be %s, it is %s\n", what, wanted, value == NULL ? "NULL" : value);
        _fail(file, line);
        return;
    }
    if (expected[0] == '\0') {
        print_error("expected %s to be empty, it is \"%s\"\n", what, value);
        _fail(file, line);
        return;
    }
    size_t at = 0, number = 1;
    for (size_t i = 0; value[i] == expected[i]; i++) {
        if (value[i] == '\n') {
            at = i + 1;
            number++;
        }
    }
    print_error("expected %s to be \"%.*s\", it is \"%.*s\"", what, (int)strcspn(expected + at, "\n"),
                expected + at, (int)strcspn(value + at, "\n"), value + at);
    if (strchr(value, '\n') != NULL || strchr(expected, '\n') != NULL) {
        print_error(" (line %zu; the lines before are as they should be)", number);
    }
    print_error("\n");
    _fail(file, line);
}

// For calls that must succeed. A failure names the story's own line.
static inline void must_at(bool done, const struct error *error, const char *what, const char *file,
                           int line) {
    if (!done) {
        print_error("expected %s to succeed: %s\n", what, error->text);
        _fail(file, line);
    }
}

#define must(done, error) must_at(done, error, #done, __FILE__, __LINE__)

// The error's code; a failure says its text, too.
#define assert_error(error, expected) expect_error(error, expected, #error, __FILE__, __LINE__)

// A code that has come without its error.
#define assert_code(code, expected) expect_code(code, expected, #code, __FILE__, __LINE__)

#undef assert_string_equal
#define assert_string_equal(value, expected)                                                                 \
    expect_text((const char *)(value), (const char *)(expected), #value, #expected, __FILE__, __LINE__)
#undef assert_int_equal
#define assert_int_equal(value, expected)                                                                    \
    expect_equal((intmax_t)(value), (intmax_t)(expected), #value, #expected, __FILE__, __LINE__)
#undef assert_ptr_equal
#define assert_ptr_equal(value, expected)                                                                    \
    expect_same((const void *)(value) == (const void *)(expected), #value, #expected, __FILE__, __LINE__)
#undef assert_memory_equal
#define assert_memory_equal(value, expected, length)                                                         \
    expect_bytes(value, expected, length, #value, #expected, __FILE__, __LINE__)

#endif
