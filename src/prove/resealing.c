#include "prove/resealing.h"

#include "claims/sealed_list.h"
#include "prove/agency_rows.h"
#include "seal/errors.h"
#include "seal/root.h"

#include <inttypes.h>
#include <stdatomic.h>

struct run {
    const struct sealed_draw *sealed;
    const struct resealing *resealing;
    struct agency_rows rows;
    struct root *root;
    // seal.json, read beside; its run that has the agency, or an earlier one.
    bool has_list;
    struct sealed_list list;
    struct sealed_run sealed_run;
};

// Agencies --------------------------------------------------------------------------------------------------

static bool differs(uint32_t agency, struct error *error) {
    return error_set(error, ERROR_FALSE_CLAIM,
                     "agency %" PRIu32 ": its bets in the store are not those that were sealed", agency);
}

// Holds the agency against seal.json.
static bool compare(struct run *run, const struct agency_entry *entry, struct error *error) {
    bool found = true;
    while (found && run->sealed_run.last < entry->agency) {
        if (!sealed_list_next(&run->list, &run->sealed_run, &found, error)) {
            return false;
        }
    }
    const struct sealed_run *sealed = &run->sealed_run;
    bool is_same = found && sealed->count == entry->count && sealed->state == entry->state &&
                   (entry->count == 0 || hash_equal(&sealed->root, &entry->root));
    return is_same || differs(entry->agency, error);
}

static bool on_agency(void *context, uint32_t agency, uint64_t count, const struct hash *root,
                      enum entry_state *state, struct error *error) {
    struct run *run = context;
    struct agency_row row = agency_rows_of(&run->rows, agency);
    struct agency_entry entry = {run->sealed->seal.origin, agency, row.state, count, *root};
    *state = row.state;
    if (count != row.bets) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "agency %" PRIu32 ": %" PRIu64
                         " of its bets are in the store, and its row says %" PRIu64,
                         agency, count, row.bets);
    }
    return (!run->has_list || compare(run, &entry, error)) &&
           run->resealing->on_entry(run->resealing->context, &entry, error);
}

static bool on_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    struct run *run = context;
    const struct resealing *resealing = run->resealing;
    struct root_chunk part = {chunk->agency,      chunk->first,   chunk->count, chunk->rows,
                              chunk->rows_length, chunk->numbers, chunk->digest};
    return (resealing->on_chunk == NULL || resealing->on_chunk(resealing->context, chunk, error)) &&
           root_add(run->root, &part, error);
}

// The seal --------------------------------------------------------------------------------------------------

static bool begin(struct run *run, struct store *store, struct error *error) {
    static const atomic_bool never; // a signal ends the program
    const struct rules *rules = run->sealed->newest;
    const struct kept_seal *kept = run->resealing->kept;
    if (!agency_rows_read(store, &run->rows, error)) {
        return false;
    }
    if (kept != NULL && kept->has_list) {
        run->has_list = true;
        if (!sealed_list_begin(&run->list, &kept->list, error)) {
            return false;
        }
    }
    struct root_options options = {.origin = rules->origin,
                                   .secret = run->sealed->row.secret,
                                   .rules = rules->hash,
                                   .agencies = rules->agencies,
                                   .bets = run->rows.bets,
                                   .stop = &never,
                                   .on_agency = on_agency,
                                   .context = run};
    run->root = root_begin(&options, error);
    return run->root != NULL;
}

static bool is_sealed(const struct run *run, const struct checkpoint *seal, struct error *error) {
    return hash_equal(&seal->root, &run->sealed->seal.root) ||
           error_set(error, ERROR_FALSE_CLAIM,
                     "the bets in the store are not those that were sealed; the seal.json of SEAL_DIR tells "
                     "of which agency");
}

bool reseal(struct store *store, const struct sealed_draw *sealed, const struct resealing *resealing,
            struct error *error) {
    struct run run = {.sealed = sealed, .resealing = resealing};
    struct checkpoint seal;
    bool done = begin(&run, store, error) && store_chunks(store, 0, 0, UINT64_MAX, on_chunk, &run, error) &&
                root_end(run.root, &seal, error) && is_sealed(&run, &seal, error);
    root_free(run.root);
    if (run.has_list) {
        sealed_list_end(&run.list);
    }
    agency_rows_free(&run.rows);
    return done;
}
