// UTF-8 (RFC 3629), as far as the program needs it.
#ifndef QUINIELA_BASE_UTF8_H
#define QUINIELA_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

// U+FEFF, which some programs write at the beginning of a text.
#define UTF8_BYTE_ORDER_MARK "\xEF\xBB\xBF"

// The length in bytes of the well-formed character at the beginning of `text`, and the character itself in
// *character. 0 when `text` (of `length` bytes) is empty or does not begin with one. Overlong forms,
// surrogates, and values above U+10FFFF are not well-formed.
size_t utf8_character(const char *text, size_t length, uint32_t *character);

// How many of the first `length` bytes there are up to the last whole character: where a text that is cut
// there may end. Less than `length` only when its last bytes are the beginning of a character.
size_t utf8_whole(const char *text, size_t length);

// How many characters `length` bytes of UTF-8 are: the columns of a terminal, for letters of one column.
size_t utf8_columns(const char *text, size_t length);

#endif
