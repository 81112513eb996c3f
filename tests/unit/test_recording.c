// What the audit log says of a draw is what the store has, also after a start with other settings.
// (cli/recording.c.) The ledger is the test's.
#include "cmocka_all.h"

#include "logged.h"
#include "temporary.h"

#include "bet/errors.h"
#include "cli/recording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOTES_MAX = 8 };

static char folder[TEMPORARY_BYTES], path[96];
static struct recording recording;

// What the ledger has; the linker puts these in its place.
static struct {
    uint32_t agencies;
    uint16_t winning_number;
    bool has_no_number; // yet: it is to come by an order
    enum number_mode number_mode;
    struct ledger_note notes[NOTES_MAX];
    size_t count;
    bool is_lost; // while it is read
} stored;

uint32_t __wrap_ledger_agencies(const struct ledger *ledger);
bool __wrap_ledger_winning_number(const struct ledger *ledger, uint16_t *number);
enum number_mode __wrap_ledger_number_mode(const struct ledger *ledger);
bool __wrap_ledger_recall(const struct ledger *ledger,
                          void (*noted)(void *context, const struct ledger_note *note), void *context,
                          struct error *error);

uint32_t __wrap_ledger_agencies(const struct ledger *ledger) {
    (void)ledger;
    return stored.agencies;
}

bool __wrap_ledger_winning_number(const struct ledger *ledger, uint16_t *number) {
    (void)ledger;
    *number = stored.winning_number;
    return !stored.has_no_number;
}

enum number_mode __wrap_ledger_number_mode(const struct ledger *ledger) {
    (void)ledger;
    return stored.number_mode;
}

bool __wrap_ledger_recall(const struct ledger *ledger,
                          void (*noted)(void *context, const struct ledger_note *note), void *context,
                          struct error *error) {
    (void)ledger;
    for (size_t i = 0; i < stored.count; i++) {
        noted(context, &stored.notes[i]);
    }
    return !stored.is_lost || error_set(error, ERROR_STORE_AWAY, "lost while it was recalled");
}

static int set_up(void **state) {
    (void)state;
    memset(&stored, 0, sizeof stored);
    temporary_make(folder, "test_recording");
    snprintf(path, sizeof path, "%s/audit.log", folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void catch_up(void) {
    struct error error;
    if (!recording_catch_up(&recording, NULL, &error)) {
        fail_msg("%s", error.text);
    }
}

// A server that was started with these settings, and has said so.
static void start(int64_t agencies, int64_t winning_number) {
    struct error error;
    recording = (struct recording){
        .draw = "1", .agencies = agencies, .has_number = true, .winning_number = winning_number};
    recorded_begin(&recording.recorded, "1");
    if (!audit_open(path, recorded_take, &recording.recorded, &recording.audit, &error)) {
        fail_msg("%s", error.text);
    }
}

// Every record from the first that has `event` on, without what each of them has, against "EVENT…\nEVENT…\n".
static void assert_records(const char *when, const char *expected) {
    char line[CHAIN_LINE_BYTES_MAX], records[2048] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        const char *event = strstr(line, "\"event\":\""), *end = strstr(line, ",\"previous\"");
        assert_true(event != NULL && end != NULL);
        size_t length = strlen(records);
        snprintf(records + length, sizeof records - length, "%.*s\n", (int)(end - event), event);
    }
    fclose(file);
    if (strcmp(records, expected) != 0) {
        fail_msg("%s: expected\n%sand it has\n%s", when, expected, records);
    }
}

#define TERMS(number, agencies)                                                                              \
    "\"event\":\"terms\",\"draw\":\"1\",\"winning_number\":" #number ",\"agencies\":" #agencies "\n"
#define STOPPED "\"event\":\"stopped\"\n"

// Either may differ alone.
static void terms_that_are_not_as_the_start_said_are_recorded(void **state) {
    (void)state;
    static const struct {
        const char *when;
        uint32_t agencies;
        uint16_t winning_number;
        const char *records;
    } cases[] = {
        {"both are as the start said", 3, 7574, STOPPED},
        {"the number is another", 3, 42, TERMS(42, 3) STOPPED},
        {"there are more agencies", 4, 7574, TERMS(7574, 4) STOPPED},
        {"both are others", 2, 0, TERMS(0, 2) STOPPED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start(3, 7574);
        stored.agencies = cases[i].agencies;
        stored.winning_number = cases[i].winning_number;
        catch_up();
        recording_close(&recording);
        assert_records(cases[i].when, cases[i].records);
        assert_int_equal(unlink(path), 0);
    }
}

#define AT "2026-01-01T00:00:00Z"
#define LATER ",\"later\":\"yes\",\"stored_at\":\"" AT "\"\n"

// Each of them once: what is recorded is not recorded again.
static void what_was_stored_and_not_recorded_is_recorded_later(void **state) {
    (void)state;
    static const struct ledger_note notes[] = {
        {.kind = LEDGER_NOTE_FINISHED, .agency = 1, .ending = AGENCY_FINISHED, .bets = 30, .at = AT},
        {.kind = LEDGER_NOTE_FINISHED, .agency = 2, .ending = AGENCY_CUT, .bets = 20, .at = AT},
        {.kind = LEDGER_NOTE_SEALED, .at = AT},
        {.kind = LEDGER_NOTE_DRAWN, .bets = 50, .winners = 3, .at = AT},
    };
    static const char *const records[] = {
        "\"event\":\"agency_finished\",\"draw\":\"1\",\"agency\":1,\"bets\":30",
        "\"event\":\"agency_finished\",\"draw\":\"1\",\"agency\":2,\"bets\":20,\"ending\":\"close\"",
        "\"event\":\"sealed\",\"draw\":\"1\"",
        "\"event\":\"drawn\",\"draw\":\"1\",\"winners\":3,\"bets\":50",
    };
    stored.agencies = 2;
    for (int missing = 0; missing < 4; missing++) { // all but this one were recorded as they happened
        char expected[2048] = "", when[64];
        start(2, 0);
        for (int i = 0; i < 4; i++) {
            if (i != missing) {
                struct ledger_note note = notes[i];
                note.at = NULL;
                recording_note(&recording, &note);
                strcat(strcat(expected, records[i]), "\n");
            }
        }
        strcat(expected, STOPPED);
        recording_close(&recording);
        memcpy(stored.notes, notes, sizeof notes);
        stored.count = 4;
        for (int again = 0; again < 2; again++) {
            start(2, 0);
            begin_logging();
            catch_up();
            int warnings = logged("recorded_later: 1 | reason: they were stored, and not recorded");
            end_logging();
            assert_int_equal(warnings, again ? 0 : 1);
            recording_close(&recording);
            strcat(again ? expected : strcat(strcat(expected, records[missing]), LATER), STOPPED);
        }
        snprintf(when, sizeof when, "the record %d was missing", missing);
        assert_records(when, expected);
        assert_int_equal(unlink(path), 0);
    }
}

// A server that was killed before it could record a reset: what was recorded of the agency's end is not its
// end.
static void a_reset_that_was_not_recorded_is_recorded_later(void **state) {
    (void)state;
    start(1, 0);
    recording_note(&recording, &(struct ledger_note){.kind = LEDGER_NOTE_FINISHED, .agency = 1, .bets = 30});
    recording_close(&recording);
    stored.agencies = 1;
    stored.notes[0] = (struct ledger_note){.kind = LEDGER_NOTE_RESET, .agency = 1, .voiding = 1, .at = ""};
    stored.notes[1] = (struct ledger_note){.kind = LEDGER_NOTE_FINISHED, .agency = 1, .bets = 20, .at = AT};
    stored.count = 2;
    for (int again = 0; again < 2; again++) {
        start(1, 0);
        catch_up();
        recording_close(&recording);
    }
    assert_records(
        "a reset was missing",
        "\"event\":\"agency_finished\",\"draw\":\"1\",\"agency\":1,\"bets\":30\n" STOPPED
        "\"event\":\"agency_reset\",\"draw\":\"1\",\"agency\":1,\"voiding\":1,\"later\":\"yes\"\n"
        "\"event\":\"agency_finished\",\"draw\":\"1\",\"agency\":1,\"bets\":20" LATER STOPPED STOPPED);
}

static void a_new_log_says_why_it_has_what_was_before(void **state) {
    (void)state;
    stored.notes[0] = (struct ledger_note){
        .kind = LEDGER_NOTE_FINISHED, .agency = 1, .ending = AGENCY_FINISHED, .bets = 30, .at = AT};
    stored.notes[1] = (struct ledger_note){.kind = LEDGER_NOTE_SEALED, .at = AT};
    stored.count = 2;
    start(0, 0);
    begin_logging();
    catch_up();
    int warnings = logged("recorded_later: 2 | reason: the audit log is new, and the draw is not");
    end_logging();
    recording_close(&recording);
    assert_int_equal(warnings, 1);
}

// The server does not start: what it then records would look complete.
static void what_cannot_be_read_is_an_error(void **state) {
    (void)state;
    struct error error;
    stored.is_lost = true;
    start(0, 0);
    if (recording_catch_up(&recording, NULL, &error)) {
        fail_msg("the store was lost while it was recalled: expected an error, and got none");
    }
    assert_error(&error, ERROR_STORE_AWAY);
    recording_close(&recording);
}

// A server as it is started, with the flags.
static void start_with(const char *first, const char *second, bool has_tls) {
    char *argv[] = {"server", "--audit-log", path, "--draw", "1", (char *)first, (char *)second, NULL};
    const struct command_line line = {.argc = 7, .argv = argv};
    struct server_options options;
    struct error error;
    assert_int_equal(settings_load(&server_command, &line, &options, &options.settings, &error),
                     SETTINGS_READY);
    recording = (struct recording){0};
    if (!recording_open(&recording, &options, has_tls, &error)) {
        fail_msg("%s", error.text);
    }
    catch_up();
    recording_close(&recording);
    settings_free(options.settings);
}

#define STARTED(number, agencies, tls)                                                                       \
    "\"event\":\"started\",\"draw\":\"1\",\"winning_number\":" #number ",\"agencies\":" #agencies            \
    ",\"tls\":\"" tls "\"\n"

// What was given, under either of its names, and what holds of it.
static void a_start_says_what_it_was_given(void **state) {
    (void)state;
    stored.agencies = 3;
    stored.winning_number = 42;
    start_with("--agencies=3", "--winning-number=42", false);
    start_with("--server-listen-backlog=3", "--winning-number=42", true);
    start_with("--server-listen-backlog=8", "--agencies=2", false);
    assert_records("three starts", STARTED(42, 3, "off") STOPPED STARTED(42, 3, "on")
                                       STOPPED STARTED(7574, 2, "off") TERMS(42, 3) STOPPED);
}

// Of a number that comes later it is said where from.
static void where_a_number_comes_from_is_said(void **state) {
    (void)state;
    stored.agencies = 3;
    stored.has_no_number = true;
    stored.number_mode = NUMBER_BEACON;
    start_with("--agencies=3", "--number=beacon", false);
    start_with("--agencies=3", "--number=manual", false);
    stored.has_no_number = false; // it has come
    stored.winning_number = 42;
    start_with("--agencies=3", "--number=beacon", false);
    assert_records("three starts", STARTED("beacon", 3, "off") STOPPED STARTED("manual", 3, "off") TERMS(
                                       "beacon", 3) STOPPED STARTED("beacon", 3, "off") TERMS(42, 3) STOPPED);
}

// Killed, so that nothing says when it ended; the next start does.
static void an_end_that_was_not_recorded_is_recorded_later(void **state) {
    (void)state;
    stored.agencies = 3;
    stored.winning_number = 42;
    start(3, 42);
    audit_write(recording.audit, "started", NULL, 0);
    audit_close(&recording.audit);
    recorded_free(&recording.recorded);
    start_with("--agencies=3", "--winning-number=42", false);
    assert_records("a killed server's successor",
                   "\"event\":\"started\"\n\"event\":\"stopped\",\"later\":\"yes\"\n" STARTED(42, 3, "off")
                       STOPPED);
}

static void without_an_audit_log_nothing_is_looked_at(void **state) {
    (void)state;
    recording = (struct recording){.draw = "1"};
    recorded_begin(&recording.recorded, "1");
    stored.agencies = 2;
    recording_note(&recording, &(struct ledger_note){.kind = LEDGER_NOTE_SEALED});
    catch_up();
    recording_close(&recording);
    assert_int_equal(access(path, F_OK), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(terms_that_are_not_as_the_start_said_are_recorded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_stored_and_not_recorded_is_recorded_later, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_reset_that_was_not_recorded_is_recorded_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_log_says_why_it_has_what_was_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_start_says_what_it_was_given, set_up, tear_down),
        cmocka_unit_test_setup_teardown(where_a_number_comes_from_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_end_that_was_not_recorded_is_recorded_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_an_audit_log_nothing_is_looked_at, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("recording", tests, NULL, NULL);
}
