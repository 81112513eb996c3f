#include "ledger/listing.h"

#include "bet/limits.h"

#include <stdlib.h>
#include <string.h>

enum { LISTS_KEPT = 8 };

// Consecutive pieces of one agency.
struct list {
    uint32_t agency; // 0: none
    uint32_t count;
    uint64_t end;  // the index after its last bet
    uint64_t used; // when it was last used, counted in lists; 0: empty
    struct piece pieces[PIECES_LISTED_MAX];
};

struct listings {
    struct list *lists[LISTS_KEPT]; // made when needed
    uint64_t made;
};

struct listings *listings_new(void) {
    return calloc(1, sizeof(struct listings));
}

void listings_free(struct listings *listings) {
    for (int i = 0; listings != NULL && i < LISTS_KEPT; i++) {
        free(listings->lists[i]);
    }
    free(listings);
}

static void forget(struct list *list) {
    list->agency = 0;
    list->used = 0;
}

void listings_forget(struct listings *listings) {
    for (int i = 0; i < LISTS_KEPT; i++) {
        if (listings->lists[i] != NULL) {
            forget(listings->lists[i]);
        }
    }
}

bool listing_is_due(const struct ledger_request *request, uint64_t bets) {
    return request->input.wants_list && request->input.first == 0 &&
           request->answer.error.code == ERROR_NONE && request->input.chunk->count < bets &&
           request->input.list_from < bets;
}

static struct list *find(const struct listings *listings, uint32_t agency, uint64_t bet) {
    for (int i = 0; i < LISTS_KEPT; i++) {
        struct list *list = listings->lists[i];
        if (list != NULL && list->agency == agency && list->pieces[0].first <= bet && bet < list->end) {
            return list;
        }
    }
    return NULL;
}

bool listings_have(const struct listings *listings, uint32_t agency, uint64_t bet) {
    return find(listings, agency, bet) != NULL;
}

// Room for one more list: a free place, or that of the least recently used list. NULL when out of memory.
static struct list *make_room(struct listings *listings) {
    int oldest = 0;
    for (int i = 0; i < LISTS_KEPT; i++) {
        struct list *list = listings->lists[i];
        if (list == NULL) {
            return listings->lists[i] = calloc(1, sizeof *list);
        }
        oldest = list->used < listings->lists[oldest]->used ? i : oldest;
    }
    forget(listings->lists[oldest]);
    return listings->lists[oldest];
}

struct reading {
    struct list *list;
    uint64_t bets; // the end of them all
};

// Drops a piece that does not follow the one before, and all after it: a client cannot use them.
static bool add_piece(void *context, const struct stored_piece *stored, struct error *error) {
    (void)error;
    struct reading *reading = context;
    struct list *list = reading->list;
    bool follows = list->count == 0 ? stored->first <= list->end : stored->first == list->end;
    if (follows && stored->first + stored->count <= reading->bets) {
        struct piece *piece = &list->pieces[list->count++];
        *piece = (struct piece){.first = stored->first, .count = stored->count};
        memcpy(piece->digest, stored->digest, sizeof piece->digest);
        list->end = stored->first + stored->count;
    }
    return true;
}

static bool read_list(struct list *list, struct store *store, const struct ledger_request *request,
                      uint64_t bets, struct error *error) {
    struct reading reading = {list, bets};
    list->count = 0;
    list->end = request->input.list_from;
    if (!store_pieces(store, request->input.agency, request->input.list_from, PIECES_LISTED_MAX, add_piece,
                      &reading, error)) {
        return false;
    }
    list->agency = list->count > 0 ? request->input.agency : 0;
    return true;
}

// The part of the list that starts at the request's bet.
static bool copy_rest(const struct list *list, struct ledger_request *request) {
    uint32_t skipped = 0;
    while (skipped < list->count &&
           list->pieces[skipped].first + list->pieces[skipped].count <= request->input.list_from) {
        skipped++;
    }
    uint32_t count = list->count - skipped;
    if (count == 0) {
        return true;
    }
    request->answer.pieces = malloc(count * sizeof *request->answer.pieces);
    if (request->answer.pieces != NULL) {
        memcpy(request->answer.pieces, list->pieces + skipped, count * sizeof *request->answer.pieces);
        request->answer.piece_count = count;
    }
    return request->answer.pieces != NULL;
}

bool listing_make(struct listings *listings, struct store *store, struct ledger_request *request,
                  uint64_t bets, struct error *error) {
    struct list *list = find(listings, request->input.agency, request->input.list_from);
    if (list == NULL) {
        list = make_room(listings);
        if (list != NULL && !read_list(list, store, request, bets, error)) {
            return false;
        }
    }
    if (list == NULL || !copy_rest(list, request)) {
        error_set(&request->answer.error, ERROR_NO_MEMORY, "no memory for a list of what is stored");
        return true;
    }
    if (list->agency != 0) {
        list->used = ++listings->made;
    }
    return true;
}

void listing_drop(struct ledger_request *request) {
    free(request->answer.pieces);
    request->answer.pieces = NULL;
    request->answer.piece_count = 0;
}
