#include "seal/encoding.h"

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base32_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static const char hex_digits[] = "0123456789abcdef";

// Writes `width` bits a digit. The last digit is filled up with zeros.
static size_t encode(const uint8_t *bytes, size_t length, const char *digits, unsigned width, char *text) {
    size_t written = 0;
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < length; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= width; bits -= width) {
            text[written++] = digits[held >> (bits - width) & ((1U << width) - 1)];
        }
        held &= (1U << bits) - 1;
    }
    if (bits > 0) {
        text[written++] = digits[held << (width - bits) & ((1U << width) - 1)];
    }
    text[written] = '\0';
    return written;
}

// The digit's value, or -1.
static int value_of(char digit, const char *digits) {
    const char *found = digit == '\0' ? NULL : strchr(digits, digit);
    return found == NULL ? -1 : (int)(found - digits);
}

// Reads digits of `width` bits. Refuses bits that are left over and not 0, and a digit that has no bit of
// use.
static bool decode(struct slice text, const char *digits, unsigned width, uint8_t *bytes, size_t max,
                   size_t *length) {
    size_t written = 0;
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < text.length; i++) {
        int value = value_of(text.text[i], digits);
        if (value < 0) {
            return false;
        }
        held = held << width | (uint32_t)value;
        bits += width;
        if (bits >= 8) {
            if (written == max) {
                return false;
            }
            bits -= 8;
            bytes[written++] = (uint8_t)(held >> bits);
            held &= (1U << bits) - 1;
        }
    }
    *length = written;
    return bits < width && held == 0;
}

size_t base64_encode(const void *bytes, size_t length, char *text) {
    size_t written = encode(bytes, length, base64_digits, 6, text);
    while (written % 4 != 0) {
        text[written++] = '=';
    }
    text[written] = '\0';
    return written;
}

size_t hex_encode(const void *bytes, size_t length, char *text) {
    return encode(bytes, length, hex_digits, 4, text);
}

size_t base32_encode(const void *bytes, size_t length, char *text) {
    return encode(bytes, length, base32_digits, 5, text);
}

bool base64_decode(struct slice text, void *bytes, size_t max, size_t *length) {
    struct slice digits = text;
    while (digits.length > 0 && text.length - digits.length < 2 && digits.text[digits.length - 1] == '=') {
        digits.length--;
    }
    return text.length % 4 == 0 && decode(digits, base64_digits, 6, bytes, max, length);
}

bool base32_decode(struct slice text, void *bytes, size_t max, size_t *length) {
    return decode(text, base32_digits, 5, bytes, max, length);
}

bool base64_decode_exactly(struct slice text, void *bytes, size_t length) {
    size_t decoded = 0;
    return text.length == BASE64_TEXT_BYTES(length) - 1 && base64_decode(text, bytes, length, &decoded) &&
           decoded == length;
}

bool hex_decode_exactly(struct slice text, void *bytes, size_t length) {
    size_t decoded = 0;
    return text.length == 2 * length && decode(text, hex_digits, 4, bytes, length, &decoded);
}

bool hex_decode_either_case(struct slice text, void *bytes, size_t max, size_t *length) {
    uint8_t *byte = bytes;
    if (text.length % 2 != 0 || text.length / 2 > max) {
        return false;
    }
    for (size_t i = 0; i < text.length; i++) {
        char digit = text.text[i];
        int value = value_of(digit >= 'A' && digit <= 'F' ? (char)(digit + 'a' - 'A') : digit, hex_digits);
        if (value < 0) {
            return false;
        }
        byte[i / 2] = (uint8_t)(i % 2 == 0 ? value << 4 : byte[i / 2] | value);
    }
    *length = text.length / 2;
    return true;
}
