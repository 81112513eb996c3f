// An agency, and each of its addresses, has only so much waiting for the ledger at once.
// Its connections are only a struct here, its ledger answers what the story says.
#include "service_story.h"

#include "base/fair.h"
#include "bet/errors.h"
#include "service/limits.h"

#include <stdio.h>

#define BET "\"A,B,1,2000-01-01,7\""
#define CHUNK "{\"type_message\":1,\"agency\":3,\"payload\":[" BET "]}"
#define OTHERS_CHUNK "{\"type_message\":1,\"agency\":4,\"payload\":[" BET "]}"
#define CONSULT_NOW "{\"type_message\":3,\"agency\":3,\"wait\":false}"
#define NONSENSE "{\"type_message\":9,\"agency\":3}"

static void say_often(struct connection *connection, const char *text, int count) {
    for (int i = 0; i < count; i++) {
        say_text(connection, text);
    }
}

static void must_wait(struct connection *connection, const char *text) {
    connection->paused = false;
    assert_false(offer_text(connection, text));
    assert_true(connection->paused);
}

static void an_address_and_an_agency_have_so_much_under_way(void **state) {
    struct connection *first = *state, *second = come(1), *elsewhere = come(2), *other = come(1);
    say_often(first, CHUNK, LANE_WEIGHT_MAX - 2);
    say_often(second, CHUNK, 2);
    must_wait(second, CHUNK);
    must_wait(second, CHUNK); // again: it waits only once
    say_often(elsewhere, CHUNK, AGENCY_WEIGHT_MAX - LANE_WEIGHT_MAX);
    must_wait(elsewhere, CHUNK);
    say_often(other, OTHERS_CHUNK, LANE_WEIGHT_MAX); // of another agency
    pass_some(1);
    assert_false(second->paused);
    assert_false(elsewhere->paused);
}

static struct connection *resumed[16];
static int resumed_count;

// Goes on with one more, as a connection does that was held up.
static void go_on(struct connection *connection) {
    resumed[resumed_count++] = connection;
    (void)offer_text(connection, CHUNK);
}

static void turns_go_round_among_the_addresses(void **state) {
    struct connection *all[6] = {*state, come(1), come(1), come(2), come(2), come(3)};
    resumed_count = 0;
    say_often(all[0], CHUNK, LANE_WEIGHT_MAX - 1);
    say_text(all[1], CHUNK);
    say_often(all[3], CHUNK, AGENCY_WEIGHT_MAX - LANE_WEIGHT_MAX - 2);
    say_text(all[4], CHUNK);
    say_text(all[5], CHUNK);
    must_wait(all[1], CHUNK);
    must_wait(all[3], CHUNK);
    must_wait(all[4], CHUNK);
    must_wait(all[5], CHUNK);
    must_wait(all[3], CHUNK); // again: it keeps its place
    on_resumed = go_on;
    for (int i = 1; i <= 4; i++) {
        pass_some(1); // of the first connection
        assert_int_equal(resumed_count, i);
        on_resumed = go_on;
    }
    assert_ptr_equal(resumed[0], all[1]);
    assert_ptr_equal(resumed[1], all[3]);
    assert_ptr_equal(resumed[2], all[5]);
    assert_ptr_equal(resumed[3], all[4]);
    on_resumed = NULL;
}

// As much as this of what a chunk takes counts as one message more.
static void large_chunks_count_more(void **state) {
    enum { WEIGHT_BYTES = 256 * 1024, BETS = 10000, ROOM = 1024 * 1024 };
    uint8_t *frame = malloc(ROOM);
    struct connection *large = *state, *small = come(1);
    size_t spaces = 0;
    unsigned weights[] = {3, 4};
    for (int round = 0; round < 3; round++) { // the first finds out how much is missing
        char *out = (char *)frame + FRAME_HEADER_BYTES;
        out += sprintf(out, "{\"type_message\":1,\"agency\":3,\"payload\":[" BET);
        for (int i = 1; i < BETS; i++) {
            out += sprintf(out, "," BET);
        }
        out += sprintf(out, "%*s]}", (int)spaces, "");
        size_t length = (size_t)((uint8_t *)out - frame);
        frame_write_header(frame, length - FRAME_HEADER_BYTES);
        say(large, frame, length);
        last_request()->answer.stored = 1; // else it has turns of its own next time
        if (round == 0) {
            assert_true(large->charged < 3 * WEIGHT_BYTES - 1);
            spaces = 3 * WEIGHT_BYTES - 1 - large->charged;
        } else {
            assert_int_equal(large->charged, 3 * WEIGHT_BYTES - 1 + (round - 1));
            say_often(small, CHUNK, (int)(LANE_WEIGHT_MAX - weights[round - 1]));
            last_request()->answer.stored = 1;
            must_wait(small, CHUNK);
            spaces++;
        }
        pass();
    }
    free(frame);
}

// Turns of their own ----------------------------------------------------------------------------------------

static void answer(const struct error_code *code, uint32_t stored, bool finished) {
    if (code != ERROR_NONE) {
        error_set(&last_request()->answer.error, code, "refused");
    }
    last_request()->answer.stored = stored;
    last_request()->answer.finished = finished;
    pass();
}

// In the queue of the ledger, whose turns agency 3's next message takes.
static bool is_useless(struct connection *connection) {
    say_text(connection, CONSULT_NOW);
    uint64_t turn = last_request()->input.turn_agency;
    assert_true(turn == 3 << 1 || turn == (3 << 1 | 1));
    pass();
    return (turn & 1) != 0;
}

static void who_sends_nothing_that_is_stored_has_turns_of_its_own(void **state) {
    struct connection *connection = *state;
    assert_false(is_useless(connection));
    say_text(connection, CHUNK);
    answer(ERROR_NONE, 0, false); // known already
    assert_true(is_useless(connection));
    assert_true(is_useless(connection)); // who only asks stays what it was
    say_text(connection, CHUNK);
    answer(ERROR_NONE, 1, false);
    assert_false(is_useless(connection));
    say_text(connection, CHUNK);
    answer(ERROR_GAP, 0, false);
    assert_true(is_useless(connection));
    say_text(connection, CHUNK);
    answer(ERROR_NONE, 0, true); // it has no more bets
    assert_false(is_useless(connection));
    say_text(connection, NONSENSE);
    pass();
    assert_true(is_useless(connection));
}

static void turns_change_when_all_is_answered(void **state) {
    struct connection *connection = *state;
    say_text(connection, NONSENSE);
    say_text(connection, CHUNK);
    pass_some(1);
    must_wait(connection, CHUNK);
    assert_int_equal(worker.count, 1);
    pass();
    assert_false(connection->paused);
    say_text(connection, OTHERS_CHUNK); // of that agency, then
    assert_int_equal(last_request()->input.turn_agency, 4 << 1 | 1);
    say_text(connection, CHUNK); // and this one as well: its answer comes behind the other's
    assert_int_equal(last_request()->input.turn_agency, 4 << 1 | 1);
}

static void with_a_certificate_turns_are_its_agencys(void **state) {
    (void)state;
    struct connection *connection = come_with_certificate("7");
    say_text(connection, CHUNK); // for agency 3
    assert_int_equal(last_request()->input.turn_agency, 7 << 1);
}

static void who_is_gone_keeps_nobody_waiting(void **state) {
    struct connection *first = *state, *second = come(1), *third = come(1);
    say_often(first, CHUNK, LANE_WEIGHT_MAX - 2);
    say_text(second, CHUNK);
    say_text(third, CHUNK);
    must_wait(second, CHUNK);
    must_wait(third, CHUNK);
    connection_abort(second); // while it waits, and while one of its own is with the ledger
    connection_abort(first);
    assert_true(third->paused);
    pass_some(1);
    assert_false(third->paused);
    say_text(third, CHUNK);
    pass();
    say_often(come(1), CHUNK, LANE_WEIGHT_MAX); // nothing is counted any more
}

static void what_the_ledger_does_not_take_counts_no_more(void **state) {
    struct connection *connection = *state;
    worker.is_stopped = true;
    say_often(connection, CHUNK, 2 * AGENCY_WEIGHT_MAX);
    worker.is_stopped = false;
    say_often(connection, CHUNK, LANE_WEIGHT_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(an_address_and_an_agency_have_so_much_under_way),
        STORY(turns_go_round_among_the_addresses),
        STORY(large_chunks_count_more),
        STORY(who_sends_nothing_that_is_stored_has_turns_of_its_own),
        STORY(turns_change_when_all_is_answered),
        STORY(with_a_certificate_turns_are_its_agencys),
        STORY(who_is_gone_keeps_nobody_waiting),
        STORY(what_the_ledger_does_not_take_counts_no_more),
    };
    log_set_level(LOG_LEVEL_CRITICAL);
    return cmocka_run_group_tests_name("admission", tests, NULL, NULL);
}
