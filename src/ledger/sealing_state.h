// What a ledger has in memory of its draw's seal, beside the row (stored_draw.root).
#ifndef QUINIELA_LEDGER_SEALING_STATE_H
#define QUINIELA_LEDGER_SEALING_STATE_H

#include "ledger/draw_papers.h"
#include "ledger/early_seals.h"
#include "notary/folder_draft.h"
#include "seal/hash.h"

#include <stdatomic.h>

struct sealing_task;

struct sealing {
    // Changed by sealing_show.h.
    struct draw_papers papers; // as they were last read
    const struct paper *note;  // of these, the seal's note, checked; NULL: there is no seal yet
    struct hash hash;          // H(SEAL), with `note`
    char *other;               // another seal's note that was found; NULL: none, or it is recorded
    size_t other_length;
    bool is_shown;        // the seal is in the folder and in the notice
    bool result_is_shown; // so is the result
    bool papers_are_kept; // whatever else there is of it is in the folder
    bool fails;           // something could not be kept in the folder, and that was logged
    // Changed by fork.h, until there is a seal to compare them with.
    struct early_seals early;
    // Changed by sealing.h.
    bool is_told;                // the owner has been told of it (options.h: noted)
    bool has_list;               // seal.json is in the folder
    struct sealing_task *task;   // that computes the seal; NULL: none is under way
    struct folder_draft list;    // seal.json, which the task writes
    struct error failure;        // of the last attempt; ERROR_NONE when it did not fail
    uint64_t again_ms;           // when to try again (of the steady clock)
    uint32_t failures;           // in a row
    void (*wake)(void *context); // called on the task's thread when it has ended
    void *wake_context;
    atomic_bool stop; // whatever computes a seal is to end soon
};

#endif
