#include "store/inbox.h"

#include "base/container.h"
#include "bet/chunk.h"
#include "bet/errors.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert((int)CHUNK_DIGEST_BYTES == (int)STORE_DIGEST_BYTES, "the store keeps a chunk's digest whole");

struct inbox_agency *inbox_find(const struct inbox *inbox, uint32_t agency) {
    return agency < inbox->places_end ? inbox->places[agency].agency : NULL;
}

struct inbox_agency *inbox_between(const struct inbox *inbox, uint32_t number, uint32_t end) {
    if (end > inbox->places_end) {
        end = inbox->places_end;
    }
    while (number < end && inbox->places[number].agency == NULL) {
        number++;
    }
    return number < end ? inbox->places[number].agency : NULL;
}

struct inbox_agency *inbox_oldest(const struct inbox *inbox) {
    struct list_node *node = inbox->queue.first;
    return node == NULL ? NULL : CONTAINER_OF(node, struct inbox_agency, node);
}

// Coming and going ----------------------------------------------------------------------------------------

static bool make_place(struct inbox *inbox, uint32_t agency) {
    if (agency < inbox->places_end) {
        return true;
    }
    uint32_t end = agency + agency / 2 + 64;
    struct inbox_place *larger = reallocarray(inbox->places, end, sizeof *larger);
    if (larger != NULL) {
        memset(larger + inbox->places_end, 0, (end - inbox->places_end) * sizeof *larger);
        inbox->places = larger;
        inbox->places_end = end;
    }
    return larger != NULL;
}

struct inbox_agency *inbox_enter(struct inbox *inbox, const struct stored_agency *row, bool has_row) {
    struct inbox_agency *entered = make_place(inbox, row->agency) ? calloc(1, sizeof *entered) : NULL;
    if (entered != NULL) {
        entered->agency = row->agency;
        entered->voidings = row->voidings;
        entered->receipted = row->receipted;
        entered->filed = entered->end = row->bets;
        entered->has_row = has_row;
        inbox->places[row->agency].agency = entered;
    }
    return entered;
}

void inbox_remove(struct inbox *inbox, struct inbox_agency *agency) {
    if (agency->piece_count > 0) {
        list_remove(&inbox->queue, &agency->node);
        inbox->count--;
    }
    inbox->places[agency->agency].agency = NULL;
    free(agency->pieces);
    free(agency->rows);
    free(agency);
}

void inbox_sweep(struct inbox *inbox) {
    for (struct inbox_agency *at = inbox_between(inbox, 0, UINT32_MAX), *next; at != NULL; at = next) {
        next = inbox_between(inbox, at->agency + 1, UINT32_MAX);
        if (at->piece_count == 0) {
            inbox_remove(inbox, at);
        }
    }
}

void inbox_clear(struct inbox *inbox) {
    for (struct inbox_agency *at = inbox_between(inbox, 0, UINT32_MAX), *next; at != NULL; at = next) {
        next = inbox_between(inbox, at->agency + 1, UINT32_MAX);
        inbox_remove(inbox, at);
    }
    free(inbox->places);
    free(inbox->numbers);
    *inbox = (struct inbox){0};
}

// Bets ----------------------------------------------------------------------------------------------------

static bool make_room(struct inbox_agency *agency, size_t length) {
    if (agency->room - agency->length < length) {
        size_t room = (agency->length + length) * 2;
        char *larger = realloc(agency->rows, room);
        if (larger == NULL) {
            return false;
        }
        agency->rows = larger;
        agency->room = room;
    }
    if (agency->piece_count == agency->piece_room) {
        size_t room = agency->piece_room * 2 + 4;
        struct inbox_piece *larger = reallocarray(agency->pieces, room, sizeof *larger);
        if (larger == NULL) {
            return false;
        }
        agency->pieces = larger;
        agency->piece_room = room;
    }
    return true;
}

bool inbox_append(struct inbox *inbox, struct inbox_agency *agency, int64_t row,
                  const struct stored_chunk *chunk) {
    if (!make_room(agency, chunk->rows_length)) {
        return false;
    }
    memcpy(agency->rows + agency->length, chunk->rows, chunk->rows_length);
    agency->length += chunk->rows_length;
    if (agency->newest == row && agency->end == chunk->first) {
        struct inbox_piece *piece = &agency->pieces[agency->piece_count - 1];
        piece->count += chunk->count;
        piece->length += (uint32_t)chunk->rows_length;
    } else {
        agency->pieces[agency->piece_count++] =
            (struct inbox_piece){chunk->first, chunk->count, (uint32_t)chunk->rows_length};
    }
    if (agency->oldest == 0) {
        agency->oldest = row;
        list_add_last(&inbox->queue, &agency->node);
        inbox->count++;
    }
    agency->newest = row;
    agency->end = chunk->first + chunk->count;
    return true;
}

// As chunks -----------------------------------------------------------------------------------------------

// The number is what follows a line's last comma: at most four digits, which were checked before.
static void pack_number(const char *row, size_t length, uint8_t packed[2]) {
    unsigned number = 0, power = 1;
    for (size_t at = length; at > 0 && row[at - 1] >= '0' && row[at - 1] <= '9'; at--, power *= 10) {
        number += (unsigned)(row[at - 1] - '0') * power;
    }
    packed[0] = (uint8_t)number;
    packed[1] = (uint8_t)(number >> 8);
}

static bool pack_numbers(struct inbox *inbox, struct stored_chunk *chunk) {
    if (inbox->numbers_room < chunk->count) {
        uint8_t *larger = reallocarray(inbox->numbers, chunk->count, 2);
        if (larger == NULL) {
            return false;
        }
        inbox->numbers = larger;
        inbox->numbers_room = chunk->count;
    }
    const char *row = chunk->rows, *end = chunk->rows + chunk->rows_length;
    for (uint32_t i = 0; i < chunk->count; i++) {
        const char *newline = memchr(row, '\n', (size_t)(end - row));
        pack_number(row, (size_t)(newline - row), inbox->numbers + 2 * (size_t)i);
        row = newline + 1;
    }
    chunk->numbers = inbox->numbers;
    return true;
}

static bool complete(struct inbox *inbox, const char *draw, struct stored_chunk *chunk, struct error *error) {
    if (!pack_numbers(inbox, chunk) ||
        !chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, chunk->digest)) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for %u bets", (unsigned)chunk->count);
    }
    chunk->checksum = stored_chunk_checksum(draw, chunk);
    return true;
}

bool inbox_chunk(struct inbox *inbox, const struct inbox_agency *agency, const char *draw,
                 struct stored_chunk *chunk, struct error *error) {
    *chunk = (struct stored_chunk){
        .agency = agency->agency,
        .first = agency->filed,
        .count = (uint32_t)(agency->end - agency->filed),
        .rows = agency->rows,
        .rows_length = agency->length,
    };
    return complete(inbox, draw, chunk, error);
}

bool inbox_pieces(struct inbox *inbox, const struct inbox_agency *agency, const char *draw, uint64_t from,
                  uint64_t to, store_each_chunk each, void *context, struct error *error) {
    const char *rows = agency->rows;
    for (size_t i = 0; i < agency->piece_count && from < to; i++) {
        const struct inbox_piece *piece = &agency->pieces[i];
        struct stored_chunk chunk = {.agency = agency->agency,
                                     .first = piece->first,
                                     .count = piece->count,
                                     .rows = rows,
                                     .rows_length = piece->length};
        rows += piece->length;
        bool is_wanted = piece->first < to && piece->first + piece->count > from;
        if (is_wanted && !(complete(inbox, draw, &chunk, error) && each(context, &chunk, error))) {
            return false;
        }
    }
    return true;
}
