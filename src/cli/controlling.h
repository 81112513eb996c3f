// The server's control socket, from the settings: where it is, whose it is, and what becomes of it when it
// cannot be made.
#ifndef QUINIELA_CLI_CONTROLLING_H
#define QUINIELA_CLI_CONTROLLING_H

#include "cli/server_options.h"
#include "control/control.h"
#include "net/net.h"

struct number_counts;

struct controlling {
    struct control *control;         // NULL: nobody gives orders to this server
    char folder[PATH_MAX];           // of its socket; "" when there is none
    char store[STORE_ADDRESS_BYTES]; // as it is shown
    char file[PATH_MAX];             // of the store; "" when it is in none
};

// What the server does itself (control/options.h).
struct controlling_actions {
    uint64_t (*drain)(void *context);
    uint64_t (*connections)(void *context);
    void (*tell_store)(void *context, struct control_store *store);
    bool (*reload)(void *context, struct error *error);
    void *context;
    struct number_counts *numbers;
    uint16_t http_port; // of the board; 0: there is none
};

// Makes the socket, with the rights that the server was started with, for the user that it will run as. One
// that the settings name must be made: ERROR_BAD_SETTING or ERROR_SYSTEM, naming the setting. Without one
// that is only the default the server starts all the same, and a warning says so. An echo has none.
bool controlling_open(struct controlling *controlling, const struct server_options *options,
                      const struct net *net, uv_loop_t *loop, const struct controlling_actions *actions,
                      struct error *error) MUST_CHECK;

#endif
