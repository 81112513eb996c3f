// A bet: one person's number. Checks its text and takes it apart; does no input or output.
#ifndef QUINIELA_BET_BET_H
#define QUINIELA_BET_BET_H

#include "base/error.h"
#include "bet/limits.h"

#include <stddef.h>
#include <stdint.h>

// The fields in the order in which they stand in a bet's text "nombre,apellido,documento,nacimiento,numero".
enum bet_field { BET_FIRST_NAME, BET_LAST_NAME, BET_DOCUMENT, BET_BIRTH_DATE, BET_NUMBER };

struct bet_slice {
    const char *text; // not ended by a NUL
    size_t length;    // bytes
};

struct bet {
    struct bet_slice fields[BET_FIELDS]; // views into the text that was parsed
    uint16_t number;                     // 0 … BET_NUMBER_MAX
};

// Takes the bet text apart and checks every field as docs/protocol.md says. `bet` then points into `text`,
// which must outlive it. On failure `error` is ERROR_BAD_BET with `field` naming the culprit; `error->bet` is
// -1.
bool bet_parse(const char *text, size_t length, struct bet *bet, struct error *error) MUST_CHECK;

// Whether the text is a bet beyond doubt, and its number. False means only that bet_parse must look: the text
// is unusually long, has unusual characters, or is not a bet.
bool bet_check_fast(const char *text, size_t length, uint16_t *number) MUST_CHECK;

// The field's name as the contract has it: "documento". A string constant.
const char *bet_field_name(enum bet_field field);

// How many days the month (1 to 12) of the year has in the Gregorian calendar.
int bet_days_in_month(int year, int month);

// Cuts a checked bet's text at its commas, without checking again. For text that comes from the store.
void bet_split(const char *text, size_t length, struct bet_slice fields[BET_FIELDS]);

#endif
