// A writer sends in order, waits for the socket, and frees what will not leave.
// And TCP is asked for what both sides need.
#include "cmocka_all.h"

#include "stream/limits.h"
#include "stream/tcp.h"
#include "stream/writer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MUCH_BYTES = 4 * 1024 * 1024 };

static uv_loop_t loop;
static uv_pipe_t stream;
static struct writer writer;
static int other; // its other side
static uint8_t much[MUCH_BYTES];
static int left_count, left_status;
static bool is_closed, left_before_closed;
static bool takes_nothing; // a write takes 0 bytes

ssize_t write(int descriptor, const void *bytes, size_t length) {
    return takes_nothing ? 0 : syscall(SYS_write, descriptor, bytes, length);
}

static void on_left(struct writer *which, int status) {
    assert_ptr_equal(which, &writer);
    left_count++;
    left_status = status;
    left_before_closed = !is_closed;
}

static void on_closed(uv_handle_t *handle) {
    (void)handle;
    is_closed = true;
}

static int set_up(void **state) {
    (void)state;
    int sockets[2];
    left_count = 0;
    is_closed = false;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sockets) != 0 ||
        uv_loop_init(&loop) != 0 || uv_pipe_init(&loop, &stream, 0) != 0 ||
        uv_pipe_open(&stream, sockets[0]) != 0) {
        return 1;
    }
    other = sockets[1];
    for (size_t i = 0; i < sizeof much; i++) {
        much[i] = (uint8_t)(i * 3 + i / 256);
    }
    writer_begin(&writer, (uv_stream_t *)&stream, on_left);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    if (!is_closed) {
        uv_close((uv_handle_t *)&stream, on_closed);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    writer_give_up(&writer);
    close(other);
    return uv_loop_close(&loop);
}

// Writes until the socket takes no more, or everything has left.
static enum writer_result write_on(void) {
    enum writer_result result = WRITER_SENT;
    int failure;
    while (result == WRITER_SENT && writer.out.unsent > 0) {
        result = writer_write(&writer, &failure);
    }
    return result;
}

// A packet of this kind of socket is one write. Returns how long it is, 0 when there is none.
static size_t hear_one(size_t heard) {
    static uint8_t bytes[MUCH_BYTES];
    ssize_t length = recv(other, bytes, sizeof bytes, 0);
    if (length <= 0) {
        return 0;
    }
    assert_memory_equal(bytes, much + heard, (size_t)length);
    return (size_t)length;
}

static void everything_arrives_in_its_order_in_writes_that_are_not_too_long(void **state) {
    (void)state;
    size_t heard = 0;
    assert_true(output_refer(&writer.out, much, 300000)); // and small ones, which share a write
    for (size_t i = 300000; i < 301000; i += 10) {
        assert_true(output_copy(&writer.out, much + i, 10));
    }
    while (heard < 301000) {
        if (!writer_is_waiting(&writer)) {
            assert_int_not_equal(write_on(), WRITER_FAILED);
        }
        size_t length = hear_one(heard);
        assert_in_range(length, 1, WRITE_BYTES_MAX);
        heard += length;
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    assert_true(left_count > 0);
    assert_int_equal(left_status, 0);
    assert_int_equal(writer.out.kept, 0);
}

static void what_is_on_its_way_stays_until_the_socket_is_closed(void **state) {
    (void)state;
    assert_true(output_copy(&writer.out, much, MUCH_BYTES / 2));
    assert_true(output_copy(&writer.out, much, MUCH_BYTES / 2));
    assert_int_equal(write_on(), WRITER_WAITS);
    assert_true(writer_is_waiting(&writer));
    writer_give_up(&writer);
    assert_in_range(writer.out.kept, MUCH_BYTES / 2, MUCH_BYTES / 2 + 200); // the slice lies there
    uv_close((uv_handle_t *)&stream, on_closed);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(left_status, UV_ECANCELED);
    assert_true(left_before_closed);
    writer_give_up(&writer);
    assert_int_equal(writer.out.kept, 0);
}

static void a_socket_that_has_failed_says_so(void **state) {
    (void)state;
    int failure = 0;
    shutdown(other, SHUT_RDWR);
    assert_true(output_refer(&writer.out, much, 10));
    assert_int_equal(writer_write(&writer, &failure), WRITER_FAILED);
    assert_int_equal(failure, UV_EPIPE);
    assert_false(writer_is_waiting(&writer));
}

// No kernel does that on TCP. To try again at once, for ever, would stop the whole loop.
static void a_socket_that_takes_nothing_and_says_nothing_has_failed(void **state) {
    (void)state;
    int failure = 0;
    assert_true(output_refer(&writer.out, much, 10));
    takes_nothing = true;
    enum writer_result result = writer_write(&writer, &failure);
    takes_nothing = false;
    assert_int_equal(result, WRITER_FAILED);
    assert_int_equal(failure, UV_EIO);
    assert_false(writer_is_waiting(&writer));
}

static int option(int descriptor, int level, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    assert_int_equal(getsockopt(descriptor, level, name, &value, &length), 0);
    return value;
}

static void tcp_is_asked_for_what_is_given_and_for_nothing_else(void **state) {
    (void)state;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int probes = option(descriptor, IPPROTO_TCP, TCP_KEEPCNT);
    tcp_set_options(descriptor, &(struct tcp_options){.unacknowledged_ms = 8000});
    assert_int_equal(option(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT), 8000);
    assert_int_equal(option(descriptor, SOL_SOCKET, SO_KEEPALIVE), 0);
    assert_int_equal(option(descriptor, IPPROTO_TCP, TCP_NODELAY), 0);
    tcp_set_options(descriptor,
                    &(struct tcp_options){.nodelay = true, .keepalive_seconds = 8, .probe_seconds = 4});
    assert_int_equal(option(descriptor, IPPROTO_TCP, TCP_NODELAY), 1);
    assert_int_equal(option(descriptor, SOL_SOCKET, SO_KEEPALIVE), 1);
    assert_int_equal(option(descriptor, IPPROTO_TCP, TCP_KEEPIDLE), 8);
    assert_int_equal(option(descriptor, IPPROTO_TCP, TCP_KEEPINTVL), 4);
    assert_int_equal(option(descriptor, IPPROTO_TCP, TCP_KEEPCNT), probes);
    assert_int_equal(option(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT), 8000);
    tcp_set_options(descriptor, &(struct tcp_options){.probes = 3});
    assert_int_equal(option(descriptor, IPPROTO_TCP, TCP_KEEPCNT), 3);
    close(descriptor);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_arrives_in_its_order_in_writes_that_are_not_too_long,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_on_its_way_stays_until_the_socket_is_closed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_socket_that_has_failed_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_socket_that_takes_nothing_and_says_nothing_has_failed, set_up,
                                        tear_down),
        cmocka_unit_test(tcp_is_asked_for_what_is_given_and_for_nothing_else),
    };
    return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
