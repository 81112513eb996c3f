// What a board reads of a draw, from its opening until everybody was told.
#include "compute_seal.h"
#include "signed_story.h"

#include "board_story.h"

static const char *read_draw; // its name

static struct store *open_to_read(void) {
    struct store *store;
    struct error error;
    must(open_reader(NULL, read_draw, &store, &error), &error);
    return store;
}

static int begin(void **state) {
    night_begin();
    night.open = open_to_read;
    read_draw = "1";
    return sign_begin(state);
}

static int end(void **state) {
    night_end();
    return sign_end(state);
}

#define READING_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

// An unsigned draw unless the story says otherwise.
static void open_draw(uint32_t agencies) {
    open_ledger(agencies);
}

static void open_unsigned(uint32_t agencies) {
    sign(false);
    open_draw(agencies);
}

static void tell(uint32_t agency) {
    int64_t next;
    assert_ptr_equal(ask(request(.type = LEDGER_TOLD, .agency = agency, .first = NO_FIRST), &next),
                     ERROR_NONE);
}

static void order(enum ledger_order_kind kind, struct order_input input) {
    input.is_sure = true;
    assert_error(&give(kind, input)->error, ERROR_NONE);
}

// How many agencies are waiting, sending, silent, finished, told and cut off.
static void assert_by_state(const char *expected) {
    char text[128] = "";
    for (size_t i = 0; i < BOARD_AGENCY_STATES; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%llu", i == 0 ? "" : " ",
                 (unsigned long long)night.last->by_state[i]);
    }
    assert_string_equal(text, expected);
}

// Agencies --------------------------------------------------------------------------------------------------

static void agencies_go_on_their_way_to_the_end(void **state) {
    (void)state;
    open_unsigned(4);
    look_after(0);
    assert_by_state("4 0 0 0 0 0");
    assert_waits_for("agencies");
    assert_int_equal(night.last->missing, 4);

    assert_stored(.agency = 1, .first = 0, .count = 12, .next = 12);
    assert_stored(.agency = 2, .first = 0, .count = 5, .next = 5);
    assert_stored(.agency = 3, .last = true, .first = 0, .count = 8, .next = 8);
    look_after(1);
    assert_by_state("1 2 0 1 0 0");
    assert_int_equal(night.last->missing, 3);
    assert_int_equal(night.last->bets, 25);
    assert_int_equal(row_of(2)->bets, 5);
    assert_string_not_equal(row_of(3)->finished_at, "");

    order(ORDER_FINISH, (struct order_input){.agency = 2});
    look_after(1);
    assert_by_state("1 1 0 1 0 1");
    assert_state(2, "cut_off");

    order(ORDER_CLOSE, (struct order_input){.is_sure = true});
    look_after(1);
    assert_by_state("0 0 0 1 0 3");
    assert_waits_for("draw");
    assert_int_equal(night.last->missing, 0);
    assert_string_not_equal(night.last->draw.closed_at, "");

    work_do(story.ledger);
    look_after(1);
    assert_waits_for("telling");
    assert_int_equal(night.last->winners, 2);
    assert_int_equal(row_of(1)->winners, 1);
    assert_int_equal(row_of(2)->winners, 0);
    assert_int_equal(row_of(3)->winners, 1);

    for (uint32_t agency = 1; agency <= 3; agency++) {
        tell(agency);
    }
    look_after(1);
    assert_by_state("0 0 0 0 3 1");
    assert_waits_for("telling");
    tell(4);
    look_after(1);
    assert_by_state("0 0 0 0 4 0");
    assert_waits_for("nothing");
    assert_int_equal(night.last->winners, 2);
    assert_int_equal(row_of(3)->winners, 1);
}

static void who_is_not_heard_of_for_a_minute_is_silent(void **state) {
    (void)state;
    open_unsigned(2);
    assert_stored(.agency = 1, .first = 0, .count = 1, .next = 1);
    pulse_hear(night.pulse, 1);
    look_after(59);
    assert_state(1, "sending");
    assert_int_equal(row_of(1)->heard_at, NOON);
    look_after(1);
    assert_state(1, "silent");
    assert_state(2, "waiting");
    assert_int_equal(row_of(2)->heard_at, 0);
    pulse_hear(night.pulse, 1);
    look_after(1);
    assert_state(1, "sending");
    assert_int_equal(row_of(1)->heard_at, NOON + 60);
}

// A server that has just begun has heard of nobody, and it need not be they who are silent.
static void who_was_never_heard_of_is_silent_after_a_minute(void **state) {
    (void)state;
    open_unsigned(2);
    assert_stored(.agency = 1, .first = 0, .count = 1, .next = 1);
    look_after(59);
    assert_state(1, "sending");
    look_after(1);
    assert_state(1, "silent");
    assert_int_equal(row_of(1)->heard_at, 0);
}

static void a_rate_follows_what_is_stored(void **state) {
    (void)state;
    open_unsigned(2);
    assert_stored(.agency = 1, .first = 0, .count = 100, .next = 100);
    look_after(1);
    assert_true(row_of(1)->rate == 0); // when those were stored nobody knows
    int64_t bets = 100;
    for (int i = 0; i < 60; i++, bets += 20) {
        pulse_hear(night.pulse, 1);
        assert_stored(.agency = 1, .first = bets, .count = 20, .next = bets + 20);
        look_after(1);
    }
    assert_true(row_of(1)->rate > 19 && row_of(1)->rate <= 20);
    look_after(10);
    assert_true(row_of(1)->rate > 9 && row_of(1)->rate < 11);
    assert_stored(.agency = 1, .last = true, .first = bets, .count = 0, .next = bets);
    look_after(1);
    assert_true(row_of(1)->rate == 0);
}

static void an_agency_that_is_reset_waits_again(void **state) {
    (void)state;
    open_unsigned(2);
    assert_stored(.agency = 1, .first = 0, .count = 12, .next = 12);
    look_after(1);
    uint64_t version = night.last->version;
    order(ORDER_RESET, (struct order_input){.agency = 1});
    look_after(1);
    assert_state(1, "waiting");
    assert_int_equal(row_of(1)->bets, 0);
    assert_true(row_of(1)->rate == 0);
    assert_int_equal(night.last->bets, 0);
    assert_int_equal(row_of(1)->version, version + 1);
}

// Versions --------------------------------------------------------------------------------------------------

static void only_what_has_changed_has_a_new_version(void **state) {
    (void)state;
    open_unsigned(3);
    look_after(1);
    assert_int_equal(night.last->version, 1);
    assert_int_equal(row_of(3)->version, 1);
    look_after(1);
    assert_int_equal(night.last->version, 1);
    assert_stored(.agency = 2, .first = 0, .count = 1, .next = 1);
    look_after(1);
    assert_int_equal(night.last->version, 2);
    assert_int_equal(row_of(1)->version, 1);
    assert_int_equal(row_of(2)->version, 2);
    assert_stored(.agency = 2, .last = true, .first = 1, .count = 0, .next = 1);
    look_after(30);
    assert_int_equal(row_of(2)->version, 3);
    pulse_hear(night.pulse, 2); // it asks for its winners
    look_after(1);
    assert_int_equal(row_of(2)->version, 3);
    assert_int_equal(row_of(2)->heard_at, NOON + 33);
}

// Before the draw their winners are not known, and then there are none: that is a change.
static void all_agencies_change_when_the_draw_is_made(void **state) {
    (void)state;
    open_unsigned(2);
    assert_stored(.agency = 1, .last = true, .first = 0, .count = 8, .next = 8);
    assert_stored(.agency = 2, .last = true, .first = 0, .count = 5, .next = 5);
    look_after(1);
    uint64_t version = night.last->version;
    work_do(story.ledger);
    look_after(1);
    assert_int_equal(row_of(1)->winners, 1);
    assert_int_equal(row_of(2)->winners, 0);
    assert_int_equal(row_of(1)->version, version + 1);
    assert_int_equal(row_of(2)->version, version + 1);
    look_after(1);
    assert_int_equal(row_of(2)->version, version + 1);
}

static void fewer_agencies_are_a_new_beginning(void **state) {
    (void)state;
    open_unsigned(5);
    look_after(1);
    assert_int_equal(night.last->count, 5);
    assert_int_equal(night.last->whole_version, 0);
    assert_error(&change_agencies(3)->error, ERROR_NONE);
    look_after(1);
    assert_int_equal(night.last->count, 3);
    assert_int_equal(night.last->whole_version, 2);
    assert_error(&change_agencies(6)->error, ERROR_NONE);
    look_after(1);
    assert_int_equal(night.last->count, 6);
    assert_int_equal(night.last->whole_version, 2);
    assert_int_equal(row_of(6)->version, 3);
    assert_int_equal(row_of(1)->version, 1);
}

// What it waits for -----------------------------------------------------------------------------------------

static void a_sealed_draw_waits_for_its_number(void **state) {
    (void)state;
    story.is_manual = true;
    open_unsigned(1);
    assert_stored(.last = true, .first = 0, .count = 8, .next = 8);
    look_after(1);
    assert_waits_for("number");
    order(ORDER_DRAW, (struct order_input){.number = WINNING_NUMBER});
    work_do(story.ledger);
    look_after(1);
    assert_waits_for("telling");
    assert_int_equal(night.last->draw.winning_number, WINNING_NUMBER);
}

static void a_signed_draw_waits_for_its_seal_and_for_approvals(void **state) {
    char key[VKEY_TEXT_BYTES];
    (void)state;
    story.is_manual = true;
    vkey_format(key_of(1), key);
    office.options.how = RULES_MANUAL;
    office.options.approvals = 1;
    office.options.approvers = key;
    sign(true);
    open_draw(1);
    assert_stored(.last = true, .first = 0, .count = 8, .next = 8);
    look_after(1);
    assert_waits_for("seal");
    compute_seal();
    look_after(1);
    assert_waits_for("approvals");
    assert_int_equal(night.last->approvals_wanted, 1);
    assert_int_equal(night.last->approvals, 0);
    for (size_t i = 0; i < sizeof night.last->draw.secret; i++) {
        assert_int_equal(night.last->draw.secret[i], 0);
    }
}

static void what_a_draw_waits_for_follows_from_its_row(void **state) {
    struct board_snapshot snapshot = {.draw = {.state = DRAW_SEALED, .number_mode = NUMBER_BEACON}};
    (void)state;
    assert_string_equal(board_waits_for(&snapshot), "pulse");
    snapshot.draw.number_mode = NUMBER_MANUAL;
    snapshot.approvals_wanted = snapshot.approvals = 2;
    assert_string_equal(board_waits_for(&snapshot), "number");
    snapshot.draw.rules = 1;
    assert_string_equal(board_waits_for(&snapshot), "seal");
    snapshot.draw.has_number = true;
    assert_string_equal(board_waits_for(&snapshot), "seal");
    snapshot.draw.has_root = true;
    assert_string_equal(board_waits_for(&snapshot), "draw");
    strcpy(snapshot.draw.forked_at, "2026-11-25T12:00:00Z");
    assert_string_equal(board_waits_for(&snapshot), "fork");
}

// Rows that only a store has --------------------------------------------------------------------------------

// Has the store, whose ledger is closed, hold what the group puts there.
static void put(bool (*group)(struct store *store, struct error *error)) {
    struct store *store;
    struct error error;
    ledger_close(&story.ledger);
    must(store_open(story.path, "1", STORE_SERVE, &store, &error), &error);
    must(store_begin(store, &error) && group(store, &error) && store_commit(store, &error), &error);
    store_close(&store);
}

static bool put_agency(struct store *store, uint32_t number, uint64_t bets, struct error *error) {
    struct stored_agency agency = {.agency = number, .bets = bets};
    return store_put_agency(store, &agency, error);
}

static bool put_seventh(struct store *store, struct error *error) {
    return put_agency(store, 7, 3, error);
}

static void an_agency_beyond_the_last_one_has_a_row(void **state) {
    (void)state;
    open_unsigned(2);
    put(put_seventh);
    look_after(0);
    assert_int_equal(night.last->count, 7);
    assert_int_equal(row_of(7)->bets, 3);
    assert_state(5, "waiting");
    assert_int_equal(night.last->missing, 2);
    assert_by_state("6 1 0 0 0 0");
}

static bool put_last_row(struct store *store, struct error *error) {
    return put_agency(store, BOARD_ROWS_MAX, 1, error) && put_agency(store, BOARD_ROWS_MAX + 1, 2, error) &&
           put_agency(store, 2 * BOARD_ROWS_MAX, 3, error);
}

static void agencies_beyond_the_last_row_are_counted(void **state) {
    (void)state;
    open_unsigned(1);
    put(put_last_row);
    look_after(0);
    assert_int_equal(night.last->count, BOARD_ROWS_MAX);
    assert_int_equal(night.last->bets, 6);
    assert_int_equal(night.last->by_state[BOARD_SENDING], 3);
    assert_int_equal(night.last->by_state[BOARD_WAITING], 2 * BOARD_ROWS_MAX - 3);
}

static bool put_erased(struct store *store, struct error *error) {
    struct stored_draw draw;
    bool found;
    if (!store_get_draw(store, &draw, &found, error)) {
        return false;
    }
    strcpy(draw.erased_at, "2026-11-25T12:00:00Z");
    return store_erase(store, &draw, error);
}

static void an_erased_draw_keeps_its_counts(void **state) {
    (void)state;
    open_unsigned(1);
    assert_stored(.last = true, .first = 0, .count = 18, .next = 18);
    work_do(story.ledger);
    put(put_erased);
    look_after(0);
    assert_string_equal(night.last->draw.erased_at, "2026-11-25T12:00:00Z");
    assert_int_equal(night.last->bets, 18);
    assert_int_equal(night.last->winners, 2);
    assert_int_equal(row_of(1)->winners, 2);
}

// A store that cannot be read -------------------------------------------------------------------------------

static void what_was_known_stays_while_the_store_fails(void **state) {
    struct board_snapshot *next;
    (void)state;
    open_unsigned(2);
    assert_stored(.agency = 1, .first = 0, .count = 12, .next = 12);
    look_after(1);
    next = board_read_failed(night.last, "the disk is gone");
    assert_non_null(next);
    assert_int_equal(next->bets, 12);
    assert_string_equal(next->trouble, "the disk is gone");
    assert_int_equal(next->version, 2);
    assert_int_equal(next->read_at, NOON + 1);
    keep(next);
    next = board_read_failed(night.last, "the disk is gone");
    assert_non_null(next);
    assert_int_equal(next->version, 2); // nothing new
    keep(next);
    look_after(1);
    assert_string_equal(night.last->trouble, "");
    assert_int_equal(night.last->version, 3);
    assert_int_equal(night.last->read_at, NOON + 2);
}

static void a_draw_that_is_not_there_is_trouble(void **state) {
    struct board_snapshot *next;
    struct error error;
    (void)state;
    sign(false);
    open_ledger(1);
    read_draw = "another";
    assert_false(try_to_look(&next, &error));
    assert_null(next);
    next = board_read_failed(NULL, error.text);
    assert_non_null(next);
    assert_false(next->has_draw);
    assert_string_equal(next->trouble, "the store has no draw of that name");
    board_snapshot_free(next);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        READING_TEST(agencies_go_on_their_way_to_the_end),
        READING_TEST(who_is_not_heard_of_for_a_minute_is_silent),
        READING_TEST(who_was_never_heard_of_is_silent_after_a_minute),
        READING_TEST(a_rate_follows_what_is_stored),
        READING_TEST(an_agency_that_is_reset_waits_again),
        READING_TEST(only_what_has_changed_has_a_new_version),
        READING_TEST(all_agencies_change_when_the_draw_is_made),
        READING_TEST(fewer_agencies_are_a_new_beginning),
        READING_TEST(a_sealed_draw_waits_for_its_number),
        READING_TEST(a_signed_draw_waits_for_its_seal_and_for_approvals),
        READING_TEST(what_a_draw_waits_for_follows_from_its_row),
        READING_TEST(an_agency_beyond_the_last_one_has_a_row),
        READING_TEST(agencies_beyond_the_last_row_are_counted),
        READING_TEST(an_erased_draw_keeps_its_counts),
        READING_TEST(what_was_known_stays_while_the_store_fails),
        READING_TEST(a_draw_that_is_not_there_is_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
