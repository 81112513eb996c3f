// What the server records of a draw in its audit log (audit/audit.h), and, when it starts, what was not
// recorded before.
#ifndef QUINIELA_CLI_RECORDING_H
#define QUINIELA_CLI_RECORDING_H

#include "audit/audit.h"
#include "audit/recorded.h"
#include "base/settings.h"
#include "ledger/ledger.h"

struct recording {
    struct audit *audit; // NULL: nobody wants to know
    const char *draw;
    int64_t agencies, winning_number; // as the settings have them, and `started` says
    struct recorded recorded;
};

// Opens the audit log of the settings, if there is one, and records the start. ERROR_BAD_SETTING,
// ERROR_SYSTEM or ERROR_NO_MEMORY.
bool recording_open(struct recording *recording, const struct settings *settings, bool has_tls,
                    struct error *error) MUST_CHECK;

// Records what the ledger has done. A ledger_options.noted; the context is the struct. For one thread at a
// time.
void recording_note(void *recording, const struct ledger_note *note);

// Records the terms of the draw where they are others than `started` said: what is stored holds. Then
// compares with what the store says, and records what is missing: it was stored, and the power went, or the
// disk was full, before it could be recorded. Such a record has `later`, and when it was stored.
void recording_catch_up(struct recording *recording, const struct ledger *ledger);

// Records the end, and closes the log.
void recording_close(struct recording *recording);

#endif
