// The processor time that a central's threads have used, by what they do: which of them would be full first.
#ifndef QUINIELA_BENCH_THREADS_H
#define QUINIELA_BENCH_THREADS_H

#include <stdint.h>
#include <sys/types.h>

enum thread_kind {
    THREAD_LOOP,
    THREAD_LEDGER,
    THREAD_CHECKPOINT,
    THREAD_LOG,
    THREAD_OTHER, // also all threads of a program that does not name them
    THREAD_KINDS
};

// In nanoseconds, all threads of a kind together. Threads that have ended are not counted.
struct threads_time {
    uint64_t ns[THREAD_KINDS];
};

// Of a process, so far. All 0 if it cannot be read.
struct threads_time threads_time(pid_t process);

// Between two such readings.
struct threads_time threads_time_between(const struct threads_time *before, const struct threads_time *after);

// What a kind is called: a word, in the plural.
const char *threads_name(enum thread_kind kind);

#endif
