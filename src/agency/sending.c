#include "agency/sending.h"

#include "agency/file_report.h"
#include "agency/promises.h"
#include "agency/report.h"
#include "bet/errors.h"
#include "wire/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_FIXED_BYTES = 256 }; // of a message, apart from its bets and the name of a draw

void sending_init(struct sending *sending, const struct dialogue_options *options,
                  void (*send)(void *context, uint8_t *bytes, size_t length), void *context) {
    *sending = (struct sending){.options = options};
    sending->window.send = send;
    sending->window.context = context;
    chunk_writer_init(&sending->writer);
}

void sending_end(struct sending *sending) {
    chunk_free(sending->copy);
    chunk_writer_free(&sending->writer);
    comparison_free(sending->comparison);
}

static enum sending_step retry(struct sending *sending, const char *action, const char *reason) {
    sending->action = action;
    error_set(&sending->error, ERROR_NETWORK, "%s", reason);
    return SENDING_RETRIES;
}

// Reading the bets ----------------------------------------------------------------------------------------

static void fail_reading(struct sending *sending, const struct error *error) {
    report_bad_line(error);
    sending->reading_error = *error;
    sending->reading_failed = true;
}

static enum sending_step fail(struct sending *sending, const struct error *error) {
    fail_reading(sending, error);
    sending->error = *error;
    return SENDING_FAILED;
}

// Moves to the bet at `index`: the central may have more than we knew, or fewer. Fails when it has more bets
// than exist here.
static bool go_to(struct sending *sending, uint64_t index, struct error *error) {
    struct reader *reader = sending->options->reader;
    if (reader != NULL) {
        return reader_seek(reader, index, error);
    }
    return index <= 1 ||
           error_set(error, ERROR_CONFLICT, "there is 1 bet, but %" PRIu64 " are already stored", index);
}

// A receipt has the digest of the chunk as it was sent.
static bool make_copy(struct sending *sending, struct error *error) {
    if (sending->options->promises != NULL && sending->copy == NULL) {
        sending->copy = chunk_new(sending->options->chunk_size, MESSAGE_BYTES_MAX);
        sending->writer.copy = sending->copy;
        return sending->copy != NULL || error_set(error, ERROR_NO_MEMORY, "no memory for a chunk");
    }
    return true;
}

// Whether the next message says for which draw alone it is meant. It is the first of a connection then, as a
// connection has one draw.
static bool names_draw(const struct sending *sending) {
    return sending->acknowledged > 0 &&
           (sending->mode == SENDING_ASKING || sending->mode == SENDING_OPENING ||
            sending->mode == SENDING_LOOKING);
}

// Begins a message whose first bet is the agency's `first`.
static bool begin_message(struct sending *sending, uint64_t first, struct error *error) {
    if (!make_copy(sending, error)) {
        return false;
    }
    size_t around = MESSAGE_FIXED_BYTES + (names_draw(sending) ? MESSAGE_END_BYTES_MAX : 0);
    return chunk_writer_begin(&sending->writer, sending->options->agency, (int64_t)first,
                              MESSAGE_BYTES_MAX - around, error);
}

// Reads the next bets into the message. *last tells whether they are the last ones.
static bool write_bets(struct sending *sending, bool *last, struct error *error) {
    const struct dialogue_options *options = sending->options;
    struct chunk_writer *writer = &sending->writer;
    if (options->reader != NULL) {
        return reader_write(options->reader, writer, options->chunk_size, last, error);
    }
    bool fits;
    *last = true;
    return chunk_writer_add(writer, options->single->rows, options->single->rows_length - 1, &fits, error);
}

// Streaming -----------------------------------------------------------------------------------------------

// Asks which draw the central has. What was acknowledged in one is for no other.
static void ask_draw(const struct sending *sending, struct message_asks *wants) {
    wants->draw = true;
    wants->only_draw = names_draw(sending) ? sending->draw : NULL;
    wants->rules = sending->options->promises != NULL;
}

static bool ask_receipt(const struct sending *sending, struct sent *sent, struct error *error) {
    const struct chunk *copy = sending->copy;
    sent->wants.receipt = sending->options->promises != NULL && sent->count > 0;
    return !sent->wants.receipt ||
           chunk_digest(copy->numbers, copy->count, copy->rows, copy->rows_length, sent->digest) ||
           error_set(error, ERROR_NO_MEMORY, "no memory for a digest");
}

static bool send_chunk(struct sending *sending, struct error *error) {
    bool last;
    uint64_t first = sending->options->reader == NULL ? 0 : reader_position(sending->options->reader);
    if (!begin_message(sending, first, error) || !write_bets(sending, &last, error)) {
        return false;
    }
    uint32_t count = sending->writer.count;
    struct sent sent = {first + count, count, last, .asks = first == 0 && !last};
    if (sending->mode == SENDING_OPENING) {
        ask_draw(sending, &sent.wants);
    }
    if (!ask_receipt(sending, &sent, error)) {
        return false;
    }
    window_send(&sending->window, &sending->writer, &sent);
    sending->last_sent = last;
    return true;
}

// Sends chunks while the window has room and there are chunks left.
static enum sending_step fill_window(struct sending *sending) {
    bool one_by_one = sending->classic || sending->mode == SENDING_OPENING;
    uint32_t size = one_by_one ? 1 : sending->options->window;
    struct error error;
    while (sending->window.count < size && !sending->last_sent && !sending->reading_failed) {
        if (!send_chunk(sending, &error)) {
            fail_reading(sending, &error);
        }
    }
    if (sending->reading_failed && sending->window.count == 0) {
        sending->error = sending->reading_error;
        return SENDING_FAILED;
    }
    return SENDING_WAITS;
}

// Where to send on from. What is stored and has no receipt is sent once more: then it gets one.
static uint64_t resume_at(const struct sending *sending) {
    const struct promises *promises = sending->options->promises;
    uint64_t covered = promises == NULL ? UINT64_MAX : promises_covered(promises);
    return covered < sending->acknowledged ? covered : sending->acknowledged;
}

static enum sending_step stream(struct sending *sending) {
    struct error error;
    sending->mode = SENDING_STREAMING;
    return go_to(sending, resume_at(sending), &error) ? fill_window(sending) : fail(sending, &error);
}

// Sends a message without bets, whose place is `first`.
static enum sending_step send_question(struct sending *sending, uint64_t first, const struct sent *sent) {
    struct error error;
    if (!begin_message(sending, first, &error)) {
        return fail(sending, &error);
    }
    window_send(&sending->window, &sending->writer, sent);
    return SENDING_WAITS;
}

// No bet leaves before the rules have come, and are those that are expected.
static enum sending_step ask_central(struct sending *sending) {
    struct sent sent = {.end = sending->acknowledged, .asks = sending->acknowledged == 0};
    ask_draw(sending, &sent.wants);
    return send_question(sending, sent.end, &sent);
}

enum sending_step sending_begin(struct sending *sending) {
    struct error error;
    sending->mode = sending->options->promises != NULL ? SENDING_ASKING : SENDING_OPENING;
    window_clear(&sending->window);
    sending->last_sent = false;
    if (!go_to(sending, resume_at(sending), &error)) {
        return fail(sending, &error);
    }
    return sending->mode == SENDING_ASKING ? ask_central(sending) : fill_window(sending);
}

// Of an agency without bets, the end would be a new one after a reset.
bool sending_can_look(const struct sending *sending) {
    return !sending->classic && !sending->was_another && sending->acknowledged > 0;
}

enum sending_step sending_look(struct sending *sending) {
    struct sent sent = {.end = sending->acknowledged, .last = true};
    sending->mode = SENDING_LOOKING;
    ask_draw(sending, &sent.wants);
    window_clear(&sending->window);
    sending->last_sent = true;
    return send_question(sending, sent.end, &sent);
}

// Comparing -----------------------------------------------------------------------------------------------

// Sends a chunk without bets, to ask which bets are stored beyond those known to be the same.
static enum sending_step ask_stored(struct sending *sending) {
    struct sent sent = {.end = sending->acknowledged, .asks = true};
    sending->mode = SENDING_COMPARING;
    return send_question(sending, 0, &sent);
}

enum sending_step sending_compare(struct sending *sending) {
    struct error error;
    bool more;
    if (!comparison_step(sending->comparison, &sending->acknowledged, &more, &error)) {
        return fail(sending, &error);
    }
    if (more) {
        return SENDING_PAUSES;
    }
    return sending->acknowledged < sending->stored ? ask_stored(sending) : stream(sending);
}

static bool begin_comparing(struct sending *sending, const struct reply *reply, struct error *error) {
    if (sending->comparison == NULL) {
        sending->comparison = comparison_new(sending->options->reader);
    }
    return sending->comparison == NULL
               ? error_set(error, ERROR_NO_MEMORY, "no memory to compare what is stored")
               : comparison_take(sending->comparison, sending->acknowledged, reply->pieces,
                                 reply->piece_count, error);
}

// The answer to `sent` says that the central has more than was sent on this connection. One bet is sent once
// more instead of being compared: a central that has another one in its place refuses it.
static enum sending_step on_ahead(struct sending *sending, const struct sent *sent,
                                  const struct reply *reply) {
    struct error error;
    if (sending->options->reader == NULL) {
        return stream(sending);
    }
    sending->stored = (uint64_t)reply->next;
    if (!sent->asks) {
        return ask_stored(sending);
    }
    if (reply->piece_count == 0) {
        report_believed(sending->options);
        sending->acknowledged = sending->stored;
        return stream(sending);
    }
    if (!begin_comparing(sending, reply, &error)) {
        return retry(sending, "compare_stored", error.text);
    }
    sending->mode = SENDING_COMPARING;
    return sending_compare(sending);
}

// The draw ------------------------------------------------------------------------------------------------

bool sending_check_draw(struct sending *sending, const struct reply *reply) {
    const struct sent *oldest = window_oldest(&sending->window);
    if (oldest == NULL || !oldest->wants.draw) {
        return true;
    }
    sending->is_same_draw = reply->draw[0] != '\0' && strcmp(reply->draw, sending->draw) == 0;
    if (sending->acknowledged > 0 && sending->draw[0] != '\0' && reply->draw[0] != '\0' &&
        !sending->is_same_draw) {
        report_other_draw(sending->acknowledged, sending->draw, reply->draw, &sending->error);
        return false;
    }
    if (reply->type == REPLY_CHUNK_PROCESSED && reply->next >= (int64_t)oldest->end) {
        memcpy(sending->draw, reply->draw, sizeof sending->draw);
    }
    return true;
}

// Acknowledgements ----------------------------------------------------------------------------------------

enum sending_step sending_resync(struct sending *sending, uint64_t next, const char *reason) {
    uint64_t had = sending->acknowledged;
    if (sending->mode == SENDING_LOOKING && !sending->is_same_draw) {
        sending->was_another = true;
        report_not_sent_again(sending->options, had, next);
        return SENDING_DONE;
    }
    sending->acknowledged = next;
    if (sending->mode == SENDING_LOOKING) {
        report_asked_again(sending->options, had, next);
        return SENDING_RESYNCS;
    }
    if (sending->resynced) {
        return retry(sending, "apuestas_enviadas", reason);
    }
    sending->resynced = true;
    report_resync(sending->options, reason, next);
    return SENDING_RESYNCS;
}

void sending_refused(const struct sending *sending, const struct reply *reply, struct error *error) {
    const struct sent *oldest = window_oldest(&sending->window);
    report_refused(sending->options, oldest == NULL ? 0 : oldest->count, oldest == NULL ? 0 : oldest->end,
                   reply, error);
}

enum sending_step sending_closed(struct sending *sending, uint64_t stored) {
    const struct reader *reader = sending->options->reader;
    struct error error;
    sending->acknowledged = stored;
    bool is_known = reader == NULL || reader_was_checked(reader);
    bool is_here =
        !is_known || (reader != NULL && stored <= reader_total(reader)) || go_to(sending, stored, &error);
    return is_here ? SENDING_DONE : fail(sending, &error);
}

// How many bets a central has that is not believed, as it says itself.
static void say_stored(const struct sending *sending, const struct reply *reply, struct error *error) {
    struct error said = *error;
    uint64_t stored = reply->next > 0 ? (uint64_t)reply->next : 0;
    if (sending->mode != SENDING_ASKING) {
        error_set(error, said.code, "%" PRIu64 " bets are stored there: %s", stored, said.text);
    } else if (stored == 0) {
        error_set(error, said.code, "nothing was sent: %s", said.text);
    } else {
        error_set(error, said.code, "nothing was sent, and %" PRIu64 " bets are stored there from before: %s",
                  stored, said.text);
    }
}

// What was asked for beside the acknowledgement: kept before it counts.
static enum sending_step keep_promises(struct sending *sending, const struct sent *sent,
                                       const struct reply *reply) {
    struct promises *promises = sending->options->promises;
    struct error error;
    if (promises == NULL || promises_take_chunk(promises, sent, reply, &error)) {
        return SENDING_WAITS;
    }
    if (error_retryable(error.code)) {
        return retry(sending, "keep_receipts", error.text);
    }
    say_stored(sending, reply, &error);
    report_not_believed(&error);
    sending->error = error;
    return SENDING_FAILED;
}

enum sending_step sending_acknowledged(struct sending *sending, const struct reply *reply,
                                       struct sent *sent) {
    const struct sent *oldest = window_oldest(&sending->window);
    if (oldest == NULL) {
        return retry(sending, "apuestas_enviadas", "the central acknowledged what was not sent");
    }
    *sent = *oldest;
    sending->classic = reply->next < 0;
    if (!sending->classic && (uint64_t)reply->next < sent->end) {
        return sending_resync(sending, (uint64_t)reply->next,
                              "the central has fewer bets than it acknowledged");
    }
    enum sending_step step = keep_promises(sending, sent, reply);
    if (step != SENDING_WAITS) {
        return step;
    }
    window_remove_oldest(&sending->window);
    sending->acknowledged = sent->end;
    sending->is_further = sent->end > sending->farthest && !sent_only_asks(sent);
    sending->farthest = sending->is_further ? sent->end : sending->farthest;
    sending->resynced = sending->resynced && !sending->is_further; // else ack and gap would go on in turns
    return SENDING_WAITS;
}

enum sending_step sending_go_on(struct sending *sending, const struct sent *sent, const struct reply *reply) {
    struct error error;
    if (!sent_only_asks(sent) && sending->mode != SENDING_LOOKING) {
        report_acknowledged(sending->options, sent->count, sent->end);
    }
    bool is_ahead = reply->next > (int64_t)sent->end;
    if (is_ahead && !sent->last && sending->mode != SENDING_STREAMING) {
        return on_ahead(sending, sent, reply);
    }
    sending->mode = SENDING_STREAMING;
    if (sent->last) {
        bool is_there = !is_ahead || go_to(sending, (uint64_t)reply->next, &error);
        return is_there ? SENDING_DONE : fail(sending, &error);
    }
    enum sending_step step = fill_window(sending);
    if (step == SENDING_WAITS) {
        report_progress(sending->options, sending->acknowledged);
    }
    return step;
}
