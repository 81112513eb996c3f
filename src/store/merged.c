#include "store/merged.h"

#include "store/sql.h"

// What comes from the tables, with what the inbox has put in at its place.
struct merge {
    struct filing *filing;
    struct store *store;
    store_each_agency each_agency;
    store_each_chunk each_chunk;
    store_each_piece each_piece;
    void *context;
    uint32_t next; // agencies before it have been passed
    uint64_t from, to;
    bool without_rows;
    uint32_t pieces_left;
};

// An agency that has no row, or one that does not count what is in the inbox.
static bool hand_on_agency(const struct merge *merge, const struct stored_agency *stored,
                           const struct inbox_agency *here, struct error *error) {
    struct stored_agency whole = *stored;
    if (here != NULL &&
        (!here->has_row || stored->checksum == stored_agency_checksum(merge->store->draw_name, stored))) {
        whole.bets = here->end;
        whole.checksum = stored_agency_checksum(merge->store->draw_name, &whole);
    }
    return merge->each_agency(merge->context, &whole, error);
}

// The agencies before `end` that have no row.
static bool hand_on_agencies_before(struct merge *merge, uint32_t end, struct error *error) {
    const struct inbox *inbox = &merge->filing->inbox;
    const struct inbox_agency *here = inbox_between(inbox, merge->next, end);
    for (; here != NULL; here = inbox_between(inbox, here->agency + 1, end)) {
        struct stored_agency none = {.agency = here->agency};
        if (!here->has_row && !hand_on_agency(merge, &none, here, error)) {
            return false;
        }
    }
    merge->next = end;
    return true;
}

static bool merge_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct merge *merge = context;
    return hand_on_agencies_before(merge, agency->agency, error) &&
           hand_on_agency(merge, agency, inbox_find(&merge->filing->inbox, agency->agency), error);
}

bool merged_agencies(struct filing *filing, struct store *store, store_each_agency each, void *context,
                     struct error *error) {
    struct merge merge = {.filing = filing, .store = store, .each_agency = each, .context = context};
    return filing_read(filing, store, error) && sql_agencies(store, merge_agency, &merge, error) &&
           hand_on_agencies_before(&merge, UINT32_MAX, error);
}

static bool hand_on_unfiled(void *context, const struct stored_chunk *chunk, struct error *error) {
    const struct merge *merge = context;
    struct stored_chunk handed = *chunk;
    if (merge->without_rows) {
        handed.rows = NULL;
        handed.rows_length = 0;
    }
    return merge->each_chunk(merge->context, &handed, error);
}

static bool hand_on_inbox(struct merge *merge, const struct inbox_agency *here, struct error *error) {
    return here == NULL || inbox_pieces(&merge->filing->inbox, here, merge->store->draw_name, merge->from,
                                        merge->to, hand_on_unfiled, merge, error);
}

// What the agencies before `end` have in the inbox follows their chunks.
static bool hand_on_inbox_before(struct merge *merge, uint32_t end, struct error *error) {
    const struct inbox *inbox = &merge->filing->inbox;
    const struct inbox_agency *here = inbox_between(inbox, merge->next, end);
    for (; here != NULL; here = inbox_between(inbox, here->agency + 1, end)) {
        if (!hand_on_inbox(merge, here, error)) {
            return false;
        }
    }
    merge->next = end;
    return true;
}

static bool merge_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    struct merge *merge = context;
    return (chunk->agency <= merge->next || hand_on_inbox_before(merge, chunk->agency, error)) &&
           merge->each_chunk(merge->context, chunk, error);
}

bool merged_numbers(struct filing *filing, struct store *store, store_each_chunk each, void *context,
                    struct error *error) {
    struct merge merge = {.filing = filing,
                          .store = store,
                          .each_chunk = each,
                          .context = context,
                          .to = UINT64_MAX,
                          .without_rows = true};
    return filing_read(filing, store, error) && sql_numbers(store, merge_chunk, &merge, error) &&
           hand_on_inbox_before(&merge, UINT32_MAX, error);
}

bool merged_chunks(struct filing *filing, struct store *store, uint32_t agency, uint64_t from, uint64_t to,
                   store_each_chunk each, void *context, struct error *error) {
    struct merge merge = {
        .filing = filing, .store = store, .each_chunk = each, .context = context, .from = from, .to = to};
    if (!filing_read(filing, store, error)) {
        return false;
    }
    if (agency == 0) {
        return sql_chunks(store, 0, from, to, merge_chunk, &merge, error) &&
               hand_on_inbox_before(&merge, UINT32_MAX, error);
    }
    const struct inbox_agency *here = inbox_find(&filing->inbox, agency);
    return ((here != NULL && from >= here->filed) ||
            sql_chunks(store, agency, from, to, each, context, error)) &&
           hand_on_inbox(&merge, here, error);
}

static bool merge_piece(void *context, const struct stored_piece *piece, struct error *error) {
    struct merge *merge = context;
    merge->pieces_left--;
    return merge->each_piece(merge->context, piece, error);
}

static bool hand_on_as_piece(void *context, const struct stored_chunk *chunk, struct error *error) {
    struct merge *merge = context;
    struct stored_piece piece = {chunk->first, chunk->count, chunk->digest};
    return merge_piece(merge, &piece, error);
}

// Where the first `count` of the pieces with bets from `from` on end.
static uint64_t end_of_pieces(const struct inbox_agency *here, uint64_t from, uint32_t count) {
    uint64_t end = from;
    for (size_t i = 0; i < here->piece_count && count > 0; i++) {
        uint64_t end_of_this = here->pieces[i].first + here->pieces[i].count;
        if (end_of_this > from) {
            end = end_of_this;
            count--;
        }
    }
    return end;
}

bool merged_pieces(struct filing *filing, struct store *store, uint32_t agency, uint64_t from,
                   uint32_t count_max, store_each_piece each, void *context, struct error *error) {
    struct merge merge = {
        .filing = filing, .store = store, .each_piece = each, .context = context, .pieces_left = count_max};
    if (!filing_read(filing, store, error) ||
        !sql_pieces(store, agency, from, count_max, merge_piece, &merge, error)) {
        return false;
    }
    const struct inbox_agency *here = inbox_find(&filing->inbox, agency);
    return here == NULL ||
           inbox_pieces(&filing->inbox, here, store->draw_name, from,
                        end_of_pieces(here, from, merge.pieces_left), hand_on_as_piece, &merge, error);
}
