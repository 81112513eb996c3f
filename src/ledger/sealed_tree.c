#include "ledger/sealed_tree.h"

#include "bet/errors.h"
#include "notary/seal_json.h"
#include "seal/errors.h"
#include "seal/root.h"

#include <inttypes.h>
#include <stdlib.h>

const struct error_code ERROR_BETS_CHANGED[1] = {{"bets_changed", false}};

struct tree {
    const struct sealed_terms *terms;
    uint64_t *rows; // [agencies + 1] what each agency's row says: its bets, twice, and 1 when it has finished
    uint64_t bets;
    struct root *root;
    struct seal_json list;
};

// What the rows say -----------------------------------------------------------------------------------------

static bool take_row(void *context, const struct stored_agency *row, struct error *error) {
    struct tree *tree = context;
    if (row->agency < 1 || row->agency > tree->terms->agencies || row->finished_at[0] == '\0') {
        return error_set(error, ERROR_BETS_CHANGED,
                         "agency %" PRIu32 " is not one that this draw was sealed with", row->agency);
    }
    tree->rows[row->agency] = row->bets << 1 | (row->ending == AGENCY_FINISHED);
    tree->bets += row->bets;
    return true;
}

static bool read_rows(struct tree *tree, struct store *store, struct error *error) {
    tree->rows = calloc((size_t)tree->terms->agencies + 1, sizeof *tree->rows);
    return tree->rows != NULL ? store_agencies(store, take_row, tree, error)
                              : error_set(error, ERROR_NO_MEMORY, "no memory for the agencies' bets");
}

// What there is ---------------------------------------------------------------------------------------------

static bool end_agency(void *context, uint32_t agency, uint64_t count, const struct hash *root,
                       enum entry_state *state, struct error *error) {
    struct tree *tree = context;
    uint64_t said = tree->rows[agency] >> 1;
    if (count != said) {
        return error_set(error, ERROR_BETS_CHANGED,
                         "agency %" PRIu32 ": %" PRIu64 " bets are stored, and its row says %" PRIu64, agency,
                         count, said);
    }
    *state = (tree->rows[agency] & 1) != 0 ? ENTRY_FINISHED : ENTRY_CUT;
    seal_json_add(&tree->list, *state, count, root);
    return true;
}

static bool add_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    const struct tree *tree = context;
    return root_add(tree->root,
                    &(struct root_chunk){.agency = chunk->agency,
                                         .first = chunk->first,
                                         .count = chunk->count,
                                         .rows = chunk->rows,
                                         .rows_length = chunk->rows_length,
                                         .numbers = chunk->numbers,
                                         .digest = chunk->digest},
                    error);
}

static bool add_chunks(struct tree *tree, struct store *store, struct checkpoint *seal, struct error *error) {
    const struct sealed_terms *terms = tree->terms;
    const struct root_options options = {.origin = slice_of(terms->origin),
                                         .secret = terms->secret,
                                         .rules = terms->rules,
                                         .agencies = terms->agencies,
                                         .bets = tree->bets,
                                         .stop = terms->stop,
                                         .on_agency = end_agency,
                                         .context = tree};
    tree->root = root_begin(&options, error);
    bool done = tree->root != NULL && store_chunks(store, 0, 0, UINT64_MAX, add_chunk, tree, error) &&
                root_end(tree->root, seal, error);
    root_free(tree->root);
    if (!done && error->code == ERROR_FALSE_CLAIM) {
        error->code = ERROR_BETS_CHANGED; // its text names the agency
    }
    return done;
}

// Bets that were set aside ----------------------------------------------------------------------------------

static bool add_voided(void *context, uint32_t voiding, const struct stored_chunk *chunk,
                       struct error *error) {
    struct seal_json *list = context;
    (void)error;
    seal_json_add_voided(list, chunk->agency, voiding, chunk->count);
    return true;
}

static bool list_voided(struct tree *tree, struct store *store, struct error *error) {
    return tree->terms->voided == 0 || store_voided(store, add_voided, &tree->list, error);
}

// All of it -------------------------------------------------------------------------------------------------

bool sealed_tree_compute(struct store *store, const struct sealed_terms *terms, FILE *list,
                         struct checkpoint *seal, struct error *error) {
    struct tree tree = {.terms = terms};
    bool done = store_snapshot(store, error) && read_rows(&tree, store, error);
    if (done) {
        seal_json_begin(&tree.list, list, slice_of(terms->origin), &terms->rules, terms->agencies, tree.bets);
        done = add_chunks(&tree, store, seal, error) && list_voided(&tree, store, error) &&
               seal_json_end(&tree.list, seal, error);
    }
    free(tree.rows);
    return done;
}
