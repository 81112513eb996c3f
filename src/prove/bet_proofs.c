#include "prove/bet_proofs.h"

#include "prove/agency_bets.h"
#include "prove/agency_rows.h"
#include "prove/bet_places.h"
#include "prove/resealing.h"
#include "prove/sealed_entries.h"
#include "seal/errors.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdlib.h>

struct proving {
    struct store *store;
    const struct sealed_draw *sealed;
    const struct bet_selection *selection;
    struct bet_places places;
    struct sealed_entries entries; // of the agencies of these
};

// The agencies' entries -------------------------------------------------------------------------------------

static bool search(void *context, const struct stored_chunk *chunk, struct error *error) {
    struct proving *proving = context;
    const struct bet_selection *selection = proving->selection;
    return (selection->agency != 0 && selection->agency != chunk->agency) ||
           bet_places_search(&proving->places, selection->document, chunk, error);
}

// All chunks of the agency have been read; and some of later ones.
static bool add_entry(void *context, const struct agency_entry *entry, struct error *error) {
    struct proving *proving = context;
    const struct bet_places *places = &proving->places;
    bool is_wanted = false;
    for (size_t i = places->count; i > 0 && !is_wanted && places->places[i - 1].agency >= entry->agency;
         i--) {
        is_wanted = places->places[i - 1].agency == entry->agency;
    }
    return sealed_entries_add(&proving->entries, entry, is_wanted, error);
}

static bool find_bets_total(struct store *store, uint64_t *bets, struct error *error) {
    struct agency_rows rows;
    bool done = agency_rows_read(store, &rows, error);
    *bets = rows.bets;
    agency_rows_free(&rows);
    return done;
}

static bool reseal_all(struct proving *proving, const struct kept_seal *kept, struct error *error) {
    struct resealing resealing = {.kept = kept, .on_entry = add_entry, .context = proving};
    uint64_t bets;
    if (proving->selection->document != NULL) {
        resealing.on_chunk = search;
    }
    return find_bets_total(proving->store, &bets, error) &&
           sealed_entries_begin(&proving->entries, proving->sealed, bets, error) &&
           reseal(proving->store, proving->sealed, &resealing, error) &&
           sealed_entries_end(&proving->entries, proving->sealed, error);
}

static bool find_entries(struct proving *proving, const struct kept_seal *kept, struct error *error) {
    const struct bet_selection *selection = proving->selection;
    if (selection->document == NULL &&
        !bet_places_add(&proving->places, selection->agency, selection->bet, error)) {
        return false;
    }
    return selection->document == NULL && kept->has_list
               ? sealed_entries_read(&proving->entries, proving->sealed, kept, selection->agency, error)
               : reseal_all(proving, kept, error);
}

// One agency's bets -----------------------------------------------------------------------------------------

static bool add_rows(void *context, const struct stored_chunk *chunk, struct error *error) {
    struct agency_bets *bets = context;
    struct slice rows[HASHES_TOGETHER];
    size_t count = 0;
    const char *end = chunk->rows + chunk->rows_length;
    for (const char *row = chunk->rows, *next; row < end; row = next) {
        const char *stop = memchr(row, '\n', (size_t)(end - row));
        if (stop == NULL || stop - row > BET_TEXT_BYTES_MAX) {
            return error_set(error, ERROR_FALSE_CLAIM,
                             "agency %" PRIu32 ": its bets in the store are not those that were sealed",
                             chunk->agency);
        }
        rows[count++] = (struct slice){row, (size_t)(stop - row)};
        next = stop + 1;
        if (count == HASHES_TOGETHER || next == end) {
            if (!agency_bets_add(bets, rows, count)) {
                return error_set(error, ERROR_NO_MEMORY, "no memory for the bets' paths");
            }
            count = 0;
        }
    }
    return true;
}

static bool read_agency(struct proving *proving, const struct agency_entry *entry, struct agency_bets *bets,
                        struct error *error) {
    if (!store_chunks(proving->store, entry->agency, 0, UINT64_MAX, add_rows, bets, error)) {
        return false;
    }
    agency_bets_end(bets);
    return (agency_bets_total(bets) == entry->count && hash_equal(&bets->root, &entry->root)) ||
           error_set(error, ERROR_FALSE_CLAIM,
                     "agency %" PRIu32 ": its bets in the store are not those that were sealed",
                     entry->agency);
}

static bool make_proof(const struct proving *proving, const struct agency_entry *entry,
                       const struct agency_bets *bets, size_t place, struct proof *proof,
                       char text[TEXT_BYTES_MAX], struct error *error) {
    const struct sealed_draw *sealed = proving->sealed;
    const struct tree_path *path = &bets->paths.wanted[place];
    struct checkpoint seal;
    *proof = (struct proof){.state = entry->state, .count = entry->count, .path = path->path};
    salt_of_bet(&bets->leaves.salts, path->index, proof->salt);
    proof->text.text = text;
    proof->text.length = bet_text_write(entry->agency, path->index, agency_bets_row(bets, place), text);
    proof->agency.index = entry->agency;
    proof->agency.path = *tree_paths_find(&proving->entries.paths, entry->agency);
    proof->agency.note = sealed_draw_proof_note(sealed);
    return bet_text_parse(proof->text, &proof->bet, error) &&
           proof_check(proof, sealed_draw_key(sealed), sealed->seal.origin, &seal, error);
}

static bool prove_agency(struct proving *proving, const struct agency_entry *entry, struct agency_bets *bets,
                         each_bet_proof *each, void *context, struct error *error) {
    char text[TEXT_BYTES_MAX];
    struct proof proof;
    if (!read_agency(proving, entry, bets, error)) {
        return false;
    }
    for (size_t place = 0; place < bets->paths.count; place++) {
        if (!make_proof(proving, entry, bets, place, &proof, text, error) || !each(context, &proof, error)) {
            return false;
        }
    }
    return true;
}

// The bets of the agency among the places, from number `from` on. NULL when there is no memory.
static uint64_t *wanted_of(const struct proving *proving, uint32_t agency, size_t from, size_t *count) {
    const struct bet_places *places = &proving->places;
    uint64_t *wanted = calloc(places->count, sizeof *wanted);
    *count = 0;
    while (wanted != NULL && from + *count < places->count &&
           places->places[from + *count].agency == agency) {
        wanted[*count] = places->places[from + *count].bet;
        ++*count;
    }
    return wanted;
}

static bool prove_all(struct proving *proving, each_bet_proof *each, void *context, struct error *error) {
    bool done = true;
    size_t from = 0, count;
    for (size_t i = 0; done && i < proving->entries.count; i++, from += count) {
        const struct agency_entry *entry = &proving->entries.wanted[i];
        uint8_t key[AGENCY_KEY_BYTES];
        struct agency_bets bets = {.count = 0};
        uint64_t *wanted = wanted_of(proving, entry->agency, from, &count);
        sealed_draw_agency_key(proving->sealed, entry->agency, key);
        done = wanted != NULL && agency_bets_begin(&bets, entry->agency, key, wanted, count)
                   ? prove_agency(proving, entry, &bets, each, context, error)
                   : error_set(error, ERROR_NO_MEMORY, "no memory for an agency's bets");
        agency_bets_free(&bets);
        free(wanted);
        OPENSSL_cleanse(key, sizeof key);
    }
    return done;
}

// All of it -------------------------------------------------------------------------------------------------

static bool check_agency(const struct sealed_draw *sealed, uint32_t agency, struct error *error) {
    return agency <= sealed->row.agencies ||
           error_set(error, ERROR_BAD_SETTING, "agency %" PRIu32 ": the draw has %" PRIu32 " agencies",
                     agency, sealed->row.agencies);
}

static bool is_there(const struct proving *proving, struct error *error) {
    const struct bet_selection *selection = proving->selection;
    return selection->document != NULL || selection->bet < proving->entries.wanted[0].count ||
           error_set(error, ERROR_BAD_SETTING,
                     "bet %" PRIu64 ": agency %" PRIu32 " has %" PRIu64 " bets in the draw, counted from 0",
                     selection->bet, selection->agency, proving->entries.wanted[0].count);
}

bool bet_proofs_make(struct store *store, const struct sealed_draw *sealed, const struct kept_seal *kept,
                     const struct bet_selection *selection, each_bet_proof *each, void *context,
                     size_t *count, struct error *error) {
    struct proving proving = {.store = store, .sealed = sealed, .selection = selection};
    bool done = check_agency(sealed, selection->agency, error) && find_entries(&proving, kept, error) &&
                is_there(&proving, error) && prove_all(&proving, each, context, error);
    *count = proving.places.count;
    bet_places_free(&proving.places);
    sealed_entries_free(&proving.entries);
    return done;
}

bool entry_proof_make(struct store *store, const struct sealed_draw *sealed, const struct kept_seal *kept,
                      uint32_t agency, struct agency_entry *entry, struct tlog_proof *proof,
                      struct error *error) {
    const struct bet_selection selection = {.agency = agency};
    struct proving proving = {.store = store, .sealed = sealed, .selection = &selection};
    bool done = check_agency(sealed, agency, error) && find_entries(&proving, kept, error);
    if (done) {
        *entry = proving.entries.wanted[0];
        *proof = (struct tlog_proof){.index = agency, .note = sealed_draw_proof_note(sealed)};
        proof->path = *tree_paths_find(&proving.entries.paths, agency);
    }
    bet_places_free(&proving.places);
    sealed_entries_free(&proving.entries);
    return done;
}
