// Limiting system calls.
#ifndef QUINIELA_CONFINE_SECCOMP_H
#define QUINIELA_CONFINE_SECCOMP_H

#include "base/error.h"
#include "confine/options.h"

// Gives up every other system call. *filtered is false when the kernel has no filters. ERROR_SYSTEM.
bool seccomp_confine(const struct confine_options *options, bool *filtered, struct error *error) MUST_CHECK;

#endif
