// The audit log: who connected with which certificate, who was refused, which agency finished when, the seal,
// the draw. It is append-only, and each line carries the hash of the one before (chain.h), so audit_verify
// finds lines that were changed, removed or inserted later.
//
// Before each record the log checks that its file still has its name. If the file was moved, deleted or
// emptied (logrotate's copytruncate), it continues in a new one, whose first record, `continued`, carries the
// last hash of the old one, and names it where it was moved. Where no new one can be made, or something else
// has the name, a file that was moved stays in use, with a warning, and it is tried again each second.
#ifndef QUINIELA_AUDIT_AUDIT_H
#define QUINIELA_AUDIT_AUDIT_H

#include "audit/budget.h"
#include "audit/chain.h"
#include "audit/read.h"
#include "base/error.h"

#include <stdint.h>

struct audit;

// Opens the file, or creates it (mode 0600), calls `on_record` (or NULL) for each record in it, and continues
// its chain. A symbolic link is followed once, now. A partly written last line is closed, and a record says
// so. The file is locked against other servers. ERROR_BAD_SETTING, naming the file and the line, when its
// chain is broken, another server has locked it, or it has a second name (a hard link); ERROR_SYSTEM when it
// cannot be read or written. On success the caller owns *audit.
bool audit_open(const char *path, audit_on_record on_record, void *context, struct audit **audit,
                struct error *error) MUST_CHECK;

// Whether audit_open would take the file, or could make it; nothing is made or changed. `is_own`: a server
// that is to end before may have it locked. Errors as there.
bool audit_check(const char *path, bool is_own, struct error *error) MUST_CHECK;

// Appends a record. Any thread may call it. A record that cannot be written is counted, and the failure is
// logged; once writing works again, a record says how many were lost. So does one in the place of a record
// that is too long for a line (chain.h). NULL: does nothing.
void audit_write(struct audit *audit, const char *event, const struct audit_field *fields, size_t count);

// The same for events that a client can cause at will, within a budget for each sort (budget.h). Events
// beyond the budget are only counted; once a second, a `suppressed` record gives their number.
void audit_write_limited(struct audit *audit, const struct audit_sort *sort, const struct audit_field *fields,
                         size_t count);

// Checks now, rather than before the next record, that the file still has its name: from then on the file
// that was moved away is not written to, if a new one could be made. A failure is logged, too. ERROR_SYSTEM
// or ERROR_BAD_SETTING, naming the file, when it could not, or nothing can be written. NULL: true.
bool audit_reopen(struct audit *audit, struct error *error);

// Call it about once a second: it records what was suppressed or lost even if nothing else happens. NULL:
// does nothing.
void audit_tick(struct audit *audit);

// Records what was suppressed or lost, then appends the final record, without fields. NULL: does nothing.
void audit_write_last(struct audit *audit, const char *event);

// Syncs the file to disk, with what was written before the call. Any thread may call it; it waits for one
// that is syncing already, and nobody who writes waits for it. A failure is logged. NULL: does nothing.
void audit_sync(struct audit *audit);

// Records what was suppressed or lost, if possible, closes the log (NULL: does nothing), and sets the
// caller's pointer to NULL.
void audit_close(struct audit **audit);

#endif
