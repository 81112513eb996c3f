#include "prove/sealed_entries.h"

#include "claims/sealed_list.h"
#include "seal/errors.h"

#include <stdlib.h>

static bool no_memory(struct error *error) {
    return error_set(error, ERROR_NO_MEMORY, "no memory for the agencies' entries");
}

bool sealed_entries_begin(struct sealed_entries *entries, const struct sealed_draw *sealed, uint64_t bets,
                          struct error *error) {
    const struct rules *rules = sealed->newest;
    struct draw_entry draw = {sealed->seal.origin, rules->hash, rules->agencies, bets};
    struct hash leaf;
    *entries = (struct sealed_entries){.count = 0};
    tree_paths_begin(&entries->paths);
    draw_entry_leaf(&draw, &leaf);
    return tree_paths_add(&entries->paths, &leaf, false) || no_memory(error);
}

static bool keep(struct sealed_entries *entries, const struct agency_entry *entry) {
    if (entries->count == entries->max) {
        size_t max = entries->max == 0 ? 4 : 2 * entries->max;
        struct agency_entry *more = reallocarray(entries->wanted, max, sizeof *more);
        if (more == NULL) {
            return false;
        }
        entries->wanted = more;
        entries->max = max;
    }
    entries->wanted[entries->count++] = *entry;
    return true;
}

bool sealed_entries_add(struct sealed_entries *entries, const struct agency_entry *entry, bool is_wanted,
                        struct error *error) {
    struct hash leaf;
    agency_entry_leaf(entry, &leaf);
    return ((!is_wanted || keep(entries, entry)) && tree_paths_add(&entries->paths, &leaf, is_wanted)) ||
           no_memory(error);
}

bool sealed_entries_end(struct sealed_entries *entries, const struct sealed_draw *sealed,
                        struct error *error) {
    struct hash root;
    tree_paths_end(&entries->paths, &root);
    return hash_equal(&root, &sealed->seal.root) ||
           error_set(error, ERROR_FALSE_CLAIM, "the agencies' entries are not those of the seal");
}

void sealed_entries_free(struct sealed_entries *entries) {
    tree_paths_free(&entries->paths);
    free(entries->wanted);
    *entries = (struct sealed_entries){.count = 0};
}

// seal.json -------------------------------------------------------------------------------------------------

static bool add_run(struct sealed_entries *entries, struct slice origin, const struct sealed_run *run,
                    uint32_t wanted, struct error *error) {
    struct agency_entry entry = {origin, run->first, run->state, run->count, run->root};
    if (run->count == 0) {
        merkle_empty(&entry.root);
    }
    for (; entry.agency <= run->last; entry.agency++) {
        if (!sealed_entries_add(entries, &entry, entry.agency == wanted, error)) {
            return false;
        }
    }
    return true;
}

static bool read_list(struct sealed_entries *entries, struct sealed_list *list, struct slice origin,
                      uint32_t wanted, struct error *error) {
    struct sealed_run run;
    bool found = true;
    while (found) {
        if (!sealed_list_next(list, &run, &found, error) ||
            (found && !add_run(entries, origin, &run, wanted, error))) {
            return false;
        }
    }
    return true;
}

bool sealed_entries_read(struct sealed_entries *entries, const struct sealed_draw *sealed,
                         const struct kept_seal *kept, uint32_t agency, struct error *error) {
    struct sealed_list list;
    *entries = (struct sealed_entries){.count = 0};
    bool done = sealed_list_begin(&list, &kept->list, error) &&
                sealed_entries_begin(entries, sealed, list.bets, error) &&
                read_list(entries, &list, sealed->seal.origin, agency, error) &&
                sealed_entries_end(entries, sealed, error);
    sealed_list_end(&list);
    return done;
}
