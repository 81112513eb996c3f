#include "seal/bet_text.h"

#include "bet/bet.h"
#include "seal/decimal.h"
#include "seal/errors.h"

#include <assert.h>

size_t bet_text_write(uint32_t agency, uint64_t index, struct slice row, char text[TEXT_BYTES_MAX]) {
    assert(row.length <= BET_TEXT_BYTES_MAX && agency <= AGENCIES_MAX);
    char number[DECIMAL_TEXT_BYTES];
    size_t digits = decimal_format(agency, number);
    memcpy(text, number, digits);
    text[digits] = ',';
    size_t length = digits + 1;
    digits = decimal_format(index, number);
    memcpy(text + length, number, digits);
    length += digits;
    text[length++] = ',';
    memcpy(text + length, row.text, row.length);
    return length + row.length;
}

// Takes what is before the first comma off the text.
static bool take_number(struct slice *rest, uint64_t max, uint64_t *number) {
    const char *comma = rest->length == 0 ? NULL : memchr(rest->text, ',', rest->length);
    if (comma == NULL) {
        return false;
    }
    struct slice digits = {rest->text, (size_t)(comma - rest->text)};
    *rest = (struct slice){comma + 1, rest->length - digits.length - 1};
    return decimal_parse(digits, max, number);
}

bool bet_text_parse(struct slice text, struct bet_text *parsed, struct error *error) {
    struct slice rest = text;
    uint64_t agency;
    if (!take_number(&rest, AGENCIES_MAX, &agency) || agency == 0 ||
        !take_number(&rest, UINT64_MAX, &parsed->index)) {
        return error_set(error, ERROR_BAD_FORM, "the bet does not begin with its agency and index, \"5,0,\"");
    }
    struct bet bet;
    struct error fault;
    if (rest.length > BET_TEXT_BYTES_MAX || !bet_parse(rest.text, rest.length, &bet, &fault)) {
        return error_set(error, ERROR_BAD_FORM, "the bet is none: %s",
                         rest.length > BET_TEXT_BYTES_MAX ? "it is too long" : fault.text);
    }
    parsed->agency = (uint32_t)agency;
    parsed->row = rest;
    parsed->number = bet.number;
    return true;
}

void bet_text_leaf(const uint8_t salt[SALT_BYTES], struct slice text, struct hash *leaf) {
    uint8_t entry[1 + SALT_BYTES + TEXT_BYTES_MAX];
    assert(text.length <= TEXT_BYTES_MAX);
    entry[0] = 0x00; // as merkle_leaf has it, in one piece
    memcpy(entry + 1, salt, SALT_BYTES);
    memcpy(entry + 1 + SALT_BYTES, text.text, text.length);
    hash_of(entry, 1 + SALT_BYTES + text.length, leaf);
}
