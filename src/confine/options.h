// What a process keeps when it gives up the rest.
#ifndef QUINIELA_CONFINE_OPTIONS_H
#define QUINIELA_CONFINE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct confine_options {
    const char *user; // the user to become when started as root, by name or number; NULL: no change
    // Files, or folders with everything beneath them. Those that do not exist are left out: the process
    // cannot create them later, unless they are in a folder given here.
    const char *const *writable; // to read, write, create and remove: the store's
    size_t writable_count;
    const char *const *readable;
    size_t readable_count;
    const char *removes_in; // a folder that it may remove files of, and nothing else; NULL: none
    bool connects;          // may resolve names and connect, and read what the resolver reads
    // With `connects`: the TCP ports it may connect to, besides a name server's. None: every port.
    const uint16_t *ports;
    size_t port_count;
    bool abstract_sockets; // may reach other programs' abstract Unix sockets (names that begin with '@')
    bool notifies;         // may send datagrams to Unix sockets, to tell a service manager
    bool forgiving;        // a forbidden system call fails with EPERM: libraries may try unforeseen ones
    bool landlock, seccomp;
};

#endif
