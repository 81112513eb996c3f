#include "agency/file_check.h"

#include "agency/csv_diagnosis.h"
#include "agency/report.h"
#include "base/clock.h"
#include "base/signals.h"
#include "bet/errors.h"

enum { STEP_LINES = 10 * 1000 }; // about a millisecond; then a signal is looked for

// A bad line. Returns whether to look at those after it.
static bool take_bad(struct file_findings *findings, const struct error *found, struct error *first) {
    if (findings->bad == 0) {
        *first = *found;
    }
    findings->bad++;
    if (findings->bad <= BAD_LINES_LISTED_MAX) {
        report_bad_line(found);
    }
    findings->is_other = csv_is_of_file(found);
    return !findings->is_other;
}

// Looks at the lines up to the end, or to a reason to stop. False for an error of the file itself.
static bool look_at_lines(struct reader *reader, uint64_t until_ms, struct file_findings *findings,
                          struct error *first) {
    for (bool goes_on = true; goes_on;) {
        struct error error;
        bool found;
        bool good = reader_check_line(reader, findings->bad < BAD_LINES_LISTED_MAX, &found, &error);
        if (!good && error.code != ERROR_BAD_BET) {
            report_bad_line(&error);
            *first = error;
            return false;
        }
        goes_on = good ? found : take_bad(findings, &error, first);
        findings->lines = reader_position(reader);
        if (goes_on && findings->lines % STEP_LINES == 0 &&
            (signals_wait_to_end() || (until_ms > 0 && clock_steady_ms() >= until_ms))) {
            findings->was_stopped = true;
            goes_on = false;
        }
    }
    return true;
}

// An agency may really have no bets. But it has finished then, and that cannot be undone.
static bool check_empty(const struct reader *reader, uint32_t agency, struct error *error) {
    error_set(error, ERROR_BAD_BET, "%.150s: it has no bets", reader_path(reader));
    if (reader_is_strict(reader)) {
        report_bad_line(error);
        return false;
    }
    report_empty_file(reader_path(reader), agency);
    return true;
}

bool file_check(struct reader *reader, uint32_t agency, struct file_findings *findings, struct error *error) {
    return file_check_until(reader, agency, 0, findings, error);
}

bool file_check_until(struct reader *reader, uint32_t agency, uint64_t until_ms,
                      struct file_findings *findings, struct error *error) {
    *findings = (struct file_findings){0};
    if (!look_at_lines(reader, until_ms, findings, error) || findings->bad > 0) {
        return false;
    }
    if (findings->was_stopped) {
        return true;
    }
    if (findings->lines == 0 && !check_empty(reader, agency, error)) {
        return false;
    }
    if (reader_can_check(reader) && !reader_checked(reader, error)) {
        report_bad_line(error);
        return false;
    }
    return true;
}
