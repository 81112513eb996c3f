// The bets to send, as text in memory, repeated from the beginning if more are needed. Once made it does not
// change, so any thread may read it. An interruption (bench/interrupt.h) ends the making with
// ERROR_SHUTTING_DOWN.
#ifndef QUINIELA_BENCH_PAYLOAD_H
#define QUINIELA_BENCH_PAYLOAD_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct payload {
    uint64_t count; // bets
    char *text;     // the bets' texts, each ended by '\n'
    size_t text_length, text_max;
    size_t *text_starts; // of each bet in `text`, and the end of the last
    uint64_t count_max;  // capacity of `text_starts`, not counting the end
    char *json;          // the bets as JSON strings, each followed by a comma; NULL until payload_prepare
    size_t *json_starts; // like text_starts
};

// Makes `payload` empty. payload_free ends it.
void payload_init(struct payload *payload);

void payload_free(struct payload *payload);

// Appends one bet without checking it. ERROR_NO_MEMORY.
bool payload_add(struct payload *payload, const char *text, size_t length, struct error *error) MUST_CHECK;

// Appends every line of the CSV file `path` (LF or CRLF) without checking it. ERROR_SYSTEM if it cannot be
// read.
bool payload_add_file(struct payload *payload, const char *path, struct error *error) MUST_CHECK;

// Repeats the bets until there are at least `count`. ERROR_BAD_SETTING if there are none.
bool payload_repeat(struct payload *payload, uint64_t count, struct error *error) MUST_CHECK;

// Encodes every bet as it appears in a message, once: a chunk is then a part of `json` without its last
// comma. ERROR_BAD_BET, with the line in the text, if a bet is not valid.
bool payload_prepare(struct payload *payload, struct error *error) MUST_CHECK;

// Where to take `count` consecutive bets (no more than the payload has): at bet `wanted`, modulo the
// payload's length, or at the first bet if they would run past the end.
uint64_t payload_place(const struct payload *payload, uint64_t wanted, uint64_t count);

#endif
