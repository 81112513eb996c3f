// The audit log: who came with which certificate, who was refused, which agency finished when, the seal, the
// draw. Lines are only ever added, and each carries the hash of the one before (chain.h): what is changed,
// left out or put in between later is found by audit_verify.
//
// With each record it is looked whether the file still has its name. One that was moved, deleted or emptied
// (logrotate's copytruncate) is gone on with in a new one, whose first record, `continued`, carries the last
// hash of the old.
#ifndef QUINIELA_AUDIT_AUDIT_H
#define QUINIELA_AUDIT_AUDIT_H

#include "audit/budget.h"
#include "audit/chain.h"
#include "audit/read.h"
#include "base/error.h"

#include <stdint.h>

struct audit;

struct audit_field {
    const char *name; // a string constant: letters and underscores
    const char *text; // NULL:
    int64_t number;   // this instead
};

// Opens the file, or makes it (mode 0600), calls `on_record` (or NULL) for each record that is in it, and
// goes on with its chain. A link is followed now, and never again. A line that was written in part is closed,
// and a record tells of it. Nobody else may have it open so. ERROR_BAD_SETTING, naming the file and the line,
// when its chain is broken, somebody has it, or it has a second name (a hard link); ERROR_SYSTEM when it
// cannot be read or written. On success the caller owns *audit.
bool audit_open(const char *path, audit_on_record on_record, void *context, struct audit **audit,
                struct error *error) MUST_CHECK;

// Adds a record. For any thread. When it cannot be written that is logged, and counted; as soon as writing
// works again a record says how many were lost. NULL: nothing.
void audit_write(struct audit *audit, const char *event, const struct audit_field *fields, size_t count);

// The same for what others can cause as often as they like: within the budget of its sort (budget.h). Of what
// is more only the number is recorded, once a second, in a record `suppressed`.
void audit_write_limited(struct audit *audit, const struct audit_sort *sort, const struct audit_field *fields,
                         size_t count);

// To be called about once a second: says what was suppressed or lost, also when nothing else happens. NULL:
// nothing.
void audit_tick(struct audit *audit);

// Adds the last record there is, without fields, having told of what was suppressed or lost. NULL: nothing.
void audit_write_last(struct audit *audit, const char *event);

// Has what was added reach the disk. What fails is logged. NULL: nothing.
void audit_sync(struct audit *audit);

// Closes it (NULL: nothing), and nulls the caller's pointer. What was suppressed or lost is told, if it can
// be.
void audit_close(struct audit **audit);

// Reads a file to its end. Several in a row are one chain, which was begun by chain_begin. ERROR_BAD_MESSAGE,
// naming the line, when it is broken, or a file is empty; ERROR_SYSTEM when one cannot be read. `head`,
// unless NULL, is a hash that somebody has noted: *head_found becomes true when it is come by, and else
// stays.
bool audit_verify(const char *path, const char *head, struct chain *chain, bool *head_found,
                  struct error *error) MUST_CHECK;

#endif
