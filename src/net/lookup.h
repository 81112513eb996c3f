// Looking a name up, for as long as we like and no longer. getaddrinfo(3) cannot be given up, so a process of
// its own calls it, which can be ended. (A thread could not, and would outlive the moment when all threads
// are confined.)
//
//   lookup_begin → lookup_wait, again after each interruption → lookup_end
#ifndef QUINIELA_NET_LOOKUP_H
#define QUINIELA_NET_LOOKUP_H

#include "base/attributes.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

enum { LOOKUP_ADDRESSES_MAX = 128 };

// What the process finds.
struct lookup_answer {
    int failure; // 0, or what getaddrinfo returned
    size_t count;
    struct sockaddr_storage addresses[LOOKUP_ADDRESSES_MAX];
};

struct lookup {
    pid_t process;
    int answers; // where its answer comes from
    uint64_t until_ms;
    size_t received; // of the answer's bytes
    struct lookup_answer answer;
};

enum lookup_state {
    LOOKUP_FOUND,       // answer.addresses; at least one
    LOOKUP_FAILED,      // answer.failure, for gai_strerror(3)
    LOOKUP_LATE,        // the time is over
    LOOKUP_INTERRUPTED, // `interrupt` can be read: see to it, and wait again
};

// Begins to look up the addresses of `name`, both IPv4's and IPv6's, for at most `timeout_ms`. On success it
// is to be ended with lookup_end. ERROR_SYSTEM when there can be no such process.
bool lookup_begin(struct lookup *lookup, const char *name, uint64_t timeout_ms,
                  struct error *error) MUST_CHECK;

// Waits for the answer, for the end of the time, or until the descriptor `interrupt` can be read.
enum lookup_state lookup_wait(struct lookup *lookup, int interrupt) MUST_CHECK;

// Ends the process, whatever it is doing.
void lookup_end(struct lookup *lookup);

#endif
