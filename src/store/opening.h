// How a store is opened: to serve or to read, at which paths, and as which files. This is not in address.h
// because the kinds of store use it, and address.h asks them.
#ifndef QUINIELA_STORE_OPENING_H
#define QUINIELA_STORE_OPENING_H

#include "base/error.h"

#include <stdbool.h>

// Opened to be read, and there is a database without a store in it: one that serves would make it. To anyone
// who only reads the name, the general "store_failed".
extern const struct error_code ERROR_STORE_EMPTY[1];

// Its tables are of an older version, or an upgrade of them has begun, and an upgrade makes those of now.
// Likewise "store_failed" to anyone else.
extern const struct error_code ERROR_STORE_OLDER[1];

enum store_mode {
    STORE_SERVE,         // read and write; one process at a time where the store is not shared
    STORE_READ,          // read only, also while a server runs
    STORE_READ_UPGRADED, // likewise, what an upgrade has made and not ended yet; it checks a file itself
};

// The files of a server's store. The first opening finds them. Openings after a failure get the same files
// or fail, because a new or different file lacks the acknowledged bets. Zeroed at the beginning, and ended
// by store_forget.
struct store_identity {
    void *kept;                 // the backend's; NULL until it has been opened
    void (*forget)(void *kept); // frees it; set together with `kept`
};

enum { STORE_ID_BYTES = 80 }; // of the text that tells a store from every other one (store.h)

enum { STORE_BEGINNING_BYTES = 16 }; // of a file; they tell whether it is a store's

// Called for each path that a store is opened with; its arguments live until it returns.
typedef void (*store_each_path)(void *context, const char *path, bool is_written);

#endif
