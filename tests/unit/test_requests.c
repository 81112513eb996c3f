// Messages go to the ledger as they were sent, and what is refused is said by name and in its place.
// Its connections are only a struct here, its ledger answers what the story says.
#include "guarded.h"
#include "service_story.h"

#include "base/container.h"
#include "bet/chunk.h"
#include "bet/errors.h"
#include "service/limits.h"
#include "service/lottery/request.h"
#include "service/lottery/state.h"

#define BET "\"A,B,1,2000-01-01,7\""
#define CHUNK "{\"type_message\":1,\"agency\":3,\"first\":10,\"payload\":[" BET "," BET "]}"
#define BAD_CHUNK "{\"type_message\":2,\"agency\":3,\"payload\":[" BET ",\"x\"]}"
#define CONSULT "{\"type_message\":3,\"agency\":3}"
#define CONSULT_NOW "{\"type_message\":3,\"agency\":3,\"wait\":false}"
#define NONSENSE "{\"type_message\":9,\"agency\":3}"

static void a_chunk_comes_as_it_was_sent(void **state) {
    uint8_t digest[CHUNK_DIGEST_BYTES];
    say_text(*state, CHUNK);
    struct ledger_request *request = last_request();
    assert_int_equal(request->input.type, LEDGER_CHUNK);
    assert_int_equal(request->input.agency, 3);
    assert_int_equal(request->input.first, 10);
    assert_int_equal(CONTAINER_OF(request, struct request, ledger)->bets_sent, 2);
    assert_int_equal(request->input.source, 1);
    assert_error(&request->answer.error, ERROR_NONE);
    assert_false(request->input.wants_list);
    assert_non_null(request->input.chunk);
    assert_int_equal(request->input.chunk->count, 2);
    assert_true(chunk_digest(request->input.chunk->numbers, 2, request->input.chunk->rows,
                             request->input.chunk->rows_length, digest));
    assert_memory_equal(request->input.digest, digest, sizeof digest);
    say_text(*state, "{\"type_message\":2,\"agency\":3,\"payload\":[]}");
    assert_int_equal(last_request()->input.type, LEDGER_LAST_CHUNK);
    assert_int_equal(last_request()->input.first, -1);
    assert_int_equal(last_request()->input.chunk->count, 0);
    say_text(*state, CONSULT);
    assert_int_equal(last_request()->input.type, LEDGER_PASS);
    assert_int_equal(last_request()->input.agency, 3);
    assert_null(last_request()->input.chunk);
}

// The answers of a group wake the loop once, and come in their order.
static void what_is_answered_together_comes_back_together(void **state) {
    struct connection *connection = *state;
    for (int i = 0; i < 3; i++) {
        say_text(connection, CHUNK);
    }
    for (size_t i = 0; i < 3; i++) {
        struct ledger_request *request = worker.requests[i];
        request->answer.next = (int64_t)i;
        request->answer.more_follow = i < 2;
        request->complete(request);
        assert_int_equal(loop.woken, i == 2);
    }
    worker.count = 0;
    loop.woken = false;
    lottery_handler.loop_woken(&loop, loop.state);
    const char *at = (const char *)connection->sent;
    static const char *const answers[] = {"\"next\":0}", "\"next\":1}", "\"next\":2}"};
    for (size_t i = 0; i < 3; i++) {
        size_t left = connection->sent_length - (size_t)(at - (const char *)connection->sent);
        at = memmem(at, left, answers[i], strlen(answers[i]));
        assert_non_null(at);
    }
}

// What is stored is told from a message's first bet on, and not to whom goes on.
static void a_list_is_asked_for_with_the_first_chunk_only(void **state) {
    static const struct {
        const char *text;
        bool wants;
    } cases[] = {
        {"{\"type_message\":1,\"agency\":3,\"first\":0,\"stored\":7,\"payload\":[" BET "]}", true},
        {"{\"type_message\":2,\"agency\":3,\"first\":0,\"stored\":0,\"payload\":[]}", true},
        {"{\"type_message\":1,\"agency\":3,\"first\":1,\"stored\":7,\"payload\":[" BET "]}", false},
        {"{\"type_message\":1,\"agency\":3,\"stored\":7,\"payload\":[" BET "]}", false},
        {"{\"type_message\":1,\"agency\":3,\"first\":0,\"payload\":[" BET "]}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        say_text(*state, cases[i].text);
        if (last_request()->input.wants_list != cases[i].wants) {
            fail_msg("%s was expected %sto ask for a list", cases[i].text, cases[i].wants ? "" : "not ");
        }
        if (i == 0) {
            assert_int_equal(last_request()->input.list_from, 7);
        }
        pass();
    }
}

static void what_is_stored_is_listed_in_the_answer(void **state) {
    struct connection *connection = *state;
    say_text(connection, "{\"type_message\":1,\"agency\":3,\"first\":0,\"stored\":1,\"payload\":[" BET "]}");
    last_request()->answer.next = 9;
    last_request()->answer.pieces = calloc(1, sizeof *last_request()->answer.pieces);
    last_request()->answer.pieces[0].count = 9;
    last_request()->answer.piece_count = 1;
    pass();
    assert_true(was_sent(
        connection, "{\"type_message\":1,\"payload\":null,\"next\":9,\"stored\":[{\"first\":0,\"count\":9,"));
    connection->sent_length = 0;
    say_text(connection, CHUNK);
    last_request()->answer.next = 12;
    pass();
    assert_true(was_sent(connection, "{\"type_message\":1,\"payload\":null,\"next\":12}"));
}

// A central that shuts down takes no request. Nothing of it stays counted, not the list either.
static void a_list_that_is_not_taken_is_given_back(void **state) {
    const struct lottery_loop *own = lottery_loop_of(*state);
    worker.is_stopped = true;
    say_text(*state, "{\"type_message\":1,\"agency\":3,\"first\":0,\"stored\":1,\"payload\":[" BET "]}");
    worker.is_stopped = false;
    assert_int_equal(own->lines.lists, 0);
}

// Two lists at once: the third message is not taken until one of them is answered, and is taken then.
static void a_third_list_waits(void **state) {
    static const char list[] =
        "{\"type_message\":1,\"agency\":3,\"first\":0,\"stored\":1,\"payload\":[" BET "]}";
    struct connection *second = come(2), *third = come(3);
    say_text(*state, list);
    say_text(second, list);
    assert_false(offer_text(third, list));
    assert_true(third->paused);
    assert_int_equal(worker.count, 2);
    assert_int_equal(third->holds, 0); // nothing is kept of it
    assert_int_equal(third->charged, 0);
    say_text(second, CHUNK); // what asks for none passes
    pass();
    assert_false(third->paused);
    say_text(third, list);
    assert_true(last_request()->input.wants_list);
}

static void what_is_refused_keeps_its_place_among_the_answers(void **state) {
    struct connection *connection = *state;
    say_text(connection, CHUNK);
    say_text(connection, NONSENSE);
    say_text(connection, BAD_CHUNK);
    say_text(connection, CONSULT_NOW);
    assert_int_equal(worker.count, 4);
    assert_int_equal(connection->sent_length, 0);
    struct ledger_request *nonsense = worker.requests[1], *bad = worker.requests[2];
    assert_int_equal(nonsense->input.type, LEDGER_PASS);
    assert_error(&nonsense->answer.error, ERROR_UNKNOWN_TYPE);
    assert_int_equal(nonsense->answer.next, -1);
    assert_null(nonsense->input.chunk);
    assert_int_equal(bad->input.type, LEDGER_LAST_CHUNK); // it is logged as one
    assert_error(&bad->answer.error, ERROR_BAD_BET);
    assert_int_equal(CONTAINER_OF(bad, struct request, ledger)->bets_sent, 2);
    assert_null(bad->input.chunk);
    worker.requests[0]->answer.next = 12;
    pass();
    static const char *const answers[] = {"\"next\":12",
                                          "\"code\":\"unknown_type\"",
                                          "\"field\":\"type_message\"",
                                          "\"code\":\"bad_bet\"",
                                          "\"bet\":1",
                                          "{\"type_message\":3,\"payload\":null,\"retry_after_ms\":1000}"};
    assert_true(were_sent_in_order(connection, answers, 6));
    assert_false(connection->finishing);
}

static void what_the_ledger_refuses_is_said_with_what_is_stored(void **state) {
    struct connection *connection = *state;
    say_text(connection, CHUNK);
    error_set(&last_request()->answer.error, ERROR_GAP, "a gap");
    last_request()->answer.next = 4;
    pass();
    static const char *const answers[] = {"\"code\":\"gap\"", "\"next\":4"};
    assert_true(were_sent_in_order(connection, answers, 2));
    connection->sent_length = 0;
    say_text(connection, CONSULT);
    error_set(&last_request()->answer.error, ERROR_UNKNOWN_AGENCY, "agency: nobody");
    pass();
    assert_true(was_sent(connection, "unknown_agency"));
    assert_false(was_sent(connection, "next"));
}

static void the_port_of_consultations_takes_nothing_else(void **state) {
    struct connection *connection = *state;
    connection->port = LOTTERY_PORT_CONSULT;
    say_text(connection, CHUNK);
    assert_null(last_request()->input.chunk);
    assert_error(&last_request()->answer.error, ERROR_BAD_MESSAGE);
    pass();
    static const char *const answers[] = {"\"code\":\"bad_message\"", "\"field\":\"type_message\""};
    assert_true(were_sent_in_order(connection, answers, 2));
    say_text(connection, CONSULT_NOW);
    pass();
    assert_true(was_sent(connection, "retry_after_ms"));
    assert_false(connection->finishing); // not yet drawn: it may ask again
}

// Whoever speaks for another agency is told so, and is then not listened to any more.
static void a_certificate_speaks_for_its_agency_alone(void **state) {
    (void)state;
    struct connection *connection = come_with_certificate("7"), *other = come_with_certificate("3");
    assert_int_equal(connection->claim, 7);
    say_text(other, CHUNK);
    assert_error(&last_request()->answer.error, ERROR_NONE);
    say_text(connection, CHUNK);
    assert_error(&last_request()->answer.error, ERROR_NOT_AUTHORIZED);
    assert_null(last_request()->input.chunk);
    say_text(connection, "{\"type_message\":3,\"agency\":7}"); // thrown away
    assert_int_equal(worker.count, 2);
    assert_true(connection->paused);
    assert_false(connection->finishing);
    pass();
    static const char *const answers[] = {"\"code\":\"not_authorized\"", "of agency 7, not of 3",
                                          "\"field\":\"agency\""};
    assert_true(were_sent_in_order(connection, answers, 3));
    assert_true(connection->finishing);
    assert_false(other->finishing);
    assert_int_equal(connection->claims, 1); // what it says itself counts for nothing
    assert_string_equal(
        audited,
        "[connected,,7] agency=7 ip=127.0.0.1 serial=AB12\n"
        "[connected,,3] agency=3 ip=127.0.0.1 serial=AB12\n"
        "[refused,not_authorized,7] reason=not_authorized ip=127.0.0.1 agency=7 serial=AB12 wanted=3\n");
}

static void a_handshake_that_fails_is_recorded_with_who_was_known(void **state) {
    struct connection *connection = *state;
    lottery_handler.refused(connection, "expired");
    connection->identity = ""; // nobody yet
    lottery_handler.refused(connection, "expired");
    connection->identity = "7";
    lottery_handler.refused(connection, "revoked");
    assert_string_equal(audited, "[refused,expired,] reason=expired ip=127.0.0.1\n"
                                 "[refused,expired,] reason=expired ip=127.0.0.1\n"
                                 "[refused,revoked,7] reason=revoked ip=127.0.0.1 agency=7\n");
}

static void in_plain_text_what_it_says_is_claimed(void **state) {
    struct connection *connection = *state;
    say_text(connection, NONSENSE);
    assert_int_equal(connection->claims, 0);
    say_text(connection, CHUNK);
    assert_int_equal(connection->claim, 3);
    say_text(connection, CHUNK);
    assert_int_equal(connection->claims, 1);
    say_text(connection, "{\"type_message\":3,\"agency\":4}");
    assert_int_equal(connection->claim, 4);
    assert_int_equal(connection->claims, 2);
}

static void certificates_name_agencies_by_number(void **state) {
    (void)state;
    static const struct {
        const char *identity;
        uint32_t agency; // 0: none
    } cases[] = {{"1", 1},        {"90", 90},       {"10000000", AGENCIES_MAX},
                 {"10000001", 0}, {"0", 0},         {"01", 0},
                 {"", 0},         {"x", 0},         {"1x", 0},
                 {"+1", 0},       {" 1", 0},        {"1 ", 0},
                 {":", 0},        {"4294967297", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (lottery_is_agency(cases[i].identity) != (cases[i].agency != 0)) {
            fail_msg("\"%s\" was expected to be %s agency", cases[i].identity,
                     cases[i].agency != 0 ? "an" : "no");
        }
        if (i < CONNECTIONS - 1) {
            assert_int_equal(come_with_certificate(cases[i].identity)->claim, cases[i].agency);
        }
    }
}

static void a_message_longer_than_the_limit_ends_the_connection(void **state) {
    struct connection *connection = *state;
    uint8_t frame[64] = {0};
    say_text(connection, CHUNK);
    frame_write_header(frame, MESSAGE_BYTES_MAX);
    assert_int_equal(offer(connection, frame, sizeof frame), 0); // it may still come
    frame_write_header(frame, MESSAGE_BYTES_MAX + 1);
    say(connection, frame, sizeof frame); // all that comes is thrown away
    say(connection, frame, sizeof frame);
    assert_int_equal(worker.count, 2);
    assert_error(&last_request()->answer.error, ERROR_BAD_FRAME);
    assert_true(connection->paused);
    pass();
    static const char *const answers[] = {"\"next\":", "\"code\":\"bad_frame\"",
                                          "claims 1048577 bytes, more than 1048576"};
    assert_true(were_sent_in_order(connection, answers, 3));
    assert_true(connection->finishing);
    assert_true(connection->paused); // nothing more is read of it
}

static void one_connection_has_so_many_messages_under_way(void **state) {
    struct connection *connection = *state;
    for (int i = 0; i < REQUESTS_OUTSTANDING_MAX; i++) {
        say_text(connection, CHUNK);
        assert_false(connection->paused);
    }
    assert_false(offer_text(connection, CHUNK));
    assert_true(connection->paused);
    pass();
    assert_false(connection->paused);
    say_text(connection, CHUNK);
}

static void at_the_end_nobody_is_answered(void **state) {
    struct connection *connection = *state;
    say_text(connection, CHUNK);
    error_set(&last_request()->answer.error, ERROR_SHUTTING_DOWN, "the end");
    worker.is_stopped = true;
    say_text(connection, CHUNK); // the ledger takes no more
    assert_int_equal(connection->holds, 1);
    pass();
    assert_int_equal(connection->sent_length, 0);
    assert_int_equal(connection->holds, 0);
    assert_int_equal(connection->charged, 0);
}

// What test_doubt looks at one by one: here, that it is told of each message.
static void who_is_refused_is_doubted(void **state) {
    enum { LARGE_BYTES = 64 * 1024 };
    struct connection *connection = *state, *large = come(2);
    const struct lottery_connection *own = connection->state, *large_own = large->state;
    uint8_t frame[LARGE_BYTES + 1 + FRAME_HEADER_BYTES];
    say_text(connection, NONSENSE);
    assert_int_equal(own->doubt.owed, strlen(NONSENSE) + 1);
    say_text(connection, CHUNK);
    assert_false(own->doubt.is_known);
    pass();
    assert_int_equal(own->doubt.owed, 0); // the chunk was longer
    assert_true(own->doubt.is_known);
    frame_write_header(frame, LARGE_BYTES);
    assert_int_equal(offer(large, frame, 100), 0);
    assert_int_equal(large_own->doubt.owed, 0);
    frame_write_header(frame, LARGE_BYTES + 1);
    assert_int_equal(offer(large, frame, 100), 0); // the beginning of a large message, from somebody unknown
    assert_int_equal(large_own->doubt.owed, 1);
    assert_true(large_own->doubt.reserved_ns > 0);
    memset(frame + FRAME_HEADER_BYTES, ' ', LARGE_BYTES + 1);
    memcpy(frame + FRAME_HEADER_BYTES, CHUNK, strlen(CHUNK));
    say(large, frame, sizeof frame);
    assert_int_equal(large_own->doubt.reserved_ns, 0); // given back
    pass();
    assert_int_equal(large_own->doubt.owed, 0);
    assert_true(large_own->doubt.is_known);
    frame_write_header(frame, MESSAGE_BYTES_MAX + 1);
    struct connection *endless = come(3);
    say(endless, frame, 100);
    assert_int_equal(((const struct lottery_connection *)endless->state)->doubt.owed,
                     0); // of that nothing is read
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(a_chunk_comes_as_it_was_sent),
        STORY(a_list_is_asked_for_with_the_first_chunk_only),
        STORY(what_is_stored_is_listed_in_the_answer),
        STORY(a_list_that_is_not_taken_is_given_back),
        STORY(a_third_list_waits),
        STORY(what_is_answered_together_comes_back_together),
        STORY(what_is_refused_keeps_its_place_among_the_answers),
        STORY(what_the_ledger_refuses_is_said_with_what_is_stored),
        STORY(the_port_of_consultations_takes_nothing_else),
        STORY(a_certificate_speaks_for_its_agency_alone),
        STORY(a_handshake_that_fails_is_recorded_with_who_was_known),
        STORY(who_is_refused_is_doubted),
        STORY(in_plain_text_what_it_says_is_claimed),
        STORY(certificates_name_agencies_by_number),
        STORY(a_message_longer_than_the_limit_ends_the_connection),
        STORY(one_connection_has_so_many_messages_under_way),
        STORY(at_the_end_nobody_is_answered),
    };
    log_set_level(LOG_LEVEL_CRITICAL);
    return cmocka_run_group_tests_name("requests", tests, NULL, NULL);
}
