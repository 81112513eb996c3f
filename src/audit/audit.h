// The audit log: who came with which certificate, who was refused, which agency finished when, the seal, the
// draw. Lines are only ever added, and each carries the hash of the one before (chain.h): what is changed,
// left out or put in between later is found by audit_verify.
#ifndef QUINIELA_AUDIT_AUDIT_H
#define QUINIELA_AUDIT_AUDIT_H

#include "audit/chain.h"
#include "base/error.h"

#include <stdint.h>

struct audit;

struct audit_field {
    const char *name; // a string constant: letters and underscores
    const char *text; // NULL:
    int64_t number;   // this instead
};

// Opens the file, or makes it (mode 0600), and goes on with its chain. A link is followed now, and never
// again. A line that was written in part is closed, and a record tells of it. Nobody else may have it open
// so. ERROR_BAD_SETTING, naming the file and the line, when its chain is broken, somebody has it, or it has a
// second name (a hard link); ERROR_SYSTEM when it cannot be read or written. On success the caller owns
// *audit.
bool audit_open(const char *path, struct audit **audit, struct error *error) MUST_CHECK;

// Adds a record. For any thread. When it cannot be written that is logged, and counted; as soon as writing
// works again a record says how many were lost. NULL: nothing.
void audit_write(struct audit *audit, const char *event, const struct audit_field *fields, size_t count);

// The same for what outsiders can cause as often as they like: of more than AUDIT_LIMIT a second only the
// number is recorded, in a record `suppressed`.
void audit_write_limited(struct audit *audit, const char *event, const struct audit_field *fields,
                         size_t count);

enum { AUDIT_LIMIT = 20 };

// Has what was added reach the disk. What fails is logged. NULL: nothing.
void audit_sync(struct audit *audit);

// Closes it (NULL: nothing), and nulls the caller's pointer.
void audit_close(struct audit **audit);

// Reads a file to its end. ERROR_BAD_MESSAGE, naming the line, when its chain is broken; ERROR_SYSTEM when it
// cannot be read. `head`, unless NULL, is a hash that somebody has noted: *head_found tells whether it was
// come by.
bool audit_verify(const char *path, const char *head, struct chain *chain, bool *head_found,
                  struct error *error) MUST_CHECK;

#endif
