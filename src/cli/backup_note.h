// The last good backup of a store, noted beside it as STORE.backup.
#ifndef QUINIELA_CLI_BACKUP_NOTE_H
#define QUINIELA_CLI_BACKUP_NOTE_H

#include "base/clock.h"
#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

struct backup_note {
    char at[CLOCK_TEXT_BYTES]; // when its one moment was, UTC
    uint64_t bytes;            // of the copy
    char path[PATH_MAX];       // where it is: absolute
};

// Notes it for the store at `address`, whole or not at all. ERROR_SYSTEM.
bool backup_note_write(const char *address, const struct backup_note *note, struct error *error) MUST_CHECK;

// Reads it. False when there is none, or none that can be read: `note` is then empty.
bool backup_note_read(const char *address, struct backup_note *note);

#endif
