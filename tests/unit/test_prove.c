// Every bet of a sealed draw has its proof, and a store whose bets were changed since has none.
#include "prove_story.h"

#include <sqlite3.h>

#define PROVE(...)                                                                                           \
    run_command(cli_prove, "prove", "--store", "store.db", "--draw", PROVE_DRAW, __VA_ARGS__, NULL)

// The specification's vector --------------------------------------------------------------------------------

static void expect_the_vector(const char *path) {
    char text[PROOF_BYTES_MAX];
    struct hash hash;
    size_t length = read_whole(path, text, sizeof text);
    assert_int_equal(length, 469);
    hash_of(text, length, &hash);
    expect_hex(hash.bytes, HASH_BYTES, "901d0aa289508ae9aede714bb2c55d839b980f99b0f3cedd3281165c88f71c60");
}

static void a_proof_has_the_bytes_of_the_vector(void **state) {
    lottery_store(*state);
    assert_int_equal(PROVE("--agency", "5", "--bet", "1", "-o", "bet.tlog-proof"), EXIT_DONE);
    expect_the_vector("bet.tlog-proof");
    assert_int_equal(PROVE("--agency", "5", "--bet", "1"), EXIT_DONE);
    assert_int_equal(strlen(command_output), 469);
    assert_string_equal(command_errors, "");
}

static void with_seal_json_only_its_agency_is_read(void **state) {
    lottery_store(*state);
    lottery_keep(*state);
    assert_int_equal(PROVE("--agency", "5", "--bet", "1", "-o", "bet.tlog-proof"), EXIT_DONE);
    expect_the_vector("bet.tlog-proof");
}

// What is not there -----------------------------------------------------------------------------------------

static void bets_and_agencies_that_are_not_there(void **state) {
    lottery_store(*state);
    assert_int_equal(PROVE("--agency", "5", "--bet", "2"), EXIT_WRONG_USE);
    assert_one_error("bet 2: agency 5 has 2 bets in the draw, counted from 0");
    assert_int_equal(PROVE("--agency", "2", "--bet", "0"), EXIT_WRONG_USE);
    assert_one_error("bet 0: agency 2 has 0 bets");
    assert_int_equal(PROVE("--agency", "6", "--bet", "0"), EXIT_WRONG_USE);
    assert_one_error("agency 6: the draw has 5 agencies");
    assert_int_equal(PROVE("--document", "99", "-o", "proofs"), EXIT_FAILED);
    assert_one_error("no bet has the document \"99\"");
    assert_int_equal(access("proofs", F_OK), -1);
    assert_int_equal(PROVE("--document", "30904465", "--agency", "5", "-o", "proofs"), EXIT_FAILED);
    assert_one_error("no bet has the document");
    assert_int_equal(run_command(cli_prove, "prove", "--store", "store.db", "--draw", "no", "--agency", "1",
                                 "--bet", "0", NULL),
                     EXIT_FAILED);
    assert_one_error("no draw \"no\"");
}

static void draws_that_prove_nothing(void **state) {
    struct lottery *lottery = *state;
    lottery->is_unsigned = true;
    lottery_store(lottery);
    assert_int_equal(PROVE("--agency", "5", "--bet", "1"), EXIT_FAILED);
    assert_one_error("draw \"2026-11-25\": unsigned: ");
    assert_int_equal(unlink("store.db"), 0);
    lottery->is_unsigned = false;
    lottery->is_unsealed = true;
    lottery_store(lottery);
    assert_int_equal(PROVE("--agency", "5", "--bet", "1"), EXIT_FAILED);
    assert_one_error("draw \"2026-11-25\": sealed: it has no seal yet");
    assert_int_equal(PROVE("--key", "--agency", "5", "-o", "agency-5.key"), EXIT_FAILED);
    assert_one_error("it has no seal yet");
    assert_int_equal(access("agency-5.key", F_OK), -1);
    assert_int_equal(unlink("store.db"), 0);
    lottery->is_forked = true;
    lottery_store(lottery);
    assert_int_equal(PROVE("--agency", "5", "--bet", "1"), EXIT_FAILED);
    assert_one_error("another seal of it was seen at 2026-11-25T21:00:00Z, and it has none itself");
}

static void a_draw_that_was_erased(void **state) {
    struct error error;
    struct stored_draw draw;
    bool found;
    lottery_store(*state);
    struct store *store = open_store(PROVE_DRAW);
    assert_true(store_get_draw(store, &draw, &found, &error));
    draw.state = DRAW_DRAWN;
    draw.has_number = true;
    strcpy(draw.drawn_at, "2026-11-25T22:00:00Z");
    put_draw(store, draw);
    close_store(store);
    store = open_store(PROVE_DRAW);
    assert_true(store_get_draw(store, &draw, &found, &error));
    strcpy(draw.erased_at, "2026-11-26T00:00:00Z");
    if (!store_erase(store, &draw, &error)) {
        fail_msg("%s", error.text);
    }
    close_store(store);
    assert_int_equal(PROVE("--agency", "5", "--bet", "1"), EXIT_FAILED);
    assert_one_error("draw \"2026-11-25\": erased at 2026-11-26T00:00:00Z");
    assert_int_equal(PROVE("--key", "--agency", "5", "-o", "agency-5.key"), EXIT_FAILED);
    assert_one_error("erased at");
}

// A store that was changed ----------------------------------------------------------------------------------

static uint16_t another_row_of_agency_4(uint32_t agency, uint64_t bet, char row[BET_TEXT_BYTES_MAX]) {
    uint16_t number = small_row(agency, bet, row);
    if (agency == 4) {
        strcpy(row, "a,b,1,2000-01-01,1");
        number = 1;
    }
    return number;
}

static void bets_that_were_changed_after_the_seal(void **state) {
    struct lottery *lottery = *state;
    lottery->stored_row = another_row_of_agency_4;
    lottery_store(lottery);
    assert_int_equal(PROVE("--agency", "5", "--bet", "1"), EXIT_FAILED);
    assert_one_error("the bets in the store are not those that were sealed");
    lottery_keep(lottery);
    assert_int_equal(PROVE("--document", "2", "-o", "proofs"), EXIT_FAILED);
    assert_one_error("agency 4: its bets in the store are not those that were sealed");
    assert_int_equal(access("proofs", F_OK), -1);
    assert_int_equal(PROVE("--agency", "4", "--bet", "0"), EXIT_FAILED);
    assert_one_error("agency 4: its bets in the store are not those that were sealed");
    assert_int_equal(PROVE("--agency", "5", "--bet", "1", "-o", "bet.tlog-proof"), EXIT_DONE);
    expect_the_vector("bet.tlog-proof"); // those of others are as they were
}

static void a_row_that_counts_otherwise(void **state) {
    lottery_store(*state);
    sqlite3 *database;
    assert_int_equal(sqlite3_open("store.db", &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, "DELETE FROM chunks WHERE agency = 1", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(database);
    assert_int_equal(PROVE("--agency", "5", "--bet", "1"), EXIT_FAILED);
    assert_one_error("agency 1: 0 of its bets are in the store, and its row says 3");
}

static void what_is_kept_outside_is_another_seal(void **state) {
    struct lottery *lottery = *state;
    lottery_store(lottery);
    lottery_keep(lottery);
    struct lottery other = small_lottery();
    other.row = another_row_of_agency_4;
    lottery_make(&other);
    FILE *file = fopen(SEALS "/draw-" PROVE_DRAW "/seal.note", "w");
    assert_int_equal(fwrite(other.note, 1, other.note_length, file), other.note_length);
    fclose(file);
    assert_int_equal(PROVE("--agency", "5", "--bet", "1"), EXIT_FAILED);
    assert_one_error(SEALS "/draw-" PROVE_DRAW "/seal.note: is another seal of this draw");
    assert_int_equal(unlink(SEALS "/draw-" PROVE_DRAW "/seal.note"), 0);
    lottery_keep(&other);
    assert_int_equal(unlink(SEALS "/draw-" PROVE_DRAW "/seal.note"), 0);
    assert_int_equal(PROVE("--agency", "5", "--bet", "1"), EXIT_FAILED);
    assert_one_error("seal.json: gives another seal than the store's");
    lottery_end(&other);
    assert_int_equal(PROVE("--agency", "5", "--bet", "1", "--seal-dir", "nowhere"), EXIT_FAILED);
    assert_one_error("nowhere/draw-" PROVE_DRAW ": the folder cannot be opened");
}

static void a_secret_that_is_another(void **state) {
    struct lottery *lottery = *state;
    lottery->other_secret = (struct slice){"................................", SECRET_BYTES};
    lottery_store(lottery);
    assert_int_equal(PROVE("--agency", "5", "--bet", "1"), EXIT_FAILED);
    assert_one_error("the stored secret is not the one whose hash the rules have");
}

// A key, and several proofs ---------------------------------------------------------------------------------

static void an_agencys_key(void **state) {
    char text[128];
    struct stat status;
    lottery_store(*state);
    assert_int_equal(PROVE("--key", "--agency", "5", "-o", "agency-5.key"), EXIT_DONE);
    assert_int_equal(stat("agency-5.key", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    uint8_t key[AGENCY_KEY_BYTES];
    size_t length = read_whole("agency-5.key", text, sizeof text);
    assert_true(base64_decode_exactly((struct slice){text, length - 1}, key, sizeof key));
    expect_hex(key, sizeof key, "3f0863d1a58c1cd8bd22a23fa19dd57e1c440ff2e459b05b21f20a093da7f127");
    assert_int_equal(PROVE("--key", "--agency", "6", "-o", "agency-6.key"), EXIT_WRONG_USE);
    assert_one_error("--agency: 6 is not from 1 to 5");
}

static void all_bets_of_a_person(void **state) {
    lottery_store(*state);
    assert_int_equal(PROVE("--document", "A1", "-o", "proofs"), EXIT_DONE);
    assert_string_equal(command_output, "proofs: 2 proofs\n");
    assert_int_equal(count_files("proofs"), 2);
    assert_proof_file(*state, "proofs/agency-1-bet-1.tlog-proof", 1, 1);
    assert_proof_file(*state, "proofs/agency-1-bet-2.tlog-proof", 1, 2);
    assert_int_equal(PROVE("--document", "A1", "-o", "proofs"), EXIT_WRONG_USE);
    assert_one_error("proofs: is not empty");
    assert_int_equal(count_files("proofs"), 2);
}

static void several_bets_on_one_page(void **state) {
    static char text[128 * 1024];
    lottery_store(*state);
    assert_int_equal(
        PROVE("--document", "A1", "--page", "--verify-url", "https://a.example/", "-o", "page.html"),
        EXIT_DONE);
    read_whole("page.html", text, sizeof text);
    const char *second = strstr(strstr(text, "<section>") + 1, "<section>");
    assert_non_null(second);
    assert_null(strstr(second + 1, "<section>"));
    assert_non_null(strstr(second, "<bdi>https://a.example/</bdi>"));
    assert_non_null(strstr(second, "</body>\n</html>\n"));
}

enum { SIZES = 13 };

static const uint64_t sizes[SIZES] = {1, 2, 3, 7, 8, 9, 127, 128, 129, 1000, 1023, 1025, 2000};
static const enum entry_state all_finished[SIZES] = {
    ENTRY_FINISHED, ENTRY_FINISHED, ENTRY_FINISHED, ENTRY_FINISHED, ENTRY_FINISHED,
    ENTRY_FINISHED, ENTRY_FINISHED, ENTRY_FINISHED, ENTRY_FINISHED, ENTRY_FINISHED,
    ENTRY_FINISHED, ENTRY_FINISHED, ENTRY_FINISHED};

// Each bet is told from all others, and documents that hold another one are not it.
static uint16_t numbered_row(uint32_t agency, uint64_t bet, char row[BET_TEXT_BYTES_MAX]) {
    bool is_other = bet % 16 != 3;
    sprintf(row, "N%llu,7,%s,2000-01-01,%llu", (unsigned long long)bet, is_other ? "77" : "7",
            (unsigned long long)(bet + agency));
    return (uint16_t)(bet + agency);
}

static void every_bet_of_agencies_of_many_sizes(void **state) {
    (void)state;
    struct lottery large = {.agencies = SIZES, .counts = sizes, .states = all_finished, .row = numbered_row};
    lottery_make(&large);
    lottery_store(&large);
    assert_int_equal(PROVE("--document", "7", "-o", "proofs"), EXIT_DONE);
    int expected = 0;
    for (uint32_t agency = 1; agency <= SIZES; agency++) {
        for (uint64_t bet = 0; bet < sizes[agency - 1]; bet++) {
            char path[64];
            if (bet % 16 == 3) {
                sprintf(path, "proofs/agency-%u-bet-%llu.tlog-proof", agency, (unsigned long long)bet);
                assert_proof_file(&large, path, agency, bet);
                expected++;
            }
        }
    }
    assert_int_equal(count_files("proofs"), expected);
    assert_int_equal(PROVE("--document", "77", "--agency", "7", "-o", "some"), EXIT_DONE);
    assert_int_equal(count_files("some"), 119);
    lottery_end(&large);
}

static void cosignatures_come_with_the_proof(void **state) {
    struct lottery *lottery = *state;
    lottery_end(lottery);
    *lottery = small_lottery();
    lottery->cosignature = slice_of("?"); // so the rules have the witness
    lottery_make(lottery);
    char room[2048];
    struct draft draft;
    struct note note;
    struct error error;
    struct slice plain = {lottery->note, lottery->note_length};
    assert_true(note_parse("the seal", plain, &note, &error));
    draft_begin(&draft, room, sizeof room);
    draft_add(&draft, plain);
    assert_true(cosignature_add(&draft, note.text, lottery->small->witness, SMALL_CLOSE, &error));
    lottery->cosignature = draft_text(&draft);
    lottery_store(lottery);
    assert_int_equal(PROVE("--agency", "5", "--bet", "1", "-o", "bet.tlog-proof"), EXIT_DONE);
    assert_proof_file(lottery, "bet.tlog-proof", 5, 1);
    char text[PROOF_BYTES_MAX];
    read_whole("bet.tlog-proof", text, sizeof text);
    assert_non_null(strstr(text, "witness.example/w1"));
}

static void wrong_use(void **state) {
    (void)state;
    assert_int_equal(PROVE("--agency", "1"), EXIT_WRONG_USE);
    assert_one_error("--bet is missing, or --document, or --key");
    assert_int_equal(PROVE("--bet", "1"), EXIT_WRONG_USE);
    assert_one_error("--agency is missing");
    assert_int_equal(PROVE("--document", "1", "--bet", "1"), EXIT_WRONG_USE);
    assert_one_error("--bet and --document exclude each other");
    assert_int_equal(PROVE("--document", "1"), EXIT_WRONG_USE);
    assert_one_error("--output is missing");
    assert_int_equal(PROVE("--key", "--agency", "1"), EXIT_WRONG_USE);
    assert_one_error("--output is missing: a secret is written into a file");
    assert_int_equal(PROVE("--key", "--agency", "1", "--page", "-o", "x"), EXIT_WRONG_USE);
    assert_one_error("--page and --key exclude each other");
    assert_int_equal(PROVE("--agency", "1", "--bet", "0", "--entry", "x"), EXIT_WRONG_USE);
    assert_one_error("--csv is missing");
    assert_int_equal(PROVE("--csv", "x", "--agency", "1", "--bet", "0"), EXIT_WRONG_USE);
    assert_one_error("--salt-key is missing");
    assert_int_equal(PROVE("--agency", "1", "--bet", "0", "--page", "--verify-url", "ftp://x"),
                     EXIT_WRONG_USE);
    assert_one_error("VERIFY_URL: \"ftp://x\" is no address");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SMALL(a_proof_has_the_bytes_of_the_vector),
        SMALL(with_seal_json_only_its_agency_is_read),
        SMALL(bets_and_agencies_that_are_not_there),
        SMALL(draws_that_prove_nothing),
        SMALL(a_draw_that_was_erased),
        SMALL(bets_that_were_changed_after_the_seal),
        SMALL(a_row_that_counts_otherwise),
        SMALL(what_is_kept_outside_is_another_seal),
        SMALL(a_secret_that_is_another),
        SMALL(an_agencys_key),
        SMALL(all_bets_of_a_person),
        SMALL(several_bets_on_one_page),
        SMALL(every_bet_of_agencies_of_many_sizes),
        SMALL(cosignatures_come_with_the_proof),
        SMALL(wrong_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
