// What whoever asks has written: arguments, and the id of the last event that came.
#ifndef QUINIELA_BOARD_ARGUMENTS_H
#define QUINIELA_BOARD_ARGUMENTS_H

#include "base/error.h"
#include "board/snapshot.h"

enum { EVENT_EPOCH_BYTES = 17, EVENT_ID_BYTES = EVENT_EPOCH_BYTES + 1 + 20 };

// Which agencies are listed.
struct agencies_wanted {
    bool is_missing; // those that have not ended
    bool has_state;  // those in `state`
    enum board_agency_state state;
    uint32_t after; // from the next number on
    uint32_t limit; // how many, from 1 to AGENCIES_LISTED_MAX
};

enum { AGENCIES_LISTED_MAX = 10000, AGENCIES_LISTED = 1000 };

// Reads the arguments, each of which may be NULL. ERROR_BAD_ORDER, naming the argument.
bool agencies_wanted_read(const char *state, const char *after, const char *limit,
                          struct agencies_wanted *wanted, struct error *error) MUST_CHECK;

// Reads the id of an event, "EPOCH-VERSION". False when it is none, or one of another epoch.
bool event_id_read(const char *id, const char *epoch, uint64_t *version) MUST_CHECK;

// Writes one.
void event_id_write(const char *epoch, uint64_t version, char id[EVENT_ID_BYTES]);

#endif
