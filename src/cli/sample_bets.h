// Makes up bets: names, documents, dates and numbers drawn at random, with a given number of winners among
// them. The same seed and agency give the same bets on every machine. Does no input or output.
#ifndef QUINIELA_CLI_SAMPLE_BETS_H
#define QUINIELA_CLI_SAMPLE_BETS_H

#include "bet/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sample_bets {
    uint64_t random; // the generator's state
    uint32_t bets_left;
    uint32_t winners_left;
    uint16_t number; // the number that wins
};

// Begins the bets of `agency`, `bets` in all. Of these, `winners` (at most `bets`) have `number`, 0 to
// BET_NUMBER_MAX, and the others any other number. They depend on these arguments alone.
void sample_bets_begin(struct sample_bets *sample, uint64_t seed, uint32_t agency, uint32_t bets,
                       uint32_t winners, uint16_t number);

// Writes the next bet, "nombre,apellido,documento,nacimiento,numero", into `text`, ended by a NUL. Returns
// its length, or 0 when there are no more.
size_t sample_bets_next(struct sample_bets *sample, char text[BET_TEXT_BYTES_MAX]);

#endif
