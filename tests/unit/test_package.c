// An auditor's package holds all of a sealed draw, and is whole or not there.
#include "prove_story.h"

#include "claims/manifest.h"
#include "cli/sealed_store.h"
#include "prove/package_writing.h"

#include <sys/stat.h>

#define PACKAGE(...)                                                                                         \
    run_command(cli_package, "package", "--store", "store.db", "--draw", PROVE_DRAW, __VA_ARGS__, NULL)

static bool keep_row(void *context, const struct stored_agency *agency, struct error *error) {
    struct stored_agency *row = context;
    (void)error;
    *row = agency->agency == 2 ? *agency : *row;
    return true;
}

static void void_bets_of_agency_2(void) {
    struct error error;
    uint64_t bets;
    struct stored_draw draw;
    struct stored_agency row = {.agency = 2};
    bool found;
    struct store *store = open_store(PROVE_DRAW);
    put_chunk(store, 2, 0, 2, "v,w,1,2000-01-01,1\nv,w,1,2000-01-01,2\n", (const uint16_t[]){1, 2});
    assert_true(store_void_agency(store, 2, 1, &bets, &error));
    assert_int_equal(bets, 2);
    assert_true(store_agencies(store, keep_row, &row, &error));
    row.bets = 0;
    row.voidings = 1;
    put_agency(store, row);
    assert_true(store_get_draw(store, &draw, &found, &error));
    draw.voided = 2;
    put_draw(store, draw);
    close_store(store);
}

static void it_is_what_verify_reads(void **state) {
    struct lottery *lottery = *state;
    char vkey[VKEY_TEXT_BYTES], hash[HEX_TEXT_BYTES(HASH_BYTES)];
    struct stat status;
    lottery->timestamp = slice_of("0123"); // its bytes are anybody's
    lottery_store(lottery);
    void_bets_of_agency_2();
    write_text("audit", "{\"seq\":1}\n{\"seq\":2}\n{\"se");
    assert_int_equal(PACKAGE("--output", "package", "--audit-log", "audit"), EXIT_DONE);
    assert_int_equal(sscanf(command_output, "package/manifest.txt: SHA-256 %64[0-9a-f]\n", hash), 1);
    assert_string_equal(command_errors, "");
    assert_int_equal(stat("package/secret.txt", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_file("package/audit.log", "{\"seq\":1}\n{\"seq\":2}\n");
    assert_file("package/token-0.der", "0123");
    assert_int_equal(count_files("package"), 8);
    assert_int_equal(unlink("package/token-0.der"), 0); // no authority has made it
    vkey_format(signing_key_public(lottery->small->server), vkey);
    assert_int_equal(run_command(cli_verify, "verify", "--key", vkey, "--package", "package",
                                 "--manifest-hash", hash, NULL),
                     1);
    assert_non_null(
        strstr(command_output, "ok           package package, manifest: is the one whose SHA-256"));
    assert_non_null(
        strstr(command_output, "ok           export package/export.csv: its 6 bets are those sealed"));
    assert_non_null(
        strstr(command_output, "ok           seal.json package/seal.json: gives the seal's root"));
    assert_non_null(strstr(command_output, "2 bets of agency 2 were voided by reset 1"));
    assert_non_null(strstr(command_output, "ok           secret package/secret.txt: "));
}

static void its_files_are_those_of_others(void **state) {
    static char text[COMMAND_OUTPUT_BYTES_MAX];
    lottery_store(*state);
    lottery_keep(*state);
    assert_int_equal(PACKAGE("--output", "package"), EXIT_DONE);
    assert_string_equal(command_errors, "without an audit log: AUDIT_LOG is not set\n");
    read_whole(SEALS "/draw-" PROVE_DRAW "/seal.json", text, sizeof text);
    assert_file("package/seal.json", text);
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", "--draw", PROVE_DRAW, NULL),
                     EXIT_DONE);
    assert_file("package/export.csv", command_output);
}

static void several_audit_logs(void **state) {
    lottery_store(*state);
    write_text("old", "1\n");
    write_text("new", "2\n");
    assert_int_equal(PACKAGE("--output", "package", "--audit-log", "old,new"), EXIT_DONE);
    assert_file("package/audit-0.log", "1\n");
    assert_file("package/audit-1.log", "2\n");
    assert_int_equal(PACKAGE("--output", "other", "--audit-log", "old,none"), EXIT_FAILED);
    assert_one_error("none: No such file");
    assert_int_equal(access("other", F_OK), -1);
}

// A log of one line, as often as that. Returns what `package_write` does.
static bool write_with_logs(size_t count, struct error *error) {
    static char *paths[PACKAGE_FILES_MAX];
    const struct store_options options = {.address = "store.db", .draw = PROVE_DRAW};
    struct sealed_store sealed;
    struct hash hash;
    for (size_t i = 0; i < count; i++) {
        paths[i] = "log";
    }
    must(sealed_store_open(&options, NULL, &sealed, error), error);
    bool done =
        package_write(sealed.store, sealed.sealed, &sealed.kept, paths, count, "package", &hash, error);
    sealed_store_close(&sealed);
    return done;
}

static void as_many_files_as_a_package_may_have(void **state) {
    struct lottery *lottery = *state;
    char vkey[VKEY_TEXT_BYTES];
    struct error error;
    lottery_store(lottery);
    write_text("log", "1\n");
    assert_false(write_with_logs(PACKAGE_FILES_MAX - 4, &error)); // rules, seal, seal.json, export, secret
    assert_error(&error, ERROR_BAD_SETTING);
    assert_string_equal(error.text,
                        "package: a package has room for 2000 files, and this one would have 2001: "
                        "1996 of them audit logs");
    assert_int_equal(access("package", F_OK), -1);
    must(write_with_logs(795, &error), &error); // more would only take longer
    vkey_format(signing_key_public(lottery->small->server), vkey);
    (void)run_command(cli_verify, "verify", "--key", vkey, "--package", "package", NULL);
    assert_non_null(strstr(command_output, "its 800 files are those of the manifest"));
}

static void folders_that_are_taken(void **state) {
    lottery_store(*state);
    assert_int_equal(mkdir("package", 0755), 0);
    write_text("package/mine", "x");
    assert_int_equal(PACKAGE("--output", "package"), EXIT_WRONG_USE);
    assert_one_error("package: is not empty; name a folder that is not there yet");
    assert_int_equal(count_files("package"), 1);
    assert_int_equal(unlink("package/mine"), 0);
    assert_int_equal(PACKAGE("--output", "package"), EXIT_DONE);
    assert_int_equal(PACKAGE("--output", "store.db"), EXIT_WRONG_USE);
    assert_one_error("store.db: is no folder");
    assert_int_equal(PACKAGE("--output", "no/where"), EXIT_FAILED);
    assert_one_error("no/where: the folder cannot be made");
    assert_int_equal(PACKAGE("--draw", PROVE_DRAW), EXIT_WRONG_USE);
    assert_one_error("--output is missing");
}

static uint16_t another_row_of_agency_1(uint32_t agency, uint64_t bet, char row[BET_TEXT_BYTES_MAX]) {
    uint16_t number = small_row(agency, bet, row);
    row[0] = agency == 1 && bet == 0 ? 'B' : row[0];
    return number;
}

static void bets_that_were_changed_leave_no_package(void **state) {
    struct lottery *lottery = *state;
    lottery->stored_row = another_row_of_agency_1;
    lottery_store(lottery);
    assert_int_equal(PACKAGE("--output", "package", "--audit-log", "store.db"), EXIT_FAILED);
    assert_one_error("the bets in the store are not those that were sealed");
    assert_int_equal(access("package", F_OK), -1);
    lottery_keep(lottery);
    assert_int_equal(mkdir("package", 0700), 0);
    assert_int_equal(PACKAGE("--output", "package", "--audit-log", "store.db"), EXIT_FAILED);
    assert_one_error("agency 1: its bets in the store are not those that were sealed");
    assert_int_equal(count_files("package"), 0); // which was there before
}

static void draws_that_have_no_package(void **state) {
    struct lottery *lottery = *state;
    lottery->is_unsealed = true;
    lottery_store(lottery);
    assert_int_equal(PACKAGE("--output", "package"), EXIT_FAILED);
    assert_one_error("it has no seal yet");
    assert_int_equal(access("package", F_OK), -1);
    assert_int_equal(unlink("store.db"), 0);
    lottery->is_unsigned = true;
    lottery_store(lottery);
    assert_int_equal(PACKAGE("--output", "package"), EXIT_FAILED);
    assert_one_error("unsigned");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SMALL(it_is_what_verify_reads),    SMALL(its_files_are_those_of_others),
        SMALL(several_audit_logs),         SMALL(as_many_files_as_a_package_may_have),
        SMALL(folders_that_are_taken),     SMALL(bets_that_were_changed_leave_no_package),
        SMALL(draws_that_have_no_package),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
