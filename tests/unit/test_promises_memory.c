// An agency accuses nobody, and forgets no receipt, whichever allocation fails.
#define ALLOCATIONS_OF_CXX // of the reader of JSON
#include "promises_story.h"

#include "allocations.h"

#include "agency/file_check.h"
#include "agency/told_winners.h"
#include "base/log.h"

#include <dirent.h>

enum { NUMBER = 7574 };

static char csv[TEMPORARY_BYTES + 32];
static struct reader *reader;

// A step that one failing allocation makes fail once: the second try must do.
typedef bool (*step)(struct office *office, struct error *error);

static void insist(struct office *office, step try) {
    struct error error;
    bool done = false;
    for (int tries = 0; !done && tries < 2; tries++) {
        allocations.counted = true;
        done = try(office, &error);
        allocations.counted = false;
        if (!done) {
            assert_error(&error, ERROR_NO_MEMORY);
            assert_true(error_retryable(error.code));
        }
    }
    assert_true(done);
}

static bool open_again(struct office *office, struct error *error) {
    bool opened = open_office(office);
    *error = office->error;
    return opened;
}

static bool take_chunk(struct office *office, uint64_t first, struct error *error) {
    struct sent sent = chunk_of(first, 2);
    bool counted = allocations.counted;
    allocations.counted = false; // the central's are others
    struct reply reply = acknowledgement(office, &sent);
    allocations.counted = counted;
    return promises_take_chunk(office->promises, &sent, &reply, error);
}

static bool take_first(struct office *office, struct error *error) {
    return take_chunk(office, 0, error);
}

static bool take_second(struct office *office, struct error *error) {
    return take_chunk(office, 2, error);
}

static bool take_seal(struct office *office, struct error *error) {
    const struct reply reply = sealed_answer(office);
    bool is_new;
    return promises_take_waiting(office->promises, &reply, &is_new, error);
}

static struct promised_result told;

static bool take_result(struct office *office, struct error *error) {
    char note[1024];
    bool counted = allocations.counted;
    allocations.counted = false;
    struct reply reply = sealed_answer(office);
    reply.type = REPLY_WINNERS;
    reply.result = bet_slice_of(note, result_of(office, NUMBER, note));
    allocations.counted = counted;
    return promises_take_winners(office->promises, &reply, &told, error);
}

static bool hold_winners(struct office *office, struct error *error) {
    const struct own_bets own = {
        .reader = reader, .count = promises_covered(office->promises), .number = told.number, .winners = 1};
    struct told_winners *winners;
    bool more = true, holds = told_winners_new(&own, bet_slice_of("1", 1), &winners, error);
    while (holds && more) {
        holds = told_winners_step(winners, &more, error);
    }
    told_winners_free(&winners);
    return holds;
}

static void write_bets(const struct office *office) {
    static const char text[] =
        "a,b,0,2000-01-01,1\na,b,1,2000-01-01,7574\na,b,2,2000-01-01,1\na,b,3,2000-01-01,1\n";
    struct file_findings findings;
    struct error error;
    write_kept(office, "agency-3.csv", slice_of(text));
    snprintf(csv, sizeof csv, "%s/agency-3.csv", office->folder);
    must(reader_open(csv, &reader, &error), &error);
    must(file_check(reader, AGENCY, &findings, &error), &error);
}

// What is in the folder is what was promised, and nothing that accuses.
static void assert_kept(const struct office *office) {
    static const char *const names[] = {"receipts", "rules-0", "seal", "result", "csv"};
    DIR *folder = opendir(office->folder);
    assert_non_null(folder);
    size_t count = 0;
    for (struct dirent *file; (file = readdir(folder)) != NULL;) {
        bool is_known = file->d_name[0] == '.';
        for (size_t i = 0; i < sizeof names / sizeof names[0] && !is_known; i++) {
            is_known = strcmp(file->d_name + strlen("agency-3."), names[i]) == 0;
            count += is_known;
        }
        if (!is_known) {
            fail_msg("%s is kept", file->d_name);
        }
    }
    closedir(folder);
    assert_int_equal(count, sizeof names / sizeof names[0]);
}

static void every_allocation_fails_once(void **state) {
    static const step steps[] = {open_again, take_first,  take_second, open_again,
                                 take_seal,  take_result, hold_winners};
    bool failed = true;
    int failing = 0;
    while (failed) {
        struct office *office = *state;
        write_bets(office);
        allocations.until_failure = ++failing;
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            insist(office, steps[i]);
        }
        failed = allocations.until_failure == 0;
        allocations.until_failure = 0;
        assert_int_equal(promises_covered(office->promises), 4);
        assert_kept(office);
        reader_close(&reader);
        tear_down(state);
        set_up(state);
    }
    assert_true(failing > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_allocation_fails_once, set_up, tear_down),
    };
    log_set_level(LOG_LEVEL_CRITICAL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
