// No flipped bit in a store changes a winner or a bet unnoticed.
// A small store is damaged byte by byte, and whatever is then done with it (opened by a ledger, gone on with,
// drawn, exported, checked) comes to the right result or says that something is wrong. A few bytes are taken
// at random, in an order that SEED repeats; DAMAGE=all takes every byte, each with two kinds of damage.
#include "command.h"
#include "filed.h"

#include "base/log.h"
#include "ledger/group.h"
#include "ledger/ledger.h"
#include "ledger/request.h"
#include "ledger/winners.h"
#include "ledger/work.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <time.h>

enum { FLIPS = 100, BETS = 60, CHUNK = 20, AGENCIES = 2, WINNING = 7574, FILE_BYTES_MAX = 256 * 1024 };

#define STORE_PATH "store.db"

enum moment { IN_THE_MIDDLE, SEALED, DRAWN, MOMENTS }; // at which a store is damaged

static const char *const moment_names[MOMENTS] = {"in the middle", "sealed", "drawn"};

static char pristine[FILE_BYTES_MAX]; // the file as it should be
static size_t pristine_length;
static char expected_export[COMMAND_OUTPUT_BYTES_MAX];
static const struct winners *told; // what the ledger says who won; NULL while there is no draw
static const struct error_code *answer;
static unsigned found, harmless;

// A lottery of two agencies -------------------------------------------------------------------------------

static bool open_serving(void *context, struct store **store, struct error *error) {
    (void)context;
    return store_open(STORE_PATH, "1", STORE_SERVE, store, error);
}

static void on_drawn(void *context, const struct winners *winners) {
    (void)context;
    told = winners;
}

static void on_all_told(void *context) {
    (void)context;
}

static void on_complete(struct ledger_request *request) {
    answer = request->answer.error.code;
}

static bool open_ledger(struct ledger **ledger) {
    struct ledger_options options = {.draw = "1",
                                     .agencies = AGENCIES,
                                     .winning_number = WINNING,
                                     .open_store = open_serving,
                                     .drawn = on_drawn,
                                     .all_told = on_all_told};
    struct error error;
    told = NULL;
    return ledger_open(&options, ledger, &error);
}

// Bet n of an agency; one of each chunk wins.
static void write_bet(char *text, size_t size, uint32_t agency, int n) {
    snprintf(text, size, "Ana,Paz,%u%04d,2000-01-01,%d", agency, n, n % CHUNK == 3 ? WINNING : 1000 + n);
}

static bool send(struct ledger *ledger, enum ledger_request_type type, uint32_t agency, int first,
                 int count) {
    struct chunk *chunk = chunk_new((uint32_t)count, 4096);
    struct error error;
    assert_non_null(chunk);
    for (int n = first; n < first + count; n++) {
        char text[64];
        write_bet(text, sizeof text, agency, n);
        assert_true(chunk_add(chunk, text, strlen(text), &error));
    }
    struct ledger_request request = {.input.type = type,
                                     .input.agency = agency,
                                     .input.first = first,
                                     .input.chunk = chunk,
                                     .answer.next = -1,
                                     .complete = on_complete};
    error_clear(&request.answer.error);
    assert_true(
        chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, request.input.digest));
    group_process(ledger, &request.node);
    chunk_free(chunk);
    return answer == ERROR_NONE;
}

// What is missing at that moment until the draw can be made.
static bool send_rest(struct ledger *ledger, enum moment moment) {
    return moment != IN_THE_MIDDLE ||
           (send(ledger, LEDGER_CHUNK, 1, 0, CHUNK) && // sent again
            send(ledger, LEDGER_LAST_CHUNK, 1, 2 * CHUNK, CHUNK) && send(ledger, LEDGER_LAST_CHUNK, 2, 0, 0));
}

// Small pages, so that there are many of them, and one that is free.
static void make_small_pages(void) {
    sqlite3 *database;
    assert_int_equal(sqlite3_open(STORE_PATH, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database,
                                  "PRAGMA page_size = 1024; CREATE TABLE a (a); INSERT INTO a VALUES (1);"
                                  "DROP TABLE a;",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(database);
}

static void make_store(enum moment moment) {
    struct ledger *ledger;
    usual_inbox();
    if (moment != IN_THE_MIDDLE) {
        no_inbox(); // its bets are filed as one chunk, and these are several
    }
    make_small_pages();
    assert_true(open_ledger(&ledger));
    assert_true(send(ledger, LEDGER_CHUNK, 1, 0, CHUNK) && send(ledger, LEDGER_CHUNK, 1, CHUNK, CHUNK) &&
                send(ledger, LEDGER_CHUNK, 2, 0, 0));
    if (moment >= SEALED) {
        assert_true(send_rest(ledger, IN_THE_MIDDLE));
    }
    if (moment >= DRAWN) {
        work_do(ledger);
        assert_non_null(told);
    }
    ledger_close(&ledger);
}

static void read_pristine(void) {
    FILE *file = fopen(STORE_PATH, "rb");
    assert_non_null(file);
    pristine_length = fread(pristine, 1, sizeof pristine, file);
    fclose(file);
    assert_true(pristine_length > 0 && pristine_length < sizeof pristine);
}

static void write_store(size_t offset, uint8_t mask) {
    static const char *const besides[] = {STORE_PATH "-wal", STORE_PATH "-shm", STORE_PATH "-lock"};
    for (size_t i = 0; i < 3; i++) {
        unlink(besides[i]);
    }
    pristine[offset] = (char)(pristine[offset] ^ mask);
    FILE *file = fopen(STORE_PATH, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(pristine, 1, pristine_length, file), pristine_length);
    fclose(file);
    pristine[offset] = (char)(pristine[offset] ^ mask);
}

// What comes of a damaged store ---------------------------------------------------------------------------

// Every line of a failure says what failed.
static bool succeeds(int (*command)(const struct command_line *line), const char *name) {
    int status = run_command(command, name, "--store", STORE_PATH, NULL);
    assert_true(status == EXIT_DONE || (status == EXIT_FAILED && command_errors[0] != '\0'));
    return status == EXIT_DONE;
}

static void assert_winners_are_right(void) {
    for (uint32_t agency = 1; agency <= AGENCIES; agency++) {
        char expected[256] = "", bet[64];
        for (int n = 3; agency == 1 && n < BETS; n += CHUNK) {
            snprintf(bet, sizeof bet, "%s%u%04d", n == 3 ? "" : ",", agency, n);
            strcat(expected, bet);
        }
        size_t length;
        const char *text = winners_of(told, agency, &length);
        assert_int_equal(length, strlen(expected));
        assert_memory_equal(text, expected, length);
    }
}

// Goes on with the lottery. Returns whether it came to its end, which then is the right one.
static bool go_on(enum moment moment) {
    struct ledger *ledger;
    if (!open_ledger(&ledger)) {
        return false;
    }
    bool done = send_rest(ledger, moment);
    if (work_is_due(ledger)) {
        work_do(ledger);
    }
    if (told != NULL) {
        assert_winners_are_right();
    }
    done = done && told != NULL;
    ledger_close(&ledger);
    return done;
}

// Bytes of the file's header (sqlite.org/fileformat.html) that only matter to who writes, and that SQLite's
// own check does not look at: the version needed to write, and how many pages are free. A server then says
// that it cannot write.
static bool is_for_writers(size_t offset) {
    return offset == 18 || (offset >= 36 && offset < 40);
}

static void damage(enum moment moment, size_t offset, uint8_t mask) {
    write_store(offset, mask);
    bool exported = succeeds(cli_export, "export");
    if (exported) {
        assert_string_equal(command_output, expected_export);
    }
    bool checked = succeeds(cli_check, "check");
    bool ended = go_on(moment);
    if (ended && succeeds(cli_export, "export") && moment != IN_THE_MIDDLE) {
        assert_string_equal(command_output, expected_export);
    }
    // What hinders the export or the draw is found by the check, too.
    if (checked && !(exported && (ended || is_for_writers(offset)))) {
        fail_msg("%s, byte %zu: the check finds nothing, and yet export %d, lottery %d", moment_names[moment],
                 offset, exported, ended);
    }
    *(checked ? &harmless : &found) += 1;
}

static void every_byte(enum moment moment) {
    for (size_t offset = 0; offset < pristine_length; offset++) {
        damage(moment, offset, (uint8_t)(1u << offset % 8));
        damage(moment, offset, 0xff);
    }
}

static void some_bytes(enum moment moment) {
    const char *text = getenv("SEED");
    unsigned seed = text != NULL ? (unsigned)strtoul(text, NULL, 10) : (unsigned)time(NULL);
    print_message("%s: SEED=%u\n", moment_names[moment], seed);
    srandom(seed);
    for (int i = 0; i < FLIPS; i++) {
        damage(moment, (size_t)random() % pristine_length, (uint8_t)(1u << random() % 8));
    }
}

static void no_damage_is_taken_for_the_truth(enum moment moment) {
    make_store(moment);
    read_pristine();
    assert_true(succeeds(cli_check, "check"));
    assert_true(succeeds(cli_export, "export"));
    strcpy(expected_export, command_output);
    found = harmless = 0;
    const char *how = getenv("DAMAGE");
    if (how != NULL && strcmp(how, "all") == 0) {
        every_byte(moment);
    } else {
        some_bytes(moment);
    }
    print_message("%s: of %zu bytes, %u damages found, %u without effect\n", moment_names[moment],
                  pristine_length, found, harmless);
    assert_true(found > 0);
}

static void in_the_middle(void **state) {
    (void)state;
    no_damage_is_taken_for_the_truth(IN_THE_MIDDLE);
}

static void sealed(void **state) {
    (void)state;
    no_damage_is_taken_for_the_truth(SEALED);
}

static void drawn(void **state) {
    (void)state;
    no_damage_is_taken_for_the_truth(DRAWN);
}

static void execute(const char *sql) {
    sqlite3 *database;
    assert_int_equal(sqlite3_open(STORE_PATH, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_true(sqlite3_changes(database) > 0);
    sqlite3_close(database);
}

// Damage that hits where it hurts, which few flipped bits do.
static void what_would_change_a_winner_is_found(void **state) {
    (void)state;
    static const struct {
        enum moment moment;
        const char *sql;
    } damages[] = {
        // No bet of the first chunk wins now.
        {SEALED, "UPDATE chunks SET numbers = zeroblob(40) WHERE agency = 1 AND first = 0"},
        // Another chunk's bets at this one's place.
        {SEALED,
         "UPDATE chunks SET (digest, checksum, numbers, rows) = (SELECT digest, checksum, numbers, rows"
         " FROM chunks WHERE first = 20) WHERE first = 0"},
        {SEALED, "DELETE FROM chunks WHERE first = 40"},
        {SEALED, "DELETE FROM chunks WHERE first = 20"},
        {SEALED, "UPDATE chunks SET draw = '0' WHERE first = 0"},
        {SEALED, "UPDATE draws SET winning_number = 1001"},
        {SEALED, "DELETE FROM agencies WHERE agency = 2"},
        {IN_THE_MIDDLE, "DELETE FROM draws"},
        {SEALED, "UPDATE chunks SET rows = replace(rows, ',10003,', ',10007,')"},
        // Bets that are not filed yet.
        {IN_THE_MIDDLE, "UPDATE inbox SET lines = replace(lines, ',10003,', ',10007,') WHERE id = 1"},
        {IN_THE_MIDDLE, "UPDATE inbox SET draw = '2' WHERE id = 2"},
        {IN_THE_MIDDLE, "UPDATE inbox SET id = 3 WHERE id = 2"},
        {IN_THE_MIDDLE, "UPDATE inbox SET (digest, lines) = (SELECT digest, lines FROM inbox WHERE id = 1)"},
        {IN_THE_MIDDLE, "DELETE FROM inbox WHERE id = 1"},
        {IN_THE_MIDDLE, "DELETE FROM inbox WHERE id = 2"},
        {IN_THE_MIDDLE, "DELETE FROM inbox"},
        {IN_THE_MIDDLE, "UPDATE inboxes SET rows = 1"},
        {IN_THE_MIDDLE, "UPDATE inboxes SET last = 1"},
        {IN_THE_MIDDLE, "DELETE FROM inboxes"},
        {DRAWN, "UPDATE winners SET document = '20003' WHERE bet = 3"},
        {DRAWN, "UPDATE winners SET agency = 2 WHERE bet = 3"},
        {DRAWN, "DELETE FROM winners WHERE bet = 3"},
        {DRAWN, "UPDATE draws SET state = 'sealed'"},
        {DRAWN, "DELETE FROM draws"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        unlink(STORE_PATH);
        make_store(damages[i].moment);
        execute(damages[i].sql);
        if (go_on(damages[i].moment) || succeeds(cli_check, "check")) {
            fail_msg("not found: %s", damages[i].sql);
        }
    }
}

// In memory where that can be: every try syncs.
static int enter_memory(void **state) {
    (void)state;
    unsetenv("STORE");
    unsetenv("DRAW");
    log_set_level(LOG_LEVEL_CRITICAL);
    strcpy(command_folder, "/dev/shm/test_quiniela.XXXXXX");
    if (mkdtemp(command_folder) == NULL) {
        return enter_folder(state);
    }
    return chdir(command_folder) != 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(in_the_middle, enter_memory, leave_folder),
        cmocka_unit_test_setup_teardown(sealed, enter_memory, leave_folder),
        cmocka_unit_test_setup_teardown(drawn, enter_memory, leave_folder),
        cmocka_unit_test_setup_teardown(what_would_change_a_winner_is_found, enter_memory, leave_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
