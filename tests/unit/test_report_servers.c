// Of logs of one server or several: when each was up, and when none was.
#include "cmocka_all.h"

#include "report/servers.h"

#include <string.h>

static struct servers servers;

static int set_up(void **state) {
    (void)state;
    servers = (struct servers){.count = 0};
    return 0;
}

static void start(const char *port, int64_t at) {
    servers_take_config(&servers, slice_of("127.0.0.1"), slice_of(port), at);
    servers_take_line(&servers, at);
    servers_take_open(&servers, true, at + 1);
}

static void work(int64_t at) {
    servers_take_line(&servers, at);
    servers_take_bets(&servers, at);
}

static void stop(int64_t at) {
    servers_take_line(&servers, at);
    servers_take_end(&servers);
}

static void is_run(size_t index, const char *name, int64_t from, int64_t last, enum server_end end) {
    assert_true(index < servers_kept(&servers));
    const struct server_run *run = &servers.runs[index];
    assert_string_equal(servers.list[run->server].name, name);
    assert_int_equal(run->from, from);
    assert_int_equal(run->last, last);
    assert_int_equal(run->end, end);
}

static void is_outage(int64_t after, int64_t from, int64_t to) {
    struct outage outage;
    assert_int_equal(servers_next_outage(&servers, after, &outage), to != 0);
    assert_int_equal(outage.from, from);
    assert_int_equal(outage.to, to);
}

// What it logs while it starts is no sign of life of the one before.
static void a_kill_is_between_two_starts(void **state) {
    (void)state;
    start("1", 100);
    work(200);
    start("1", 250);
    servers_take_open(&servers, true, 252); // a second line of the same start
    work(300);
    stop(310);
    start("1", 320);
    assert_int_equal(servers.run_count, 3);
    is_run(0, "127.0.0.1:1", 101, 200, SERVER_KILLED);
    is_run(1, "127.0.0.1:1", 251, 310, SERVER_ENDED);
    is_run(2, "127.0.0.1:1", 321, 321, SERVER_HAS_NO_END);
    assert_ptr_equal(servers_run_before(&servers, &servers.runs[2]), &servers.runs[1]);
    assert_null(servers_run_before(&servers, &servers.runs[0]));
    is_outage(0, 200, 251);
    is_outage(251, 310, 321);
    is_outage(321, 0, 0);
}

// The second was up while the first was not, and the other way round; at the end there was none.
static void while_one_is_up_there_is_no_outage(void **state) {
    (void)state;
    servers_next_file(&servers);
    start("1", 100);
    work(200);
    start("1", 400);
    stop(600);
    start("1", 900);
    servers_next_file(&servers);
    start("2", 150);
    stop(500);
    start("2", 700);
    assert_int_equal(servers.count, 2);
    is_run(0, "127.0.0.1:1", 101, 200, SERVER_KILLED);
    is_run(3, "127.0.0.1:2", 151, 500, SERVER_ENDED);
    is_outage(0, 600, 701);
    is_outage(701, 0, 0);
}

// On two machines servers may have the same address: each log goes on in time.
static void who_goes_back_in_time_is_another(void **state) {
    (void)state;
    start("1", 100);
    work(1000);
    servers_next_file(&servers);
    start("1", 120);
    work(900);
    servers_next_file(&servers);
    work(500); // the third's log begins in the middle
    servers_next_file(&servers);
    work(501); // and goes on in this file
    assert_int_equal(servers.count, 3);
    assert_int_equal(servers.run_count, 3);
    is_run(0, "127.0.0.1:1", 101, 1000, SERVER_HAS_NO_END);
    is_run(1, "127.0.0.1:1", 121, 900, SERVER_HAS_NO_END);
    is_run(2, "", 0, 501, SERVER_HAS_NO_END);
    is_outage(0, 0, 0);
}

static void who_listens_everywhere_has_a_star(void **state) {
    (void)state;
    servers_take_config(&servers, (struct slice){"", 0}, slice_of("12345"), 100);
    servers_take_open(&servers, true, 101);
    is_run(0, "*:12345", 101, 101, SERVER_HAS_NO_END);
    start("0", 200);
    servers_take_listen(&servers, slice_of("127.0.0.1"), slice_of("40000"));
    start("40000", 300);
    is_run(1, "127.0.0.1:40000", 201, 201, SERVER_KILLED);
    assert_int_equal(servers.count, 2);
}

// For another draw it is none of ours; but the one before had not ended.
static void another_draw_ends_a_run(void **state) {
    (void)state;
    start("1", 100);
    servers_take_config(&servers, slice_of("127.0.0.1"), slice_of("1"), 200);
    servers_take_open(&servers, false, 201);
    servers_take_line(&servers, 300);
    servers_take_end(&servers);
    assert_int_equal(servers.run_count, 1);
    is_run(0, "127.0.0.1:1", 101, 101, SERVER_KILLED);
    is_outage(0, 0, 0); // no server of this draw has started again
}

// As many as there is room for are all; one more may have been up when these were not.
static void who_has_no_room_is_counted_on(void **state) {
    (void)state;
    char port[16];
    for (int i = 0; i < SERVERS_MAX; i++) {
        snprintf(port, sizeof port, "%d", i);
        start(port, 100 + i);
        stop(200 + i);
    }
    start("0", 1000);
    assert_false(servers.has_left_out);
    is_outage(0, 200 + SERVERS_MAX - 1, 1001);
    start("left out", 1100);
    assert_true(servers.has_left_out);
    is_outage(0, 0, 0);
    work(1200);
    start("0", 1300);
    assert_int_equal(servers.run_count, SERVERS_MAX + 2); // none of the one that was left out
    is_run(SERVERS_MAX, "127.0.0.1:0", 1001, 1001, SERVER_KILLED);
    is_run(SERVERS_MAX + 1, "127.0.0.1:0", 1301, 1301, SERVER_HAS_NO_END);
}

static void what_is_kept_is_bounded(void **state) {
    (void)state;
    char port[16];
    for (int i = 0; i < 2 * SERVERS_MAX; i++) {
        snprintf(port, sizeof port, "%d", i);
        start(port, 100 + i);
        work(200 + i);
    }
    assert_int_equal(servers.count, SERVERS_MAX);
    for (int i = 0; i < 2 * SERVERS_RUNS_MAX; i++) {
        start("0", 1000 + 2 * i);
    }
    assert_int_equal(servers_kept(&servers), SERVERS_RUNS_MAX);
    assert_true(servers.run_count > SERVERS_RUNS_MAX);
    is_outage(0, 0, 0);
    servers_take_config(&servers, (struct slice){NULL, 0}, (struct slice){NULL, 0}, 9000);
    assert_string_equal(servers.list[0].name, "127.0.0.1:0");
    char text[500];
    memset(text, 'x', sizeof text);
    servers_take_config(&servers, (struct slice){text, sizeof text}, (struct slice){text, sizeof text}, 9000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_kill_is_between_two_starts, set_up),
        cmocka_unit_test_setup(while_one_is_up_there_is_no_outage, set_up),
        cmocka_unit_test_setup(who_goes_back_in_time_is_another, set_up),
        cmocka_unit_test_setup(another_draw_ends_a_run, set_up),
        cmocka_unit_test_setup(who_listens_everywhere_has_a_star, set_up),
        cmocka_unit_test_setup(who_has_no_room_is_counted_on, set_up),
        cmocka_unit_test_setup(what_is_kept_is_bounded, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
