// A connection of the bench carries bytes both ways over TLS, no write longer than is allowed.
// A thread of this test plays the central. Each write is a message of its own here.
#include "tls_story.h"

#include "bench/channel.h"
#include "stream/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

enum { BYTES = 100 * 1000, READ_BYTES = 16 * 1024 };

static struct channel channel;
static struct error error;
static int central; // its end of the connection
static pthread_t thread;
static ssize_t longest_write;
static bool has_ended; // the bench has said that nothing more follows

static void send_all(struct transport *transport, struct output *queued, struct output *out) {
    while (out->unsent > 0 || (queued->unsent > 0 && transport_is_open(transport))) {
        size_t length;
        if (out->unsent == 0 && !transport_fill(transport, queued)) {
            return; // the story will fail
        }
        const uint8_t *bytes = output_first(out, WRITE_BYTES_MAX, &length);
        if (write(central, bytes, length) != (ssize_t)length) {
            return;
        }
        output_sent(out, length);
    }
}

static void *echo(void *context) {
    (void)context;
    static uint8_t encrypted[READ_BYTES], plain[READ_BYTES];
    struct transport transport;
    struct output queued = {0}, out = {0};
    ssize_t length = transport_begin_tls(&transport, server_context, NULL, &out) ? 1 : 0;
    while (length > 0 && (length = read(central, encrypted, sizeof encrypted)) > 0) {
        bool all = false;
        longest_write = length > longest_write ? length : longest_write;
        transport_came(&transport, encrypted, (size_t)length, NULL);
        while (!all) {
            size_t count;
            all = transport_read(&transport, plain, sizeof plain, &count);
            length = output_copy(&queued, plain, count) ? length : 0;
        }
        send_all(&transport, &queued, &out);
    }
    has_ended = transport_state(&transport) == TRANSPORT_ENDED;
    transport_free(&transport);
    output_free(&queued);
    output_free(&out);
    return NULL;
}

static int set_up(void **state) {
    (void)state;
    int pair[2];
    signal(SIGPIPE, SIG_IGN);
    alarm(60); // in case something is awaited for ever
    make_certificates_folder();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        return 1;
    }
    make_contexts(DAY, DAY);
    central = pair[1];
    channel = (struct channel){.descriptor = pair[0]};
    longest_write = 0;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    channel_close(&channel);
    close(central);
    return forget_certificates();
}

static void bytes_travel_both_ways(void **state) {
    (void)state;
    static uint8_t sent[BYTES], echoed[BYTES];
    for (size_t i = 0; i < BYTES; i++) {
        sent[i] = (uint8_t)(i * 7 + i / 251);
    }
    assert_int_equal(pthread_create(&thread, NULL, echo, NULL), 0);
    if (!channel_open(&channel, channel.descriptor, client_context, &error)) {
        fail_msg("%s", error.text);
    }
    assert_int_equal(fcntl(channel.descriptor, F_SETFL, O_NONBLOCK), 0);
    assert_true(channel_queue(&channel, sent, 10, &error));
    assert_true(channel_queue(&channel, sent + 10, BYTES - 10, &error));
    for (size_t got = 0; got < BYTES;) {
        struct pollfd watched = {.fd = channel.descriptor};
        assert_true(channel_write(&channel, &error));
        watched.events = (short)(POLLIN | (channel_has_unsent(&channel) ? POLLOUT : 0));
        assert_int_equal(poll(&watched, 1, -1), 1);
        ssize_t length = channel_read(&channel, echoed + got, BYTES - got < 1000 ? BYTES - got : 1000);
        assert_true(length > 0 || (length < 0 && errno == EAGAIN));
        got += length > 0 ? (size_t)length : 0;
        // More than the room is kept, and given out before anything is awaited.
        while (length > 0 && got < BYTES) {
            length = channel_read(&channel, echoed + got, BYTES - got < 1000 ? BYTES - got : 1000);
            got += length > 0 ? (size_t)length : 0;
        }
    }
    assert_false(channel_has_unsent(&channel));
    assert_memory_equal(echoed, sent, BYTES);
    channel_close(&channel);
    channel = (struct channel){.descriptor = -1};
    pthread_join(thread, NULL);
    if (!has_ended) {
        fail_msg("the connection was closed, and the central was not told the end of TLS");
    }
    assert_in_range(longest_write, WRITE_BYTES_MAX / 2, WRITE_BYTES_MAX);
}

static void a_central_without_tls_is_named(void **state) {
    (void)state;
    static const char answer[] = "{\"type_message\":4}";
    assert_int_equal(write(central, answer, sizeof answer), sizeof answer);
    assert_false(channel_open(&channel, channel.descriptor, client_context, &error));
    assert_error(&error, ERROR_NETWORK);
    assert_memory_equal(error.text, "TLS: ", 5);
    assert_true(strlen(error.text) > 5);
}

static void a_central_that_closes_during_the_handshake_is_named(void **state) {
    (void)state;
    assert_int_equal(shutdown(central, SHUT_WR), 0);
    assert_false(channel_open(&channel, channel.descriptor, client_context, &error));
    assert_error(&error, ERROR_NETWORK);
    assert_string_equal(error.text, "TLS: the central closed the connection");
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(bytes_travel_both_ways),
        STORY(a_central_without_tls_is_named),
        STORY(a_central_that_closes_during_the_handshake_is_named),
    };
    return cmocka_run_group_tests_name("bench_channel", tests, NULL, NULL);
}
