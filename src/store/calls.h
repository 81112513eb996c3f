// Whether a thread is in a call of a store, for whoever wants to tell a store that does not answer from a
// thread that is stuck elsewhere.
#ifndef QUINIELA_STORE_CALLS_H
#define QUINIELA_STORE_CALLS_H

#include <stdbool.h>

typedef void (*store_note_call)(void *context, bool is_in_call);

// From now on each call of this thread into any store is noted as it begins and as it ends, on this thread;
// with what it calls back in between. NULL: no more.
void store_calls_note(store_note_call note, void *context);

// For store.c: a call of this thread begins, or has ended. Of one within another the end is that of both.
void store_call_begin(void);
void store_call_end(void);

#endif
