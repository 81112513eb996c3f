// Reading audit logs: through the chain, line by line.
#ifndef QUINIELA_AUDIT_READ_H
#define QUINIELA_AUDIT_READ_H

#include "audit/chain.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

// Called for each record that fits the chain, without its newline.
typedef void (*audit_on_record)(void *context, const char *line, size_t length);

// Takes every line of the stream; what has no newline at the end goes into *rest, which the caller frees.
// `on_record` may be NULL. ERROR_BAD_MESSAGE, naming the line, or ERROR_SYSTEM.
bool audit_read(FILE *stream, struct chain *chain, audit_on_record on_record, void *context, char **rest,
                size_t *rest_length, struct error *error) MUST_CHECK;

#endif
