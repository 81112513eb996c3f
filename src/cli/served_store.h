// Which store a server has, and whether that is the one that an order is for. Two addresses may lead to one
// store (a host has several names), and two stores may look alike (another schema of the same database). So a
// database is asked which one it is.
#ifndef QUINIELA_CLI_SERVED_STORE_H
#define QUINIELA_CLI_SERVED_STORE_H

#include "store/store.h"
#include "wire/json.h"

#include <pthread.h>

// The server's side: written whenever it opens its store, read whenever somebody asks. All zeros: not opened.
struct served_store {
    pthread_mutex_t lock;
    char address[STORE_PLAIN_BYTES], id[STORE_ID_BYTES]; // "": there is none
};

// The store at `address` has just been opened. Called on any thread.
void served_store_opened(struct served_store *served, const char *address, const struct store *store);

// Copies both, for struct control_store (control/options.h).
void served_store_tell(struct served_store *served, char address[STORE_PLAIN_BYTES], char id[STORE_ID_BYTES]);

// The command's side: the store at `address`, which is in no file. All other members are zeros at first.
struct wanted_store {
    const char *address;
    bool has_asked; // the database, which is done at most once, and only where the addresses differ
    char id[STORE_ID_BYTES];
    struct error reason; // why the database has not said it; no text: it has, or was not asked
    bool is_assumed; // a server's store differs in nothing but who connects, and the database says nothing
    char assumed[STORE_ID_BYTES]; // then which one it is
    bool is_doubtful;             // and another one is as good
};

// Whether it is the store of a server that says these of itself.
bool wanted_store_is(struct wanted_store *wanted, const struct json_value *address,
                     const struct json_value *id);

#endif
