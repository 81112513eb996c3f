// No backup is put where it would give a signed draw another seal, or forget that one was seen.
#include "command.h"

#define OPENED "2026-01-01T10:00:00Z"
#define SEALED "2026-01-01T10:20:00Z"

static const struct stored_draw sealed = {.state = DRAW_SEALED,
                                          .agencies = 1,
                                          .number_mode = NUMBER_MANUAL,
                                          .opened_at = OPENED,
                                          .sealed_at = SEALED,
                                          .rules = 1,
                                          .has_secret = true,
                                          .secret = {7},
                                          .has_root = true,
                                          .root = {8}};

static void put_paper(struct store *store, enum store_paper kind, uint32_t number) {
    struct error error;
    struct stored_paper paper = {
        .kind = kind, .number = number, .bytes = (const uint8_t *)"note\n", .length = 5};
    must(store_add_paper(store, &paper, &error), &error);
}

// A whole one, without bets.
static void make_store(const char *path, struct stored_draw draw) {
    struct store *store;
    struct error error;
    struct stored_agency agency = {.agency = 1};
    unlink(path);
    strcpy(agency.finished_at, draw.sealed_at);
    must(store_open(path, "1", STORE_SERVE, &store, &error), &error);
    must(store_begin(store, &error), &error);
    put_draw(store, draw);
    put_agency(store, agency);
    for (uint32_t number = 0; number < draw.rules; number++) {
        put_paper(store, PAPER_RULES, number);
    }
    if (draw.has_root) {
        put_paper(store, PAPER_SEAL, 0);
    }
    close_store(store);
}

static void assert_restored(int status, struct stored_draw store, struct stored_draw backup,
                            const char *says) {
    (void)remove("store.db.before-restore");
    (void)remove("store.db.before-restore-wal");
    make_store("store.db", store);
    make_store("copy.db", backup);
    int ended = run_command(cli_restore, "restore", "copy.db", "--store", "store.db", "--yes", NULL);
    if (ended != status || (strstr(command_output, says) == NULL && strstr(command_errors, says) == NULL)) {
        fail_msg("expected %d and \"%s\": %d, %s%s", status, says, ended, command_output, command_errors);
    }
}

#define TWO_SEALS                                                                                            \
    "draw \"1\" is sealed, since " SEALED ", and in the backup it is another: there would be two seals"

static void the_same_seal_is_restored(void **state) {
    (void)state;
    struct stored_draw without_root = sealed, forked = sealed;
    without_root.has_root = false;
    strcpy(forked.forked_at, SEALED);
    assert_restored(EXIT_DONE, sealed, sealed, "draw 1: sealed in the backup");
    assert_restored(EXIT_DONE, sealed, without_root, "draw 1: sealed in the backup"); // it is computed again
    assert_restored(EXIT_DONE, without_root, sealed, "draw 1: sealed in the backup");
    assert_restored(EXIT_DONE, sealed, forked, "draw 1: sealed in the backup");
}

static void another_is_not(void **state) {
    (void)state;
    struct stored_draw salted = sealed, other = sealed, later = sealed, forked = sealed, plain = sealed;
    salted.secret[31] = 1;
    other.root[31] = 1;
    later.rules = 2;
    strcpy(forked.forked_at, SEALED);
    plain.rules = 0;
    plain.has_secret = plain.has_root = false;
    assert_restored(EXIT_FAILED, sealed, salted, TWO_SEALS);
    assert_restored(EXIT_FAILED, sealed, other, TWO_SEALS);
    assert_restored(EXIT_FAILED, sealed, later, TWO_SEALS);
    assert_restored(EXIT_FAILED, sealed, plain, TWO_SEALS);
    assert_restored(EXIT_FAILED, plain, sealed, TWO_SEALS);
    assert_restored(EXIT_FAILED, forked, sealed, TWO_SEALS); // which would be forgotten
}

static void rules_that_the_backup_lacks_are_said(void **state) {
    (void)state;
    struct stored_draw open = {.agencies = 1,
                               .number_mode = NUMBER_MANUAL,
                               .opened_at = OPENED,
                               .rules = 3,
                               .has_secret = true},
                       before = open;
    before.rules = 1;
    assert_restored(EXIT_DONE, open, before,
                    "draw 1: its rules have 1 records in the backup; in the store 3");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(the_same_seal_is_restored),
        STORY(another_is_not),
        STORY(rules_that_the_backup_lacks_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
