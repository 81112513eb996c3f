// `quiniela status --watch`: shows the status again and again.
#ifndef QUINIELA_CLI_STATUS_WATCH_H
#define QUINIELA_CLI_STATUS_WATCH_H

#include "base/error.h"

#include <stdbool.h>

// Calls `show`, which prints on standard output, every two seconds, until Ctrl-C or SIGTERM, which end the
// program with 0, or until nobody reads any more: then it returns true. On a terminal each takes the place of
// the one before; elsewhere it follows that, behind an empty line, or, with `json`, without one. A failure is
// printed, on standard error where that is no screen for people, and it goes on; that of the first time is
// returned, with `error`.
bool status_watch(bool (*show)(const void *context, struct error *error), const void *context, bool json,
                  struct error *error) MUST_CHECK;

#endif
