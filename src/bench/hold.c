#include "bench/hold.h"

#include "base/clock.h"
#include "bench/channel.h"
#include "bench/interrupt.h"
#include "bet/errors.h"
#include "wire/frame.h"
#include "wire/limits.h"
#include "wire/message.h"
#include "wire/reply.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    CONNECTIONS_A_SOURCE = 20000, // fewer than the system's ports for one source
    CONNECTIONS_AT_ONCE = 1000,   // opened before the central has to answer them
    EVENTS_AT_ONCE = 256,
    WAIT_MS = 100, // how soon an interruption is noticed
    SILENCE_MS_MAX = 60000,
    READ_BYTES = 64 * 1024,
};

static const uint32_t first_source = 0x7f000002; // 127.0.0.2

enum waiter_state { WAITER_ASKED, WAITER_HELD, WAITER_ANSWERED };

struct waiter {
    struct channel channel; // open until it has its answer
    enum waiter_state state;
    uint8_t *rest; // the start of an incomplete answer, with JSON_PADDING_BYTES of room after it
    size_t rest_length;
};

struct hold {
    struct hold_options options;
    struct waiter *waiters;
    uint32_t opened, held, answered;
    int epoll;
    struct message_decoder *decoder;
    struct hold_result *result; // while answers are collected
    uint8_t input[READ_BYTES + JSON_PADDING_BYTES];
};

// Asking --------------------------------------------------------------------------------------------------

// A source address has a limited number of ports for one destination, so the connections come from several.
// The port is chosen when connecting, so that one in use for another destination can be used again.
static bool choose_source(int descriptor, const struct hold_options *options, uint32_t index) {
    const struct sockaddr_in *to = (const struct sockaddr_in *)(const void *)&options->address;
    if (options->address.ss_family != AF_INET || ntohl(to->sin_addr.s_addr) >> 24 != IN_LOOPBACKNET) {
        return true;
    }
    const int on = 1;
    struct sockaddr_in from = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(first_source + index / CONNECTIONS_A_SOURCE)};
    return setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) == 0 &&
           bind(descriptor, (const struct sockaddr *)&from, sizeof from) == 0;
}

static bool fail_to_ask(struct error *error, uint32_t index) {
    error_set_system(error, errno, "waiting agency %" PRIu32 ": cannot ask", index + 1);
    error->code = ERROR_NETWORK;
    return false;
}

// Returns the descriptor, or -1.
static int connect_waiter(const struct hold_options *options, uint32_t index, struct error *error) {
    int descriptor = socket(options->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        error_set_system(error, errno, "cannot make socket %" PRIu32, index + 1);
        return -1;
    }
    if (!choose_source(descriptor, options, index) ||
        connect(descriptor, (const struct sockaddr *)&options->address, options->address_length) != 0) {
        fail_to_ask(error, index);
        close(descriptor);
        return -1;
    }
    return descriptor;
}

// The socket still blocks, so both questions leave here.
static bool ask(struct waiter *waiter, uint32_t index, uint32_t agency, struct error *error) {
    uint8_t questions[2 * MESSAGE_CONSULT_BYTES_MAX];
    size_t length = message_encode_consult(questions, agency, false);
    length += message_encode_consult(questions + length, agency, true);
    struct error reason;
    return (channel_queue(&waiter->channel, questions, length, &reason) &&
            channel_write(&waiter->channel, &reason)) ||
           error_set(error, reason.code, "waiting agency %" PRIu32 ": cannot ask: %s", index + 1,
                     reason.text);
}

static bool open_waiter(struct hold *hold, uint32_t index, struct error *error) {
    int descriptor = connect_waiter(&hold->options, index, error);
    if (descriptor < 0) {
        return false;
    }
    struct waiter *waiter = &hold->waiters[index];
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = waiter};
    hold->opened++;
    return channel_open(&waiter->channel, descriptor, NULL, error) &&
           ask(waiter, index, index % hold->options.agencies + 1, error) &&
           ((fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 &&
             epoll_ctl(hold->epoll, EPOLL_CTL_ADD, descriptor, &event) == 0) ||
            fail_to_ask(error, index));
}

// Answers -------------------------------------------------------------------------------------------------

static bool wrong(const struct hold *hold, const struct waiter *waiter, struct error *error,
                  const char *reason) {
    return error_set(error, ERROR_BAD_MESSAGE, "waiting agency %td: %.150s", waiter - hold->waiters + 1,
                     reason);
}

static bool take_winners(struct hold *hold, struct waiter *waiter, const struct reply *reply,
                         struct error *error) {
    if (hold->result == NULL || waiter->state != WAITER_HELD) {
        return wrong(hold, waiter, error, "the draw was made before everyone was waiting for it");
    }
    struct hold_result *result = hold->result;
    uint64_t now_ns = clock_steady_ns();
    result->first_ns = hold->answered == 0 ? now_ns : result->first_ns;
    result->last_ns = now_ns;
    result->winners_bytes += reply->winners.length;
    waiter->state = WAITER_ANSWERED;
    hold->answered++;
    channel_close(&waiter->channel);
    return true;
}

static bool take_answer(struct hold *hold, struct waiter *waiter, const uint8_t *message, size_t length,
                        struct error *error) {
    struct reply reply;
    if (!reply_decode(hold->decoder, message, length, &reply, error)) {
        return false;
    }
    switch (reply.type) {
    case REPLY_WINNERS_NOT_READY:
        if (waiter->state != WAITER_ASKED) {
            return wrong(hold, waiter, error, "the central does not hold the question");
        }
        waiter->state = WAITER_HELD;
        hold->held++;
        return true;
    case REPLY_WINNERS:
        return take_winners(hold, waiter, &reply, error);
    case REPLY_ERROR:
        return wrong(hold, waiter, error, reply.error.text);
    case REPLY_CHUNK_PROCESSED:
        break;
    }
    return wrong(hold, waiter, error, "this is not an answer to a consultation");
}

// Keeps the bytes that are not a complete answer yet.
static bool keep_rest(struct waiter *waiter, const uint8_t *bytes, size_t length, struct error *error) {
    uint8_t *rest = NULL;
    if (length > 0) {
        rest = malloc(length + READ_BYTES + JSON_PADDING_BYTES);
        if (rest == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for an answer");
        }
        memcpy(rest, bytes, length);
    }
    free(waiter->rest);
    waiter->rest = rest;
    waiter->rest_length = length;
    return true;
}

static bool take_answers(struct hold *hold, struct waiter *waiter, const uint8_t *bytes, size_t length,
                         struct error *error) {
    size_t taken = 0;
    while (waiter->state != WAITER_ANSWERED) {
        const uint8_t *message;
        size_t message_length;
        enum frame_state state =
            frame_next(bytes + taken, length - taken, REPLY_BYTES_MAX, &message, &message_length);
        if (state == FRAME_TOO_LONG) {
            return wrong(hold, waiter, error, "the answer is too long");
        }
        if (state == FRAME_PARTIAL) {
            break;
        }
        if (!take_answer(hold, waiter, message, message_length, error)) {
            return false;
        }
        taken += FRAME_HEADER_BYTES + message_length;
    }
    return keep_rest(waiter, bytes + taken, waiter->state == WAITER_ANSWERED ? 0 : length - taken, error);
}

static bool read_answers(struct hold *hold, struct waiter *waiter, struct error *error) {
    bool has_rest = waiter->rest != NULL;
    uint8_t *input = has_rest ? waiter->rest : hold->input;
    ssize_t length = channel_read(&waiter->channel, input + waiter->rest_length, READ_BYTES);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
        return true;
    }
    if (length <= 0) {
        return wrong(hold, waiter, error, "the central closed the connection without answering");
    }
    return take_answers(hold, waiter, input, waiter->rest_length + (size_t)length, error);
}

// Reads answers until *counter reaches `wanted`.
static bool read_until(struct hold *hold, const uint32_t *counter, uint32_t wanted, struct error *error) {
    struct epoll_event events[EVENTS_AT_ONCE];
    uint64_t heard_ns = clock_steady_ns();
    while (*counter < wanted) {
        int count = epoll_wait(hold->epoll, events, EVENTS_AT_ONCE, WAIT_MS);
        if (count > 0) {
            heard_ns = clock_steady_ns();
        }
        if (bench_interrupted()) {
            return error_set(error, ERROR_SHUTTING_DOWN, "interrupted");
        }
        if (clock_steady_ns() - heard_ns > (uint64_t)SILENCE_MS_MAX * 1000000) {
            return error_set(error, ERROR_NETWORK,
                             "only %" PRIu32 " of %" PRIu32 " waiting agencies were answered", *counter,
                             wanted);
        }
        for (int i = 0; i < count; i++) {
            if (!read_answers(hold, events[i].data.ptr, error)) {
                return false;
            }
        }
    }
    return true;
}

// Opening, collecting, closing ---------------------------------------------------------------------------

// A thousand at a time: more would only wait in the central's accept queue, or overflow it.
static bool open_all(struct hold *hold, struct error *error) {
    while (hold->opened < hold->options.count) {
        uint32_t left = hold->options.count - hold->opened;
        uint32_t now = left < CONNECTIONS_AT_ONCE ? left : CONNECTIONS_AT_ONCE;
        for (uint32_t i = 0; i < now; i++) {
            if (!open_waiter(hold, hold->opened, error)) {
                return false;
            }
        }
        if (!read_until(hold, &hold->held, hold->opened, error)) {
            return false;
        }
    }
    return true;
}

bool hold_open(const struct hold_options *options, struct hold **hold, struct error *error) {
    struct hold *made = calloc(1, sizeof *made);
    *hold = made;
    if (made == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the waiting agencies");
    }
    made->options = *options;
    made->epoll = epoll_create1(EPOLL_CLOEXEC);
    made->decoder = message_decoder_new();
    made->waiters = calloc(options->count, sizeof *made->waiters);
    bool ready = made->epoll >= 0 && made->decoder != NULL && made->waiters != NULL;
    if (!ready) {
        error_set(error, ERROR_NO_MEMORY, "no memory for the waiting agencies");
    }
    if (!ready || !open_all(made, error)) {
        hold_close(hold);
        return false;
    }
    return true;
}

bool hold_collect(struct hold *hold, struct hold_result *result, struct error *error) {
    *result = (struct hold_result){0};
    hold->result = result;
    return read_until(hold, &hold->answered, hold->options.count, error);
}

void hold_close(struct hold **hold) {
    struct hold *closing = *hold;
    *hold = NULL;
    if (closing == NULL) {
        return;
    }
    for (uint32_t i = 0; closing->waiters != NULL && i < closing->opened; i++) {
        struct waiter *waiter = &closing->waiters[i];
        free(waiter->rest);
        if (waiter->state != WAITER_ANSWERED) {
            channel_close(&waiter->channel);
        }
    }
    free(closing->waiters);
    message_decoder_free(closing->decoder);
    if (closing->epoll >= 0) {
        close(closing->epoll);
    }
    free(closing);
}
