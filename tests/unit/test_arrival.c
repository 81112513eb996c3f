// What was sent has arrived when the kernel has nothing left that is unacknowledged, and no sooner.
// The kernel's counts are the stories' own: over loopback everything arrives at once.
#include "connections_story.h"

#include "net/arrival.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

enum { DESCRIPTORS = 1024 };

static int on_their_way[DESCRIPTORS]; // bytes of each socket; -1: it cannot be asked
static int states[DESCRIPTORS];       // what TCP_INFO says; -1: it cannot be asked
static int looks;

int ioctl(int descriptor, unsigned long request, ...) {
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (request != SIOCOUTQ) {
        return (int)syscall(SYS_ioctl, descriptor, request, argument);
    }
    looks++;
    *(int *)argument = on_their_way[descriptor];
    errno = EBADF;
    return on_their_way[descriptor] < 0 ? -1 : 0;
}

int getsockopt(int descriptor, int level, int option, void *restrict value, socklen_t *restrict length) {
    if (level != IPPROTO_TCP || option != TCP_INFO) {
        return (int)syscall(SYS_getsockopt, descriptor, level, option, value, length);
    }
    ((struct tcp_info *)value)->tcpi_state = (uint8_t)states[descriptor];
    errno = EBADF;
    return states[descriptor] < 0 ? -1 : 0;
}

static int descriptor_of(const struct peer *peer) {
    int descriptor;
    assert_int_equal(uv_fileno((uv_handle_t *)&peer->connection->socket, &descriptor), 0);
    assert_true(descriptor < DESCRIPTORS);
    return descriptor;
}

static void set_on_their_way(const struct peer *peer, int bytes) {
    on_their_way[descriptor_of(peer)] = bytes;
}

// One that waits until what it was sent has arrived, of which so many bytes have not.
static struct peer *come_awaiting(int bytes) {
    struct peer *peer = come();
    set_on_their_way(peer, bytes);
    states[descriptor_of(peer)] = TCP_ESTABLISHED;
    connection_await_arrival(peer->connection);
    return peer;
}

static bool sweep(void) {
    ending_sweep_arrivals(&loop->connections);
    bool awaits = arrivals_are_awaited(&loop->connections);
    connections_settle(&loop->connections);
    run();
    return awaits;
}

static void one_byte_that_is_missing_is_waited_for(void **state) {
    (void)state;
    struct peer *peer = come_awaiting(1);
    assert_true(sweep());
    assert_true(sweep());
    assert_int_equal(peer->arrived, 0);
    set_on_their_way(peer, 0);
    assert_false(sweep());
    assert_int_equal(peer->arrived, 1);
    assert_false(sweep());
    assert_int_equal(peer->arrived, 1);
    assert_non_null(peer->connection);
    connection_await_arrival(peer->connection); // the next
    assert_false(sweep());
    assert_int_equal(peer->arrived, 2);
}

// Without a sweep: it may be the answer to what was sent.
static void when_anything_comes_it_is_looked_at(void **state) {
    (void)state;
    struct peer *peer = come_awaiting(1);
    say(peer, "x123456789");
    assert_int_equal(peer->arrived, 0);
    set_on_their_way(peer, 0);
    say(peer, "x123456789");
    assert_int_equal(peer->arrived, 1);
}

static void what_has_not_left_has_not_arrived(void **state) {
    (void)state;
    struct peer *peer = come_awaiting(0);
    struct connection *connection = peer->connection;
    struct output *const outputs[] = {&connection->queued, &connection->writer.out};
    for (int i = 0; i < 2; i++) {
        outputs[i]->unsent = 1;
        ending_sweep_arrivals(&loop->connections);
        assert_true(arrivals_are_awaited(&loop->connections));
        outputs[i]->unsent = 0;
    }
    assert_int_equal(peer->arrived, 0);
    assert_int_equal(looks, 0);
    assert_false(sweep());
    assert_int_equal(peer->arrived, 1);
}

static void our_end_is_one_that_need_not_arrive(void **state) {
    (void)state;
    struct peer *peer = come();
    set_on_their_way(peer, 2);
    states[descriptor_of(peer)] = TCP_ESTABLISHED;
    say(peer, "w123456789");
    assert_int_equal(peer->connection->stage, STAGE_LINGERING);
    assert_int_equal(peer->connection->waits_for, WATCH_SENDING);
    assert_true(sweep());
    assert_int_equal(peer->arrived, 0);
    set_on_their_way(peer, 1);
    assert_false(sweep());
    assert_int_equal(peer->arrived, 1);
    assert_int_equal(peer->connection->stage, STAGE_LINGERING);
    assert_int_equal(peer->connection->waits_for, WATCH_LINGER);
}

// As over TLS, whose last word waits for the rest: then a byte that is missing is no end, and ours follows
// it.
static void before_our_end_every_byte_counts(void **state) {
    (void)state;
    struct peer *peer = come();
    set_on_their_way(peer, 2);
    states[descriptor_of(peer)] = TCP_ESTABLISHED;
    say(peer, "w123456789");
    peer->connection->transport.is_finished = false;
    peer->connection->stage = STAGE_ARRIVING;
    set_on_their_way(peer, 1);
    assert_true(sweep());
    assert_int_equal(peer->arrived, 0);
    set_on_their_way(peer, 0);
    assert_false(sweep());
    assert_int_equal(peer->arrived, 1);
    connections_settle(&loop->connections);
    assert_true(transport_is_finished(&peer->connection->transport));
    assert_int_equal(peer->connection->stage, STAGE_LINGERING);
}

static void who_has_ended_too_is_kept_until_it_has_arrived(void **state) {
    (void)state;
    struct peer *peer = come();
    set_on_their_way(peer, 2);
    states[descriptor_of(peer)] = TCP_ESTABLISHED;
    say(peer, "w123456789");
    shutdown(peer->socket, SHUT_WR);
    run();
    assert_non_null(peer->connection);
    assert_true(sweep());
    assert_non_null(peer->connection);
    set_on_their_way(peer, 0);
    assert_false(sweep());
    assert_int_equal(peer->arrived, 1);
    assert_null(peer->connection);
}

static void what_was_reset_is_lost(void **state) {
    (void)state;
    struct peer *closed_one = come_awaiting(5), *nameless = come_awaiting(5), *mute = come_awaiting(5);
    states[descriptor_of(closed_one)] = TCP_CLOSE;
    states[descriptor_of(nameless)] = -1;
    set_on_their_way(mute, -1);
    assert_false(sweep());
    for (int i = 0; i < 3; i++) {
        assert_int_equal(peers[i].arrived, 0);
        assert_null(peers[i].connection);
    }
}

// What is closed is looked at once more.
static void the_last_look_is_at_the_end(void **state) {
    (void)state;
    struct peer *lost = come_awaiting(5), *told = come_awaiting(5), *later = come_awaiting(5);
    set_on_their_way(told, 0);
    connection_abort(lost->connection);
    connection_abort(told->connection);
    assert_int_equal(lost->arrived, 0);
    assert_int_equal(told->arrived, 1);
    run();
    assert_ptr_equal(loop->connections.arrivals.first, later->connection);
    assert_ptr_equal(loop->connections.arrivals.last, later->connection);
    struct connection *closing = later->connection;
    connection_hold(closing);
    connection_abort(closing);
    connection_await_arrival(closing); // it is too late
    assert_null(loop->connections.arrivals.first);
    assert_null(loop->connections.arrivals.last);
    connection_release(closing);
}

// There, too, our end is one byte that need not arrive.
static void the_last_look_leaves_our_end_out(void **state) {
    (void)state;
    struct peer *peer = come();
    set_on_their_way(peer, 2);
    states[descriptor_of(peer)] = TCP_ESTABLISHED;
    say(peer, "w123456789");
    assert_int_equal(peer->connection->stage, STAGE_LINGERING);
    set_on_their_way(peer, 1);
    connection_abort(peer->connection);
    assert_int_equal(peer->arrived, 1);
}

static void assert_awaiting(const struct peer *const *wanted, int count) {
    const struct connection *connection = loop->connections.arrivals.first, *before = NULL;
    for (int i = 0; i < count; i++) {
        assert_ptr_equal(connection, wanted[i]->connection);
        assert_ptr_equal(connection->arrival.previous, before);
        before = connection;
        connection = connection->arrival.next;
    }
    assert_null(connection);
    assert_ptr_equal(loop->connections.arrivals.last, before);
}

static void each_is_looked_at_once_in_turn(void **state) {
    (void)state;
    struct peer *all[5];
    for (int i = 0; i < 5; i++) {
        all[i] = come_awaiting(5);
        connection_await_arrival(all[i]->connection); // once is enough
    }
    assert_awaiting((const struct peer *const *)all, 5);
    looks = 0;
    assert_true(sweep());
    assert_int_equal(looks, 5);
    assert_awaiting((const struct peer *const *)all, 5);
    static const int arriving[] = {2, 0, 4, 3, 1}; // in the middle, at the front, at the end, and so on
    for (int i = 0; i < 5; i++) {
        set_on_their_way(all[arriving[i]], 0);
        looks = 0;
        assert_true(sweep() == (i < 4));
        assert_int_equal(looks, 5 - i);
        const struct peer *left[5];
        int count = 0;
        for (int j = 0; j < 5; j++) {
            assert_int_equal(all[j]->arrived, all[j]->connection->arrival.is_awaited ? 0 : 1);
            if (all[j]->connection->arrival.is_awaited) {
                left[count++] = all[j];
            }
        }
        assert_int_equal(count, 4 - i);
        assert_awaiting(left, count);
    }
}

static void while_more_arrives_its_time_begins_anew(void **state) {
    (void)state;
    struct peer *peer = come();
    int bytes = 100;
    set_on_their_way(peer, bytes);
    states[descriptor_of(peer)] = TCP_ESTABLISHED;
    say(peer, "w123456789");
    for (int i = 0; i < 5; i++) {
        set_on_their_way(peer, --bytes);
        pass(SEND_TIMEOUT_MS - 100);
        assert_non_null(peer->connection);
    }
    set_on_their_way(peer, bytes + 1); // which is less than nothing
    pass(SEND_TIMEOUT_MS - 100);
    assert_non_null(peer->connection);
    pass(200);
    assert_null(peer->connection);
    assert_int_equal(peer->arrived, 0);
}

// Who waits for something else has its time from that.
static void what_arrives_gives_no_time_to_those_that_say_nothing(void **state) {
    (void)state;
    struct peer *peer = come_awaiting(100);
    assert_int_equal(peer->connection->waits_for, WATCH_SILENT);
    for (int bytes = 99; bytes > 90; bytes--) {
        set_on_their_way(peer, bytes);
        assert_true(sweep());
        assert_int_equal(peer->connection->waits_for, WATCH_SILENT);
    }
}

static void whoever_waits_is_looked_at_in_time(void **state) {
    (void)state;
    loop->is_reaping = false;
    struct peer *peer = come_awaiting(1);
    assert_true(loop->is_reaping);
    uv_timer_stop(&loop->reaper);
    assert_true(loop_sweep(loop, 1));
    set_on_their_way(peer, 0);
    assert_false(loop_sweep(loop, 1));
    assert_int_equal(peer->arrived, 1);
}

// By the loop's own timer, which ticks faster here. Nothing but the peer's own deadline of `kind`, of a few
// milliseconds, begins in the sweep that sees the arrival.
static void assert_closed_by_a_deadline_that_begins_as_it_arrives(const char *text, enum watch_kind kind) {
    loop->is_reaping = false;
    watch_set_timeout(&loop->connections.watch, WATCH_SENDING, 0);
    watch_set_timeout(&loop->connections.watch, kind, 5);
    struct peer *peer = come();
    states[descriptor_of(peer)] = TCP_ESTABLISHED;
    set_on_their_way(peer, 2);
    say(peer, text);
    uv_timer_set_repeat(&loop->reaper, 1);
    uv_timer_again(&loop->reaper);
    assert_int_equal(peer->arrived, 0);
    set_on_their_way(peer, 0);
    while (peer->connection != NULL) {
        if (!uv_is_active((uv_handle_t *)&loop->reaper)) {
            fail_msg("the sweeps have stopped, and a connection that waits for %d (%d) is never closed",
                     peer->connection->waits_for, kind);
        }
        uv_run(&loop->uv, UV_RUN_ONCE);
    }
    assert_int_equal(peer->arrived, 1);
}

static void whoever_lingers_once_it_has_arrived_is_closed_in_time(void **state) {
    (void)state;
    assert_closed_by_a_deadline_that_begins_as_it_arrives("w123456789", WATCH_LINGER);
}

static void whoever_is_read_again_once_it_has_arrived_is_closed_in_time(void **state) {
    (void)state;
    assert_closed_by_a_deadline_that_begins_as_it_arrives("a123456789", WATCH_IDLE);
}

static int set_up_arrivals(void **state) {
    memset(on_their_way, 0, sizeof on_their_way);
    memset(states, 0, sizeof states);
    looks = 0;
    return set_up(state);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up_arrivals, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(one_byte_that_is_missing_is_waited_for),
        STORY(when_anything_comes_it_is_looked_at),
        STORY(what_has_not_left_has_not_arrived),
        STORY(our_end_is_one_that_need_not_arrive),
        STORY(before_our_end_every_byte_counts),
        STORY(who_has_ended_too_is_kept_until_it_has_arrived),
        STORY(what_was_reset_is_lost),
        STORY(the_last_look_is_at_the_end),
        STORY(the_last_look_leaves_our_end_out),
        STORY(each_is_looked_at_once_in_turn),
        STORY(while_more_arrives_its_time_begins_anew),
        STORY(what_arrives_gives_no_time_to_those_that_say_nothing),
        STORY(whoever_waits_is_looked_at_in_time),
        STORY(whoever_lingers_once_it_has_arrived_is_closed_in_time),
        STORY(whoever_is_read_again_once_it_has_arrived_is_closed_in_time),
    };
    return cmocka_run_group_tests_name("arrival", tests, NULL, NULL);
}
