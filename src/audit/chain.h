// The chain of an audit log: what each line has to say of the one before. Lines in and out, no files.
//
// A line is one JSON object, `{"n":17,"at":"…","event":"…",…,"previous":"…"}`. `n` counts the records from 1;
// `previous` is the SHA-256 (FIPS 180-4), in hexadecimal digits, of the line before, without its newline; of
// the first line 64 zeros. Where a line was only written in part, as the power went, the next one is a
// `recovered` record that says how long that part is, and its `previous` is the SHA-256 of what the part's
// own `previous` would have been, followed by the part: so the chain goes on over it. When that record is cut
// off, too, the next one tells of all the parts together.
//
// A chain may go on in another file: its first record is then a `continued` one, with the number and the
// `previous` that it would have had in the file before.
#ifndef QUINIELA_AUDIT_CHAIN_H
#define QUINIELA_AUDIT_CHAIN_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum { CHAIN_HASH_BYTES = 65, CHAIN_AT_BYTES = 24, CHAIN_LINE_BYTES_MAX = 4096 };

struct chain {
    uint64_t lines, records, torn;
    uint64_t older;                       // records that are in the files before, which were not read
    char older_hash[CHAIN_HASH_BYTES];    // of the last of them
    uint64_t backwards, backwards_line;   // times that are before the one before, and the line of the first
    char backwards_at[2][CHAIN_AT_BYTES]; // that one's, and the one before
    char hash[CHAIN_HASH_BYTES];          // what the next line's `previous` must be
    char first_at[CHAIN_AT_BYTES], last_at[CHAIN_AT_BYTES];
    size_t torn_bytes;  // of the parts of lines that the next record must tell of; 0: none
    uint64_t torn_line; // the first of them
};

void chain_begin(struct chain *chain);

// What is taken from now on stands in the next file.
void chain_next_file(struct chain *chain);

// Takes the next line, without its newline. ERROR_BAD_MESSAGE, naming the line, when it does not go on with
// the chain; then the chain is as it was.
bool chain_take(struct chain *chain, const char *line, size_t length, struct error *error) MUST_CHECK;

// Whether nothing is missing at the end: no part of a line that nobody has told of. ERROR_BAD_MESSAGE.
bool chain_end(const struct chain *chain, struct error *error) MUST_CHECK;

// Takes what is at the end of the file without a newline: a whole record, or a part of one. ERROR_BAD_MESSAGE
// when there is a part of a line before it, and this does not tell of that.
bool chain_take_rest(struct chain *chain, const char *rest, size_t length, struct error *error) MUST_CHECK;

struct audit_field; // audit.h

// Writes the next record into `line`, a newline behind it, and takes it. Returns its length; 0 when the
// fields are longer than a line may be.
size_t chain_write(struct chain *chain, const char *event, const struct audit_field *fields, size_t count,
                   char line[CHAIN_LINE_BYTES_MAX]);

#endif
