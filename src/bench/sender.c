#include "bench/sender.h"

#include "agency/limits.h"
#include "base/clock.h"
#include "bet/errors.h"
#include "wire/frame.h"
#include "wire/limits.h"
#include "wire/reply.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static_assert((int)SENDER_INPUT_BYTES >= (int)REPLY_SMALL_BYTES_MAX, "any answer to a chunk fits");

void sender_init(struct sender *sender, const struct sender_shared *shared, uint32_t agency, uint64_t bets,
                 uint64_t place) {
    *sender = (struct sender){.agency = agency, .bets = bets, .place = place};
    chunk_writer_init(&sender->writer);
    sender->chunks = (bets + shared->chunk_size - 1) / shared->chunk_size;
    if (sender->chunks == 0 && shared->finish) {
        sender->chunks = 1; // an agency without bets still says that it has finished
    }
}

void sender_end(struct sender *sender) {
    channel_close(&sender->channel);
    chunk_writer_free(&sender->writer);
}

bool sender_done(const struct sender *sender) {
    return sender->chunks_acknowledged == sender->chunks;
}

// Chunks out ----------------------------------------------------------------------------------------------

static uint64_t scheduled_ns(const struct sender *sender, const struct sender_shared *shared) {
    return shared->start_ns +
           (uint64_t)(sender->offset_ns + shared->chunk_interval_ns * (double)sender->chunks_begun);
}

static bool may_begin(const struct sender *sender, const struct sender_shared *shared) {
    return sender->chunks_begun < sender->chunks && sender->flight_count < shared->window;
}

uint64_t sender_due_ns(const struct sender *sender, const struct sender_shared *shared) {
    if (channel_has_unsent(&sender->channel) || !may_begin(sender, shared)) {
        return UINT64_MAX;
    }
    return shared->chunk_interval_ns > 0 ? scheduled_ns(sender, shared) : 0;
}

static enum message_type next_type(const struct sender *sender, const struct sender_shared *shared) {
    bool is_last = sender->chunks_begun + 1 == sender->chunks;
    return is_last && shared->finish ? MESSAGE_SEND_LAST_CHUNK : MESSAGE_SEND_CHUNK;
}

static int64_t next_first(const struct sender *sender, const struct sender_shared *shared) {
    return shared->positions ? (int64_t)sender->bets_begun : -1;
}

static struct message_asks asks_of(const struct sender_shared *shared) {
    return (struct message_asks){.receipt = shared->receipts};
}

// The frame has three parts: the bytes before the bets, the bets as they lie in the payload, and the bytes
// after them.
static bool cut_frame(struct sender *sender, struct sender_shared *shared, uint64_t place, uint32_t bets,
                      struct error *error) {
    const struct payload *payload = shared->payload;
    size_t begin = payload->json_starts[place];
    size_t length = bets == 0 ? 0 : payload->json_starts[place + bets] - begin - 1;
    size_t before = message_encode_beginning(sender->around, next_type(sender, shared), sender->agency,
                                             next_first(sender, shared), -1);
    uint8_t *end = sender->around + before;
    const struct message_asks asks = asks_of(shared);
    size_t after = (size_t)(message_encode_end((char *)end, &asks) - (char *)end);
    frame_write_header(sender->around, before + length + after - FRAME_HEADER_BYTES);
    return channel_queue(&sender->channel, sender->around, before, error) &&
           channel_queue(&sender->channel, payload->json + begin, length, error) &&
           channel_queue(&sender->channel, end, after, error);
}

// As a real agency does it: each bet is checked on its way into the message.
static bool encode_frame(struct sender *sender, struct sender_shared *shared, uint64_t place, uint32_t bets,
                         struct error *error) {
    const struct payload *payload = shared->payload;
    struct chunk_writer *writer = &sender->writer;
    if (!chunk_writer_begin(writer, sender->agency, next_first(sender, shared), SIZE_MAX, error)) {
        return false;
    }
    const struct message_asks asks = asks_of(shared);
    chunk_writer_ask(writer, &asks);
    for (uint64_t i = place; i < place + bets; i++) {
        size_t begin = payload->text_starts[i], length = payload->text_starts[i + 1] - begin - 1;
        bool fits;
        if (!chunk_writer_add(writer, payload->text + begin, length, &fits, error)) {
            return false;
        }
    }
    size_t length = chunk_writer_end(writer, next_type(sender, shared), -1);
    return channel_queue(&sender->channel, writer->frame, length, error);
}

static bool begin_chunk(struct sender *sender, struct sender_shared *shared, struct error *error) {
    uint64_t since = shared->chunk_interval_ns > 0 ? scheduled_ns(sender, shared) : clock_steady_ns();
    uint64_t left = sender->bets - sender->bets_begun;
    uint32_t bets = left < shared->chunk_size ? (uint32_t)left : shared->chunk_size;
    uint64_t place = payload_place(shared->payload, sender->place + sender->bets_begun, bets);
    if (!(shared->prepared ? cut_frame : encode_frame)(sender, shared, place, bets, error)) {
        return false;
    }
    const size_t *starts = shared->payload->text_starts;
    uint32_t flight = (sender->flight_first + sender->flight_count++) % WINDOW_MAX;
    sender->flights[flight] = (struct sender_flight){since, starts[place + bets] - starts[place], bets};
    sender->bets_begun += bets;
    sender->chunks_begun++;
    return true;
}

// Writes as much of the current chunk as the kernel takes.
static bool write_chunk(struct sender *sender, struct error *error) {
    struct error reason;
    if (!channel_write(&sender->channel, &reason)) {
        return error_set(error, reason.code, "agency %" PRIu32 ": %s", sender->agency, reason.text);
    }
    sender->blocked = channel_has_unsent(&sender->channel);
    return true;
}

bool sender_write(struct sender *sender, struct sender_shared *shared, struct error *error) {
    if (!write_chunk(sender, error)) { // the rest of a chunk
        return false;
    }
    for (;;) {
        uint64_t due = sender_due_ns(sender, shared);
        if (due == UINT64_MAX || (due > 0 && due > clock_steady_ns())) {
            return true;
        }
        if (!begin_chunk(sender, shared, error) || !write_chunk(sender, error)) {
            return false;
        }
    }
}

// Answers in ----------------------------------------------------------------------------------------------

static bool wrong(const struct sender *sender, struct error *error, const char *reason) {
    return error_set(error, ERROR_BAD_MESSAGE, "agency %" PRIu32 ", chunk %" PRIu64 ": %.150s",
                     sender->agency, sender->chunks_acknowledged + 1, reason);
}

static bool check_next(const struct sender *sender, const struct sender_shared *shared, int64_t next,
                       struct error *error) {
    if (next < 0) {
        return !shared->positions ||
               wrong(sender, error, "the answer has no `next`: is this an older central? Try --classic");
    }
    if ((uint64_t)next != sender->bets_acknowledged) {
        return error_set(error, ERROR_BAD_MESSAGE,
                         "agency %" PRIu32 ", chunk %" PRIu64 ": the central says that it has %" PRId64
                         " bets of this agency, but was sent %" PRIu64 "; a bench needs an empty draw",
                         sender->agency, sender->chunks_acknowledged + 1, next, sender->bets_acknowledged);
    }
    return true;
}

static bool take_answer(struct sender *sender, struct sender_shared *shared, const uint8_t *message,
                        size_t length, uint64_t now_ns, struct error *error) {
    struct reply reply;
    if (!reply_decode(shared->decoder, message, length, &reply, error)) {
        return false;
    }
    if (reply.type == REPLY_ERROR) {
        return wrong(sender, error, reply.error.text);
    }
    if (reply.type != REPLY_CHUNK_PROCESSED || sender->flight_count == 0 ||
        (channel_has_unsent(&sender->channel) && sender->flight_count == 1)) {
        return wrong(sender, error, "this is not an answer to a chunk");
    }
    const struct sender_flight *flight = &sender->flights[sender->flight_first];
    sender->bets_acknowledged += flight->bets;
    if (!check_next(sender, shared, reply.next, error)) {
        return false;
    }
    if (shared->receipts && !reply.has_receipt) {
        return wrong(sender, error, "the answer has no receipt: is this draw not signed? Omit --receipts");
    }
    histogram_add(&shared->ack_ns, now_ns > flight->since_ns ? now_ns - flight->since_ns : 0);
    shared->text_bytes += flight->text_bytes;
    sender->flight_first = (sender->flight_first + 1) % WINDOW_MAX;
    sender->flight_count--;
    sender->chunks_acknowledged++;
    return true;
}

static bool take_answers(struct sender *sender, struct sender_shared *shared, struct error *error) {
    uint64_t now_ns = clock_steady_ns();
    size_t taken = 0;
    for (;;) {
        const uint8_t *message;
        size_t length;
        enum frame_state state = frame_next(sender->input + taken, sender->input_length - taken,
                                            SENDER_INPUT_BYTES - FRAME_HEADER_BYTES, &message, &length);
        if (state == FRAME_TOO_LONG) {
            return wrong(sender, error, "the answer to a chunk is too long");
        }
        if (state == FRAME_PARTIAL) {
            sender->input_length -= taken;
            memmove(sender->input, sender->input + taken, sender->input_length);
            return true;
        }
        if (!take_answer(sender, shared, message, length, now_ns, error)) {
            return false;
        }
        taken += FRAME_HEADER_BYTES + length;
    }
}

bool sender_read(struct sender *sender, struct sender_shared *shared, uint64_t *bets, struct error *error) {
    uint64_t before = sender->bets_acknowledged;
    for (;;) {
        size_t room = SENDER_INPUT_BYTES - sender->input_length;
        uint8_t *to = sender->input + sender->input_length;
        ssize_t length = channel_read(&sender->channel, to, room);
        if (length == 0) {
            return wrong(sender, error, "the central closed the connection");
        }
        if (length < 0 && errno != EAGAIN && errno != EINTR) {
            error_set_system(error, errno, "agency %" PRIu32 ": cannot read", sender->agency);
            error->code = ERROR_NETWORK;
            return false;
        }
        if (length > 0) {
            sender->input_length += (size_t)length;
            if (!take_answers(sender, shared, error)) {
                return false;
            }
        }
        bool is_all = !transport_is_secure(&sender->channel.transport) && length < (ssize_t)room;
        if (length < 0 || is_all) { // with TLS, only a part of a record may have arrived
            *bets = sender->bets_acknowledged - before;
            return true;
        }
    }
}
