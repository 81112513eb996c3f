#include "claims/checks.h"

#include "bet/bet.h"
#include "claims/agency_lines.h"
#include "claims/differences.h"
#include "claims/rows.h"
#include "seal/decimal.h"
#include "seal/errors.h"

#include <inttypes.h>
#include <stdlib.h>

// A winner: of the export, or of the list.
struct winner {
    uint32_t agency;
    uint64_t bet; // among its agency's
    struct slice document;
};

// The export's bets on the number drawn, beside a list of winners.
struct winning {
    struct evidence *evidence;
    struct rows rows;
    uint32_t agency; // of the row read last
    uint64_t index;
    bool has_list;
    struct agency_lines list;
    struct winner listed; // the list's that comes next, while list.has_line
    size_t tally;         // that of the winner counted last, or one before it
    uint64_t count;
    struct differences differences;
};

// The list --------------------------------------------------------------------------------------------------

// Reads "agency,bet,document" out of the line that was read.
static bool take_listed(struct winning *winning, const struct winner *before, struct error *error) {
    const struct agency_lines *list = &winning->list;
    struct slice rest = list->rest;
    const char *comma = rest.length == 0 ? NULL : memchr(rest.text, ',', rest.length);
    if (comma == NULL ||
        !decimal_parse((struct slice){rest.text, (size_t)(comma - rest.text)}, UINT64_MAX,
                       &winning->listed.bet) ||
        !list->line.has_end) {
        return file_lines_refuse(list->lines, error, "is no agency, bet and document");
    }
    winning->listed.agency = list->agency;
    winning->listed.document = (struct slice){comma + 1, rest.length - (size_t)(comma - rest.text) - 1};
    return list->index == 0 || winning->listed.bet > before->bet ||
           file_lines_refuse(list->lines, error, "agency %" PRIu32 ": bet %" PRIu64 " comes after %" PRIu64,
                             list->agency, winning->listed.bet, before->bet);
}

static bool next_listed(struct winning *winning, struct error *error) {
    const struct winner before = winning->listed;
    return agency_lines_next(&winning->list, error) &&
           (!winning->list.has_line || take_listed(winning, &before, error));
}

static bool begin_list(struct winning *winning, const struct source *source, struct error *error) {
    const struct winner none = {.bet = 0};
    winning->has_list = source != NULL;
    return source == NULL || (agency_lines_begin(&winning->list, source, WINNERS_BYTES_MAX, error) &&
                              (!winning->list.has_line || take_listed(winning, &none, error)));
}

static int compare_winners(const struct winner *one, const struct winner *other) {
    int by_agency = (one->agency > other->agency) - (one->agency < other->agency);
    return by_agency != 0 ? by_agency : (one->bet > other->bet) - (one->bet < other->bet);
}

// Those of the list that come before the winner (NULL: all that are left), who have not won.
static bool pass_listed(struct winning *winning, const struct winner *up_to, struct error *error) {
    while (winning->list.has_line && (up_to == NULL || compare_winners(&winning->listed, up_to) < 0)) {
        differences_add(&winning->differences, winning->listed.agency,
                        "bet %" PRIu64 " is listed, and has not won", winning->listed.bet);
        if (!next_listed(winning, error)) {
            return false;
        }
    }
    return true;
}

static bool compare_listed(struct winning *winning, const struct winner *winner, struct error *error) {
    if (!pass_listed(winning, winner, error)) {
        return false;
    }
    if (!winning->list.has_line || compare_winners(&winning->listed, winner) != 0) {
        differences_add(&winning->differences, winner->agency, "bet %" PRIu64 " has won, and is not listed",
                        winner->bet);
        return true;
    }
    if (!slice_equal(winning->listed.document, winner->document)) {
        differences_add(&winning->differences, winner->agency,
                        "bet %" PRIu64 " is listed with another document", winner->bet);
    }
    return next_listed(winning, error);
}

// The export ------------------------------------------------------------------------------------------------

static void tally_winner(struct winning *winning, uint32_t agency) {
    struct tallies *tallies = winning->evidence->tallies;
    while (tallies != NULL && winning->tally < tallies->count &&
           tallies->list[winning->tally].last < agency) {
        winning->tally++;
    }
    if (tallies != NULL && winning->tally < tallies->count) {
        tallies->list[winning->tally].winners++;
    }
}

static bool take_row(struct winning *winning, struct slice line, struct error *error) {
    struct slice row;
    uint32_t agency;
    uint16_t number;
    if (!agency_cut(line, &agency, &row) || !row_number(row, &number, error)) {
        return error_set(error, ERROR_FALSE_CLAIM, "the export has changed meanwhile");
    }
    winning->index = agency == winning->agency ? winning->index + 1 : 0;
    winning->agency = agency;
    if (number != winning->evidence->drawn) {
        return true;
    }
    struct bet_slice fields[BET_FIELDS];
    bet_split(row.text, row.length, fields);
    const struct winner winner = {
        agency, winning->index, {fields[BET_DOCUMENT].text, fields[BET_DOCUMENT].length}};
    winning->count++;
    tally_winner(winning, agency);
    return !winning->has_list || compare_listed(winning, &winner, error);
}

static bool pass(struct winning *winning, struct error *error) {
    struct slice line;
    bool found = true;
    while (rows_next(&winning->rows, &line, &found, error)) {
        if (!found) {
            return pass_listed(winning, NULL, error);
        }
        if (!take_row(winning, line, error)) {
            return false;
        }
    }
    return false;
}

static bool compare(struct winning *winning, const struct source *list, struct error *error) {
    const struct evidence *evidence = winning->evidence;
    if (!begin_list(winning, list, error) ||
        !rows_begin(&winning->rows, given_file(evidence->given, GIVEN_EXPORT), ROWS_OF_EXPORT, error) ||
        !pass(winning, error)) {
        return false;
    }
    if (winning->count != evidence->numbers[evidence->drawn]) {
        return error_set(error, ERROR_FALSE_CLAIM, "the export has changed meanwhile");
    }
    return true;
}

// What is said ----------------------------------------------------------------------------------------------

static void say(struct winning *winning, const char *what) {
    const struct evidence *evidence = winning->evidence;
    struct verdicts *verdicts = &winning->evidence->verdicts;
    if (evidence->tallies != NULL) {
        evidence->tallies->has_winners = true;
    }
    if (winning->differences.count > 0) {
        verdicts_add(verdicts, VERDICT_FALSE, what, "%s%s", winning->differences.text,
                     differences_rest(&winning->differences));
    } else if (winning->has_list) {
        verdicts_add(verdicts, VERDICT_OK, what, "lists the %" PRIu64 " bets on %04u, and no other",
                     winning->count, evidence->drawn);
    }
}

// Whether it is known what has won; says so of a list where not.
static bool is_known(struct evidence *evidence, bool has_list, const char *what) {
    const char *lacking = evidence->numbers == NULL ? "export that is right"
                          : !evidence->has_drawn    ? "number drawn: no result, and no pulse"
                                                    : NULL;
    if (lacking != NULL && has_list) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, what, "there is no %s", lacking);
    }
    return lacking == NULL;
}

bool check_winners_list(struct evidence *evidence, struct error *error) {
    const struct source *list = given_file(evidence->given, GIVEN_WINNERS);
    char what[WHAT_BYTES];
    what_of(what, "winners", list == NULL ? "" : list->path);
    if ((list == NULL && evidence->tallies == NULL) || !is_known(evidence, list != NULL, what)) {
        return true;
    }
    struct winning *winning = calloc(1, sizeof *winning);
    if (winning == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for winners");
    }
    winning->evidence = evidence;
    bool done = compare(winning, list, error);
    if (done) {
        say(winning, what);
    }
    rows_end(&winning->rows);
    agency_lines_end(&winning->list);
    free(winning);
    return done || verdicts_refuse(&evidence->verdicts, what, error);
}
