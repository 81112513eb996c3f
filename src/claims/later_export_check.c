#include "claims/checks.h"

#include "claims/agency_lines.h"
#include "claims/differences.h"
#include "seal/errors.h"

#include <inttypes.h>
#include <stdlib.h>

// The export, and one from after the draw, line by line.
struct both {
    struct agency_lines before, after;
    uint64_t lines;
    struct differences differences;
};

// What of one agency the two have.
struct one_agency {
    uint32_t agency;
    uint64_t before, after; // lines
    bool is_other;          // some line is not the same, first:
    uint64_t first_other;
};

static bool is_same(const struct line *one, const struct line *other) {
    return one->has_end == other->has_end && slice_equal(one->text, other->text);
}

// Reads a line of each, where both have one of the agency, and of the longer one further on.
static bool read_lines(struct both *both, struct one_agency *one, struct error *error) {
    bool has_before = agency_lines_are_of(&both->before, one->agency);
    bool has_after = agency_lines_are_of(&both->after, one->agency);
    if (has_before && has_after && !one->is_other && !is_same(&both->before.line, &both->after.line)) {
        one->is_other = true;
        one->first_other = both->before.index;
    }
    one->before += has_before;
    one->after += has_after;
    return (!has_before || agency_lines_next(&both->before, error)) &&
           (!has_after || agency_lines_next(&both->after, error));
}

static bool compare_agency(struct both *both, struct error *error) {
    struct one_agency one = {.agency = both->before.agency};
    if (!both->before.has_line || (both->after.has_line && both->after.agency < one.agency)) {
        one.agency = both->after.agency;
    }
    while (agency_lines_are_of(&both->before, one.agency) || agency_lines_are_of(&both->after, one.agency)) {
        if (!read_lines(both, &one, error)) {
            return false;
        }
    }
    both->lines += one.before;
    if (one.before != one.after) {
        differences_add(&both->differences, one.agency,
                        "has %" PRIu64 " bets in it, and %" PRIu64 " in the one of before", one.after,
                        one.before);
    } else if (one.is_other) {
        differences_add(&both->differences, one.agency,
                        "has other bets in it than in the one of before, first bet %" PRIu64,
                        one.first_other);
    }
    return true;
}

static bool compare(struct both *both, const struct source *before, const struct source *after,
                    struct error *error) {
    if (!agency_lines_begin(&both->before, before, EXPORT_BYTES_MAX, error) ||
        !agency_lines_begin(&both->after, after, EXPORT_BYTES_MAX, error)) {
        return false;
    }
    while (both->before.has_line || both->after.has_line) {
        if (!compare_agency(both, error)) {
            return false;
        }
    }
    return both->differences.count == 0 ||
           error_set(error, ERROR_FALSE_CLAIM, "differs from the one of before");
}

bool check_later_export(struct evidence *evidence, struct error *error) {
    const struct source *before = given_file(evidence->given, GIVEN_EXPORT);
    const struct source *after = given_file(evidence->given, GIVEN_EXPORT_AFTER);
    char what[WHAT_BYTES];
    if (after == NULL) {
        return true;
    }
    what_of(what, "later export", after->path);
    if (before == NULL) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, what, "there is no export to compare it with");
        return true;
    }
    struct both *both = calloc(1, sizeof *both);
    if (both == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the exports");
    }
    bool done = compare(both, before, after, error);
    if (done) {
        verdicts_add(&evidence->verdicts, VERDICT_OK, what,
                     "is the one of before, byte by byte: %" PRIu64 " bets", both->lines);
    } else if (error->code == ERROR_FALSE_CLAIM) {
        verdicts_add(&evidence->verdicts, VERDICT_FALSE, what, "%s%s", both->differences.text,
                     differences_rest(&both->differences));
        done = true;
    }
    agency_lines_end(&both->before);
    agency_lines_end(&both->after);
    free(both);
    return done || verdicts_refuse(&evidence->verdicts, what, error);
}
