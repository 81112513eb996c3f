// The store's contract as far as it is the same for every implementation: above all, that a failure is
// sticky.
#include "store/store.h"

#include <assert.h>
#include <stdlib.h>

const char *draw_state_name(enum draw_state state) {
    static const char *const names[] = {"open", "sealed", "drawn"};
    return names[state];
}

bool store_open(const char *address, const char *draw, enum store_mode mode, struct store **store,
                struct error *error) {
    return sqlite_store_open(address, draw, mode, store, error);
}

static void drop_group(struct store *store) {
    if (store->in_group) {
        store->in_group = false;
        store->operations->rollback(store);
    }
}

void store_close(struct store **store) {
    drop_group(*store);
    (*store)->operations->close(*store);
    *store = NULL;
}

// Invariant 3: no call gets past this after one has failed.
static bool may_go_on(const struct store *store, struct error *error) {
    return !store->failed || error_set(error, ERROR_STORE_FAILED, "the store has failed and is not open");
}

static bool result(struct store *store, bool done) {
    if (!done) {
        store->failed = true;
        drop_group(store);
    }
    return done;
}

bool store_begin(struct store *store, struct error *error) {
    assert(!store->in_group);
    if (!may_go_on(store, error)) {
        return false;
    }
    store->in_group = result(store, store->operations->begin(store, error));
    return store->in_group;
}

bool store_commit(struct store *store, struct error *error) {
    if (!may_go_on(store, error)) {
        return false;
    }
    assert(store->in_group);
    if (!result(store, store->operations->commit(store, error))) {
        return false;
    }
    store->in_group = false;
    return true;
}

bool store_put_draw(struct store *store, const struct stored_draw *draw, struct error *error) {
    return may_go_on(store, error) && result(store, store->operations->put_draw(store, draw, error));
}

bool store_put_agency(struct store *store, const struct stored_agency *agency, struct error *error) {
    return may_go_on(store, error) && result(store, store->operations->put_agency(store, agency, error));
}

bool store_add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) {
    return may_go_on(store, error) && result(store, store->operations->add_chunk(store, chunk, error));
}

bool store_add_winner(struct store *store, const struct stored_winner *winner, struct error *error) {
    return may_go_on(store, error) && result(store, store->operations->add_winner(store, winner, error));
}

bool store_get_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    return may_go_on(store, error) && result(store, store->operations->get_draw(store, draw, found, error));
}

bool store_agencies(struct store *store, store_each_agency each, void *context, struct error *error) {
    return may_go_on(store, error) && result(store, store->operations->agencies(store, each, context, error));
}

bool store_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    return may_go_on(store, error) && result(store, store->operations->numbers(store, each, context, error));
}

bool store_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                  void *context, struct error *error) {
    return may_go_on(store, error) &&
           result(store, store->operations->chunks(store, agency, from, to, each, context, error));
}

bool store_winners(struct store *store, store_each_winner each, void *context, struct error *error) {
    return may_go_on(store, error) && result(store, store->operations->winners(store, each, context, error));
}
