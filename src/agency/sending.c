// The file's bets to chunks, and to the central; and what is stored already compared with the file.
#include "agency/internal.h"

#include "agency/progress.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MESSAGE_FIXED_BYTES = 256 }; // of a message: everything but the bets

// Fills dialogue->chunk with the next bets. *last tells whether there are none behind it.
static bool next_chunk(struct dialogue *dialogue, const struct chunk **chunk, bool *last,
                       struct error *error) {
    const struct dialogue_options *options = dialogue->options;
    if (options->reader == NULL) {
        *chunk = options->single;
        *last = true;
        return true;
    }
    *chunk = dialogue->chunk;
    chunk_clear(dialogue->chunk);
    return reader_fill(options->reader, dialogue->chunk, options->chunk_size,
                       MESSAGE_BYTES_MAX - MESSAGE_FIXED_BYTES, last, error);
}

// Sends the chunk that `sent` tells of, whose bets come behind the first `first`.
static bool send_frame(struct dialogue *dialogue, const struct chunk *chunk, uint64_t first,
                       const struct sent *sent, struct error *error) {
    uint32_t agency = dialogue->options->agency;
    uint8_t *frame = malloc(message_encoded_max(chunk));
    if (frame == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a chunk");
    }
    enum message_type type = sent->last ? MESSAGE_SEND_LAST_CHUNK : MESSAGE_SEND_CHUNK;
    size_t length = sent->asks ? message_encode_asking_chunk(frame, agency, sent->end, chunk)
                               : message_encode_chunk(frame, type, agency, (int64_t)first, chunk);
    dialogue->sent[(dialogue->sent_first + dialogue->sent_count) % WINDOW_MAX] = *sent;
    dialogue->sent_count++;
    dialogue->last_sent = sent->last;
    dialogue->actions->send(dialogue->context, frame, length);
    return true;
}

static bool send_chunk(struct dialogue *dialogue, struct error *error) {
    const struct chunk *chunk;
    bool last;
    uint64_t first = dialogue->options->reader == NULL ? 0 : reader_position(dialogue->options->reader);
    if (!next_chunk(dialogue, &chunk, &last, error)) {
        return false;
    }
    struct sent sent = {first + chunk->count, chunk->count, last, .asks = first == 0 && !last};
    return send_frame(dialogue, chunk, first, &sent, error);
}

static void log_bad_line(struct dialogue *dialogue, const struct error *error) {
    progress_clear();
    log_event(LOG_LEVEL_ERROR, "read_bets", LOG_FAIL, "error: %s | message: %s", error_name(error->code),
              error->text);
    dialogue->error = *error;
    dialogue->reading_failed = true;
}

void sending_fill_window(struct dialogue *dialogue) {
    uint32_t window = dialogue->classic || dialogue->phase == OPENING ? 1 : dialogue->options->window;
    struct error error;
    while (dialogue->sent_count < window && !dialogue->last_sent && !dialogue->reading_failed) {
        if (!send_chunk(dialogue, &error)) {
            log_bad_line(dialogue, &error);
        }
    }
    if (dialogue->reading_failed && dialogue->sent_count == 0) {
        dialogue_fail(dialogue, &dialogue->error);
    } else {
        dialogue_expect_answer(dialogue);
    }
}

bool sending_go_to(struct dialogue *dialogue, uint64_t index) {
    struct reader *reader = dialogue->options->reader;
    struct error error;
    bool is_there =
        reader != NULL ? reader_seek(reader, index, &error)
                       : index <= 1 || error_set(&error, ERROR_CONFLICT,
                                                 "there is 1 bet, and %" PRIu64 " are stored already", index);
    if (is_there) {
        return true;
    }
    log_bad_line(dialogue, &error);
    dialogue_fail(dialogue, &error);
    return false;
}

// Comparing -----------------------------------------------------------------------------------------------

static void fail_reading(struct dialogue *dialogue, const struct error *error) {
    log_bad_line(dialogue, error);
    dialogue_fail(dialogue, error);
}

// Asks what is stored behind what is known to be the same, with a chunk of no bets.
static void ask_stored(struct dialogue *dialogue) {
    struct error error;
    struct sent sent = {.end = dialogue->acknowledged, .asks = true};
    chunk_clear(dialogue->chunk);
    dialogue->phase = COMPARING;
    if (send_frame(dialogue, dialogue->chunk, 0, &sent, &error)) {
        dialogue_expect_answer(dialogue);
    } else {
        fail_reading(dialogue, &error);
    }
}

static void stream_on(struct dialogue *dialogue) {
    dialogue->phase = STREAMING;
    if (sending_go_to(dialogue, dialogue->acknowledged)) {
        sending_fill_window(dialogue);
    }
}

void sending_compare_on(struct dialogue *dialogue) {
    struct error error;
    bool more;
    if (!comparison_step(dialogue->comparison, &dialogue->acknowledged, &more, &error)) {
        fail_reading(dialogue, &error);
    } else if (more) {
        dialogue->actions->wait(dialogue->context, 0);
    } else if (dialogue->acknowledged < dialogue->stored) {
        ask_stored(dialogue);
    } else {
        stream_on(dialogue);
    }
}

static bool begin_comparing(struct dialogue *dialogue, const struct reply *reply, struct error *error) {
    if (dialogue->comparison == NULL) {
        dialogue->comparison = comparison_new(dialogue->options->reader);
    }
    return dialogue->comparison == NULL
               ? error_set(error, ERROR_NO_MEMORY, "no memory to compare what is stored")
               : comparison_take(dialogue->comparison, dialogue->acknowledged, reply->pieces,
                                 reply->piece_count, error);
}

void sending_on_ahead(struct dialogue *dialogue, const struct sent *sent, const struct reply *reply) {
    struct error error;
    dialogue->stored = (uint64_t)reply->next;
    if (!sent->asks) {
        ask_stored(dialogue);
    } else if (reply->piece_count == 0) {
        log_event(LOG_LEVEL_WARNING, "compare_stored", LOG_FAIL,
                  "agencia: %" PRIu32
                  " | error: the central does not list what it has stored, and is believed",
                  dialogue->options->agency);
        dialogue->acknowledged = dialogue->stored;
        stream_on(dialogue);
    } else if (begin_comparing(dialogue, reply, &error)) {
        dialogue->phase = COMPARING;
        sending_compare_on(dialogue);
    } else {
        dialogue_back_off(dialogue, "compare_stored", error.text);
    }
}
