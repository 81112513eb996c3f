// Keys, from the bytes that a terminal sends for them.
#ifndef QUINIELA_CLI_TOP_KEYS_H
#define QUINIELA_CLI_TOP_KEYS_H

#include <stdbool.h>
#include <stddef.h>

// A key that stands for an ASCII character is that character.
enum top_key {
    TOP_KEY_NONE = 0,
    TOP_KEY_BACKSPACE = 8,
    TOP_KEY_ENTER = 13,
    TOP_KEY_ESCAPE = 27,
    TOP_KEY_OTHER = 256, // one that nobody asked for
    TOP_KEY_UP,
    TOP_KEY_DOWN,
    TOP_KEY_PAGE_UP,
    TOP_KEY_PAGE_DOWN,
    TOP_KEY_HOME,
    TOP_KEY_END
};

// The key at the beginning of `bytes`; *taken is how many of them it is. TOP_KEY_NONE, with 0, where more
// bytes have to come first. With `is_whole` none will: then an ESC that is alone is the key of that name.
enum top_key top_key_take(const char *bytes, size_t length, bool is_whole, size_t *taken);

#endif
