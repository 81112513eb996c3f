// Lists of what is stored are read once while they are asked for, and end where the ledger's bets do.
#include "guarded.h"
#include "store_story.h"

#include "bet/limits.h"
#include "ledger/listing.h"

enum { KEPT = 8 };

static struct store *store;
static struct store_operations counting;
static const struct store_operations *real;
static struct listings *listings;
static int reads;  // of the store
static bool fails; // the store

static bool read_pieces(struct store *of, uint32_t agency, uint64_t from, uint32_t count_max,
                        store_each_piece each, void *context, struct error *error) {
    reads++;
    return fails ? error_set(error, ERROR_STORE_FAILED, "the disk is gone")
                 : real->pieces(of, agency, from, count_max, each, context, error);
}

static int begin(void **state) {
    set_up_store(state);
    store = open_draw("1", STORE_SERVE);
    real = store->operations;
    counting = *real;
    counting.pieces = read_pieces;
    store->operations = &counting;
    listings = listings_new();
    reads = 0;
    fails = false;
    return listings == NULL;
}

static int end(void **state) {
    listings_free(listings);
    listings_free(NULL);
    store_close(&store);
    return tear_down(state);
}

// Makes the list of an agency's pieces from bet `from` on, of which the ledger knows `bets`.
static void assert_list(uint32_t agency, uint64_t from, uint64_t bets, const char *expected) {
    struct ledger_request request = {.input.agency = agency, .input.list_from = from};
    struct error error;
    char text[256] = "";
    error_clear(&request.answer.error);
    must(listing_make(listings, store, &request, bets, &error), &error);
    assert_error(&request.answer.error, ERROR_NONE);
    for (uint32_t i = 0; i < request.answer.piece_count; i++) {
        const struct piece *piece = &request.answer.pieces[i];
        struct stored_chunk stored = chunk_of(agency, piece->first, piece->count);
        assert_memory_equal(piece->digest, stored.digest, sizeof stored.digest);
        sprintf(text + strlen(text), "%llu+%u ", (unsigned long long)piece->first, piece->count);
    }
    assert_string_equal(text, expected);
    assert_int_equal(request.answer.pieces != NULL, request.answer.piece_count > 0);
    listing_drop(&request);
    assert_null(request.answer.pieces);
    assert_int_equal(request.answer.piece_count, 0);
}

static void assert_reads(int expected) {
    assert_int_equal(reads, expected);
    reads = 0;
}

static void a_list_is_kept_from_its_first_bet_to_its_last(void **state) {
    (void)state;
    store_one(store, 1, 0, 3);
    store_one(store, 1, 3, 2);
    store_one(store, 1, 5, 3);
    assert_false(listings_have(listings, 1, 4));
    assert_list(1, 4, 8, "3+2 5+3 ");
    assert_reads(1);
    for (uint64_t bet = 0; bet < 10; bet++) {
        assert_int_equal(listings_have(listings, 1, bet), bet >= 3 && bet < 8);
        assert_false(listings_have(listings, 2, bet));
    }
    assert_list(1, 3, 8, "3+2 5+3 ");
    assert_list(1, 5, 8, "5+3 ");
    assert_list(1, 7, 8, "5+3 ");
    assert_reads(0);
    assert_list(1, 2, 8, "0+3 3+2 5+3 ");
    assert_reads(1);
    assert_list(1, 8, 8, "");
    assert_reads(1);
    listings_forget(listings);
    assert_false(listings_have(listings, 1, 4));
    assert_list(1, 0, 8, "0+3 3+2 5+3 ");
    assert_reads(1);
}

// Another server may have stored more by now.
static void a_list_ends_with_what_the_ledger_knows(void **state) {
    (void)state;
    store_one(store, 1, 0, 3);
    store_one(store, 1, 3, 2);
    store_one(store, 1, 5, 3);
    static const struct {
        uint64_t bets;
        const char *expected;
    } known[] = {{8, "0+3 3+2 5+3 "}, {7, "0+3 3+2 "}, {5, "0+3 3+2 "}, {4, "0+3 "}, {3, "0+3 "}, {2, ""}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        listings_forget(listings);
        assert_list(1, 0, known[i].bets, known[i].expected);
    }
}

// A client could make nothing of it, nor of what is behind.
static void what_does_not_follow_on_is_left_out(void **state) {
    (void)state;
    store_one(store, 1, 1, 3);
    store_one(store, 1, 6, 2); // behind a hole
    store_one(store, 1, 8, 2);
    store_filed(store, 2, 0, 3); // the inbox takes nothing over what is there
    store_filed(store, 2, 2, 2); // over the one before
    store_filed(store, 2, 4, 3);
    assert_list(1, 2, 10, "1+3 ");
    assert_list(1, 5, 10, "");
    assert_false(listings_have(listings, 1, 5));
    assert_list(1, 7, 10, "6+2 8+2 ");
    assert_list(2, 0, 7, "0+3 ");
}

static void ask_all(uint32_t first, uint32_t last) {
    for (uint32_t agency = first; agency <= last; agency++) {
        assert_list(agency, 0, 3, "0+3 ");
    }
}

static void the_least_wanted_list_goes_first(void **state) {
    (void)state;
    for (uint32_t agency = 1; agency <= 2 * KEPT; agency++) {
        store_one(store, agency, 0, 3);
    }
    ask_all(1, KEPT);
    assert_reads(KEPT);
    static const uint32_t asked[KEPT] = {4, 1, 8, 2, 3, 7, 6, 5};
    for (int i = 0; i < KEPT; i++) {
        assert_list(asked[i], 0, 3, "0+3 ");
    }
    assert_reads(0);
    for (int i = 0; i < KEPT; i++) {
        assert_true(listings_have(listings, asked[i], 2));
        ask_all(KEPT + 1 + (uint32_t)i, KEPT + 1 + (uint32_t)i);
        assert_false(listings_have(listings, asked[i], 2));
        for (int other = i + 1; other < KEPT; other++) {
            assert_true(listings_have(listings, asked[other], 2));
        }
    }
    assert_reads(KEPT);
    ask_all(KEPT + 1, 2 * KEPT);
    assert_reads(0);
}

// One that has nothing in it, or could not be read, takes no other's place for long.
static void an_empty_list_makes_room(void **state) {
    (void)state;
    for (uint32_t agency = 1; agency <= KEPT + 1; agency++) {
        store_one(store, agency, 0, 3);
    }
    ask_all(1, KEPT);
    assert_list(99, 0, 3, ""); // in place of the first one
    struct ledger_request request = {.input.agency = 98};
    struct error error;
    fails = true;
    assert_false(listing_make(listings, store, &request, 3, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    assert_null(request.answer.pieces);
    fails = store->failed = false;
    reads = 0;
    ask_all(KEPT + 1, KEPT + 1);
    assert_reads(1);
    ask_all(2, KEPT + 1);
    assert_reads(0);
    listings_forget(listings);
    ask_all(1, KEPT);
    ask_all(1, KEPT);
    assert_reads(KEPT);
}

static void a_long_list_comes_in_several(void **state) {
    (void)state;
    struct error error;
    no_inbox(); // chunks of one group would be one piece in the inbox
    must(store_begin(store, &error), &error);
    for (uint64_t i = 0; i < PIECES_LISTED_MAX + 2; i++) {
        struct stored_chunk chunk = chunk_of(1, 2 * i, 2);
        must(store_add_chunk(store, &chunk, &error), &error);
    }
    must(store_commit(store, &error), &error);
    struct ledger_request request = {.input.agency = 1};
    error_clear(&request.answer.error);
    must(listing_make(listings, store, &request, 2 * PIECES_LISTED_MAX + 4, &error), &error);
    assert_int_equal(request.answer.piece_count, PIECES_LISTED_MAX);
    assert_int_equal(request.answer.pieces[PIECES_LISTED_MAX - 1].first, 2 * PIECES_LISTED_MAX - 2);
    listing_drop(&request);
    assert_list(1, 2 * PIECES_LISTED_MAX, 2 * PIECES_LISTED_MAX + 4, "2000+2 2002+2 ");
    assert_list(1, 2 * PIECES_LISTED_MAX - 1, 2 * PIECES_LISTED_MAX + 4, "1998+2 ");
    assert_reads(2);
}

#define LISTS_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        LISTS_TEST(a_list_is_kept_from_its_first_bet_to_its_last),
        LISTS_TEST(a_list_ends_with_what_the_ledger_knows),
        LISTS_TEST(what_does_not_follow_on_is_left_out),
        LISTS_TEST(the_least_wanted_list_goes_first),
        LISTS_TEST(an_empty_list_makes_room),
        LISTS_TEST(a_long_list_comes_in_several),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
