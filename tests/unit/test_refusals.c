// What is refused is counted once, and who is refused again and again is closed.
#include "service_story.h"

#include "bet/errors.h"
#include "service/lottery/counters.h"
#include "service/lottery/refusals.h"

#define BET "\"A,B,1,2000-01-01,7\""
#define CHUNK "{\"type_message\":1,\"agency\":3,\"first\":10,\"payload\":[" BET "," BET "]}"
#define BAD_CHUNK "{\"type_message\":2,\"agency\":3,\"payload\":[" BET ",\"x\"]}"
#define CONSULT_NOW "{\"type_message\":3,\"agency\":3,\"wait\":false}"
#define NONSENSE "{\"type_message\":9,\"agency\":3}"

// What the counters stand at, less what they stood at when the story began.
static struct { int64_t messages, chunks, connections; } before;

static int begin(void **state) {
    before.messages = counter_read(&lottery_counters.messages_refused);
    before.chunks = counter_read(&lottery_counters.chunks_refused);
    before.connections = counter_read(&lottery_counters.connections_refused);
    return set_up(state);
}

static void assert_refused(int64_t messages, int64_t chunks, int64_t connections_closed) {
    assert_int_equal(counter_read(&lottery_counters.messages_refused) - before.messages, messages);
    assert_int_equal(counter_read(&lottery_counters.chunks_refused) - before.chunks, chunks);
    assert_int_equal(counter_read(&lottery_counters.connections_refused) - before.connections,
                     connections_closed);
}

static void answer_with(const struct error_code *code) {
    error_set(&last_request()->answer.error, code, "refused");
    pass();
}

static void who_is_refused_so_often_in_a_row_is_closed(void **state) {
    struct connection *connection = *state;
    lottery_set_refusals_max(lottery, 3);
    say_text(connection, NONSENSE);
    say_text(connection, NONSENSE);
    pass();
    say_text(connection, CHUNK); // a good one
    pass();
    say_text(connection, NONSENSE);
    say_text(connection, NONSENSE);
    pass();
    say_text(connection, CONSULT_NOW); // another
    pass();
    say_text(connection, NONSENSE);
    say_text(connection, NONSENSE);
    pass();
    assert_false(connection->paused || connection->finishing);
    say_text(connection, NONSENSE);
    say_text(connection, NONSENSE); // under way already, it is answered all the same
    connection->sent_length = 0;
    pass();
    static const char *const answers[] = {"unknown_type", "unknown_type"};
    assert_true(were_sent_in_order(connection, answers, 2));
    assert_true(connection->paused && connection->finishing);
}

static void what_only_the_central_cannot_do_is_not_counted(void **state) {
    struct connection *connection = *state;
    lottery_set_refusals_max(lottery, 2);
    say_text(connection, CHUNK);
    answer_with(ERROR_GAP); // this is counted, though it may be tried again
    for (int i = 0; i < 3; i++) {
        say_text(connection, CHUNK);
        answer_with(ERROR_STORE_FAILED);
    }
    assert_false(connection->finishing);
    say_text(connection, CHUNK);
    answer_with(ERROR_GAP);
    assert_true(connection->finishing);
}

static void any_number_may_be_allowed(void **state) {
    struct connection *connection = *state;
    lottery_set_refusals_max(lottery, 0);
    for (int i = 0; i < 20; i++) {
        say_text(connection, NONSENSE);
        pass();
    }
    assert_false(connection->finishing);
}

static void each_refused_message_is_counted_once(void **state) {
    struct connection *connection = *state;
    say_text(connection, CHUNK);
    pass();
    assert_refused(0, 0, 0);
    say_text(connection, NONSENSE);
    pass();
    assert_refused(1, 0, 0);
    say_text(connection, BAD_CHUNK); // refused before it gets to the ledger
    pass();
    assert_refused(2, 1, 0);
    say_text(connection, CHUNK); // and by the ledger
    answer_with(ERROR_CONFLICT);
    assert_refused(3, 2, 0);
    say_text(connection, CONSULT_NOW);
    answer_with(ERROR_UNKNOWN_AGENCY);
    assert_refused(4, 2, 0);
    consult(connection, 3);
    consult(connection, 3); // the first one waits already
    pass();
    assert_refused(5, 2, 0);
}

// Whatever the error is, among them one that nobody has given a class.
static void each_reason_has_one_class(void **state) {
    (void)state;
#define CODE(code, name, retryable) code,
    const struct error_code *const codes[] = {LOTTERY_ERRORS(CODE) ERROR_NO_MEMORY};
#undef CODE
    const struct counter *first = &lottery_counters.refused_malformed,
                         *last = &lottery_counters.refused_unable;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct error error;
        int64_t all = counter_read(&lottery_counters.messages_refused), classes = 0;
        error_set(&error, codes[i], "refused");
        for (const struct counter *each = first; each <= last; each++) {
            classes -= counter_read(each);
        }
        refusals_count(&error);
        for (const struct counter *each = first; each <= last; each++) {
            classes += counter_read(each);
        }
        assert_int_equal(counter_read(&lottery_counters.messages_refused), all + 1);
        assert_int_equal(classes, 1);
    }
}

static void assert_class(const struct error_code *code, const struct counter *counter) {
    struct error error;
    int64_t count = counter_read(counter);
    error_set(&error, code, "refused");
    refusals_count(&error);
    assert_int_equal(counter_read(counter), count + 1);
}

static void the_classes_are_told_apart(void **state) {
    (void)state;
    assert_class(ERROR_BAD_JSON, &lottery_counters.refused_malformed);
    assert_class(ERROR_NOT_AUTHORIZED, &lottery_counters.refused_unauthorized);
    assert_class(ERROR_BAD_BET, &lottery_counters.refused_bad_bet);
    assert_class(ERROR_DRAW_CLOSED, &lottery_counters.refused_late);
    assert_class(ERROR_GAP, &lottery_counters.refused_unfitting);
    assert_class(ERROR_STORE_FAILED, &lottery_counters.refused_unable);
    assert_class(ERROR_NO_MEMORY, &lottery_counters.refused_unable);
}

static void a_chunk_is_counted_also_when_its_connection_is_gone(void **state) {
    say_text(*state, CHUNK);
    connection_abort(*state);
    answer_with(ERROR_CONFLICT);
    assert_refused(1, 1, 0);
}

static void a_connection_closed_for_its_refusals_is_counted(void **state) {
    lottery_set_refusals_max(lottery, 2);
    say_text(*state, NONSENSE);
    say_text(*state, NONSENSE);
    say_text(*state, NONSENSE); // under way already
    pass();
    assert_refused(3, 0, 1);
}

static void consultations_that_wait_are_counted_as_long_as_they_do(void **state) {
    const struct counter *waiting = &lottery_counters.consultations_waiting;
    struct connection *other = come(2);
    assert_int_equal(counter_read(waiting), 0);
    consult(*state, 3);
    consult(*state, 4);
    consult(other, 5);
    assert_int_equal(counter_read(waiting), 0); // they are with the ledger
    pass();
    assert_int_equal(counter_read(waiting), 3);
    connection_abort(other);
    assert_int_equal(counter_read(waiting), 2);
    draw(3, 1);
    pass();
    assert_int_equal(counter_read(waiting), 0);
}

#define REFUSAL_STORY(story) cmocka_unit_test_setup_teardown(story, begin, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        REFUSAL_STORY(who_is_refused_so_often_in_a_row_is_closed),
        REFUSAL_STORY(what_only_the_central_cannot_do_is_not_counted),
        REFUSAL_STORY(any_number_may_be_allowed),
        REFUSAL_STORY(each_refused_message_is_counted_once),
        REFUSAL_STORY(each_reason_has_one_class),
        REFUSAL_STORY(the_classes_are_told_apart),
        REFUSAL_STORY(a_chunk_is_counted_also_when_its_connection_is_gone),
        REFUSAL_STORY(a_connection_closed_for_its_refusals_is_counted),
        REFUSAL_STORY(consultations_that_wait_are_counted_as_long_as_they_do),
    };
    log_set_level(LOG_LEVEL_CRITICAL);
    return cmocka_run_group_tests_name("refusals", tests, NULL, NULL);
}
