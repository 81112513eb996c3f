// Reads again and again what `quiniela top` shows, on a thread of its own: a store or a server that does not
// answer keeps nobody from pressing a key.
#ifndef QUINIELA_CLI_TOP_READER_H
#define QUINIELA_CLI_TOP_READER_H

#include "cli/top_reading.h"

struct top_reader;

// Reads for the first time, before it returns. `source` stays until the end. Errors as top_read;
// ERROR_SYSTEM.
bool top_reader_begin(const struct top_source *source, struct top_reader **reader,
                      struct error *error) MUST_CHECK;

// From now on it reads every `every_ms`, but never for more than a fifth of the time, on a thread that holds
// back the signals which the caller's does. ERROR_SYSTEM.
bool top_reader_run(struct top_reader *reader, uint64_t every_ms, struct error *error) MUST_CHECK;

// Readable once there is something new.
int top_reader_descriptor(const struct top_reader *reader);

// Takes what is new, into *facts, which are freed before that, and *numbers.
void top_reader_take(struct top_reader *reader, struct top_facts **facts, struct top_numbers *numbers);

// Whether the numbers are wanted, too; if they are, they are read at once.
void top_reader_want_numbers(struct top_reader *reader, bool wanted);

// Ends it. False: it has not ended within half a second, as it waits for somebody; it is left alone, and the
// program is to end.
bool top_reader_stop(struct top_reader *reader);

#endif
