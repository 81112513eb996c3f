// The receipts that an agency was given, in a file that only grows: blocks of four lines, each ended by an
// empty one, as `quiniela verify --receipts` reads them. A receipt is kept once it is on the disk.
#ifndef QUINIELA_AGENCY_RECEIPTS_FILE_H
#define QUINIELA_AGENCY_RECEIPTS_FILE_H

#include "seal/receipt.h"

struct receipts_file;

// Makes the file (mode 0600), or goes on with one of that agency: a last receipt that was cut off as it was
// written is removed. Nobody else may have it open. ERROR_SYSTEM when it cannot be written; ERROR_BAD_SETTING
// when it is no file of such receipts, of one draw and this agency, or when another client has it;
// ERROR_NO_MEMORY. Each names it. Who `only_looks` makes no file, changes none and keeps nobody from it, and
// must not add to it. On success the caller owns *file.
bool receipts_file_open(const char *path, uint32_t agency, bool only_looks, struct receipts_file **file,
                        struct error *error) MUST_CHECK;

// Closes it, and nulls the caller's pointer; NULL is fine.
void receipts_file_close(struct receipts_file **file);

// The draw that its receipts are of; an empty slice when it has none. The file's.
struct slice receipts_file_origin(const struct receipts_file *file);

// For how many of the agency's bets, from the first on, it has receipts without a gap.
uint64_t receipts_file_covered(const struct receipts_file *file);

// A receipt as it came.
struct given_receipt {
    struct slice entry, note;
    uint64_t index;
    const struct merkle_path *path;
};

// Writes it at the end, and syncs it; `receipt` is what its entry says. ERROR_SYSTEM, naming the file, which
// then is as it was.
bool receipts_file_add(struct receipts_file *file, const struct given_receipt *given,
                       const struct receipt *receipt, struct error *error) MUST_CHECK;

#endif
