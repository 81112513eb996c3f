// All agencies of a bench send their share, and the run reports how it went, or what went wrong.
// A thread of this test plays the central.
#include "cmocka_all.h"

#include "base/clock.h"
#include "bench/driver.h"
#include "bench/interrupt.h"
#include "bet/errors.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/reply.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AGENCIES = 3, THREADS = 2, CHUNK = 2, BETS = 10, INPUT_BYTES = 64 * 1024 };

// What an agency has sent.
struct heard {
    uint32_t bets, chunks;
    uint64_t number; // the sum of its bets' numbers, which are different powers of two
    bool finished;
};

static struct {
    int listener;
    pthread_t thread;
    struct heard agencies[AGENCIES + 1];
    uint32_t wrong_for;  // this agency is told that it has one more bet
    bool waits_for_tick; // before its last answer
} central;

static struct payload payload;
static struct driver_options options;
static struct driver_result result;
static struct error error;
static atomic_int ticks, starts;
static uint64_t first_bets, first_elapsed_ns; // at the first tick

static void started(void *context) {
    (void)context;
    starts++;
}

static void tick(void *context, uint64_t bets, uint64_t elapsed_ns) {
    assert_ptr_equal(context, &central);
    if (ticks == 0) {
        first_bets = bets;
        first_elapsed_ns = elapsed_ns;
    }
    ticks++;
}

static void never_marked(void *context, uint64_t mark) {
    (void)context, (void)mark;
    fail_msg("a million bets are not acknowledged");
}

// Takes one message, and answers it.
static void take(int connection, struct message_decoder *decoder, const uint8_t *bytes, size_t length) {
    struct message message;
    struct error wrong;
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    if (!message_decode(decoder, bytes, length, &message, &wrong)) {
        return; // the story will fail
    }
    struct heard *heard = &central.agencies[message.agency];
    const char *row = message.chunk->rows, *end = row + message.chunk->rows_length;
    while (row < end) {
        const char *newline = memchr(row, '\n', (size_t)(end - row)),
                   *comma = memrchr(row, ',', (size_t)(newline - row));
        heard->number += strtoull(comma + 1, NULL, 10);
        heard->bets++;
        row = newline + 1;
    }
    heard->chunks++;
    heard->finished = message.type == MESSAGE_SEND_LAST_CHUNK;
    while (central.waits_for_tick && message.agency == AGENCIES && heard->finished && ticks == 0) {
        poll(NULL, 0, 1);
    }
    size_t answer = reply_encode_processed(frame, heard->bets + (message.agency == central.wrong_for));
    (void)!send(connection, frame, answer, MSG_NOSIGNAL);
    chunk_free(message.chunk);
}

static void *answer_all(void *context) {
    (void)context;
    static uint8_t input[AGENCIES][INPUT_BYTES + JSON_PADDING_BYTES];
    size_t lengths[AGENCIES] = {0};
    struct pollfd sockets[AGENCIES + 1] = {{.fd = central.listener, .events = POLLIN}};
    struct message_decoder *decoder = message_decoder_new();
    nfds_t count = 1;
    while (poll(sockets, count, -1) > 0) {
        if ((sockets[0].revents & POLLIN) != 0 && count <= AGENCIES) {
            sockets[count].fd = accept(central.listener, NULL, NULL);
            sockets[count++].events = POLLIN;
        } else if (sockets[0].revents != 0) {
            break; // the story is over
        }
        for (nfds_t i = 1; i < count; i++) {
            size_t *length = &lengths[i - 1];
            ssize_t got = recv(sockets[i].fd, input[i - 1] + *length, INPUT_BYTES - *length, MSG_DONTWAIT);
            *length += got > 0 ? (size_t)got : 0;
            sockets[i].events = got == 0 ? 0 : POLLIN;
            const uint8_t *message;
            size_t message_length;
            while (frame_next(input[i - 1], *length, INPUT_BYTES, &message, &message_length) ==
                   FRAME_COMPLETE) {
                take(sockets[i].fd, decoder, message, message_length);
                *length -= FRAME_HEADER_BYTES + message_length;
                memmove(input[i - 1], message + message_length, *length);
            }
        }
    }
    for (nfds_t i = 1; i < count; i++) {
        close(sockets[i].fd);
    }
    message_decoder_free(decoder);
    return NULL;
}

static int begin(void **state) {
    (void)state;
    alarm(60);
    memset(&central, 0, sizeof central);
    error = (struct error){0};
    ticks = starts = 0;
    payload_init(&payload);
    for (int i = 0; i < BETS; i++) {
        char text[64];
        int length = snprintf(text, sizeof text, "Ana,Paz,%d,2000-01-01,%d", i + 1, 1 << i);
        assert_true(payload_add(&payload, text, (size_t)length, &error));
    }
    options = (struct driver_options){.payload = &payload,
                                      .bets = BETS,
                                      .agencies = AGENCIES,
                                      .chunk_size = CHUNK,
                                      .window = 4,
                                      .threads = THREADS,
                                      .positions = true,
                                      .finish = true,
                                      .started = started,
                                      .tick = tick,
                                      .marked = never_marked,
                                      .context = &central};
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    options.address_length = sizeof options.address;
    central.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return bind(central.listener, (struct sockaddr *)&here, sizeof here) != 0 ||
           listen(central.listener, 8) != 0 ||
           getsockname(central.listener, (struct sockaddr *)&options.address, &options.address_length) != 0;
}

static int end(void **state) {
    (void)state;
    driver_result_free(&result);
    payload_free(&payload);
    close(central.listener);
    return 0;
}

static bool drive(void) {
    assert_int_equal(pthread_create(&central.thread, NULL, answer_all, NULL), 0);
    bool done = driver_run(&options, &result, &error);
    shutdown(central.listener, SHUT_RDWR);
    pthread_join(central.thread, NULL);
    return done;
}

static void assert_heard(uint32_t agency, struct heard expected) {
    const struct heard *heard = &central.agencies[agency];
    assert_int_equal(heard->bets, expected.bets);
    assert_int_equal(heard->chunks, expected.chunks);
    assert_int_equal(heard->number, expected.number);
    assert_int_equal(heard->finished, options.finish);
}

static void each_agency_sends_its_share(void **state) {
    (void)state;
    uint64_t before_ns = clock_steady_ns();
    if (!drive()) {
        fail_msg("%s", error.text);
    }
    assert_heard(1, (struct heard){.bets = 4, .chunks = 2, .number = 0x00f});
    assert_heard(2, (struct heard){.bets = 3, .chunks = 2, .number = 0x070});
    assert_heard(3, (struct heard){.bets = 3, .chunks = 2, .number = 0x380});
    assert_int_equal(result.bets, BETS);
    assert_int_equal(result.chunks, 6);
    assert_int_equal(result.ack_ns.count, 6);
    assert_int_equal(result.marks, 0);
    assert_int_equal(result.text_bytes, payload.text_length);
    assert_true(result.elapsed_ns > 0 && result.ended_ns > before_ns && result.ended_ns <= clock_steady_ns());
    assert_true(result.elapsed_ns < result.ended_ns - before_ns);
    assert_true(result.ack_ns.maximum <= result.elapsed_ns);
}

static void it_reports_progress(void **state) {
    (void)state;
    central.waits_for_tick = true;
    assert_true(drive());
    assert_in_range(ticks, 1, 1000);
    assert_int_equal(starts, 1);
    assert_in_range(first_bets, 0, BETS - 1);
    assert_in_range(first_elapsed_ns, 200 * 1000000, result.elapsed_ns); // five times a second
}

static void at_a_rate_no_chunk_is_early(void **state) {
    (void)state;
    options.rate = 100; // 10 bets: the second chunk of each agency is due 60 ms after the first
    options.finish = false;
    assert_true(drive());
    assert_int_equal(result.bets, BETS);
    assert_true(result.elapsed_ns >= 100 * (uint64_t)1000000); // the last: agency 3's second
    assert_heard(1, (struct heard){.bets = 4, .chunks = 2, .number = 0x00f});
}

static void a_wrong_answer_ends_the_run(void **state) {
    (void)state;
    central.wrong_for = 2;
    assert_false(drive());
    assert_error(&error, ERROR_BAD_MESSAGE);
    assert_memory_equal(error.text, "agency 2, chunk 1: the central says that it has 3 bets", 54);
}

static void a_central_that_is_not_there_is_named(void **state) {
    (void)state;
    close(central.listener);
    central.listener = -1;
    assert_false(driver_run(&options, &result, &error));
    assert_string_equal(error.text, "cannot connect to the central: Connection refused");
}

static void an_interruption_ends_the_run(void **state) {
    (void)state;
    bench_interrupt();
    assert_true(bench_interrupted());
    assert_false(driver_run(&options, &result, &error));
    assert_error(&error, ERROR_SHUTTING_DOWN);
    assert_string_equal(error.text, "interrupted");
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(each_agency_sends_its_share),          STORY(it_reports_progress),
        STORY(at_a_rate_no_chunk_is_early),          STORY(a_wrong_answer_ends_the_run),
        STORY(a_central_that_is_not_there_is_named),
        STORY(an_interruption_ends_the_run), // the last one, as it cannot be undone
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
