// Least privilege: once it has started, a server needs its sockets and its store, a client its file and its
// connection, and nothing else. So they give up the rest for good: root, every other file, other programs,
// other system calls.
//
//   user.c          becomes another user, when it was started as root
//   capabilities.c  of a root who stays root: nothing that root may do and others may not
//   modules.c       what the resolver would load later is loaded first: afterwards no code comes in
//   landlock.c      files beneath the given paths only; no TCP ports, and connections only where asked for
//   seccomp.c       a list of the system calls that the server makes; any other one ends the process
//
// Landlock and the filter hold for the calling thread and for those it starts from then on: confine() is to
// be called before any other thread is started, and behind the binding of ports.
#ifndef QUINIELA_CONFINE_CONFINE_H
#define QUINIELA_CONFINE_CONFINE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct confine_options {
    const char *user; // to become when started as root, by name or number; NULL: stay who we are
    // Files, or folders with all beneath them. Those that do not exist are left out: nobody may make them
    // later, unless they are in a folder that was given.
    const char *const *writable; // to read, write, make and remove: the store's
    size_t writable_count;
    const char *const *readable;
    size_t readable_count;
    bool connects; // may look names up and connect, and read what the resolver reads for that
    // With `connects`: the TCP ports that may be connected to, and a name server's. None: every port.
    const uint16_t *ports;
    size_t port_count;
    bool abstract_sockets; // of other programs may be reached: Unix sockets whose names begin with '@'
    bool notifies;         // a service manager: may send datagrams to Unix sockets
    bool forgiving; // what the filter does not allow fails with EPERM, where libraries may do what nobody
                    // knows
    bool landlock, seccomp;
};

struct confine_report {
    bool user_changed, no_new_privileges, seccomp;
    int landlock_abi;         // 0: none
    bool ports_limited;       // to options->ports; an older Landlock cannot do that
    const char *capabilities; // that are left of root's, as text: "none", or the names
};

// Does what the options ask for. With neither `landlock` nor `seccomp` only the user is changed; with either
// no program that is run may ever gain privileges, and no memory is written to a core file. What the kernel
// does not have is left out, and missing from *report. ERROR_BAD_SETTING when there is no such user, or the
// process may not become it; ERROR_SYSTEM when the user may not write a path of `writable`, or when anything
// else fails; the process should then end, since it may be confined in part.
bool confine(const struct confine_options *options, struct confine_report *report,
             struct error *error) MUST_CHECK;

#endif
