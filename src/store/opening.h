// How a store is opened: to serve or to read, at which paths, and as which files. Here and not in address.h,
// as the kinds of store use it, which address.h asks.
#ifndef QUINIELA_STORE_OPENING_H
#define QUINIELA_STORE_OPENING_H

#include <stdbool.h>

enum store_mode {
    STORE_SERVE, // read and write; one process at a time where the store is not shared
    STORE_READ,  // read only, also while a server runs
};

// Which files a server's store is in. The first opening finds that out; those that follow a failure get the
// same files or fail, since a new or another file does not have what was acknowledged. Begins zeroed, and
// ends with store_forget.
struct store_identity {
    void *kept;                 // the backend's; NULL in a store that is not a file
    void (*forget)(void *kept); // frees it; set where `kept` is
};

enum { STORE_BEGINNING_BYTES = 16 }; // of a file; these tell whether it is a store's

// Called for each path that a store is opened with; what it is given lives until it returns.
typedef void (*store_each_path)(void *context, const char *path, bool is_written);

#endif
