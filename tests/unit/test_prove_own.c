// An agency proves its bets by itself, and what does not belong together gives no proof.
#include "prove_story.h"

// The small draw, what the central gives agency 1, and its own CSV file. Its last line is not in the draw.
static int make_own(void **state) {
    if (make_small(state) != 0) {
        return 1;
    }
    const struct lottery *lottery = *state;
    lottery_store(lottery);
    assert_int_equal(run_command(cli_prove, "prove", "--store", "store.db", "--draw", PROVE_DRAW, "--key",
                                 "--agency", "1", "-o", "own.key", "--entry", "own.entry", NULL),
                     EXIT_DONE);
    assert_int_equal(unlink("store.db"), 0); // the central is not needed from here on
    FILE *file = fopen("seal.note", "w");
    assert_int_equal(fwrite(lottery->note, 1, lottery->note_length, file), lottery->note_length);
    fclose(file);
    write_text("bets.csv", "Ana,N\xC3\xBA\xC3\xB1"
                           "ez,30904465,1999-03-17,7574\r\n\"Ana \"\"la 7\"\"\",Paz,A1,2000-02-29,0007\r\n"
                           "Ana,Paz,A1,2000-02-29,7\r\nToo,Late,5,2000-01-01,5\r\n");
    return 0;
}

#define OWN_TEST(name) cmocka_unit_test_setup_teardown(name, make_own, end_small)
#define OWN(...)                                                                                             \
    run_command(cli_prove, "prove", "--csv", "bets.csv", "--salt-key", "own.key", "--seal", "seal.note",     \
                "--entry", "own.entry", "--agency", "1", __VA_ARGS__, NULL)

static void each_of_its_bets(void **state) {
    const struct lottery *lottery = *state;
    char vkey[VKEY_TEXT_BYTES];
    vkey_format(signing_key_public(lottery->small->server), vkey);
    assert_int_equal(OWN("--bet", "0", "-o", "0.tlog-proof"), EXIT_DONE);
    assert_proof_file(lottery, "0.tlog-proof", 1, 0);
    assert_int_equal(OWN("--bet", "1", "--central-key", vkey, "-o", "1.tlog-proof"), EXIT_DONE);
    assert_proof_file(lottery, "1.tlog-proof", 1, 1);
    assert_int_equal(OWN("--bet", "2"), EXIT_DONE);
    assert_proof(lottery, slice_of(command_output), 1, 2);
    assert_int_equal(OWN("--bet", "1", "--central-key", vkey, "--page", "-o", "1.html"), EXIT_DONE);
    assert_int_equal(access("1.html", R_OK), 0);
}

static void the_entrys_proof_is_one_of_c2sp(void **state) {
    const struct lottery *lottery = *state;
    char text[PROOF_BYTES_MAX];
    struct agency_entry entry;
    struct tlog_proof proof;
    struct checkpoint seal;
    struct error error;
    read_whole("own.entry", text, sizeof text);
    char *second = strstr(text, "\n\n") + 1;
    assert_true(agency_entry_parse((struct slice){text, (size_t)(second - text)}, &entry, &error));
    assert_true(tlog_proof_parse(slice_of(second + 1), &proof, &error));
    assert_true(tlog_proof_check(&proof, signing_key_public(lottery->small->server), slice_of(SMALL_ORIGIN),
                                 &entry, &seal, &error));
    assert_int_equal(entry.count, 3);
}

static void bets_that_are_not_in_the_draw(void **state) {
    (void)state;
    assert_int_equal(OWN("--bet", "3"), EXIT_WRONG_USE);
    assert_one_error("own.entry: bet 3 is not in the draw: 3 bets are sealed of the agency");
}

static const struct {
    const char *csv, *said;
} others[] = {
    {"Ana,Paz,A1,2000-02-29,7\n", "bets.csv: has 1 bets, and 3 are sealed of the agency"},
    {"Ana,Paz,A1,2000-02-29,7\nb,c,1,2000-01-01,1\nc,d,2,2000-01-01,2\n",
     "bets.csv: with this salt key its first 3 bets are not those sealed of agency 1"},
    {"a,b\n", "bets.csv: bet 0 is none"},
    {"\"a,b\n", "bets.csv: "},
};

static void bets_that_are_others(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        write_text("bets.csv", others[i].csv);
        assert_int_equal(OWN("--bet", "0"), EXIT_FAILED);
        assert_one_error(others[i].said);
    }
    assert_int_equal(OWN("--bet", "0", "-o", "x"), EXIT_FAILED);
    assert_int_equal(access("x", F_OK), -1);
}

// Overwrites the bytes of the file from the first `from` on.
static void change(const char *path, const char *from, const char *to) {
    char text[PROOF_BYTES_MAX];
    read_whole(path, text, sizeof text);
    char *at = strstr(text, from);
    assert_non_null(at);
    memcpy(at, to, strlen(to));
    write_text(path, text);
}

static void entries_that_are_others(void **state) {
    (void)state;
    change("own.entry", "finished", "cut 0000");
    assert_int_equal(OWN("--bet", "0"), EXIT_FAILED);
    assert_one_error("own.entry: ");
    write_text("own.entry", "quiniela agency v1\n");
    assert_int_equal(OWN("--bet", "0"), EXIT_FAILED);
    assert_one_error("own.entry: is no agency's entry, an empty line and its proof");
}

static void an_entry_that_counts_otherwise(void **state) {
    (void)state;
    change("own.entry", "finished 3", "finished 2");
    assert_int_equal(OWN("--bet", "0"), EXIT_FAILED);
    assert_one_error("own.entry: the entry of agency 1 is not in this seal");
}

// It is refused for what it is, before any bet is read.
static void an_entry_of_another_agency(void **state) {
    (void)state;
    assert_int_equal(unlink("bets.csv"), 0);
    assert_int_equal(run_command(cli_prove, "prove", "--csv", "bets.csv", "--salt-key", "own.key", "--seal",
                                 "seal.note", "--entry", "own.entry", "--agency", "2", "--bet", "0", NULL),
                     EXIT_WRONG_USE);
    assert_one_error("own.entry: is of agency 1, not 2");
}

static void seals_that_are_others(void **state) {
    const struct lottery *lottery = *state;
    char vkey[VKEY_TEXT_BYTES];
    vkey_format(signing_key_public(lottery->small->approver), vkey);
    assert_int_equal(OWN("--bet", "0", "--central-key", vkey), EXIT_FAILED);
    assert_one_error("seal.note: ");
    assert_int_equal(OWN("--bet", "0", "--central-key", "x"), EXIT_WRONG_USE);
    assert_one_error("--central-key: ");
    change("seal.note", "\nAJ4e", "\nBJ4e");
    assert_int_equal(OWN("--bet", "0"), EXIT_FAILED);
    assert_one_error("is not in this seal");
}

static void keys_that_are_none(void **state) {
    (void)state;
    assert_int_equal(chmod("own.key", 0644), 0);
    assert_int_equal(OWN("--bet", "0"), EXIT_WRONG_USE);
    assert_one_error("own.key: ");
    assert_int_equal(chmod("own.key", 0600), 0);
    write_text("own.key", "P4hj0bHM2Ni9IqI/op3VfhxED/LkWbBbIfIKCT2n8Sc\n");
    assert_int_equal(OWN("--bet", "0"), EXIT_FAILED);
    assert_one_error("own.key: is not one line, base64 of 32 bytes");
    write_text("own.key", "P4hj0bHM2Ni9IqI/op3VfhxED/LkWbBbIfIKCT2n8Sc=\n"); // of agency 5
    assert_int_equal(OWN("--bet", "0"), EXIT_FAILED);
    assert_one_error("bets.csv: with this salt key");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        OWN_TEST(each_of_its_bets),
        OWN_TEST(the_entrys_proof_is_one_of_c2sp),
        OWN_TEST(bets_that_are_not_in_the_draw),
        OWN_TEST(bets_that_are_others),
        OWN_TEST(entries_that_are_others),
        OWN_TEST(an_entry_that_counts_otherwise),
        OWN_TEST(an_entry_of_another_agency),
        OWN_TEST(seals_that_are_others),
        OWN_TEST(keys_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
