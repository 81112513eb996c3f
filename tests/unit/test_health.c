// A server is alive unless its ledger hangs, and not ready where there is something to do.
#include "view_story.h"

#include "board/health.h"
#include "board/json.h"

#include <errno.h>

static uint64_t now_ms = 1000000; // of the steady clock
static time_t now_s = 1795000000;

uint64_t clock_steady_ms(void);

uint64_t clock_steady_ms(void) {
    return now_ms;
}

time_t time(time_t *result) {
    if (result != NULL) {
        *result = now_s;
    }
    return now_s;
}

static void assert_says(health_question of, bool is_well, const char *expected) {
    free(text);
    assert_int_equal(of(&view, &text, &text_length), is_well);
    assert_string_equal(text, expected);
    assert_int_equal(text_length, strlen(expected));
    assert_int_equal(health_is_ready(&view), of == health_ready ? is_well : health_is_ready(&view));
    assert_int_equal(health_is_live(&view), of == health_live ? is_well : health_is_live(&view));
}

static void a_server_that_is_well_says_ok(void **state) {
    (void)state;
    assert_says(health_live, true, "ok\n");
    assert_says(health_ready, true, "ok\n");
}

static void a_full_disk_is_alive_and_not_ready(void **state) {
    (void)state;
    pulse_set_store_failure(pulse, CAUSE_DISK_FULL);
    assert_says(health_live, true, "ok\n");
    assert_says(health_ready, false, "store: nothing can be stored: the disk is full\n");
    pulse_set_store_failure(pulse, NULL);
    assert_says(health_ready, true, "ok\n");
}

static void a_ledger_that_is_at_one_thing_too_long_is_not_alive(void **state) {
    (void)state;
    pulse_begin_work(pulse);
    now_ms += 60999;
    assert_says(health_live, true, "ok\n");
    now_ms += 1;
    assert_says(health_live, false, "ledger: it has been at one thing for 61 s\n");
    assert_says(health_ready, false, "ledger: it has been at one thing for 61 s\n");
    pulse_end_work(pulse);
    assert_says(health_live, true, "ok\n");
}

// A restart would wait for the store as well.
static void a_store_that_hangs_is_alive_and_not_ready(void **state) {
    (void)state;
    pulse_begin_work(pulse);
    pulse_note_call(pulse, true);
    now_ms += 60999;
    assert_says(health_ready, true, "ok\n");
    now_ms += 1;
    assert_says(health_live, true, "ok\n");
    assert_says(health_ready, false, "store: it has not answered for 61 s\n");
    pulse_note_call(pulse, false); // it goes on, and the ledger with it
    assert_says(health_live, true, "ok\n");
    assert_says(health_ready, false, "ledger: it has been at one thing for 61 s\n");
    now_ms += 61000;
    assert_says(health_live, false, "ledger: it has been at one thing for 61 s\n");
    pulse_end_work(pulse);
    assert_says(health_ready, true, "ok\n");
}

static void a_slow_store_is_alive_and_not_ready(void **state) {
    (void)state;
    pulse_begin_work(pulse);
    for (int call = 0; call < 3; call++) {
        pulse_note_call(pulse, true);
        now_ms += 50000;
        pulse_note_call(pulse, false);
        now_ms += 5000;
        assert_says(health_live, true, "ok\n");
    }
    assert_says(health_ready, false, "ledger: it has been at one thing for 165 s\n");
    pulse_set_store_failure(pulse, CAUSE_DISK_FAILS); // that is what it is at
    assert_says(health_ready, false, "store: nothing can be stored: the disk fails\n");
    pulse_end_work(pulse);
}

static void the_draw_may_take_longer(void **state) {
    (void)state;
    snapshot.draw.state = DRAW_SEALED;
    pulse_begin_work(pulse);
    now_ms += 600999;
    assert_says(health_live, true, "ok\n");
    now_ms += 1;
    assert_says(health_live, false, "ledger: it has been at one thing for 601 s\n");
}

static void a_store_that_cannot_be_read_is_not_ready(void **state) {
    (void)state;
    strcpy(snapshot.trouble, "no such file");
    assert_says(health_ready, false, "store: it cannot be read: no such file\n");
    snapshot.trouble[0] = '\0';
    snapshot.read_at = 0;
    assert_says(health_ready, false, "store: it has not been read yet\n");
    assert_says(health_live, true, "ok\n");
}

static uint64_t connections(void *context) {
    (void)context;
    return 0;
}

static void assert_draw_says(const char *expected) {
    struct json_writer writer = {0};
    draw_json_write(&view, &writer);
    assert_non_null(memmem(writer.text, writer.length, expected, strlen(expected)));
    free(writer.text);
}

static void what_was_read_long_ago_is_not_said_to_be_so_now(void **state) {
    (void)state;
    options.connections = connections;
    snapshot.read_at = now_s;
    now_s += 30;
    assert_says(health_ready, true, "ok\n");
    assert_draw_says("\"store\":{\"ok\":true,\"error\":null,");
    now_s += 1;
    assert_says(health_ready, false, "store: it was last read 31 s ago\n");
    assert_draw_says("\"store\":{\"ok\":false,\"error\":\"it was last read 31 s ago\",");
    assert_says(health_live, true, "ok\n");
    snapshot.read_at = now_s;
    assert_draw_says("\"store\":{\"ok\":true,\"error\":null,");
}

static bool drains(void *context) {
    return *(bool *)context;
}

static void what_drains_or_cannot_keep_its_seal_is_not_ready(void **state) {
    (void)state;
    bool is_draining = false;
    options.is_draining = drains;
    options.context = &is_draining;
    assert_says(health_ready, true, "ok\n");
    is_draining = true;
    struct error failure;
    error_set_system(&failure, EACCES, "/var/seals: the folder cannot be opened");
    notice_put_failure(options.notice, &failure);
    assert_says(health_ready, false,
                "draining: it takes no more bets, and ends\n"
                "seal: it, or the result, cannot be made or kept: " CAUSE_FORBIDDEN "\n");
    assert_says(health_live, true, "ok\n");
    notice_free(options.notice);
    options.notice = NULL;
    assert_says(health_ready, false, "draining: it takes no more bets, and ends\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        VIEW_TEST(a_server_that_is_well_says_ok),
        VIEW_TEST(a_full_disk_is_alive_and_not_ready),
        VIEW_TEST(a_ledger_that_is_at_one_thing_too_long_is_not_alive),
        VIEW_TEST(a_store_that_hangs_is_alive_and_not_ready),
        VIEW_TEST(a_slow_store_is_alive_and_not_ready),
        VIEW_TEST(the_draw_may_take_longer),
        VIEW_TEST(a_store_that_cannot_be_read_is_not_ready),
        VIEW_TEST(what_was_read_long_ago_is_not_said_to_be_so_now),
        VIEW_TEST(what_drains_or_cannot_keep_its_seal_is_not_ready),
    };
    return cmocka_run_group_tests_name("health", tests, NULL, NULL);
}
