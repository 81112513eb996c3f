// Reading an agency's CSV file as a stream: a fixed buffer, whatever the file's size. One bet a line, no
// header, LF or CRLF, fields quoted where somebody did so (RFC 4180). Empty lines at the file's end and one
// byte order mark at its beginning are skipped.
//
// A last line without an end may be cut short. It is taken, with a warning, when the file's size and the time
// of its last change are what they were when it was opened; else it is refused, and so it is always from what
// is no file.
#ifndef QUINIELA_AGENCY_READER_H
#define QUINIELA_AGENCY_READER_H

#include "base/error.h"
#include "bet/chunk.h"

#include <stdint.h>

struct reader;

// Opens the file. On success the caller owns *reader. ERROR_SYSTEM, naming the file, when it cannot be
// opened.
bool reader_open(const char *path, struct reader **reader, struct error *error) MUST_CHECK;

// From now on a last line without an end is refused.
void reader_set_strict(struct reader *reader);

// Closes the file, frees the reader and nulls the caller's pointer.
void reader_close(struct reader **reader);

// How many bets have been read, and so the index of the next one.
uint64_t reader_position(const struct reader *reader);

// The file's path; the reader's.
const char *reader_path(const struct reader *reader);

// Goes to the bet at `index`: forward by skipping lines, backward by starting over. ERROR_CONFLICT when the
// file has fewer bets than `index`; reader_position is then how many it has.
bool reader_seek(struct reader *reader, uint64_t index, struct error *error) MUST_CHECK;

// Reads bets into the empty `chunk` until it has `count_max`, or the next one would take the chunk's message
// beyond `message_max` bytes, or the file ends. *at_end tells whether the file has no more. A bad line is
// ERROR_BAD_BET with file, line, what it looks like and what to do in the text; the chunk is then not to be
// used.
bool reader_fill(struct reader *reader, struct chunk *chunk, uint32_t count_max, size_t message_max,
                 bool *at_end, struct error *error) MUST_CHECK;

// How far the reader is, and how big the file is, in bytes; 0 when that is not known.
uint64_t reader_offset(const struct reader *reader);
uint64_t reader_size(const struct reader *reader);

#endif
