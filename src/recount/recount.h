// The auditor's independent control: a package that was taken before the number was known, and what came
// after the draw. Everything is computed again; here is what was found, for the reports.
#ifndef QUINIELA_RECOUNT_RECOUNT_H
#define QUINIELA_RECOUNT_RECOUNT_H

#include "claims/claims.h"

// What a report says. Its texts are ASCII, or have been made harmless (verdicts.h).
struct recount {
    struct evidence evidence;
    struct tallies tallies;
    enum verdicts_status status;
};

// Makes every check of what was opened, which has a package; then says what an auditor lacks: a hash of the
// manifest, a result. ERROR_SYSTEM when a file cannot be read, ERROR_NO_MEMORY. Ended by recount_end, also
// after a failure; `given` must outlive it.
bool recount_make(struct recount *recount, struct given *given, struct error *error) MUST_CHECK;
void recount_end(struct recount *recount);

// Of all agencies together: bets. What is not known of all of them has no total: how many are sealed without
// a seal.json that gives the seal, or how many there are in an export that could not be read to its end.
struct recount_total {
    bool is_known;
    uint64_t bets;
};
struct recount_totals {
    struct recount_total sealed, counted, winners;
};
enum { TOTAL_BYTES = 24 };
void recount_total(const struct recount *recount, struct recount_totals *totals);
void recount_total_text(const struct recount_total *total, char text[TOTAL_BYTES]); // "?": not known

// The reports: text, JSON, and a page in Spanish and English to print and sign (HTML), which names the JSON's
// SHA-256 (NULL: there is none). The same files give the same bytes. ERROR_NO_MEMORY; what cannot be written
// is the stream's to tell.
void recount_print(const struct recount *recount, FILE *stream);
bool recount_write_json(const struct recount *recount, FILE *stream, struct error *error) MUST_CHECK;
void recount_write_page(const struct recount *recount, const struct hash *json, FILE *stream);

// Which agencies a row of a report is of: "3", or "4-9"; and whether all is as it was sealed.
enum { AGENCIES_TEXT_BYTES = 24 };
void recount_agencies(const struct tally *tally, char text[AGENCIES_TEXT_BYTES]);

#endif
