// Bytes as text: base64 (RFC 4648, section 4, with padding), hex in lower case, and base32 (section 6,
// without padding). Every text but the one that its bytes have is refused: another case, a missing or further
// '=', bits that are left over and not 0, a line end.
#ifndef QUINIELA_SEAL_ENCODING_H
#define QUINIELA_SEAL_ENCODING_H

#include "base/attributes.h"
#include "seal/slice.h"

#include <stdint.h>

// The bytes of the text of `length` bytes, and a NUL.
#define BASE64_TEXT_BYTES(length) (((length) + 2) / 3 * 4 + 1)
#define HEX_TEXT_BYTES(length) ((length)*2 + 1)
#define BASE32_TEXT_BYTES(length) (((length)*8 + 4) / 5 + 1)

// Writes the text of the bytes, and a NUL. Returns the text's length.
size_t base64_encode(const void *bytes, size_t length, char *text);
size_t hex_encode(const void *bytes, size_t length, char *text);
size_t base32_encode(const void *bytes, size_t length, char *text);

// Reads the text into `bytes`, at most `max` of them, and their number into *length. Returns false, with
// nothing of use in `bytes`, when it is another text than theirs, or there are more.
bool base64_decode(struct slice text, void *bytes, size_t max, size_t *length) MUST_CHECK;
bool base32_decode(struct slice text, void *bytes, size_t max, size_t *length) MUST_CHECK;

// The same for texts of exactly `length` bytes.
bool base64_decode_exactly(struct slice text, void *bytes, size_t length) MUST_CHECK;
bool hex_decode_exactly(struct slice text, void *bytes, size_t length) MUST_CHECK;

// Reads hex of either case, as some beacons write it: at most `max` bytes, their number into *length.
bool hex_decode_either_case(struct slice text, void *bytes, size_t max, size_t *length) MUST_CHECK;

#endif
