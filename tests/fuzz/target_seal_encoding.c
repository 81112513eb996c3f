// Whatever is read as base64, base32, hex, a number, a moment or a key is the text of its value.
#include "fuzz.h"

#include "seal/decimal.h"
#include "seal/encoding.h"
#include "seal/instant.h"
#include "seal/origin.h"
#include "seal/vkey.h"

enum { BYTES_MAX = 4096 };

static uint8_t bytes[BYTES_MAX];
static char again[4 * BYTES_MAX];

static void must_be(struct slice text, size_t length, const char *what) {
    must_hold(slice_equal(text, (struct slice){again, length}), what);
}

static void try_bytes(struct slice text) {
    size_t length;
    if (base64_decode(text, bytes, sizeof bytes, &length)) {
        must_be(text, base64_encode(bytes, length, again), "base64 has one text");
    }
    if (base32_decode(text, bytes, sizeof bytes, &length)) {
        must_be(text, base32_encode(bytes, length, again), "base32 has one text");
    }
    if (text.length / 2 <= sizeof bytes && hex_decode_exactly(text, bytes, text.length / 2)) {
        must_be(text, hex_encode(bytes, text.length / 2, again), "hex has one text");
    }
    if (hex_decode_either_case(text, bytes, sizeof bytes, &length)) {
        must_hold(2 * length == text.length, "hex of either case has two digits a byte");
    }
}

static void try_values(struct slice text) {
    uint64_t value;
    struct vkey key;
    struct error error;
    if (decimal_parse(text, UINT64_MAX, &value)) {
        must_be(text, decimal_format(value, again), "a number has one text");
    }
    if (instant_parse(text, &value)) {
        must_be(text, instant_format(value, again), "a moment has one text");
    }
    if (vkey_parse(text, &key, &error)) {
        must_be(text, vkey_format(&key, again), "a key has one text");
    }
    if (origin_is_valid(text)) {
        must_hold(sign_name_is_valid(origin_name(text)) && draw_name_is_valid(origin_draw(text)) &&
                      origin_name(text).length + 1 + origin_draw(text).length == text.length,
                  "an origin has two parts");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t length) {
    struct slice text = {(const char *)input, length};
    if (length <= BYTES_MAX) {
        try_bytes(text);
        try_values(text);
    }
    return 0;
}
