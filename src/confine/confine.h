// Least privilege: once it has started, the server needs its sockets and its store, and nothing else. So it
// gives up the rest for good: root, every other file, other programs, other system calls.
//
//   user.c      becomes another user, when it was started as root
//   landlock.c  files beneath the given paths only; no TCP ports, and connections only where asked for
//   seccomp.c   a list of the system calls that the server makes; any other one ends the process
//
// Landlock and the filter hold for the calling thread and for those it starts from then on: confine() is to
// be called before any other thread is started, and behind the binding of ports.
#ifndef QUINIELA_CONFINE_CONFINE_H
#define QUINIELA_CONFINE_CONFINE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct confine_options {
    const char *user; // to become when started as root, by name or number; NULL: stay who we are
    // Files, or folders with all beneath them. Those that do not exist are left out: nobody may make them
    // later, unless they are in a folder that was given.
    const char *const *writable; // to read, write, make and remove: the store's
    size_t writable_count;
    const char *const *readable;
    size_t readable_count;
    bool connects; // to a database: may look names up and connect, and read what libraries read for that
    bool abstract_sockets; // of other programs may be reached: Unix sockets whose names begin with '@'
    bool landlock, seccomp;
};

struct confine_report {
    bool user_changed, no_new_privileges, seccomp;
    int landlock_abi; // 0: none
};

// Does what the options ask for. With neither `landlock` nor `seccomp` only the user is changed; with either
// no program that is run may ever gain privileges, and no memory is written to a core file. What the kernel
// does not have is left out, and missing from *report. ERROR_BAD_SETTING when there is no such user, or the
// process may not become it; ERROR_SYSTEM when the user may not write a path of `writable`, or when anything
// else fails; the process should then end, since it may be confined in part.
bool confine(const struct confine_options *options, struct confine_report *report,
             struct error *error) MUST_CHECK;

#endif
