// The ledger's invariants hold while the store works.
// They are ledger.h's; each story names those that it holds.
#include "ledger_story.h"
#include "logged.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// Invariant 2.
static void resends_in_any_pieces_are_stored_once(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(.first = 0, .count = 10, .next = 10);
    assert_stored(.first = 0, .count = 10, .next = 10); // the same
    assert_stored(.first = 3, .count = 4, .next = 10);  // a part
    assert_stored(.first = 5, .count = 10, .next = 15); // known and new
    assert_stored(.first = 0, .count = 20, .next = 20); // over two chunks and beyond
    assert_stored(.first = 20, .count = 0, .next = 20); // nothing
    assert_bets(20);
    restart(2);
    assert_stored(.first = 0, .count = 20, .next = 20);
    assert_stored(.first = 19, .count = 3, .next = 22);
    assert_bets(22);
}

// What is stored already needs no commit to be acknowledged.
static void a_resend_alone_commits_nothing(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(.first = 0, .count = 10, .next = 10);
    int commits = story.commits;
    assert_stored(.first = 0, .count = 10, .next = 10);
    assert_stored(.first = 4, .count = 3, .next = 10);
    assert_refused(ERROR_GAP, .first = 12, .count = 3);
    assert_int_equal(story.commits, commits);
}

static void without_first_it_is_appended(void **state) {
    (void)state;
    open_ledger(1);
    int64_t next;
    assert_code(ask(request(.first = NO_FIRST, .count = 3), &next), ERROR_NONE);
    assert_code(ask(request(.first = NO_FIRST, .count = 3), &next), ERROR_NONE);
    assert_int_equal(next, 6);
    assert_int_equal(query("SELECT count(*) FROM bets"), 6);
}

// A bet may differ in any chunk that it is sent again in, and by no more than its length.
static void every_bet_of_a_resend_is_compared(void **state) {
    (void)state;
    static const char *const others[] = {"Ana,Paz,%d,2000-01-01,01", "Ana,Paz,%d,2000-01-02,1",
                                         "Anna,Paz,%d,2000-01-01,1", "A,Paz,%d,2000-01-01,1"};
    open_ledger(1);
    assert_stored(.first = 0, .count = 3, .next = 3);
    assert_stored(.first = 3, .count = 3, .next = 6);
    for (int place = 0; place < 6; place++) {
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
            struct ledger_request *resend = request(.first = 0, .count = 0);
            struct chunk *chunk = chunk_new(8, 1024);
            for (int bet = 0; bet < 8; bet++) {
                char text[64];
                struct error error;
                snprintf(text, sizeof text, bet == place ? others[i] : "Ana,Paz,%d,2000-01-01,1", bet);
                assert_true(chunk_add(chunk, text, strlen(text), &error));
            }
            chunk_free((struct chunk *)(uintptr_t)resend->input.chunk);
            resend->input.chunk = chunk;
            int64_t next;
            assert_code(ask(resend, &next), ERROR_CONFLICT);
            assert_int_equal(next, 6);
        }
    }
    assert_bets(6);
}

// Invariant 2.
static void gaps_and_other_bets_are_refused(void **state) {
    (void)state;
    open_ledger(2);
    int64_t next;
    assert_stored(.first = 0, .count = 10, .next = 10);
    assert_code(ask(request(.first = 11, .count = 2), &next), ERROR_GAP);
    assert_int_equal(next, 10);
    assert_refused(ERROR_GAP, .agency = 2, .first = 1, .count = 1); // agency 2 has none
    struct ledger_request *far = request(.last = true, .first = 0, .count = 0);
    far->input.first = INT64_MAX;
    assert_code(ask(far, &next), ERROR_GAP);
    struct ledger_request *other = request(.first = 0, .count = 12);
    ((char *)(uintptr_t)other->input.chunk->rows)[0] = 'B';
    assert_code(ask(other, &next), ERROR_CONFLICT);
    assert_int_equal(next, 10);
    assert_bets(10);
}

// Invariant 4.
static void after_the_last_chunk_nothing_is_added(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(.first = 0, .count = 10, .next = 10);
    for (int end = 0; end < 10; end++) { // more is stored: an end there would leave it out
        assert_refused(ERROR_CONFLICT, .last = true, .first = 0, .count = end);
    }
    assert_stored(.last = true, .first = 10, .count = 5, .next = 15);
    for (int again = 0; again < 2; again++) {
        assert_stored(.last = true, .first = 10, .count = 5, .next = 15);
        assert_stored(.last = true, .first = 15, .count = 0, .next = 15);
        assert_stored(.first = 0, .count = 10, .next = 15);
        assert_refused(ERROR_AGENCY_FINISHED, .first = 15, .count = 1);
        assert_refused(ERROR_AGENCY_FINISHED, .first = 14, .count = 2);
        assert_refused(ERROR_AGENCY_FINISHED, .first = NO_FIRST, .count = 1);
        assert_refused(ERROR_AGENCY_FINISHED, .last = true, .first = NO_FIRST, .count = 0);
        assert_refused(ERROR_CONFLICT, .last = true, .first = 0, .count = 5);
        restart(2);
    }
    assert_bets(15);
}

// Invariant 4: as above, in the draw's later states.
static void nothing_is_added_after_the_seal(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(.first = 0, .count = 10, .next = 10);
    assert_stored(.last = true, .first = 10, .count = 5, .next = 15);
    assert_stored(.last = true, .agency = 2, .first = 0, .count = 0, .next = 0);
    for (int again = 0; again < 4; again++) { // sealed, sealed and restarted, drawn, drawn and restarted
        assert_int_equal(query("SELECT state = 'sealed' FROM draws"), again < 2);
        assert_stored(.last = true, .first = 10, .count = 5, .next = 15);
        assert_stored(.last = true, .first = 0, .count = 15, .next = 15);
        assert_stored(.first = 5, .count = 7, .next = 15);
        assert_stored(.last = true, .agency = 2, .first = 0, .count = 0, .next = 0);
        assert_refused(ERROR_AGENCY_FINISHED, .agency = 2, .first = 0, .count = 1);
        assert_refused(ERROR_AGENCY_FINISHED, .last = true, .first = 10, .count = 6);
        assert_refused(ERROR_AGENCY_FINISHED, .first = NO_FIRST, .count = 1);
        assert_refused(ERROR_GAP, .first = 16, .count = 1);
        if (again == 1) {
            work_do(story.ledger);
        } else {
            restart(2);
        }
    }
    assert_bets(15);
}

// Invariant 5.
static void the_draw_is_made_once_and_survives(void **state) {
    (void)state;
    open_ledger(3);
    assert_stored(.last = true, .agency = 3, .first = 0, .count = 0, .next = 0);
    assert_stored(.first = 0, .count = 8, .next = 8);
    assert_stored(.last = true, .first = 8, .count = 20, .next = 28);
    assert_false(work_is_due(story.ledger));
    assert_stored(.last = true, .agency = 2, .first = 0, .count = 8, .next = 8);
    assert_true(work_is_due(story.ledger));
    assert_int_equal(query("SELECT state = 'sealed' FROM draws"), 1); // stored before anybody heard of it
    assert_int_equal(story.drawn, 0);
    restart(3); // between the seal and the draw
    assert_true(work_is_due(story.ledger));
    work_do(story.ledger);
    for (int again = 0; again < 2; again++) {
        assert_false(work_is_due(story.ledger));
        assert_int_equal(story.drawn, 1);
        assert_string_equal(winners_of_agency(1), "7,17,27");
        assert_string_equal(winners_of_agency(2), "7");
        assert_string_equal(winners_of_agency(3), "");
        assert_int_equal(query("SELECT count(*) FROM winners"), 4);
        story.options.winning_number = 1; // no restart changes it
        restart(3);
    }
}

// The parts that are stored of a chunk whose beginning was known are as sound as whole ones.
static void winners_in_resent_chunks(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(.first = 0, .count = 5, .next = 5);
    assert_stored(.first = 2, .count = 10, .next = 12);               // stores 5 … 11, with a winner
    assert_stored(.last = true, .first = 0, .count = 18, .next = 18); // stores 12 … 17, its last a winner
    work_do(story.ledger);
    assert_int_equal(story.drawn, 1);
    assert_string_equal(winners_of_agency(1), "7,17");
}

static void the_winning_number_is_changed_on_purpose(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(.first = 0, .count = 8, .next = 8);
    story.change = true;
    story.winning_number = 1; // of every bet but those that 7574 is of
    restart(1);
    assert_stored(.last = true, .first = 8, .count = 1, .next = 9);
    story.winning_number = 7574; // too late: it is sealed
    restart(1);
    work_do(story.ledger);
    assert_string_equal(winners_of_agency(1), "0,1,2,3,4,5,6,8");
    assert_int_equal(query("SELECT winning_number FROM draws"), 1);
}

static void told_by_all_once(void **state) {
    (void)state;
    int64_t next;
    open_ledger(2);
    assert_stored(.last = true, .first = 0, .count = 1, .next = 1);
    assert_stored(.last = true, .agency = 2, .first = 0, .count = 1, .next = 1);
    work_do(story.ledger);
    ask(request(.type = LEDGER_TOLD, .first = NO_FIRST), &next);
    ask(request(.type = LEDGER_TOLD, .first = NO_FIRST), &next);
    assert_int_equal(story.all_told, 0);
    restart(2);
    ask(request(.type = LEDGER_TOLD, .agency = 2, .first = NO_FIRST), &next);
    ask(request(.type = LEDGER_TOLD, .agency = 2, .first = NO_FIRST), &next);
    assert_int_equal(story.all_told, 1);
    restart(2);
    assert_int_equal(story.all_told, 2); // whoever starts it again is told at once
}

// Agency 0 is nobody. A row of its own would make the store unreadable, so such a request must not get that
// far.
static void nobody_can_be_told(void **state) {
    (void)state;
    open_ledger(1);
    fflush(NULL); // else the child would write it again
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int64_t next;
        signal(SIGABRT, SIG_DFL); // cmocka catches it
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        (void)close(STDERR_FILENO);
        struct ledger_request *told = request(.type = LEDGER_TOLD, .first = NO_FIRST);
        told->input.agency = 0;
        ask(told, &next);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT) {
        fail_msg("that agency 0 was told is to end in an abort (an assertion), but the status is %d", status);
    }
}

static void a_mixed_group_is_answered_in_order_by_one_commit(void **state) {
    (void)state;
    open_ledger(2);
    struct ledger_request *requests[6] = {
        request(.first = 0, .count = 3),
        request(.type = LEDGER_PASS, .first = NO_FIRST),
        request(.first = 9, .count = 1),
        request(.first = 3, .count = 3),
        request(.last = true, .agency = 2, .first = 0, .count = 2),
        request(.first = 0, .count = 6),
    };
    error_set(&requests[1]->answer.error, ERROR_BAD_BET, "refused before it came");
    static const struct error_code *const codes[] = {ERROR_NONE, ERROR_BAD_BET, ERROR_GAP,
                                                     ERROR_NONE, ERROR_NONE,    ERROR_NONE};
    for (int i = 0; i < 6; i++) {
        requests[i]->node.next = i < 5 ? &requests[i + 1]->node : NULL;
    }
    int commits = story.commits;
    group_process(story.ledger, &requests[0]->node);
    assert_int_equal(story.commits, commits + 1);
    assert_int_equal(story.count, 6);
    for (int i = 0; i < 6; i++) {
        assert_ptr_equal(story.completed[i], requests[i]);
        assert_error(&requests[i]->answer.error, codes[i]);
        discard_request(requests[i]);
    }
    assert_bets(8);
}

static void a_bet_that_comes_alone_is_logged(void **state) {
    (void)state;
    int64_t next;
    open_ledger(1);
    begin_logging();
    const struct error_code *code = ask(request(.first = 0, .count = 1), &next); // document 0, number 1
    ask(request(.first = 1, .count = 7), &next);
    int alone = logged("action: apuesta_almacenada | result: success | dni: 0 | numero: 1\n"),
        all = logged("action: apuesta_almacenada "),
        chunks = logged("action: apuestas_almacenadas | result: success | agencia: 1 | cantidad: 1\n") +
                 logged("action: apuestas_almacenadas | result: success | agencia: 1 | cantidad: 7\n");
    end_logging();
    assert_code(code, ERROR_NONE);
    assert_int_equal(alone, 1);
    assert_int_equal(all, 1);
    assert_int_equal(chunks, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(a_bet_that_comes_alone_is_logged),
        LEDGER_TEST(resends_in_any_pieces_are_stored_once),
        LEDGER_TEST(a_resend_alone_commits_nothing),
        LEDGER_TEST(without_first_it_is_appended),
        LEDGER_TEST(every_bet_of_a_resend_is_compared),
        LEDGER_TEST(gaps_and_other_bets_are_refused),
        LEDGER_TEST(after_the_last_chunk_nothing_is_added),
        LEDGER_TEST(nothing_is_added_after_the_seal),
        LEDGER_TEST(winners_in_resent_chunks),
        LEDGER_TEST(the_draw_is_made_once_and_survives),
        LEDGER_TEST(the_winning_number_is_changed_on_purpose),
        LEDGER_TEST(told_by_all_once),
        LEDGER_TEST(nobody_can_be_told),
        LEDGER_TEST(a_mixed_group_is_answered_in_order_by_one_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
