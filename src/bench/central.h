// The bench's own central: this same program, started as `server` on free ports with its store in a new
// directory, observed from outside, and ended.
#ifndef QUINIELA_BENCH_CENTRAL_H
#define QUINIELA_BENCH_CENTRAL_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct central_options {
    const char *parent_directory; // where its directory is created
    const char *program;          // the quiniela to start as a server; NULL: this one
    const char *log_level;
    const char *loops;        // as the setting's value, or NULL for the server's default
    const char *store;        // NULL: a new one in its directory
    const char *certificates; // for TLS: a folder with server.crt, server.key and ca.crt; NULL: plain text
    uint32_t agencies;
};

struct central {
    pid_t pid; // 0: not running
    uint16_t port, consult_port;
    char *directory; // holds the log, server.log, and the store, quiniela.db, unless that is elsewhere
};

// Starts a central and waits until it listens. On success the caller ends it with central_stop. ERROR_SYSTEM
// when it cannot be started, or ends immediately. Its directory is then kept for inspection, and the text
// names it.
bool central_start(const struct central_options *options, struct central *central,
                   struct error *error) MUST_CHECK;

// The process's resident memory (VmRSS), in KiB; 0 if it cannot be read.
uint64_t central_memory_kib(const struct central *central);

// The processor time used so far by all threads of the process, in nanoseconds: in the program, and in the
// kernel on its behalf.
struct central_time {
    uint64_t user_ns, system_ns;
};

// Reads that time; both are 0 if it cannot be read. The sum is exact, but the kernel divides it in steps of
// 10 ms (proc(5), /proc/PID/stat).
struct central_time central_processor_time(const struct central *central);

// The time used between two such readings. The sum is exact. The kernel's division can go back by a step
// from one reading to the next; it is then kept within the sum. Both are 0 if `after` could not be read.
struct central_time central_time_between(struct central_time before, struct central_time after);

// Ends the central with SIGTERM and removes its directory, unless `keep`. ERROR_SYSTEM if its exit status was
// not 0.
bool central_stop(struct central *central, bool keep, struct error *error) MUST_CHECK;

#endif
