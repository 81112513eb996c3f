// What a control is opened with.
#ifndef QUINIELA_CONTROL_OPTIONS_H
#define QUINIELA_CONTROL_OPTIONS_H

#include "base/error.h"
#include "control/peer.h"
#include "control/socket.h"

#include <stdint.h>
#include <uv.h>

struct number_counts;

enum { CONTROL_STORE_BYTES = 1024 };

// Which store it is, where that is in no file; "": unknown.
struct control_store {
    char address[CONTROL_STORE_BYTES], id[CONTROL_STORE_BYTES];
};

// What a server says of itself (`hello`). The texts must outlive the control.
struct control_facts {
    const char *version, *draw,
        *store;       // the program's; the draw's name; the store's address, without a password
    const char *file; // the absolute name of the store's file, free of links; NULL when it is in none
    uint16_t port, consult_port;
    uint16_t http_port; // of its board; 0: it has none
};

// Each function is called on the loop's thread.
struct control_options {
    uv_loop_t *loop;
    struct control_socket socket; // the control takes it over
    struct control_users users;
    struct control_facts facts;
    // Which store it has now. NULL: it is in a file.
    void (*tell_store)(void *context, struct control_store *store);
    // Begins to end the server gently. Returns how many connections of agencies there are.
    uint64_t (*drain)(void *context);
    // How many connections of agencies there are.
    uint64_t (*connections)(void *context);
    // Reads again what SIGHUP reads again: log, audit log, certificates. ERROR_… naming all that could not
    // be: of that the server keeps what it had. The rest is read again all the same.
    bool (*reload)(void *context, struct error *error);
    void *context;
    struct number_counts *numbers; // how often each was bet, kept by the caller. NULL: it counts none
    uint64_t idle_ms;              // after which a connection that gives no order is closed
};

#endif
