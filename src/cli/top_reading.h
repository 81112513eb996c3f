// Reads what `quiniela top` shows: the store by itself, and what the servers on this machine know beside
// that.
#ifndef QUINIELA_CLI_TOP_READING_H
#define QUINIELA_CLI_TOP_READING_H

#include "cli/call_flags.h"
#include "cli/control_call.h"
#include "cli/top_facts.h"
#include "cli/top_memory.h"

struct top_source {
    struct control_call_options call;
    char flags[CALL_FLAGS_BYTES]; // with which orders reach the same draw
};

// On success the caller frees *facts with top_facts_free. Where the store cannot be read, *facts is as
// `before` (or NULL), with the reason in it, and what servers tell instead; that fails only without `before`.
// Errors as status_gather; ERROR_NO_MEMORY.
bool top_read(const struct top_source *source, struct top_memory *memory, const struct top_facts *before,
              struct top_facts **facts, struct error *error) MUST_CHECK;

// Asks a server how often each number was bet, which has it count. *numbers keeps what it has where none
// answers.
void top_read_numbers(const struct top_source *source, struct top_numbers *numbers);

#endif
