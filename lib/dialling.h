// Connects a socket to a host, without waiting: looks its name up, then tries its addresses one after the
// other until one answers.
//
//   NEW ──→ ASKING (whoever looks names up) ──→ TRYING ──→ connected
//    └── a number, or getaddrinfo(3) ───────────↑  └──→ failed: no address is left
#ifndef QUINIELA_LIB_DIALLING_H
#define QUINIELA_LIB_DIALLING_H

#include "agency/address.h"
#include "lib/reasons.h"

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { ADDRESSES_TRIED_MAX = 32 }; // of one name

// Who looks names up. `start` returns false when it cannot; otherwise dialling_answer follows, not from
// within it, unless `cancel` comes first. start NULL: getaddrinfo(3) does, which waits.
struct name_lookup {
    bool (*start)(void *context, const char *host, const char *port);
    void (*cancel)(void *context);
    void *context;
};

enum dialling_state { DIALLING_NEW, DIALLING_ASKING, DIALLING_TRYING };

// Part of its owner's struct; only dialling.c uses the fields.
struct dialling {
    enum dialling_state state;
    const struct address *address;
    const struct name_lookup *lookup;
    int descriptor; // that is being connected, or -1
    struct sockaddr_storage found[ADDRESSES_TRIED_MAX];
    socklen_t lengths[ADDRESSES_TRIED_MAX];
    size_t count, next;
    size_t sockets; // that were opened
    int failure;    // the last attempt's errno
};

// Begins; nothing is done yet. What is pointed to must outlive it. dialling_end ends it.
void dialling_begin(struct dialling *dialling, const struct address *address,
                    const struct name_lookup *lookup);

// Closes what is open, and gives a lookup up. Harmless after it is over.
void dialling_end(struct dialling *dialling);

enum dialling_result { DIALLING_WAITS, DIALLING_CONNECTED, DIALLING_FAILED };

// Goes on as far as that is possible now. DIALLING_CONNECTED: *descriptor is the socket, the caller's from
// now on, which does not block. DIALLING_FAILED: with the reason, for people.
enum dialling_result dialling_step(struct dialling *dialling, int *descriptor, char reason[REASON_BYTES]);

// The answer to name_lookup's `start`: 0 and the addresses, which are copied, or getaddrinfo's error. The
// next step goes on with it. Ignored when nothing was asked.
void dialling_answer(struct dialling *dialling, int failure, const struct addrinfo *found);

// Whether a step can do something at once, whatever the descriptor says.
bool dialling_is_ready(const struct dialling *dialling);

#endif
