// What goes on beside an upgrade at a server's start, which may take minutes: a signal ends the server as at
// any other time, and whoever supervises it hears that it is at work.
#ifndef QUINIELA_CLI_UPGRADE_WATCH_H
#define QUINIELA_CLI_UPGRADE_WATCH_H

#include "base/error.h"

#include <pthread.h>

struct upgrade_watch {
    pthread_t thread;
    int signals, ended; // descriptors
};

// Begins to watch, in a thread of its own. SIGTERM and SIGINT are held already. When one comes, it is logged,
// and the program ends with status 0, whatever the upgrade is in the middle of: the next one goes on from
// there. ERROR_SYSTEM or ERROR_NO_MEMORY.
bool upgrade_watch_start(struct upgrade_watch *watch, struct error *error) MUST_CHECK;

// The upgrade writes each line of its own between these two, so that none comes behind the server's last one.
// Any thread may call them, at any time.
void upgrade_watch_line_begin(void);
void upgrade_watch_line_end(void);

// Ends that thread. A signal that it has not taken stays pending.
void upgrade_watch_stop(struct upgrade_watch *watch);

#endif
