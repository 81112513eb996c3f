#include "store/rows.h"

#include "base/checksum.h"

#include <string.h>

// States --------------------------------------------------------------------------------------------------

static const char *const state_names[] = {"open", "sealed", "drawn"};

const char *draw_state_name(enum draw_state state) {
    return state_names[state];
}

bool draw_state_parse(const char *name, enum draw_state *state) {
    for (*state = DRAW_OPEN; *state <= DRAW_DRAWN; (*state)++) {
        if (strcmp(name, state_names[*state]) == 0) {
            return true;
        }
    }
    return false;
}

// Checksums -----------------------------------------------------------------------------------------------

uint64_t stored_draw_checksum(const char *draw_name, const struct stored_draw *draw) {
    uint64_t checksum = checksum_text(CHECKSUM_EMPTY, draw_name);
    checksum = checksum_text(checksum, draw_state_name(draw->state));
    checksum = checksum_number(checksum, draw->agencies);
    checksum = checksum_number(checksum, draw->winning_number);
    checksum = checksum_text(checksum, draw->opened_at);
    checksum = checksum_text(checksum, draw->sealed_at);
    checksum = checksum_text(checksum, draw->drawn_at);
    checksum = checksum_number(checksum, draw->winners_checksum);
    return draw->number == 0 ? checksum : checksum_number(checksum, draw->number);
}

uint64_t stored_agency_checksum(const char *draw_name, const struct stored_agency *agency) {
    uint64_t checksum = checksum_text(CHECKSUM_EMPTY, draw_name);
    checksum = checksum_number(checksum, agency->agency);
    checksum = checksum_number(checksum, agency->bets);
    checksum = checksum_text(checksum, agency->finished_at);
    return checksum_text(checksum, agency->told_at);
}

// The checksum covers its place, so a chunk that turns up in another's place is noticed.
uint64_t stored_chunk_checksum(const char *draw_name, const struct stored_chunk *chunk) {
    uint64_t checksum = checksum_text(CHECKSUM_EMPTY, draw_name);
    checksum = checksum_number(checksum, chunk->agency);
    checksum = checksum_number(checksum, chunk->first);
    checksum = checksum_number(checksum, chunk->count);
    return checksum_bytes(checksum, chunk->numbers, (size_t)chunk->count * 2);
}

uint64_t stored_winner_checksum(const char *draw_name, const struct stored_winner *winner) {
    uint64_t checksum = checksum_text(CHECKSUM_EMPTY, draw_name);
    checksum = checksum_number(checksum, winner->agency);
    checksum = checksum_number(checksum, winner->bet);
    return checksum_text(checksum, winner->document);
}
