// Check calls a good store good, and names each kind of damage with its place.
// What is good beside the damage is counted.
#include "command.h"

#include <sqlite3.h>

#define OPENED "2026-01-01T10:00:00Z"
#define FINISHED "2026-01-01T10:20:00Z"
#define DRAWN "2026-01-01T10:30:00Z"

enum { WINNING = 42 };

static void put_bets(struct store *store) {
    put_agency(store, (struct stored_agency){.agency = 1, .bets = 5, .finished_at = FINISHED});
    put_agency(store, (struct stored_agency){.agency = 2, .bets = 1, .finished_at = FINISHED});
    put_chunk(store, 1, 0, 2, "Ana,Soto,30904465,2000-01-01,42\nEva,Luna,2,2000-01-01,8\n",
              (const uint16_t[]){WINNING, 8});
    put_chunk(store, 1, 2, 3, "Ana,Paz,3,2000-01-01,7\nEva,Rey,4,2000-01-01,8\nAna,Paz,5,2000-01-01,9\n",
              (const uint16_t[]){7, 8, 9});
    put_chunk(store, 2, 0, 1, "Juan,Vega,30904465,2000-01-01,0042\n", (const uint16_t[]){WINNING});
}

static void put_drawn(struct store *store, const char *sealed_at) {
    struct stored_draw draw = {.state = DRAW_DRAWN,
                               .agencies = 2,
                               .winning_number = WINNING,
                               .opened_at = OPENED,
                               .drawn_at = DRAWN};
    strcpy(draw.sealed_at, sealed_at);
    put_draw(store, draw);
}

static void make_store(void) {
    unlink("store.db");
    struct store *store = open_store("1");
    put_bets(store);
    put_winner(store, 1, 0);
    put_winner(store, 2, 0);
    put_drawn(store, FINISHED);
    close_store(store);
}

static void assert_check(int status, const char *output) {
    assert_int_equal(run_command(cli_check, "check", "--store", "store.db", NULL), status);
    assert_string_equal(command_output, output);
    assert_string_equal(command_errors, status == EXIT_DONE
                                            ? ""
                                            : "quiniela check: store.db: it is damaged; keep it, and restore "
                                              "it from a copy\n");
}

#define GOOD "draw 1: good: 3 chunks with 6 bets | winners: 2 | damages: 0\n"

static void what_is_good_is_good(void **state) {
    (void)state;
    make_store();
    assert_check(EXIT_DONE, GOOD);
}

static void it_checks_while_a_server_works(void **state) {
    (void)state;
    make_store();
    struct store *store = open_store("another");
    assert_check(EXIT_DONE, GOOD);
    close_store(store);
}

// Damages a good store by `sql`, and expects `damage` among what is told, and `good` as its last line.
static void assert_found(const char *sql, const char *damage, const char *good) {
    make_store();
    sqlite3 *database;
    assert_int_equal(sqlite3_open("store.db", &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
    assert_int_equal(run_command(cli_check, "check", "--store", "store.db", NULL), EXIT_FAILED);
    if (strstr(command_output, damage) == NULL || strstr(command_output, good) == NULL) {
        fail_msg("%s: it says %s", sql, command_output);
    }
}

static void each_damage_is_named(void **state) {
    (void)state;
    static const struct {
        const char *sql, *damage, *good;
    } damages[] = {
        {"UPDATE chunks SET rows = replace(rows, 'Luna', 'Lune')",
         "draw 1: damaged: the stored chunk of agency 1, first 0, is damaged: its digest is another",
         "good: 2 chunks with 4 bets"},
        {"UPDATE chunks SET numbers = x'070008000a00' WHERE first = 2",
         "the chunk of agency 1 from bet 2 on is not as it was stored", "good: 2 chunks with 3 bets"},
        {"UPDATE chunks SET numbers = x'0700' WHERE first = 2",
         "the chunk of agency 1 from bet 2 on is not as it was stored", "good: 2 chunks with 3 bets"},
        {"UPDATE chunks SET digest = x'00' WHERE agency = 2",
         "the chunk of agency 2 from bet 0 on is not as it was stored", "good: 2 chunks with 5 bets"},
        {"UPDATE chunks SET first = 3 WHERE first = 2",
         "the chunk of agency 1 from bet 3 on is not as it was stored", "good: 2 chunks with 3 bets"},
        {"UPDATE chunks SET agency = 3 WHERE agency = 2",
         "the chunk of agency 3 from bet 0 on is not as it was stored", "good: 2 chunks with 5 bets"},
        {"DELETE FROM chunks WHERE first = 2", "of agency 1 the bets from 2 to 4 are missing",
         "good: 2 chunks with 3 bets"},
        {"DELETE FROM chunks WHERE agency = 1 AND first = 0", "of agency 1 the bets from 0 to 1 are missing",
         "good: 2 chunks with 4 bets"},
        {"DELETE FROM chunks WHERE agency = 2", "of agency 2 the bets from 0 to 0 are missing",
         "good: 2 chunks with 5 bets"},
        {"UPDATE agencies SET bets = 6 WHERE agency = 1", "the row of agency 1 is damaged",
         "good: 3 chunks with 6 bets"},
        {"DELETE FROM agencies WHERE agency = 2",
         "the chunk of agency 2 from bet 0 on lies where none can be", "good: 3 chunks with 6 bets"},
        {"UPDATE draws SET winning_number = 43", "the row of the draw is damaged",
         "good: 3 chunks with 6 bets"},
        {"UPDATE winners SET document = '30904466' WHERE agency = 2",
         "the winner with bet 0 of agency 2 is not the next of the winning bets",
         "good: 3 chunks with 6 bets"},
        {"DELETE FROM winners WHERE agency = 2",
         "1 winning bets are not among the stored winners, the first one bet 0 of agency 2",
         "good: 3 chunks with 6 bets"},
        {"INSERT INTO winners VALUES ('1', 1, 1, '2')",
         "the winner with bet 1 of agency 1 is not the next of the winning bets",
         "good: 3 chunks with 6 bets"},
        // Every other column is in its row's checksum, too.
        {"UPDATE agencies SET finished_at = '2026-01-01T10:20:01Z' WHERE agency = 1",
         "the row of agency 1 is damaged", "good: 3 chunks with 6 bets"},
        {"UPDATE agencies SET told_at = '2026-01-01T10:40:00Z' WHERE agency = 2",
         "the row of agency 2 is damaged", "good: 3 chunks with 6 bets"},
        {"UPDATE draws SET opened_at = '2026-01-01T10:00:01Z'", "the row of the draw is damaged",
         "good: 3 chunks with 6 bets"},
        {"UPDATE draws SET sealed_at = '2026-01-01T10:20:01Z'", "the row of the draw is damaged",
         "good: 3 chunks with 6 bets"},
        {"UPDATE draws SET drawn_at = '2026-01-01T10:30:01Z'", "the row of the draw is damaged",
         "good: 3 chunks with 6 bets"},
        {"UPDATE draws SET agencies = 3", "the row of the draw is damaged", "good: 3 chunks with 6 bets"},
        {"UPDATE draws SET winners_checksum = winners_checksum + 1", "the row of the draw is damaged",
         "good: 3 chunks with 6 bets"},
        {"UPDATE winners SET bet = 1 WHERE agency = 2", "the winners are not as they were stored",
         "good: 3 chunks with 6 bets"},
        {"UPDATE winners SET agency = 1, bet = 1 WHERE agency = 2", "the winners are not as they were stored",
         "good: 3 chunks with 6 bets"},
        {"UPDATE winners SET document = '30904466' WHERE agency = 2",
         "the winners are not as they were stored", "good: 3 chunks with 6 bets"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        assert_found(damages[i].sql, damages[i].damage, damages[i].good);
    }
}

// What was stored wrong has good checksums all the same.
static void a_state_that_cannot_be_is_named(void **state) {
    (void)state;
    struct store *store = open_store("1");
    put_bets(store);
    put_drawn(store, "");
    close_store(store);
    assert_int_equal(run_command(cli_check, "check", "--store", "store.db", NULL), EXIT_FAILED);
    assert_non_null(strstr(command_output, "the draw is drawn, but its times say otherwise"));
    assert_non_null(strstr(command_output, "2 winning bets are not among the stored winners"));
    store = open_store("1");
    put_draw(store, (struct stored_draw){.agencies = 1, .opened_at = OPENED});
    put_agency(store,
               (struct stored_agency){.agency = 1, .bets = 6, .finished_at = FINISHED, .told_at = DRAWN});
    put_winner(store, 1, 0);
    close_store(store);
    assert_int_equal(run_command(cli_check, "check", "--store", "store.db", NULL), EXIT_FAILED);
    static const char *const says[] = {"agency 2 has a row, but the draw has 1 agencies",
                                       "agency 1 has been told its winners before the draw",
                                       "of agency 1 the bets from 5 to 5 are missing",
                                       "agency 1 has a winner before the draw"};
    for (size_t i = 0; i < sizeof says / sizeof says[0]; i++) {
        assert_non_null(strstr(command_output, says[i]));
    }
    store = open_store("1");
    put_draw(store, (struct stored_draw){.agencies = 2, .opened_at = OPENED});
    close_store(store);
    assert_int_equal(run_command(cli_check, "check", "--store", "store.db", NULL), EXIT_FAILED);
    assert_non_null(strstr(command_output, "the draw is open, and 2 of 2 agencies have finished"));
}

// A signed draw ------------------------------------------------------------------------------------------

static void put_paper(struct store *store, enum store_paper kind, uint32_t number) {
    struct error error;
    struct stored_paper paper = {
        .kind = kind, .number = number, .bytes = (const uint8_t *)"a note\n", .length = 7};
    must(store_add_paper(store, &paper, &error), &error);
}

// Drawn, with all of its papers, in a new store.
static void make_signed(struct stored_draw draw, enum store_paper without) {
    static const struct {
        enum store_paper kind;
        uint32_t number;
    } papers[] = {
        {PAPER_RULES, 0}, {PAPER_RULES, 1}, {PAPER_SEAL, 0}, {PAPER_RESULT, 0}, {PAPER_APPROVAL, 4}};
    unlink("store.db");
    struct store *store = open_store("1");
    put_bets(store);
    put_winner(store, 1, 0);
    put_winner(store, 2, 0);
    put_draw(store, draw);
    for (size_t i = 0; i < sizeof papers / sizeof papers[0]; i++) {
        if (papers[i].kind != without) {
            put_paper(store, papers[i].kind, papers[i].number);
        }
    }
    close_store(store);
}

static const struct stored_draw signed_draw = {.state = DRAW_DRAWN,
                                               .agencies = 2,
                                               .winning_number = WINNING,
                                               .opened_at = OPENED,
                                               .sealed_at = FINISHED,
                                               .drawn_at = DRAWN,
                                               .rules = 2,
                                               .has_secret = true,
                                               .has_root = true};

static void assert_signed(struct stored_draw draw, enum store_paper without, const char *damage) {
    make_signed(draw, without);
    assert_int_equal(run_command(cli_check, "check", "--store", "store.db", NULL), EXIT_FAILED);
    if (strstr(command_output, damage) == NULL || strstr(command_output, "good: 3 chunks") == NULL) {
        fail_msg("%s: it says %s", damage, command_output);
    }
}

static void of_a_signed_draw_all_papers_are_there(void **state) {
    (void)state;
    make_signed(signed_draw, PAPER_UNKNOWN);
    assert_check(EXIT_DONE, GOOD);
    assert_signed(signed_draw, PAPER_RULES, "0 records of the draw's rules are there in place of 2");
    assert_signed(signed_draw, PAPER_SEAL, "the draw's seal is missing");
    assert_signed(signed_draw, PAPER_RESULT, "the draw's result is missing");
    make_signed(signed_draw, PAPER_UNKNOWN);
    struct store *store = open_store("1");
    struct stored_draw draw = signed_draw;
    struct error error;
    bool found;
    must(store_get_draw(store, &draw, &found, &error), &error);
    draw.rules = 3;
    put_draw(store, draw);
    put_paper(store, PAPER_RULES, 3); // and there is no 2
    close_store(store);
    assert_int_equal(run_command(cli_check, "check", "--store", "store.db", NULL), EXIT_FAILED);
    assert_non_null(strstr(command_output, "records of the draw's rules are there in place of 3"));
    draw = signed_draw;
    draw.rules = 1;
    assert_signed(draw, PAPER_UNKNOWN, "2 records of the draw's rules are there in place of 1");
    draw = signed_draw;
    draw.has_root = false;
    assert_signed(draw, PAPER_UNKNOWN, "the draw's seal is there, and its row says that there can be none");
    draw = signed_draw;
    draw.has_secret = false;
    assert_signed(draw, PAPER_UNKNOWN, "the salts' secret is missing");
    draw = signed_draw;
    draw.rules = 0;
    assert_signed(draw, PAPER_RULES, "the salts' secret is there, of a draw that has none");
    assert_signed(draw, PAPER_RULES, "the draw is not signed, and has the root of a tree");
    assert_signed(draw, PAPER_RULES, "the draw's result is there, and its row says that there can be none");
}

static void a_damaged_paper_is_named(void **state) {
    (void)state;
    static const struct {
        const char *sql, *damage;
    } damages[] = {
        {"UPDATE papers SET body = x'00' WHERE kind = 'seal'", "paper 0 (seal) is not as it was stored"},
        {"UPDATE papers SET number = 5 WHERE kind = 'approval'",
         "paper 5 (approval) is not as it was stored"},
        {"UPDATE papers SET number = 7 WHERE kind = 'rules' AND number = 0",
         "paper 7 (rules) is not as it was stored"},
        {"DELETE FROM papers WHERE kind = 'rules' AND number = 0",
         "1 records of the draw's rules are there in place of 2"},
        {"UPDATE draws SET secret = randomblob(32)", "the row of the draw is damaged"},
        {"UPDATE draws SET root = NULL", "the row of the draw is damaged"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        sqlite3 *database;
        make_signed(signed_draw, PAPER_UNKNOWN);
        assert_int_equal(sqlite3_open("store.db", &database), SQLITE_OK);
        assert_int_equal(sqlite3_exec(database, damages[i].sql, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(database);
        assert_int_equal(run_command(cli_check, "check", "--store", "store.db", NULL), EXIT_FAILED);
        if (strstr(command_output, damages[i].damage) == NULL) {
            fail_msg("%s: it says %s", damages[i].sql, command_output);
        }
    }
}

static void what_is_not_there_is_said(void **state) {
    (void)state;
    assert_int_equal(run_command(cli_check, "check", "--store", "none.db", NULL), EXIT_FAILED);
    assert_one_error("quiniela check: none.db: ");
    make_store();
    assert_int_equal(run_command(cli_check, "check", "--store", "store.db", "--draw", "9", NULL),
                     EXIT_FAILED);
    assert_one_error("quiniela check: store.db: it has no draw \"9\"");
    assert_int_equal(run_command(cli_check, "check", "--nonsense", NULL), EXIT_WRONG_USE);
    assert_int_equal(run_command(cli_check, "check", "--help", NULL), EXIT_DONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(what_is_good_is_good),
        STORY(it_checks_while_a_server_works),
        STORY(each_damage_is_named),
        STORY(a_state_that_cannot_be_is_named),
        STORY(of_a_signed_draw_all_papers_are_there),
        STORY(a_damaged_paper_is_named),
        STORY(what_is_not_there_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
