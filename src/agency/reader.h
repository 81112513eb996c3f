// Reads an agency's bets from its CSV file: one bet a line, no header, fields with or without quotes (RFC
// 4180). Empty lines at the end of the file are skipped.
// A last line that has no line end may have been cut short. It is accepted, with a warning, if the file's
// size and modification time have not changed since it was opened. Otherwise it is refused. From a pipe or
// the like it is always refused.
#ifndef QUINIELA_AGENCY_READER_H
#define QUINIELA_AGENCY_READER_H

#include "base/error.h"
#include "bet/chunk.h"
#include "wire/chunk_writer.h"

#include <stdint.h>

struct reader;

// Opens the file. On success the caller owns *reader. ERROR_SYSTEM, naming the file, when it cannot be
// opened; ERROR_NO_MEMORY.
bool reader_open(const char *path, struct reader **reader, struct error *error) MUST_CHECK;

// From now on a last line without a line end is refused.
void reader_set_strict(struct reader *reader);

bool reader_is_strict(const struct reader *reader);

// Whether the file can be read twice, so that it can be checked before anything of it is sent. A pipe cannot.
bool reader_can_check(const struct reader *reader);

// Checks the next line, and skips it, whether it is good or bad. *found is false at the end of the file.
// ERROR_BAD_BET for a bad line, with the text that reader_write would give if `explains` (which takes some
// microseconds); call it again for the next one. Any other error is of the file itself: ERROR_SYSTEM.
// reader_position counts all lines that were looked at.
bool reader_check_line(struct reader *reader, bool explains, bool *found, struct error *error) MUST_CHECK;

// Goes back to the beginning of a file that was checked whole. From now on it must not change: reader_fill
// and reader_write refuse it if it does (ERROR_CONFLICT). ERROR_CONFLICT when it has changed while it was
// checked; ERROR_SYSTEM.
bool reader_checked(struct reader *reader, struct error *error) MUST_CHECK;

bool reader_was_checked(const struct reader *reader);

// How many bets a file has that was checked; 0 otherwise.
uint64_t reader_total(const struct reader *reader);

// Closes the file, frees the reader and nulls the caller's pointer.
void reader_close(struct reader **reader);

// How many bets have been read, which is the index of the next one.
uint64_t reader_position(const struct reader *reader);

// The file's path; owned by the reader.
const char *reader_path(const struct reader *reader);

// Goes to the bet at `index`: forward by skipping lines, backward by starting over. ERROR_CONFLICT when the
// file has fewer bets than `index`; reader_position then returns how many it has.
bool reader_seek(struct reader *reader, uint64_t index, struct error *error) MUST_CHECK;

// Reads bets into the empty `chunk` until it has `count_max`, or the next one would make the chunk's message
// longer than `message_max` bytes, or the file ends. *at_end tells whether the file has no more bets.
// ERROR_BAD_BET for a bad line, with the file, the line, what it looks like and what to do in the text; the
// chunk must not be used then.
bool reader_fill(struct reader *reader, struct chunk *chunk, uint32_t count_max, size_t message_max,
                 bool *at_end, struct error *error) MUST_CHECK;

// Reads bets into the message that the writer has begun, as reader_fill does into a chunk. ERROR_NO_MEMORY,
// too.
bool reader_write(struct reader *reader, struct chunk_writer *writer, uint32_t count_max, bool *at_end,
                  struct error *error) MUST_CHECK;

// How many bytes have been read, and how many the file has; 0 if not known.
uint64_t reader_offset(const struct reader *reader);
uint64_t reader_size(const struct reader *reader);

#endif
