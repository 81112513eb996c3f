// A link that cannot send goes down, and delivers nothing unless it was up.
// Over a real socket. TLS is the test's own: it is open after the first bytes, and answers each with one.
#include "cmocka_all.h"

#include "link/link.h"
#include "stream/transport.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { HANG_MS = 60000, FASTER = 40 };

static int link_descriptor, fails_at; // with which answer the socket no longer takes anything
static int answers;
static enum transport_state now;
static char events[64], why[64];

// The last of the sockets that get options is the link's.
int setsockopt(int descriptor, int level, int option, const void *value, socklen_t length) {
    link_descriptor = descriptor;
    return (int)syscall(SYS_setsockopt, descriptor, level, option, value, length);
}

static uint64_t faster = 1; // so much shorter the limit of a handshake is

// The linker puts this in the place of uv_timer_start.
int __real_uv_timer_start(uv_timer_t *timer, uv_timer_cb due, uint64_t timeout_ms, uint64_t again_ms);
int __wrap_uv_timer_start(uv_timer_t *timer, uv_timer_cb due, uint64_t timeout_ms, uint64_t again_ms);

int __wrap_uv_timer_start(uv_timer_t *timer, uv_timer_cb due, uint64_t timeout_ms, uint64_t again_ms) {
    return __real_uv_timer_start(timer, due, timeout_ms < HANG_MS ? timeout_ms / faster : timeout_ms,
                                 again_ms);
}

// What stream/transport.h promises ------------------------------------------------------------------------

void transport_begin_plain(struct transport *transport, struct output *out) {
    *transport = (struct transport){.out = out};
    now = TRANSPORT_OPEN;
}

bool transport_begin_tls(struct transport *transport, struct tls_context *context, const char *host,
                         struct output *out) {
    (void)context, (void)host;
    *transport = (struct transport){.out = out};
    now = TRANSPORT_OPENING;
    return true;
}

void transport_free(struct transport *transport) {
    (void)transport;
}

void transport_start(struct transport *transport) {
    (void)transport;
}

void transport_came(struct transport *transport, const uint8_t *bytes, size_t length,
                    uint64_t *handshake_ns) {
    (void)handshake_ns;
    transport->came = bytes;
    transport->came_length = length;
    now = TRANSPORT_OPEN;
    if (++answers == fails_at) {
        assert_int_equal(shutdown(link_descriptor, SHUT_WR), 0);
    }
    assert_true(output_copy(transport->out, (const uint8_t *)"!", 1));
}

bool transport_read(struct transport *transport, uint8_t *room, size_t length, size_t *count) {
    assert_true(transport->came_length <= length);
    memcpy(room, transport->came, transport->came_length);
    *count = transport->came_length;
    transport->came_length = 0;
    return true;
}

bool transport_fill(struct transport *transport, struct output *from) {
    output_move(transport->out, from);
    return true;
}

void transport_say_end(struct transport *transport) {
    (void)transport;
}

enum transport_state transport_state(const struct transport *transport) {
    (void)transport;
    return now;
}

bool transport_is_open(const struct transport *transport) {
    return transport_state(transport) == TRANSPORT_OPEN;
}

struct tls_session *transport_session(const struct transport *transport) {
    (void)transport;
    return NULL;
}

// The owner -----------------------------------------------------------------------------------------------

static uv_loop_t loop;
static uv_timer_t hang;

static void on_up(void *context) {
    (void)context;
    strcat(events, "up ");
    uv_stop(&loop);
}

static size_t on_received(void *context, const uint8_t *bytes, size_t length) {
    (void)context;
    assert_true(strlen(events) + length + 1 < sizeof events);
    strncat(events, (const char *)bytes, length);
    strcat(events, " ");
    return length;
}

static void on_down(void *context, const char *reason) {
    (void)context;
    strcat(events, "down");
    snprintf(why, sizeof why, "%s", reason);
    uv_stop(&loop);
}

static void on_hang(uv_timer_t *timer) {
    (void)timer;
    fail_msg("after %d ms nothing more has happened than: %s", HANG_MS, events);
}

// Runs until the link is up, or down.
static void run(void) {
    uv_timer_start(&hang, on_hang, HANG_MS, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
}

static struct link *opened;
static int listener, peer;

static int set_up(void **state) {
    (void)state;
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof where;
    static const struct link_events told = {.up = on_up, .received = on_received, .down = on_down};
    static char any_context; // only asked whether it is there
    struct address address = {.host = "127.0.0.1"};
    events[0] = why[0] = '\0';
    answers = 0;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&where, length), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&where, &length), 0);
    snprintf(address.port, sizeof address.port, "%u", ntohs(where.sin_port));
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(uv_timer_init(&loop, &hang), 0);
    opened = link_open(&loop, &address, (struct tls_context *)&any_context, &told, NULL);
    assert_non_null(opened);
    uv_timer_start(&hang, on_hang, HANG_MS, 0);
    while ((peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) < 0) {
        uv_run(&loop, UV_RUN_ONCE);
    }
    return 0;
}

static int set_up_faster(void **state) {
    faster = FASTER;
    return set_up(state);
}

static int tear_down(void **state) {
    (void)state;
    faster = 1;
    link_close(&opened);
    uv_close((uv_handle_t *)&hang, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    close(peer);
    close(listener);
    return 0;
}

static void assert_events(const char *expected) {
    if (strcmp(events, expected) != 0) {
        fail_msg("the owner was to be told \"%s\", and was told \"%s\"", expected, events);
    }
    assert_string_equal(why, "broken pipe");
}

static void what_comes_with_a_handshake_that_fails_to_leave_is_not_delivered(void **state) {
    (void)state;
    fails_at = 1;
    assert_int_equal(send(peer, "early", 5, MSG_NOSIGNAL), 5);
    run();
    assert_events("down");
}

static void what_came_before_an_open_link_breaks_is_delivered(void **state) {
    (void)state;
    fails_at = 2;
    assert_int_equal(send(peer, "one", 3, MSG_NOSIGNAL), 3);
    run();
    assert_int_equal(send(peer, "two", 3, MSG_NOSIGNAL), 3);
    run();
    assert_events("up one two down");
}

static void a_handshake_that_never_comes_has_an_end(void **state) {
    (void)state;
    run();
    assert_string_equal(events, "down");
    assert_string_equal(why, "TLS: no handshake within 8000 ms");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_comes_with_a_handshake_that_fails_to_leave_is_not_delivered,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_came_before_an_open_link_breaks_is_delivered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_handshake_that_never_comes_has_an_end, set_up_faster, tear_down),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("link_failing", tests, NULL, NULL);
}
