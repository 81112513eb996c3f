// Listens for other servers' changes to a shared store, on a thread of its own.
#ifndef QUINIELA_STORE_WATCH_H
#define QUINIELA_STORE_WATCH_H

#include "base/error.h"

struct store_watch;

// Calls `on_change`, on the watch's thread, whenever another server may have changed a draw of the store at
// `address`. It may miss changes, so a caller that must know of each also checks now and then. *watch is
// NULL when the store is not shared. Otherwise the caller ends it with store_watch_stop, after the signal
// that store_interrupt_on waits for.
bool store_watch_start(const char *address, void (*on_change)(void *context), void *context,
                       struct store_watch **watch, struct error *error) MUST_CHECK;

// Ends the thread, frees the watch (or takes NULL), and nulls the caller's pointer.
void store_watch_stop(struct store_watch **watch);

#endif
