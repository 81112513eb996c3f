// What was closed or refused is counted by its reason, and no other.
#include "cmocka_all.h"

#include "base/log.h"
#include "net/closings.h"
#include "net/counters.h"

static struct closings closings;

static void assert_grew_alone(const struct counter *counter, const int64_t *before) {
    for (size_t i = 0; i < net_counter_table.count; i++) {
        const struct counter *each = &net_counter_table.counters[i];
        if (counter_read(each) != before[i] + (each == counter)) {
            fail_msg("expected %s alone to grow by 1, %s grew by %d", counter->name, each->name,
                     (int)(counter_read(each) - before[i]));
        }
    }
}

static void note(int64_t *before) {
    for (size_t i = 0; i < net_counter_table.count; i++) {
        before[i] = counter_read(&net_counter_table.counters[i]);
    }
}

static void each_reason_has_its_counter(void **state) {
    (void)state;
    const struct {
        enum close_reason reason;
        const struct counter *counter;
    } cases[] = {
        {CLOSE_MESSAGE_TIMEOUT, &net_counters.closed_message_timeout},
        {CLOSE_IDLE_TIMEOUT, &net_counters.closed_idle_timeout},
        {CLOSE_SEND_TIMEOUT, &net_counters.closed_send_timeout},
        {CLOSE_HANDSHAKE_TIMEOUT, &net_counters.closed_handshake_timeout},
        {CLOSE_HANDSHAKES, &net_counters.closed_handshakes},
        {CLOSE_NO_ROOM, &net_counters.closed_no_room},
        {CLOSE_NO_MEMORY, &net_counters.closed_no_memory},
    };
    int64_t before[32];
    assert_int_equal(sizeof cases / sizeof *cases, CLOSE_REASONS);
    assert_true(net_counter_table.count <= sizeof before / sizeof *before);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        note(before);
        closings_count(&closings, cases[i].reason, "127.0.0.1");
        assert_grew_alone(cases[i].counter, before);
    }
    for (int failure = 0; failure < TLS_FAILURES; failure++) {
        note(before);
        closings_count_refused(&closings, (enum tls_failure)failure, "127.0.0.1", "refused");
        assert_grew_alone(&net_counters.refused_by_tls, before);
    }
}

// What was logged is counted from the start for the log, and not for these.
static void a_report_takes_nothing_away(void **state) {
    (void)state;
    int64_t before = counter_read(&net_counters.closed_no_room);
    closings_count(&closings, CLOSE_NO_ROOM, "127.0.0.1");
    closings_report(&closings, 1, true);
    assert_false(closings_are_unreported(&closings));
    assert_int_equal(counter_read(&net_counters.closed_no_room), before + 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reason_has_its_counter),
        cmocka_unit_test(a_report_takes_nothing_away),
    };
    log_set_level(LOG_LEVEL_CRITICAL);
    return cmocka_run_group_tests_name("closings", tests, NULL, NULL);
}
