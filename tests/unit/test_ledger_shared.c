// Several ledgers on one database, as of several servers, keep what one keeps.
// This is the ledger's invariant 6 (ledger.h).
#include "servers_story.h"

#include "ledger/terms.h"

// Stories -------------------------------------------------------------------------------------------------

static void an_agency_goes_on_at_another_server(void **state) {
    (void)state;
    start(&servers[0], 2);
    start(&servers[1], 2);
    assert_stored(&servers[0], .first = 0, .count = 10, .next = 10);
    // This one thinks that there is none: no gap.
    assert_stored(&servers[1], .first = 10, .count = 5, .next = 15);
    assert_stored(&servers[0], .first = 10, .count = 5, .next = 15); // again, here
    assert_stored(&servers[0], .first = 0, .count = 20, .next = 20); // known there, and new
    assert_stored(&servers[1], .first = 5, .count = 20, .next = 25);
    assert_refused(&servers[0], ERROR_GAP, .first = 26, .count = 1); // there is one
    assert_refused(&servers[0], ERROR_CONFLICT, .first = 3, .from = 4, .count = 2);
    assert_bets(25);
    assert_int_equal(servers[0].opened + servers[1].opened, 2);
}

// A chunk that adds nothing is answered from the agency's row, and not from what this server has seen of it.
static void how_much_is_stored_is_told_by_each_server(void **state) {
    (void)state;
    start(&servers[0], 2);
    start(&servers[1], 2);
    assert_stored(&servers[1], .first = 0, .count = 0, .next = 0);
    assert_stored(&servers[0], .first = 0, .count = 10, .next = 10);
    assert_stored(&servers[1], .first = 0, .count = 0, .next = 10); // none
    assert_stored(&servers[0], .first = 10, .count = 2, .next = 12);
    assert_stored(&servers[1], .first = 2, .count = 3, .next = 12);  // again
    assert_stored(&servers[1], .first = 10, .count = 0, .next = 12); // none, at the end of what it knows
    assert_stored(&servers[0], .agency = 2, .first = 0, .count = 3, .next = 3);
    // None, anywhere.
    assert_int_equal(answer(&servers[1], request_of(.agency = 2, .first = NO_FIRST, .count = 0)).answer.next,
                     3);
    // An end before the end.
    struct ledger_request request = send(&servers[1], .last = true, .first = 5, .count = 5);
    assert_error(&request.answer.error, ERROR_CONFLICT);
}

// Also with a refusal, of bets that end where this server thinks that the agency's do.
static void how_much_is_stored_is_told_with_a_refusal(void **state) {
    (void)state;
    start(&servers[0], 1);
    start(&servers[1], 1);
    assert_stored(&servers[0], .first = 0, .count = 5, .next = 5);
    assert_stored(&servers[1], .first = 0, .count = 5, .next = 5);
    assert_stored(&servers[0], .first = 5, .count = 3, .next = 8);
    struct ledger_request other = answer(&servers[1], request_of(.first = 2, .from = 3, .count = 3));
    assert_error(&other.answer.error, ERROR_CONFLICT);
    assert_int_equal(other.answer.next, 8);
    assert_stored(&servers[1], .last = true, .first = 8, .count = 4, .next = 12);
    // This one goes on behind what the server knows.
    other = answer(&servers[0], request_of(.first = 7, .from = 15, .count = 9));
    assert_error(&other.answer.error, ERROR_CONFLICT);
    assert_int_equal(other.answer.next, 12);
}

// Whether there is a gap nobody knows while the agency's row cannot be read. What is appended needs no such
// question: its commit notices what another server has stored.
static void what_seems_a_gap_is_asked_for_and_nothing_else(void **state) {
    (void)state;
    start(&servers[0], 1);
    start(&servers[1], 1);
    assert_stored(&servers[0], .first = 0, .count = 5, .next = 5);
    servers[1].asks_lost = 1;
    assert_stored(&servers[1], .first = 5, .count = 3, .next = 8); // a gap, for all that it knows
    assert_int_equal(servers[1].asks_lost, 0);
    assert_int_equal(servers[1].opened, 2);
    int asked = servers[1].asked;
    assert_stored(&servers[1], .first = 8, .count = 3, .next = 11);
    assert_stored(&servers[1], .first = 10, .count = 3, .next = 13);
    assert_int_equal(servers[1].asked, asked);
    assert_refused(&servers[1], ERROR_GAP, .first = 14, .count = 3);
    assert_int_equal(servers[1].asked, asked + 1);
}

static void what_is_appended_comes_behind_the_others(void **state) {
    (void)state;
    start(&servers[0], 1);
    start(&servers[1], 1);
    assert_stored(&servers[0], .first = 0, .count = 3, .next = 3);
    assert_int_equal(answer(&servers[1], request_of(.first = NO_FIRST, .from = 3, .count = 3)).answer.next,
                     6);
    assert_int_equal(answer(&servers[0], request_of(.first = NO_FIRST, .from = 6, .count = 3)).answer.next,
                     9);
    assert_bets(9);
}

// What stands at the place that an append did not get is the other one's, also when the bets are the same.
static void an_append_equal_to_anothers_is_stored_too(void **state) {
    (void)state;
    start(&servers[0], 1);
    start(&servers[1], 1);
    assert_int_equal(answer(&servers[0], request_of(.first = NO_FIRST, .count = 3)).answer.next, 3);
    assert_int_equal(answer(&servers[1], request_of(.first = NO_FIRST, .count = 3)).answer.next, 6);
    assert_int_equal(query_number("SELECT count(*) FROM bets"), 6);
}

static void only_one_server_says_that_it_stored_and_finished(void **state) {
    (void)state;
    start(&servers[0], 2);
    start(&servers[1], 2);
    struct ledger_request first = send(&servers[0], .last = true, .first = 0, .count = 3);
    assert_int_equal(first.answer.stored, 3);
    assert_true(first.answer.finished);
    // The other server does not know of any.
    struct ledger_request second = send(&servers[1], .last = true, .first = 0, .count = 3);
    assert_error(&second.answer.error, ERROR_NONE);
    assert_int_equal(second.answer.next, 3);
    assert_int_equal(second.answer.stored, 0);
    assert_false(second.answer.finished);
}

// Each finishes on another server; none of them sees all of it, and the draw is sealed all the same.
static void the_last_end_seals_the_draw_wherever_it_comes(void **state) {
    (void)state;
    for (int i = 0; i < SERVERS; i++) {
        start(&servers[i], SERVERS);
    }
    for (int i = 0; i < SERVERS; i++) {
        assert_false(work_is_due(servers[i].ledger));
        assert_stored(&servers[i], .last = true, .agency = (uint32_t)i + 1, .first = 0, .count = 8,
                      .next = 8);
    }
    assert_true(work_is_due(servers[SERVERS - 1].ledger));
    assert_int_equal(query_number("SELECT count(*) FROM draws WHERE state = 'sealed' AND finished = 3"), 1);
    assert_refused(&servers[0], ERROR_AGENCY_FINISHED, .agency = 3, .first = 8, .count = 1);
    for (int i = 0; i < SERVERS; i++) { // whoever looks first makes it
        current = &servers[i];
        work_look(servers[i].ledger);
        if (work_is_due(servers[i].ledger)) {
            work_do(servers[i].ledger);
        }
        assert_int_equal(servers[i].drawn, 1);
        assert_false(work_is_due(servers[i].ledger));
        for (uint32_t agency = 1; agency <= SERVERS; agency++) {
            assert_winners(&servers[i], agency, "7");
        }
    }
    assert_int_equal(query_number("SELECT count(*) FROM winners"), SERVERS);
}

// Another one holds the draw, and dies: then this one makes it.
static void a_draw_that_is_not_finished_is_made_by_another(void **state) {
    (void)state;
    struct error error;
    start(&servers[0], 1);
    assert_stored(&servers[0], .last = true, .first = 0, .count = 20, .next = 20);
    struct store *other = open_draw("1", STORE_SERVE);
    must(store_begin_draw(other, &error), &error);
    must(store_add_winner(other, &(struct stored_winner){1, 7, "7"}, &error), &error);
    work_do(servers[0].ledger);
    work_look(servers[0].ledger);
    assert_int_equal(servers[0].drawn, 0);
    assert_true(work_is_due(servers[0].ledger)); // and again
    store_close(&other);
    work_do(servers[0].ledger);
    assert_int_equal(servers[0].drawn, 1);
    assert_winners(&servers[0], 1, "7,17");
}

static void everyone_is_told_by_one_server_or_another(void **state) {
    (void)state;
    start(&servers[0], 2);
    start(&servers[1], 2);
    assert_stored(&servers[0], .last = true, .first = 0, .count = 1, .next = 1);
    assert_stored(&servers[1], .last = true, .agency = 2, .first = 0, .count = 1, .next = 1);
    work_do(servers[1].ledger);
    current = &servers[0];
    work_look(servers[0].ledger);
    struct ledger_request told = answer(&servers[0], request_of(.type = LEDGER_TOLD, .first = NO_FIRST));
    assert_error(&told.answer.error, ERROR_NONE);
    assert_int_equal(servers[0].all_told, 0);
    answer(&servers[1], request_of(.type = LEDGER_TOLD, .agency = 2, .first = NO_FIRST));
    for (int i = 0; i < 2; i++) {
        current = &servers[i];
        work_look(servers[i].ledger);
        work_look(servers[i].ledger);
        assert_int_equal(servers[i].all_told, 1);
    }
    assert_int_equal(query_number("SELECT count(told_at) FROM agencies"), 2);
}

// A commit of which nobody knows whether it was stored is asked for, and everything is stored once: also what
// is appended, and the ends of agencies.
static void a_commit_that_is_not_known_is_resolved(void **state) {
    (void)state;
    int next = 0;
    start(&servers[0], 1);
    for (enum commit_fault fault = LOSE_BEFORE; fault <= LOSE_AFTER; fault++) {
        servers[0].fault = fault;
        assert_stored(&servers[0], .first = next, .count = 5, .next = next + 5);
        next += 5;
        servers[0].fault = fault;
        struct ledger_request appended =
            answer(&servers[0], request_of(.first = NO_FIRST, .from = next, .count = 3));
        assert_error(&appended.answer.error, ERROR_NONE);
        assert_int_equal(appended.answer.stored, 3); // and it is logged as stored
        next += 3;
        assert_int_equal(appended.answer.next, next);
        assert_bets(next);
    }
    servers[0].fault = LOSE_AFTER;
    struct ledger_request last =
        answer(&servers[0], request_of(.last = true, .first = NO_FIRST, .from = next, .count = 4));
    assert_error(&last.answer.error, ERROR_NONE);
    assert_true(last.answer.finished);
    assert_bets(next + 4);
    assert_true(work_is_due(servers[0].ledger));
}

// Appends 3 bets that end in another digit than those of server 0.
static void append_others(void) {
    struct ledger_request *request = request_of(.first = NO_FIRST, .count = 3);
    struct chunk *chunk = (struct chunk *)(uintptr_t)request->input.chunk;
    chunk_clear(chunk);
    for (int i = 0; i < 3; i++) {
        char text[64];
        struct error error;
        snprintf(text, sizeof text, "Ana,Paz,%d,2000-01-01,%d", i, i == 2 ? 2 : 1);
        assert_true(chunk_add(chunk, text, strlen(text), &error));
    }
    assert_true(
        chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, request->input.digest));
    struct ledger_request answered = answer(&servers[1], request);
    assert_error(&answered.answer.error, ERROR_NONE);
}

// Another server's bets stand where the append would have been. They differ in one digit: it is not stored.
static void an_append_that_is_not_known_is_told_from_anothers(void **state) {
    (void)state;
    start(&servers[0], 1);
    start(&servers[1], 1);
    servers[0].fault = LOSE_BEFORE;
    servers[0].meanwhile = append_others;
    struct ledger_request appended = answer(&servers[0], request_of(.first = NO_FIRST, .count = 3));
    assert_error(&appended.answer.error, ERROR_NONE);
    assert_int_equal(appended.answer.stored, 3);
    assert_int_equal(appended.answer.next, 6);
    assert_int_equal(query_number("SELECT count(*) FROM bets WHERE documento = '2' AND numero = 1"), 1);
    assert_int_equal(query_number("SELECT count(*) FROM bets"), 6);
}

static void an_end_without_bets_that_is_not_known_is_resolved(void **state) {
    (void)state;
    start(&servers[0], 2);
    for (enum commit_fault fault = LOSE_BEFORE; fault <= LOSE_AFTER; fault++) {
        servers[0].fault = fault;
        struct ledger_request last =
            answer(&servers[0], request_of(.last = true, .agency = fault, .first = NO_FIRST, .count = 0));
        assert_error(&last.answer.error, ERROR_NONE);
        assert_true(last.answer.finished);
    }
    assert_true(work_is_due(servers[0].ledger));
    // Another one.
    assert_refused(&servers[0], ERROR_AGENCY_FINISHED, .last = true, .first = NO_FIRST, .count = 0);
}

static int64_t stored_agencies(void) {
    return query_number("SELECT agencies FROM draws");
}

// A server that is running takes over what another one has changed, whichever way it learns of it.
static void the_stored_draw_is_taken_over(void **state) {
    (void)state;
    start(&servers[0], 2);
    assert_stored(&servers[0], .last = true, .first = 0, .count = 5, .next = 5);
    start(&servers[1], 4);
    // It has not looked: it does before it refuses.
    assert_stored(&servers[0], .agency = 3, .first = 0, .count = 5, .next = 5);
    start(&servers[2], 5);
    current = &servers[0];
    work_look(servers[0].ledger);
    assert_int_equal(ledger_agencies(servers[0].ledger), 5);
    assert_refused(&servers[0], ERROR_UNKNOWN_AGENCY, .agency = 6, .first = 0, .count = 1);
    // This one thinks of four.
    assert_stored(&servers[1], .last = true, .agency = 2, .first = 0, .count = 5, .next = 5);
    assert_false(work_is_due(servers[1].ledger));
    assert_int_equal(stored_agencies(), 5);
}

// Bets for an agency that another server has left out in the meantime are not acknowledged.
// Whether there are more agencies by now is looked up once for all that come together.
static void for_unknown_agencies_the_draw_is_looked_at_once(void **state) {
    (void)state;
    struct ledger_request *requests[] = {request_of(.agency = 3, .first = 0, .count = 1),
                                         request_of(.agency = 4, .first = 0, .count = 1),
                                         request_of(.agency = 5, .first = 0, .count = 1)};
    start(&servers[0], 2);
    for (int round = 1; round <= 2; round++) {
        int looked = servers[0].looked;
        for (int i = 0; i < 3; i++) {
            requests[i]->node.next = i < 2 ? &requests[i + 1]->node : NULL;
            error_clear(&requests[i]->answer.error);
        }
        group_process(servers[0].ledger, &requests[0]->node);
        for (int i = 0; i < 3; i++) {
            assert_error(&requests[i]->answer.error, ERROR_UNKNOWN_AGENCY);
        }
        assert_int_equal(servers[0].looked, looked + 1); // and again for the next
    }
    for (int i = 0; i < 3; i++) {
        chunk_free((struct chunk *)(uintptr_t)requests[i]->input.chunk);
        free(requests[i]);
    }
}

static void a_draw_without_the_agency_takes_no_bets_of_it(void **state) {
    (void)state;
    struct error error;
    start(&servers[0], 3);
    assert_stored(&servers[0], .last = true, .first = 0, .count = 8, .next = 8);
    assert_stored(&servers[0], .last = true, .agency = 2, .first = 0, .count = 8, .next = 8);
    assert_false(try_start(&servers[1], 2, &error)); // it has bets
    assert_error(&error, ERROR_AGENCIES_MISMATCH);
    assert_int_equal(stored_agencies(), 3);
    servers[1].options.change = true;
    must(ledger_open(&servers[1].options, &servers[1].ledger, &error), &error); // that seals it
    assert_refused(&servers[0], ERROR_UNKNOWN_AGENCY, .agency = 3, .first = 0, .count = 5);
    assert_int_equal(query_number("SELECT count(*) FROM chunks WHERE agency = 3"), 0);
    assert_true(work_is_due(servers[0].ledger));
    work_do(servers[0].ledger);
    assert_winners(&servers[0], 1, "7");
    assert_int_equal(winners_agencies(servers[0].winners), 2);
}

// It says why it could not change the draw, and does not give up before it has tried to several times.
static void whoever_is_to_change_a_draw_that_is_held_tries_again(void **state) {
    (void)state;
    struct error error;
    start(&servers[0], 2);
    for (int late = 4; late >= 3; late--) {
        servers[1] = (struct server){.options = servers[0].options, .locks_late = late};
        servers[1].options.agencies = 3;
        servers[1].options.context = &servers[1];
        current = &servers[1];
        bool opened = ledger_open(&servers[1].options, &servers[1].ledger, &error);
        assert_int_equal(opened, late < 4);
        assert_int_equal(stored_agencies(), late < 4 ? 3 : 2);
        assert_true(opened || strcmp(error.text, "another server holds the draw") == 0);
    }
}

// The group is not stored, as another server was quicker; and while it is read how things are, the connection
// is lost.
static void a_connection_that_is_lost_while_it_is_read_again_is_made_anew(void **state) {
    (void)state;
    start(&servers[0], 2);
    start(&servers[1], 2);
    assert_stored(&servers[0], .first = 0, .count = 5, .next = 5);
    servers[1].looks_lost = 1;
    assert_int_equal(answer(&servers[1], request_of(.first = NO_FIRST, .from = 5, .count = 3)).answer.next,
                     8);
    assert_int_equal(servers[1].looks_lost, 0);
    assert_int_equal(servers[1].opened, 2);
    assert_bets(8);
}

// All at once ---------------------------------------------------------------------------------------------

enum { RACING_AGENCIES = 4, RACING_BETS = 60 };

// Sends every agency's bets, in pieces of its own, from wherever this server says the agency is; all servers
// do, at once, so that each chunk is sent by each.
static void *race(void *argument) {
    struct server *server = argument;
    int piece = 3 + (int)(server - servers) * 2;
    current = server;
    for (uint32_t agency = 1; agency <= RACING_AGENCIES; agency++) {
        for (int at = 0; at < RACING_BETS;) {
            int count = at + piece > RACING_BETS ? RACING_BETS - at : piece;
            bool is_last = at + count == RACING_BETS;
            struct ledger_request answered =
                send(server, .last = is_last, .agency = agency, .first = at, .count = count);
            if (answered.answer.error.code == ERROR_NONE) {
                at += count;
            } else if (!error_retryable(answered.answer.error.code)) {
                return "a chunk was refused for good";
            }
            sched_yield();
        }
    }
    return NULL;
}

static void what_all_send_at_once_is_stored_once(void **state) {
    (void)state;
    pthread_t threads[SERVERS];
    for (int i = 0; i < SERVERS; i++) {
        start(&servers[i], RACING_AGENCIES);
    }
    for (int i = 0; i < SERVERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, race, &servers[i]), 0);
    }
    for (int i = 0; i < SERVERS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        if (wrong != NULL) {
            fail_msg("%s", (const char *)wrong);
        }
    }
    assert_bets(RACING_AGENCIES * RACING_BETS);
    assert_int_equal(
        query_number("SELECT count(*) FROM draws WHERE state = 'sealed' AND finished = agencies"), 1);
    assert_int_equal(query_number("SELECT sum(bets) FROM agencies"), RACING_AGENCIES * RACING_BETS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SHARED_TEST(an_agency_goes_on_at_another_server),
        SHARED_TEST(how_much_is_stored_is_told_by_each_server),
        SHARED_TEST(how_much_is_stored_is_told_with_a_refusal),
        SHARED_TEST(what_seems_a_gap_is_asked_for_and_nothing_else),
        SHARED_TEST(what_is_appended_comes_behind_the_others),
        SHARED_TEST(an_append_equal_to_anothers_is_stored_too),
        SHARED_TEST(only_one_server_says_that_it_stored_and_finished),
        SHARED_TEST(the_last_end_seals_the_draw_wherever_it_comes),
        SHARED_TEST(a_draw_that_is_not_finished_is_made_by_another),
        SHARED_TEST(everyone_is_told_by_one_server_or_another),
        SHARED_TEST(a_commit_that_is_not_known_is_resolved),
        SHARED_TEST(an_append_that_is_not_known_is_told_from_anothers),
        SHARED_TEST(an_end_without_bets_that_is_not_known_is_resolved),
        SHARED_TEST(the_stored_draw_is_taken_over),
        SHARED_TEST(for_unknown_agencies_the_draw_is_looked_at_once),
        SHARED_TEST(a_draw_without_the_agency_takes_no_bets_of_it),
        SHARED_TEST(whoever_is_to_change_a_draw_that_is_held_tries_again),
        SHARED_TEST(a_connection_that_is_lost_while_it_is_read_again_is_made_anew),
        SHARED_TEST(what_all_send_at_once_is_stored_once),
    };
    if (getenv("QUINIELA_POSTGRES") == NULL) {
        print_message("SKIPPED: QUINIELA_POSTGRES names no database\n");
        return 77;
    }
    implementation = &implementations[POSTGRES];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
