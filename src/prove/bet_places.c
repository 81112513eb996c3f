#include "prove/bet_places.h"

#include "bet/bet.h"

#include <stdlib.h>
#include <string.h>

bool bet_places_add(struct bet_places *places, uint32_t agency, uint64_t bet, struct error *error) {
    if (places->count == BET_PLACES_MAX) {
        return error_set(error, ERROR_BAD_SETTING,
                         "more than %d bets have that document: name an agency, or prove them by --bet",
                         BET_PLACES_MAX);
    }
    if (places->count == places->max) {
        size_t max = places->max == 0 ? 16 : 2 * places->max;
        struct bet_place *more = reallocarray(places->places, max, sizeof *more);
        if (more == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for the bets to prove");
        }
        places->places = more;
        places->max = max;
    }
    places->places[places->count++] = (struct bet_place){agency, bet};
    return true;
}

void bet_places_free(struct bet_places *places) {
    free(places->places);
    *places = (struct bet_places){.count = 0};
}

static bool is_of(const char *document, const char *row, size_t length) {
    struct bet_slice fields[BET_FIELDS];
    bet_split(row, length, fields);
    return fields[BET_DOCUMENT].length == strlen(document) &&
           memcmp(fields[BET_DOCUMENT].text, document, strlen(document)) == 0;
}

bool bet_places_search(struct bet_places *places, const char *document, const struct stored_chunk *chunk,
                       struct error *error) {
    const char *row = chunk->rows, *end = chunk->rows + chunk->rows_length, *at = row;
    uint64_t bet = chunk->first;
    size_t length = strlen(document);
    while ((at = memmem(at, (size_t)(end - at), document, length)) != NULL) {
        const char *next;
        while ((next = memchr(row, '\n', (size_t)(end - row))) != NULL && next < at) {
            row = next + 1;
            bet++;
        }
        if (next == NULL) { // of a chunk without its last line end, which the tree refuses
            return true;
        }
        if (is_of(document, row, (size_t)(next - row)) &&
            !bet_places_add(places, chunk->agency, bet, error)) {
            return false;
        }
        at = row = next + 1;
        bet++;
    }
    return true;
}
