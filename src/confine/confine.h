// Least privilege: once it has started, a server needs its sockets and its store, a client its file and its
// connection, and nothing else. So they give up the rest for good: root, every other file, other programs,
// other system calls.
//
//   user.c          becomes another user, when started as root
//   capabilities.c  for a root that stays root: gives up root's powers
//   modules.c       loads in advance what the resolver would load later: no code is loaded afterwards
//   landlock.c      allows files beneath the given paths only, no TCP ports,
//                   and connections only if asked for
//   seccomp.c       allows the system calls that server and client make; any other one ends the process,
//                   or fails if that is asked for (options.h: forgiving)
//
// Landlock and the filter apply to the calling thread and to the threads it starts later: call confine()
// before starting any other thread, and after binding ports.
#ifndef QUINIELA_CONFINE_CONFINE_H
#define QUINIELA_CONFINE_CONFINE_H

#include "base/error.h"
#include "confine/options.h"

struct confine_report {
    bool no_new_privileges, seccomp;
    int landlock_abi;         // 0: none
    bool ports_limited;       // to options->ports; an older Landlock cannot do that
    const char *capabilities; // root's capabilities that were kept, as text: "none", or their names
};

// Does what the options ask for. With neither `landlock` nor `seccomp` it only changes the user. With either
// one, no program that is run can gain privileges, and memory is never written to a core file. What the
// kernel does not support is left out, and missing in *report. ERROR_BAD_SETTING when there is no such user,
// or the process may not become it. ERROR_SYSTEM when the user may not write a path of `writable`, or when
// anything else fails. After an error the process should end, because it may be partly confined.
bool confine(const struct confine_options *options, struct confine_report *report,
             struct error *error) MUST_CHECK;

#endif
