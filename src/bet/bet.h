// A bet: one person's number. Checks a bet's text and splits it; does no input or output.
#ifndef QUINIELA_BET_BET_H
#define QUINIELA_BET_BET_H

#include "base/error.h"
#include "bet/limits.h"

#include <stddef.h>
#include <stdint.h>

// The fields, in their order in a bet's text "nombre,apellido,documento,nacimiento,numero".
enum bet_field { BET_FIRST_NAME, BET_LAST_NAME, BET_DOCUMENT, BET_BIRTH_DATE, BET_NUMBER };

struct bet_slice {
    const char *text; // without a NUL at the end
    size_t length;    // bytes
};

struct bet {
    struct bet_slice fields[BET_FIELDS]; // views into the text that was parsed
    uint16_t number;                     // 0 … BET_NUMBER_MAX
};

// Splits the bet's text and checks every field as docs/protocol.md says. `bet` then points into `text`, which
// must outlive it. On failure `error` is ERROR_BAD_BET with `field` naming the bad field; `error->bet` is -1.
bool bet_parse(const char *text, size_t length, struct bet *bet, struct error *error) MUST_CHECK;

// Whether the text is certainly a bet, and its number. False means only that bet_parse must decide: the text
// is unusually long, has unusual characters, or is not a bet.
bool bet_check_fast(const char *text, size_t length, uint16_t *number) MUST_CHECK;

// What a message writes otherwise than it lies in a bet's text; bit i describes byte i.
struct bet_marks {
    uint64_t escapes; // quotes and backslashes
    uint64_t pairs;   // the bytes of characters of two bytes
};

// As bet_check_fast, but gives the bet's marks instead of its number. A text that passes has fewer than 64
// bytes, and only the marks tell it from printable ASCII.
bool bet_mark_fast(const char *text, size_t length, struct bet_marks *marks) MUST_CHECK;

// The field's name in the protocol: "documento". A string constant.
const char *bet_field_name(enum bet_field field);

// The field that the error names: a number of enum bet_field, or -1 when it names none.
int bet_error_field(const struct error *error);

// The number of days in the month (1 to 12) of the year in the Gregorian calendar.
int bet_days_in_month(int year, int month);

// Cuts a checked bet's text at its commas, without checking again. For text that comes from the store.
void bet_split(const char *text, size_t length, struct bet_slice fields[BET_FIELDS]);

#endif
