// The thread of the HTTP server takes a quarter of a core at most, and everybody gets in.
#include "http_story.h"

#include "base/share.h"

#define ASK "GET /fixed HTTP/1.1\r\nHost: localhost\r\n\r\n"

static int64_t processor_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t steady_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// Sixteen requests of 20 ms each come at once. They may take four times as long as they cost, less what was
// saved up and the last ones, whose rest nobody waits for; what is slower is slower for other reasons.
static void answers_are_spread_over_time(void **state) {
    enum { CLIENTS = 16, COST_MS = 20, MS_NS = 1000000 };
    int clients[CLIENTS];
    (void)state;
    atomic_store(&burn_ms, COST_MS);
    int64_t began_ns = steady_ns(), used_ns = processor_ns();
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = come();
        say(clients[i], ASK);
    }
    for (int i = 0; i < CLIENTS; i++) {
        hear_until(clients[i], "fixed\n");
        close(clients[i]);
    }
    int64_t took_ns = steady_ns() - began_ns;
    used_ns = processor_ns() - used_ns;
    assert_true(used_ns >= (int64_t)CLIENTS * COST_MS * MS_NS);
    assert_true(took_ns >= SHARE_PART * ((int64_t)CLIENTS * COST_MS * MS_NS - SHARE_SAVED_NS -
                                         2 * (int64_t)COST_MS * MS_NS));
}

// They have come long before, all together: after each that takes a turn's time the others wait for the next.
static void a_turn_puts_off_what_is_left(void **state) {
    enum { CLIENTS = 5, COST_MS = 50, TURN_MS = 155 }; // four times 50, less the 10 that may be saved up
    int clients[CLIENTS];
    (void)state;
    atomic_store(&answered, 0);
    atomic_store(&burn_ms, COST_MS);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = come();
        say(clients[i], ASK);
    }
    for (int i = 0; i < CLIENTS; i++) {
        hear_until(clients[i], "fixed\n");
        close(clients[i]);
    }
    for (int i = 1; i < CLIENTS; i++) {
        assert_true(atomic_load(&answer_began_ms[i]) - atomic_load(&answer_began_ms[i - 1]) >= TURN_MS);
    }
}

// More than there is room for, so that some who have been put off give way.
static void whoever_is_put_off_gives_way(void **state) {
    int clients[60];
    (void)state;
    atomic_store(&burn_ms, 30);
    for (int i = 0; i < 60; i++) {
        clients[i] = come();
        say(clients[i], ASK);
    }
    await_at_least(&answered, atomic_load(&answered) + 3);
    atomic_store(&burn_ms, 0);
    for (int i = 0; i < 60; i++) {
        close(clients[i]);
    }
    int client = come();
    say(client, ASK);
    hear_until(client, "fixed\n");
    close(client);
}

// Those who have to wait are answered, and may go while they wait.
static void whoever_is_put_off_may_go(void **state) {
    int clients[12];
    (void)state;
    atomic_store(&burn_ms, 30);
    for (int i = 0; i < 12; i++) {
        clients[i] = come();
        say(clients[i], ASK);
    }
    for (int i = 0; i < 12; i += 2) {
        close(clients[i]);
    }
    for (int i = 1; i < 12; i += 2) {
        hear_until(clients[i], "fixed\n");
        close(clients[i]);
    }
}

// All of them are there before the turn in which the first of them is answered, the urgent one last.
static void an_urgent_answer_comes_before_those_put_off(void **state) {
    enum { CLIENTS = 12, FIRST_MS = 200, COST_MS = 30 };
    int first = come(), clients[CLIENTS], urgent;
    (void)state;
    atomic_store(&answered, 0);
    atomic_store(&burn_ms, FIRST_MS);
    say(first, ASK);
    await_at_least(&answered, 1);
    atomic_store(&burn_ms, COST_MS);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = come();
        say(clients[i], ASK);
    }
    urgent = come();
    say(urgent, "GET /urgent HTTP/1.1\r\nHost: localhost\r\n\r\n");
    hear_until(urgent, "/urgent");
    assert_in_range(atomic_load(&urgent_number), 1, 3);
    close(first);
    close(urgent);
    for (int i = 0; i < CLIENTS; i++) {
        hear_until(clients[i], "fixed\n");
        close(clients[i]);
    }
}

// Each piece takes a turn's time: no two are asked for in one. All readers get theirs.
static void pieces_are_spread_over_turns(void **state) {
    enum { READERS = 6, COST_MS = 30 };
    int readers[READERS];
    (void)state;
    for (int i = 0; i < READERS; i++) {
        readers[i] = come();
        say(readers[i], "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
        hear_until(readers[i], "\r\n\r\n");
    }
    atomic_store(&pieces_asked, 0);
    atomic_store(&piece_burn_ms, COST_MS);
    atomic_store(&pieces_given, 1);
    for (int i = 0; i < READERS; i++) {
        hear_until(readers[i], "eeeeee");
        close(readers[i]);
    }
    for (int i = 1; i < READERS; i++) {
        assert_true(atomic_load(&piece_tick[i]) > atomic_load(&piece_tick[i - 1]));
    }
}

// It need not rest out first.
static void a_server_that_rests_ends_at_once(void **state) {
    (void)state;
    int client = come(), before = atomic_load(&answered);
    atomic_store(&burn_ms, 500);
    say(client, ASK);
    await_at_least(&answered, before + 1);
    hear_until(client, "fixed\n");
    http_close(&http);
    close(client);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers_are_spread_over_time, start, stop),
        cmocka_unit_test_setup_teardown(a_turn_puts_off_what_is_left, start, stop),
        cmocka_unit_test_setup_teardown(whoever_is_put_off_gives_way, start, stop),
        cmocka_unit_test_setup_teardown(whoever_is_put_off_may_go, start, stop),
        cmocka_unit_test_setup_teardown(an_urgent_answer_comes_before_those_put_off, start, stop),
        cmocka_unit_test_setup_teardown(pieces_are_spread_over_turns, start, stop),
        cmocka_unit_test_setup_teardown(a_server_that_rests_ends_at_once, start, stop),
    };
    return cmocka_run_group_tests_name("http_budget", tests, NULL, NULL);
}
