// Looking a name up with a timeout. getaddrinfo(3) cannot be cancelled, so a child process calls it, and that
// can be killed. (A thread could not, and would still be running when all threads must be confined.)
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

// What the child has found.
struct lookup_answer {
    int failure; // 0, or what getaddrinfo returned
    size_t count;
    struct sockaddr_storage addresses[LOOKUP_ADDRESSES_MAX];
};

struct lookup {
    pid_t process;
    int answers; // the pipe for its answer
    uint64_t until_ms;
    size_t received; // of the answer's bytes
    struct lookup_answer answer;
};

enum lookup_state {
    LOOKUP_FOUND,       // answer.addresses; at least one
    LOOKUP_FAILED,      // answer.failure, for gai_strerror(3)
    LOOKUP_LATE,        // timed out
    LOOKUP_INTERRUPTED, // `interrupt` can be read: handle it, and wait again
};

// Begins to look up the IPv4 and IPv6 addresses of `name`, for at most `timeout_ms`. On success the caller
// ends it with lookup_end. ERROR_SYSTEM when the pipe or the process cannot be made.
bool lookup_begin(struct lookup *lookup, const char *name, uint64_t timeout_ms,
                  struct error *error) MUST_CHECK;

// Waits for the answer, for the timeout, or until the descriptor `interrupt` can be read.
enum lookup_state lookup_wait(struct lookup *lookup, int interrupt) MUST_CHECK;

// Kills the process, whatever it is doing, reaps it and closes the pipe.
void lookup_end(struct lookup *lookup);

#endif
