#include "agency/file_steps.h"

#include "agency/csv_diagnosis.h"
#include "agency/file_report.h"
#include "bet/errors.h"

enum { STEP_LINES = 10 * 1000 };

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

// Every line was looked at, or there is no need to look at the others.
static enum file_step conclude(struct reader *reader, uint32_t agency, const struct file_findings *findings,
                               struct error *error) {
    if (findings->bad > 0 || (findings->lines == 0 && !check_empty(reader, agency, error))) {
        return FILE_STEP_BAD;
    }
    if (!reader_can_check(reader)) {
        return FILE_STEP_GOOD;
    }
    if (!reader_checked(reader, error)) {
        report_bad_line(error);
        return FILE_STEP_BAD;
    }
    report_checked(reader_path(reader), reader_total(reader));
    return FILE_STEP_GOOD;
}

enum file_step file_step(struct reader *reader, uint32_t agency, struct file_findings *findings,
                         struct error *first) {
    for (bool goes_on = true; goes_on;) {
        struct error error;
        bool found;
        bool good = reader_check_line(reader, findings->bad < BAD_LINES_LISTED_MAX, &found, &error);
        if (!good && error.code != ERROR_BAD_BET) {
            report_bad_line(&error);
            *first = error;
            return FILE_STEP_BAD;
        }
        goes_on = good ? found : take_bad(findings, &error, first);
        findings->lines = reader_position(reader);
        if (goes_on && findings->lines % STEP_LINES == 0) {
            return FILE_STEP_MORE;
        }
    }
    return conclude(reader, agency, findings, first);
}
