// What the server records of a draw in its audit log (audit/audit.h), and, when it starts, what it could not
// record before.
#ifndef QUINIELA_CLI_RECORDING_H
#define QUINIELA_CLI_RECORDING_H

#include "audit/audit.h"
#include "audit/recorded.h"
#include "cli/server_options.h"
#include "ledger/ledger.h"

struct recording {
    struct audit *audit; // NULL: there is no audit log
    const char *draw;
    enum number_mode number_mode; // these are as in the settings, and in the record `started`
    bool has_number;              // that is known: the number is not to come by an order
    int64_t agencies, winning_number;
    struct recorded recorded;
};

// Opens the audit log of the settings, if there is one, and records the start. ERROR_BAD_SETTING,
// ERROR_SYSTEM or ERROR_NO_MEMORY.
bool recording_open(struct recording *recording, const struct server_options *options, bool has_tls,
                    struct error *error) MUST_CHECK;

// Records what the ledger has done. This is a ledger_options.noted; the context is a struct recording. Only
// one thread at a time may call it.
void recording_note(void *recording, const struct ledger_note *note);

// Records the terms of the draw if they differ from those in `started`, because the stored ones hold. Then
// compares the log with the store, and records the events that are missing: they were stored, but a power cut
// or a full disk kept them from being recorded. Such a record has `later`, and the time at which the event
// was stored. Errors as ledger_recall.
bool recording_catch_up(struct recording *recording, const struct ledger *ledger,
                        struct error *error) MUST_CHECK;

// Records the end, and closes the log.
void recording_close(struct recording *recording);

#endif
