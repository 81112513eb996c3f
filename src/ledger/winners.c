#include "ledger/winners.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct winners {
    uint32_t agencies;
    uint32_t last; // the agency that was added to last
    uint64_t count;
    size_t *ends; // ends[a]: where the text of agency a ends; it begins where that of a - 1 ends
    char *text;
    size_t length, capacity;
};

struct winners *winners_new(uint32_t agencies) {
    struct winners *winners = calloc(1, sizeof *winners);
    if (winners == NULL || (winners->ends = calloc((size_t)agencies + 1, sizeof *winners->ends)) == NULL) {
        free(winners);
        return NULL;
    }
    winners->agencies = agencies;
    return winners;
}

void winners_free(struct winners *winners) {
    if (winners != NULL) {
        free(winners->ends);
        free(winners->text);
        free(winners);
    }
}

bool winners_add(struct winners *winners, uint32_t agency, const char *document) {
    assert(agency >= winners->last && agency >= 1 && agency <= winners->agencies);
    size_t length = strlen(document);
    if (winners->capacity - winners->length < length + 1) {
        size_t capacity = (winners->capacity + length + 1) * 2;
        char *larger = realloc(winners->text, capacity);
        if (larger == NULL) {
            return false;
        }
        winners->text = larger;
        winners->capacity = capacity;
    }
    for (; winners->last < agency; winners->last++) {
        winners->ends[winners->last + 1] = winners->length;
    }
    if (winners->length > winners->ends[agency - 1]) {
        winners->text[winners->length++] = ',';
    }
    memcpy(winners->text + winners->length, document, length);
    winners->length += length;
    winners->ends[agency] = winners->length;
    winners->count++;
    return true;
}

const char *winners_of(const struct winners *winners, uint32_t agency, size_t *length) {
    assert(agency >= 1 && agency <= winners->agencies);
    *length = 0;
    if (agency > winners->last || winners->ends[agency] == winners->ends[agency - 1]) {
        return "";
    }
    *length = winners->ends[agency] - winners->ends[agency - 1];
    return winners->text + winners->ends[agency - 1];
}

uint32_t winners_agencies(const struct winners *winners) {
    return winners->agencies;
}

uint64_t winners_count(const struct winners *winners) {
    return winners->count;
}
