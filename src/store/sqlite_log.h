// What SQLite does not say of its log: that commits stand behind a damaged place, which it would drop.
#ifndef QUINIELA_STORE_SQLITE_LOG_H
#define QUINIELA_STORE_SQLITE_LOG_H

#include "base/error.h"

#include <stdint.h>

// Counts the whole commits that stand in the log `file` behind the one with its first damaged place into
// *lost. 0 when there is no such place, or nothing behind it: it can as well be where the log was being
// written when the power went, and of the commit that was being written nothing had been acknowledged. Reads
// only. ERROR_STORE_FAILED when the file cannot be read, ERROR_NO_MEMORY.
bool sqlite_log_lost_commits(int file, uint64_t *lost, struct error *error) MUST_CHECK;

#endif
