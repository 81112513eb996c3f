// The seal of a draw, computed by many threads, in memory that does not grow with the bets.
//
// One thread reads the draw's chunks in order and adds them; it alone uses this interface. Others compute the
// hashes. The seal is the same whatever their number.
#ifndef QUINIELA_SEAL_ROOT_H
#define QUINIELA_SEAL_ROOT_H

#include "seal/draw_tree.h"
#include "seal/root_batch.h"

struct root;

// Called for each agency, from 1 on, by the thread that adds, once all its bets are in: they are `count`, and
// `root` is the root of their tree. Sets *state to the agency's. Returns false to end it all, with `error`
// set, as when the agency should have another count.
typedef bool root_on_agency(void *context, uint32_t agency, uint64_t count, const struct hash *root,
                            enum entry_state *state, struct error *error);

struct root_options {
    struct slice origin;     // its text and `secret` outlive the root
    const uint8_t *secret;   // S, SECRET_BYTES
    struct hash rules;       // H(text of the newest rules)
    uint32_t agencies;       // A, 1 or more
    uint64_t bets;           // of all agencies
    unsigned threads;        // that compute, at most 256; 0 is one for each core that the process may use
    const atomic_bool *stop; // once it is true, all ends within the time that a chunk of 1 MiB takes
    root_on_agency *on_agency;
    void *context; // on_agency's
};

// Starts the threads. NULL with ERROR_NO_MEMORY or ERROR_SYSTEM. root_free ends it.
struct root *root_begin(const struct root_options *options, struct error *error);

// Adds the next chunk, which is copied: by agency and then by `first`, without a gap. May wait for a thread
// to have room. ERROR_FALSE_CLAIM when it does not follow the one before, or as root_batch_compute has it,
// for this or an earlier chunk; ERROR_SEAL_STOPPED; ERROR_NO_MEMORY; whatever on_agency says. After an error
// there is only root_free.
bool root_add(struct root *root, const struct root_chunk *chunk, struct error *error) MUST_CHECK;

// Gives the seal, once all chunks have been added. Fails as root_add, and with ERROR_FALSE_CLAIM when the
// draw has not as many bets as it should.
bool root_end(struct root *root, struct checkpoint *seal, struct error *error) MUST_CHECK;

// Ends the threads, and frees the root, at any time; NULL does nothing.
void root_free(struct root *root);

#endif
