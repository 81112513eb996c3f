// The seal of a draw, computed beside the ledger's thread: on one of its own, with a store of its own, which
// it only reads.
#ifndef QUINIELA_LEDGER_SEALING_TASK_H
#define QUINIELA_LEDGER_SEALING_TASK_H

#include "bet/limits.h"
#include "ledger/sealed_tree.h"

struct sealing_task;

struct sealing_task_options {
    struct sealed_terms terms; // copied; its `stop` is the task's own
    FILE *list;                // for seal.json, and nobody else's meanwhile
    // Of ledger/options.h; called on the task's thread.
    bool (*open_reader)(void *context, const char *draw, struct store **store, struct error *error);
    void *context;
    char draw[DRAW_NAME_BYTES_MAX + 1];
    void (*wake)(void *context); // called on the task's thread when it has ended; NULL: nobody is woken
    void *wake_context;
};

// Starts it. NULL with ERROR_NO_MEMORY or ERROR_SYSTEM. Ended by sealing_task_end.
struct sealing_task *sealing_task_start(const struct sealing_task_options *options, struct error *error);

// Whether it has ended. Any thread may ask.
bool sealing_task_is_done(const struct sealing_task *task);

// Asks it to end soon, within the time that a chunk takes. Any thread may.
void sealing_task_stop(struct sealing_task *task);

// Waits for its end, wipes and frees it, and nulls the caller's pointer. *seal is what it has computed, but
// for the origin. Errors as sealed_tree_compute.
bool sealing_task_end(struct sealing_task **task, struct checkpoint *seal, struct error *error) MUST_CHECK;

#endif
