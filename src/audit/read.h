// Reading audit logs, line by line, against their chain.
#ifndef QUINIELA_AUDIT_READ_H
#define QUINIELA_AUDIT_READ_H

#include "audit/chain.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

// Called for each record that fits the chain, without its newline.
typedef void (*audit_on_record)(void *context, const char *line, size_t length);

// Takes every line of the stream. A last line without a newline goes into *rest, which the caller frees.
// `on_record` may be NULL. ERROR_BROKEN_CHAIN, naming the line, or ERROR_SYSTEM.
bool audit_read(FILE *stream, struct chain *chain, audit_on_record on_record, void *context, char **rest,
                size_t *rest_length, struct error *error) MUST_CHECK;

// Verifies a whole file. Several in a row form one chain, which starts with chain_begin. ERROR_BROKEN_CHAIN,
// naming the line, when the chain is broken or a file is empty; ERROR_SYSTEM when a file cannot be read.
// `head`, unless NULL, is a hash noted earlier: if a record has it, *head_found becomes true; otherwise
// *head_found keeps its value.
bool audit_verify(const char *path, const char *head, struct chain *chain, bool *head_found,
                  struct error *error) MUST_CHECK;

#endif
