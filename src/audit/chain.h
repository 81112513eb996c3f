// The chain of an audit log: what each line must say about the one before. Lines in and out, no files.
//
// A line is one JSON object, `{"n":17,"at":"…","event":"…",…,"previous":"…"}`. `n` counts the records from 1;
// `previous` is the SHA-256 (FIPS 180-4), in hexadecimal digits, of the line before, without its newline; in
// the first line it is 64 zeros. If a power cut left a line half written, the next line is a `recovered`
// record with the length of the fragment. Its `previous` is the SHA-256 of the `previous` that the fragment
// would have had, followed by the fragment, so the chain continues across it. If that record is cut off too,
// the next one covers all the fragments together.
//
// A chain may continue in another file: the first record there is `continued`, with the number and the
// `previous` that it would have had in the old file, and that file's name, if it had one.
#ifndef QUINIELA_AUDIT_CHAIN_H
#define QUINIELA_AUDIT_CHAIN_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

// What the lines say does not fit together, or records are missing.
extern const struct error_code ERROR_BROKEN_CHAIN[1];

enum { CHAIN_HASH_BYTES = 65, CHAIN_AT_BYTES = 24, CHAIN_LINE_BYTES_MAX = 4096, CHAIN_FILE_BYTES = 1024 };

// What every line, and so every audit log, begins with.
#define CHAIN_BEGINNING "{\"n\":"

struct chain {
    uint64_t lines, records, torn;
    uint64_t older;                       // records in earlier files, which were not read
    char older_hash[CHAIN_HASH_BYTES];    // of the last of them
    char older_file[CHAIN_FILE_BYTES];    // their file's name when it was left, as JSON has it; or ""
    uint64_t backwards, backwards_line;   // records older than the one before them, and the line of the first
    char backwards_at[2][CHAIN_AT_BYTES]; // its time, and that of the one before it
    char hash[CHAIN_HASH_BYTES];          // what the next line's `previous` must be
    char first_at[CHAIN_AT_BYTES], last_at[CHAIN_AT_BYTES];
    size_t torn_bytes;  // of the fragments that the next record must report; 0: none
    uint64_t torn_line; // of the first fragment
};

// Makes *chain an empty chain, before its first line.
void chain_begin(struct chain *chain);

// The lines that follow are from the next file.
void chain_next_file(struct chain *chain);

// Takes the next line, without its newline. ERROR_BROKEN_CHAIN, naming the line, when it does not continue
// the chain; the chain is then unchanged.
bool chain_take(struct chain *chain, const char *line, size_t length, struct error *error) MUST_CHECK;

// Whether the end is complete: every fragment is reported. ERROR_BROKEN_CHAIN.
bool chain_end(const struct chain *chain, struct error *error) MUST_CHECK;

// Takes the end of a file that lacks its newline: a whole record, or a fragment of one. ERROR_BROKEN_CHAIN
// when it does not report a fragment before it.
bool chain_take_rest(struct chain *chain, const char *rest, size_t length, struct error *error) MUST_CHECK;

// One field of a record, after `n`, `at` and `event`.
struct audit_field {
    const char *name; // a string constant: letters and underscores
    const char *text; // if NULL, the number is the value
    int64_t number;
};

// Writes the next record into `line`, with its newline, and takes it. Returns its length; 0 when the fields
// are too long for a line.
size_t chain_write(struct chain *chain, const char *event, const struct audit_field *fields, size_t count,
                   char line[CHAIN_LINE_BYTES_MAX]);

#endif
