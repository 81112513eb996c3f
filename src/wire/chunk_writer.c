#include "wire/chunk_writer.h"

#include "base/memory.h"
#include "bet/bet.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "wire/frame.h"
#include "wire/json_text.h"
#include "wire/limits.h"

#include <assert.h>
#include <string.h>

enum {
    BET_BYTES_MAX = 6 * BET_TEXT_BYTES_MAX + 3, // all of it escaped, with its quotes and a comma
    ROOM_BYTES_MIN = MESSAGE_AROUND_BYTES_MAX + BET_BYTES_MAX,
};

void chunk_writer_init(struct chunk_writer *writer) {
    *writer = (struct chunk_writer){.room = ROOM_BYTES_MIN};
}

void chunk_writer_free(struct chunk_writer *writer) {
    memory_free(writer->frame);
    chunk_writer_init(writer);
}

static bool set_room(struct chunk_writer *writer, size_t room, struct error *error) {
    uint8_t *frame = memory_resize(writer->frame, room);
    if (frame == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a chunk");
    }
    writer->frame = frame;
    writer->room = room;
    return true;
}

bool chunk_writer_begin(struct chunk_writer *writer, uint32_t agency, int64_t first, size_t bytes_max,
                        struct error *error) {
    if (writer->frame == NULL && !set_room(writer, writer->room, error)) {
        return false;
    }
    writer->agency = agency;
    writer->first = first;
    writer->bytes_max = bytes_max;
    writer->count = 0;
    if (writer->copy != NULL) {
        chunk_clear(writer->copy);
    }
    writer->asks = (struct message_asks){0};
    writer->bets = writer->end =
        message_encode_beginning(writer->frame, MESSAGE_SEND_CHUNK, agency, first, -1);
    return true;
}

// The bet is known to be good, and to have room. `end` is where it ends in the frame.
static void keep(struct chunk_writer *writer, char *end) {
    *end++ = ',';
    writer->end = (size_t)(end - (char *)writer->frame);
    writer->count++;
}

// A bet that the fast way leaves to the careful one.
static bool add_carefully(struct chunk_writer *writer, const char *text, size_t length, bool *fits,
                          struct error *error) {
    struct bet bet;
    *fits = writer->end - writer->bets + message_bet_bytes(text, length) <= writer->bytes_max;
    if (!*fits) {
        return true;
    }
    if (!bet_parse(text, length, &bet, error)) {
        error->bet = writer->count;
        return false;
    }
    keep(writer, json_ascii_write((char *)writer->frame + writer->end, text, length));
    return true;
}

static bool add(struct chunk_writer *writer, const char *text, size_t length, bool *fits,
                struct error *error) {
    if (writer->room - writer->end < ROOM_BYTES_MIN && !set_room(writer, 2 * writer->room, error)) {
        return false;
    }
    struct bet_marks marks;
    if (!bet_mark_fast(text, length, &marks)) {
        return add_carefully(writer, text, length, fits, error);
    }
    char *begin = (char *)writer->frame + writer->bets;
    char *end = json_marked_write((char *)writer->frame + writer->end, text, length, &marks);
    *fits = (size_t)(end + 1 - begin) <= writer->bytes_max;
    if (*fits) {
        keep(writer, end);
    }
    return true;
}

void chunk_writer_ask(struct chunk_writer *writer, const struct message_asks *asks) {
    writer->asks = *asks;
}

bool chunk_writer_add(struct chunk_writer *writer, const char *text, size_t length, bool *fits,
                      struct error *error) {
    return add(writer, text, length, fits, error) &&
           (!*fits || writer->copy == NULL || chunk_add(writer->copy, text, length, error));
}

// Ends the message. What comes before the bets is known only now, and may be longer than was thought.
size_t chunk_writer_end(struct chunk_writer *writer, enum message_type type, int64_t stored) {
    uint8_t beginning[MESSAGE_AROUND_BYTES_MAX];
    size_t bets = message_encode_beginning(beginning, type, writer->agency, writer->first, stored);
    size_t length = writer->end - writer->bets - (writer->count > 0); // without the last comma
    if (bets != writer->bets) {
        memmove(writer->frame + bets, writer->frame + writer->bets, length);
        writer->bets = bets;
    }
    memcpy(writer->frame, beginning, bets);
    char *end = message_encode_end((char *)writer->frame + bets + length, &writer->asks);
    writer->end = (size_t)(end - (char *)writer->frame);
    assert(writer->end <= writer->room); // otherwise it has written past its end
    frame_write_header(writer->frame, writer->end - FRAME_HEADER_BYTES);
    return writer->end;
}

uint8_t *chunk_writer_take(struct chunk_writer *writer) {
    uint8_t *frame = writer->frame;
    writer->frame = NULL;
    writer->room = writer->end + writer->end / 8 + ROOM_BYTES_MIN; // the next one is probably as long
    return frame;
}
