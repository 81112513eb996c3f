// The bets that are sent: their text in memory, taken again from the beginning when more are wanted than
// there are. Once made it does not change, so any thread may read it.
#ifndef QUINIELA_BENCH_PAYLOAD_H
#define QUINIELA_BENCH_PAYLOAD_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct payload {
    uint64_t count; // bets
    char *text;     // the bets' texts, each ended by '\n'
    size_t text_length, text_max;
    size_t *text_starts; // of each bet in `text`, and the end behind the last
    uint64_t count_max;  // room in `text_starts`, without the end
    char *json;          // the bets as JSON strings, each followed by a comma; NULL until payload_prepare
    size_t *json_starts; // as text_starts
};

// Makes an empty payload in `payload`. payload_free ends it.
void payload_init(struct payload *payload);

void payload_free(struct payload *payload);

// Appends one bet, unchecked. ERROR_NO_MEMORY.
bool payload_add(struct payload *payload, const char *text, size_t length, struct error *error) MUST_CHECK;

// Appends every line of the CSV file `path` (LF or CRLF), unchecked. ERROR_SYSTEM when it cannot be read.
bool payload_add_file(struct payload *payload, const char *path, struct error *error) MUST_CHECK;

// Makes what there is into at least `count` bets, by repeating it. ERROR_BAD_SETTING when there is none.
bool payload_repeat(struct payload *payload, uint64_t count, struct error *error) MUST_CHECK;

// Encodes every bet as it stands in a message, once: a chunk is then a piece of `json` less its last comma.
// ERROR_BAD_BET, with the line in the text, when a bet is not legal.
bool payload_prepare(struct payload *payload, struct error *error) MUST_CHECK;

// Where `count` bets (no more than the payload has) that stand together begin: at bet `wanted`, taken round
// the payload's end, or at the first where they would run over that end.
uint64_t payload_place(const struct payload *payload, uint64_t wanted, uint64_t count);

#endif
