// Who asks what is stored of an agency gets its pieces once they are stored, and nobody else does.
#include "ledger_story.h"

// Asks with the agency's first `count` bets what is stored from bet `from` on. The caller discards the
// request.
static struct ledger_request *asking(uint64_t from, int count) {
    struct ledger_request *asked = request(.first = 0, .count = count);
    asked->input.wants_list = true;
    asked->input.list_from = from;
    asked->node.next = NULL;
    story.count = 0;
    return asked;
}

static void assert_pieces(const struct ledger_request *asked, const char *expected) {
    char text[128] = "";
    for (uint32_t i = 0; i < asked->answer.piece_count; i++) {
        const struct piece *piece = &asked->answer.pieces[i];
        struct chunk *chunk = chunk_numbered((int)piece->first, (int)piece->count);
        bool same;
        assert_true(chunk_compare_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length,
                                         piece->digest, &same));
        assert_true(same);
        chunk_free(chunk);
        sprintf(text + strlen(text), "%d+%u ", (int)piece->first, piece->count);
    }
    assert_string_equal(text, expected);
    assert_int_equal(asked->answer.pieces == NULL, expected[0] == '\0');
}

static void expect_list(uint64_t from, int count, const char *expected) {
    struct ledger_request *asked = asking(from, count);
    group_process(story.ledger, &asked->node);
    assert_error(&asked->answer.error, ERROR_NONE);
    assert_int_equal(asked->answer.next, 20);
    assert_pieces(asked, expected);
    discard_request(asked);
}

static void more_than_the_chunk_is_listed(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(.first = 0, .count = 7, .next = 7);
    assert_stored(.first = 5, .count = 10, .next = 15); // of which eight are new
    assert_stored(.first = 15, .count = 5, .next = 20);
    assert_stored(.agency = 2, .first = 0, .count = 9, .next = 9);
    story.calls = 0;
    expect_list(0, 7, "0+7 7+8 15+5 ");
    assert_in_range(story.calls, 1, 10);
    story.calls = 0;
    expect_list(0, 0, "0+7 7+8 15+5 "); // which was kept
    assert_int_equal(story.calls, 0);
    expect_list(9, 3, "7+8 15+5 ");
    expect_list(19, 19, "15+5 ");
    expect_list(20, 7, "");
    story.calls = 0;
    expect_list(20, 0, ""); // nothing is behind that, which the ledger knows by itself
    assert_int_equal(story.calls, 0);
    expect_list(INT64_MAX, 7, "");
    expect_list(0, 20, ""); // nothing is behind the chunk
}

static void who_does_not_ask_gets_no_list(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(.first = 0, .count = 7, .next = 7);
    struct ledger_request *asked = asking(0, 3);
    asked->input.wants_list = false;
    group_process(story.ledger, &asked->node);
    assert_pieces(asked, "");
    discard_request(asked);
    asked = request(.first = 1, .count = 3);
    asked->input.wants_list = true;
    group_process(story.ledger, &asked->node);
    assert_error(&asked->answer.error, ERROR_NONE);
    assert_pieces(asked, "");
    discard_request(asked);
}

// What the group in hand stores is listed when it is stored, and an error when it is not.
static void a_list_is_of_what_is_stored(void **state) {
    (void)state;
    for (int fails = 0; fails < 2; fails++) {
        open_ledger(1);
        assert_stored(.first = 0, .count = 7, .next = 7);
        struct ledger_request *more = request(.first = 7, .count = 3), *asked = asking(0, 7);
        more->node.next = &asked->node;
        story.fault = fails == 0 ? NO_FAULT : FAIL_BEFORE;
        group_process(story.ledger, &more->node);
        assert_error(&asked->answer.error, fails == 0 ? ERROR_NONE : ERROR_STORE_FAILED);
        if (fails == 0) {
            assert_pieces(asked, "0+7 7+3 ");
        }
        discard_request(more);
        discard_request(asked);
        // Other bets come to the same place: what was listed before it failed is forgotten.
        assert_stored(.first = fails == 0 ? 10 : 7, .count = 2, .next = fails == 0 ? 12 : 9);
        asked = asking(fails == 0 ? 10 : 0, 0);
        group_process(story.ledger, &asked->node);
        assert_pieces(asked, fails == 0 ? "10+2 " : "0+7 7+2 ");
        discard_request(asked);
        ledger_close(&story.ledger);
        remove_stores();
    }
}

static void ask_of_all(int agencies, uint64_t from, const char *expected) {
    for (int agency = 1; agency <= agencies; agency++) {
        struct ledger_request *asked = asking(from, 0);
        asked->input.agency = (uint32_t)agency;
        group_process(story.ledger, &asked->node);
        assert_error(&asked->answer.error, ERROR_NONE);
        assert_pieces(asked, expected);
        discard_request(asked);
    }
}

// Those that are kept are no older than what is stored, and of the right agency.
static void many_lists_are_asked_for(void **state) {
    (void)state;
    enum { AGENCIES = 11 };
    open_ledger(AGENCIES);
    for (int stored = 0; stored < 12; stored += 4) {
        for (int agency = 1; agency <= AGENCIES; agency++) {
            assert_stored(.agency = (uint32_t)agency, .first = stored, .count = 4, .next = stored + 4);
        }
        ask_of_all(AGENCIES, (uint64_t)stored, stored == 0 ? "0+4 " : stored == 4 ? "4+4 " : "8+4 ");
        ask_of_all(1, (uint64_t)stored, stored == 0 ? "0+4 " : stored == 4 ? "4+4 " : "8+4 ");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(more_than_the_chunk_is_listed),
        LEDGER_TEST(who_does_not_ask_gets_no_list),
        LEDGER_TEST(a_list_is_of_what_is_stored),
        LEDGER_TEST(many_lists_are_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
