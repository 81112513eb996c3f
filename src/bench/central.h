// A central of the bench's own: this same program, started as `server` on free ports with a store in a
// directory of its own, watched from outside, and ended.
#ifndef QUINIELA_BENCH_CENTRAL_H
#define QUINIELA_BENCH_CENTRAL_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct central_options {
    const char *parent_directory; // where its own directory is made
    const char *program;          // the quiniela to start as a server; NULL: this one
    const char *log_level;
    const char *loops;        // as it would be written, or NULL for the server's default
    const char *store;        // another store than a new one in its directory, or NULL
    const char *certificates; // a folder with server.crt, server.key and ca.crt, for TLS; NULL: plain text
    uint32_t agencies;
};

struct central {
    pid_t pid; // 0: none is running
    uint16_t port, consult_port;
    char *directory; // the store, quiniela.db, unless it is elsewhere, and the log, server.log
};

// Starts a central and waits until it listens. On success the caller ends it with central_stop. ERROR_SYSTEM
// when it cannot be started or ends at once; its directory is then left for a look, and the text names it.
bool central_start(const struct central_options *options, struct central *central,
                   struct error *error) MUST_CHECK;

// The memory of the process that is in use (VmRSS), in KiB; 0 when it cannot be read.
uint64_t central_memory_kib(const struct central *central);

// The processor time that all threads of the process have used so far, in nanoseconds: in the program itself,
// and in the kernel on its behalf.
struct central_time {
    uint64_t user_ns, system_ns;
};

// Reads that time; both are 0 when it cannot be read. The sum is exact; the kernel tells how it is divided in
// steps of 10 ms (proc(5), /proc/PID/stat).
struct central_time central_processor_time(const struct central *central);

// Ends the central by SIGTERM and removes its directory, unless `keep`. ERROR_SYSTEM when it did not end
// with status 0.
bool central_stop(struct central *central, bool keep, struct error *error) MUST_CHECK;

#endif
