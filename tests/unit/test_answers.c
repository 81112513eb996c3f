// The lottery's service sends, copies, keeps and takes for told what it should.
// Its connections are only a struct here, its ledger passes everything.
#include "guarded.h"

#include "bet/errors.h"
#include "service/limits.h"
#include "service/lottery/counters.h"
#include "service_story.h"

#include <malloc.h>

// A clock of the test's own: a little later each time that somebody looks at it.
enum { TICK_NS = 1000, MS = 1000000 };
static uint64_t now_ns = 1000000000;

uint64_t __wrap_clock_steady_ns(void);
uint64_t __wrap_clock_steady_ns(void) {
    return now_ns += TICK_NS;
}

static void arrive_again(struct connection *connection) {
    connection->awaits_arrival = true;
    arrive(connection);
}

static void told_is_what_has_arrived(void **state) {
    struct connection *connection = *state;
    draw(3, 1);
    consult(connection, 3);
    pass();
    assert_true(was_sent(connection, "0123456789ABCDEF"));
    assert_int_equal(worker.count, 0);
    arrive(connection);
    assert_int_equal(last_request()->input.type, LEDGER_TOLD);
    assert_int_equal(last_request()->input.turn_agency, 3 << 1); // as what agency 3 sends
    pass();
    assert_int_equal(told[3], 1);
    arrive_again(connection);
    assert_int_equal(worker.count, 0);
}

static void what_never_arrives_is_not_told(void **state) {
    struct connection *connection = *state;
    draw(3, 1);
    consult(connection, 3);
    pass();
    connection_abort(connection);
    pass();
    assert_int_equal(told[3], 0);
}

static void who_is_gone_while_it_is_told_is_not_told(void **state) {
    struct connection *connection = *state;
    draw(3, 1);
    consult(connection, 3);
    connection->breaks = true;
    pass();
    assert_false(connection->open);
    assert_false(connection->awaits_arrival);
    assert_false(connection->finishing);
    assert_int_equal(told[3], 0);
}

static void each_of_several_is_told(void **state) {
    struct connection *connection = *state;
    for (uint32_t agency = 1; agency <= 9; agency++) {
        consult(connection, agency); // held, until the draw
    }
    pass();
    draw(9, 1);
    pass();
    arrive(connection);
    pass();
    for (uint32_t agency = 1; agency <= 9; agency++) {
        assert_int_equal(told[agency], 1);
    }
}

// Whatever is asked meanwhile, of how many agencies it is not known whether they got theirs is bounded.
static void no_more_is_taken_than_can_be_watched(void **state) {
    struct connection *connection = *state;
    draw(9, 1);
    for (int i = 0; i < 1000 && !connection->paused; i++) {
        consult(connection, (uint32_t)i % 9 + 1);
        pass();
    }
    assert_false(connection->paused); // each agency counts once
    arrive(connection);
    pass();
    assert_int_equal(told[1], 1);
}

static void many_winners_are_not_copied(void **state) {
    struct connection *connection = *state;
    size_t length;
    draw(3, 100000);
    consult(connection, 3);
    pass();
    assert_ptr_equal(connection->lasting, winners_of(winners, 3, &length));
    assert_int_equal(connection->lasting_length, length);
    assert_true(connection->sent_length < 100);
}

// 64 MiB and a little more, 17 bytes each.
static void winners_that_no_client_takes_are_refused_and_not_told(void **state) {
    struct connection *connection = *state;
    draw(3, REPLY_BYTES_MAX / 17 + 1);
    consult(connection, 3);
    pass();
    assert_null(connection->lasting);
    assert_true(was_sent(connection, "\"code\":\"too_many_winners\""));
    assert_true(was_sent(connection, "quiniela winners"));
    assert_true(was_sent(connection, "\"retryable\":false"));
    assert_false(connection->awaits_arrival);
    connection->sent_length = 0;
    consult(connection, 4); // others are answered all the same
    pass();
    assert_true(was_sent(connection, "\"type_message\":2"));
    arrive(connection);
    pass();
    assert_int_equal(told[3], 0);
    assert_int_equal(told[4], 1);
}

static void the_most_that_fits_is_sent(void **state) {
    struct connection *connection = *state;
    draw(3, (REPLY_BYTES_MAX - 100) / 17);
    consult(connection, 3);
    pass();
    assert_in_range(connection->lasting_length, REPLY_BYTES_MAX - 200, REPLY_BYTES_MAX);
}

// A chunk of 900 KB that the port does not take, 16 times, while the ledger is busy.
#define SMALL_CHUNK "{\"type_message\":1,\"agency\":3,\"first\":0,\"payload\":[\"A,B,1,2000-01-01,7\"]}"
#define EMPTY_CHUNK "{\"type_message\":1,\"agency\":3,\"first\":0,\"payload\":[]}"

static struct histogram_total acknowledged(void) {
    return counter_read_histogram(&lottery_counters.acknowledge_seconds.counter);
}

static void from_when_a_chunk_is_whole_until_it_is_acknowledged_is_measured(void **state) {
    struct histogram_total before = acknowledged();
    say_text(*state, SMALL_CHUNK);
    now_ns += 7 * MS;
    pass();
    assert_int_equal(acknowledged().count - before.count, 1);
    assert_in_range(acknowledged().sum_ns - before.sum_ns, 7 * MS, 8 * MS);
    before = acknowledged();
    say_text(*state, EMPTY_CHUNK); // only asks
    pass();
    say_text(*state, SMALL_CHUNK);
    error_set(&last_request()->answer.error, ERROR_STORE_FAILED, "no");
    pass();
    assert_int_equal(acknowledged().count, before.count);
}

// As it waits for its turn, so does its agency.
static void the_time_that_a_chunk_waits_for_its_turn_counts(void **state) {
    struct connection *connection = *state;
    while (!connection->paused) {
        (void)offer_text(connection, SMALL_CHUNK);
    }
    assert_false(offer_text(connection, SMALL_CHUNK)); // it is whole, and is not taken
    now_ns += 100 * MS;
    pass();
    struct histogram_total before = acknowledged();
    now_ns += 100 * MS;
    say_text(connection, SMALL_CHUNK);
    pass();
    assert_int_equal(acknowledged().count - before.count, 1);
    assert_in_range(acknowledged().sum_ns - before.sum_ns, 200 * MS, 201 * MS);
}

static void a_refused_chunk_is_not_kept(void **state) {
    struct connection *connection = *state;
    enum { BETS = 40000 };
    uint8_t *frame = malloc(BETS * 24 + 100);
    char *out = (char *)frame + FRAME_HEADER_BYTES;
    out += sprintf(out, "{\"type_message\":1,\"agency\":\"1\",\"payload\":[\"a,b,1,2000-01-01,1\"");
    for (int i = 1; i < BETS; i++) {
        out += sprintf(out, ",\"a,b,1,2000-01-01,1\"");
    }
    out += sprintf(out, "]}");
    size_t length = (size_t)((uint8_t *)out - frame);
    frame_write_header(frame, length - FRAME_HEADER_BYTES);
    say(connection, frame, length); // taken: a chunk is counted as its block, which is as long as its message
    size_t taken = connection->charged;
    assert_in_range(taken, length + BETS * 2, BETS * 25);
    pass();
    connection->port = LOTTERY_PORT_CONSULT;
    say(connection, frame, length);
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < 14; i++) {
        while (connection->paused) { // until there is time for what is refused
            now_ns += MS;
            lottery_handler.loop_woken(&loop, loop.state);
        }
        say(connection, frame, length);
    }
    assert_true(connection->charged < 16 * 2048);
    assert_true(mallinfo2().uordblks < before + taken);
    pass();
    assert_true(was_sent(connection, "bad_message"));
    free(frame);
}

// A frame of so many bytes of documents is copied whole.
static void few_winners_are_copied(void **state) {
    struct connection *connection = *state;
    for (int i = 0; i < 60; i++) {
        assert_true(winners_add(winners, 3, "0123456789ABCDEF"));
    }
    assert_true(winners_add(winners, 3, "0123")); // 1024 bytes
    for (int i = 0; i < 60; i++) {
        assert_true(winners_add(winners, 4, "0123456789ABCDEF"));
    }
    assert_true(winners_add(winners, 4, "01234"));
    lottery_set_winners(lottery, winners);
    consult(connection, 3);
    pass();
    assert_null(connection->lasting);
    assert_int_equal(connection->sent_length,
                     FRAME_HEADER_BYTES + strlen("{\"type_message\":2,\"payload\":\"\"}") + 1024);
    consult(connection, 4);
    pass();
    assert_non_null(connection->lasting);
    assert_int_equal(connection->lasting_length, 1025);
}

static void the_last_agency_has_its_winners_and_there_is_none_behind_it(void **state) {
    struct connection *connection = *state;
    draw(WINNERS_AGENCIES, 1);
    consult(connection, WINNERS_AGENCIES);
    pass();
    assert_true(was_sent(connection, "0123456789ABCDEF"));
    connection->sent_length = 0;
    connection->port = LOTTERY_PORT_CONSULT;
    consult(connection, WINNERS_AGENCIES + 1);
    pass();
    static const char *const answers[] = {"\"code\":\"unknown_agency\"", "agency: 41 is not from 1 to 40",
                                          "\"field\":\"agency\""};
    assert_true(were_sent_in_order(connection, answers, 3));
    arrive(connection);
    assert_int_equal(worker.count, 1); // only the first is told
}

// On the port of consultations the winners are the end; on the other the agency may go on.
static void winners_end_a_consultation(void **state) {
    struct connection *connection = *state;
    draw(3, 1);
    consult(connection, 3);
    pass();
    assert_false(connection->finishing);
    connection->port = LOTTERY_PORT_CONSULT;
    consult(connection, 3);
    consult(connection, 4); // under way when the answer ends the connection
    connection->sent_length = 0;
    pass();
    assert_true(connection->finishing);
    arrive(connection);
    pass();
    assert_int_equal(told[3], 1);
    assert_int_equal(told[4], 0);
}

static void an_agency_waits_once_on_a_connection(void **state) {
    struct connection *connection = *state;
    lottery_set_refusals_max(lottery, 3);
    for (uint32_t agency = 1; agency <= HELD_MAX; agency++) {
        consult(connection, agency);
        pass();
    }
    assert_int_equal(connection->sent_length, 0);
    consult(connection, HELD_MAX);
    pass();
    static const char *const twice[] = {"\"code\":\"bad_message\"",
                                        "of agency 16 waits for the draw on this connection already"};
    assert_true(were_sent_in_order(connection, twice, 2));
    connection->sent_length = 0;
    consult(connection, HELD_MAX + 1);
    pass();
    static const char *const many[] = {"\"code\":\"bad_message\"",
                                       "16 consultations of this connection wait for the draw already"};
    assert_true(were_sent_in_order(connection, many, 2));
    assert_false(connection->finishing);
    consult(connection, 1); // refused for the third time
    pass();
    assert_true(connection->paused);
    assert_true(lottery_handler.owes_answer(connection));
}

static void who_has_ended_waits_no_more(void **state) {
    struct connection *connection = *state, *other = come(1), *third = come(1);
    consult(connection, 3);
    assert_true(lottery_handler.owes_answer(connection)); // it is with the ledger
    pass();
    consult(other, 4);
    consult(third, 5);
    pass();
    assert_true(lottery_handler.owes_answer(connection)); // it waits for the draw
    lottery_handler.ended(other, (const uint8_t *)"", 0);
    assert_true(other->finishing);
    assert_false(lottery_handler.owes_answer(other));
    consult(third, 6);
    lottery_handler.ended(third, (const uint8_t *)"", 0); // while one is with the ledger
    assert_false(third->finishing);
    pass();
    assert_true(was_sent(third, "\"retry_after_ms\":1000"));
    assert_true(third->finishing);
    third->sent_length = 0;
    draw(3, 1);
    pass();
    assert_true(was_sent(connection, "0123456789ABCDEF"));
    assert_int_equal(other->sent_length, 0);
    assert_int_equal(third->sent_length, 0);
    assert_false(lottery_handler.owes_answer(connection));
}

static void who_waits_is_told_in_the_order_of_asking(void **state) {
    struct connection *connection = *state;
    static const char *const documents[] = {"5", "3", "4"};
    for (uint32_t agency = 3; agency <= 5; agency++) {
        char document[2] = {(char)('0' + agency), '\0'};
        assert_true(winners_add(winners, agency, document));
    }
    consult(connection, 5);
    consult(connection, 3);
    consult(connection, 4);
    pass();
    assert_int_equal(connection->sent_length, 0);
    connection->paused = true;
    lottery_set_winners(lottery, winners);
    assert_true(loop.woken);
    pass();
    assert_false(connection->paused); // it may ask again
    for (int i = 0; i < 3; i++) {
        char text[64];
        sprintf(text, "{\"type_message\":2,\"payload\":\"%s\"}", documents[i]);
        size_t each = FRAME_HEADER_BYTES + strlen(text);
        assert_int_equal(connection->sent_length, 3 * each);
        assert_memory_equal(connection->sent + (size_t)i * each + FRAME_HEADER_BYTES, text, strlen(text));
    }
}

static void of_so_many_agencies_the_arrival_is_awaited(void **state) {
    enum { AWAITED = HELD_MAX + REQUESTS_OUTSTANDING_MAX };
    struct connection *connection = *state;
    draw(9, 1);
    for (uint32_t agency = 1; agency <= AWAITED; agency++) {
        consult(connection, agency);
        pass();
        assert_false(connection->paused);
    }
    assert_false(offer_text(connection, "{\"type_message\":3,\"agency\":33}"));
    assert_true(connection->paused);
    arrive(connection);
    assert_false(connection->paused);
    pass();
    for (uint32_t agency = 1; agency <= AWAITED; agency++) {
        assert_int_equal(told[agency], 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(told_is_what_has_arrived),
        STORY(what_never_arrives_is_not_told),
        STORY(who_is_gone_while_it_is_told_is_not_told),
        STORY(each_of_several_is_told),
        STORY(no_more_is_taken_than_can_be_watched),
        STORY(many_winners_are_not_copied),
        STORY(winners_that_no_client_takes_are_refused_and_not_told),
        STORY(few_winners_are_copied),
        STORY(the_last_agency_has_its_winners_and_there_is_none_behind_it),
        STORY(winners_end_a_consultation),
        STORY(an_agency_waits_once_on_a_connection),
        STORY(who_has_ended_waits_no_more),
        STORY(who_waits_is_told_in_the_order_of_asking),
        STORY(of_so_many_agencies_the_arrival_is_awaited),
        STORY(the_most_that_fits_is_sent),
        STORY(from_when_a_chunk_is_whole_until_it_is_acknowledged_is_measured),
        STORY(the_time_that_a_chunk_waits_for_its_turn_counts),
        STORY(a_refused_chunk_is_not_kept),
    };
    log_set_level(LOG_LEVEL_CRITICAL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
