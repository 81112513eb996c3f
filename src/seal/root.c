#include "seal/root.h"

#include "seal/errors.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

enum { BATCHES_A_THREAD = 3, THREADS_MAX = 256 };

// Batches go round in a ring: number n has the place n modulo their number. They are filled and put into the
// trees in their order, by the thread that adds; in between, whichever thread is free computes the next.
struct place {
    struct root_batch batch;
    bool is_computed;
};

struct root {
    struct root_options options;
    unsigned threads, places_count;
    pthread_t *thread;
    struct place *places;

    pthread_mutex_t mutex;
    pthread_cond_t has_work, has_result;
    uint64_t given, taken; // batches that may be, and that have been, taken by a thread
    bool is_over;

    // Those of the thread that adds.
    uint64_t put;         // batches whose parts are in the trees
    uint32_t next_agency; // where a chunk may follow
    uint64_t next_bet;
    uint32_t agency; // whose tree is being put together
    struct merkle merkle;
    struct draw_tree tree;
};

static struct place *place_of(struct root *root, uint64_t batch) {
    return &root->places[batch % root->places_count];
}

static void *run(void *argument) {
    struct root *root = argument;
    pthread_setname_np(pthread_self(), "root");
    pthread_mutex_lock(&root->mutex);
    for (;;) {
        while (root->taken == root->given && !root->is_over) {
            pthread_cond_wait(&root->has_work, &root->mutex);
        }
        if (root->is_over) {
            break;
        }
        struct place *place = place_of(root, root->taken++);
        pthread_mutex_unlock(&root->mutex);
        root_batch_compute(&place->batch, root->options.origin, root->options.secret, root->options.stop);
        pthread_mutex_lock(&root->mutex);
        place->is_computed = true;
        pthread_cond_signal(&root->has_result);
    }
    pthread_mutex_unlock(&root->mutex);
    return NULL;
}

static unsigned cores(void) {
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < THREADS_MAX ? (unsigned)count : THREADS_MAX;
}

static bool start(struct root *root, unsigned threads, struct error *error) {
    for (; root->threads < threads; root->threads++) {
        int failure = pthread_create(&root->thread[root->threads], NULL, run, root);
        if (failure != 0) { // fewer do, too
            return root->threads > 0 ||
                   error_set_system(error, failure, "cannot start a thread for the seal");
        }
    }
    return true;
}

static bool allocate(struct root *root, unsigned threads) {
    unsigned places = threads * BATCHES_A_THREAD;
    root->thread = calloc(threads, sizeof *root->thread);
    root->places = calloc(places, sizeof *root->places);
    if (root->thread == NULL || root->places == NULL) {
        return false;
    }
    for (; root->places_count < places; root->places_count++) {
        if (!root_batch_begin(&root->places[root->places_count].batch)) {
            return false;
        }
    }
    return true;
}

struct root *root_begin(const struct root_options *options, struct error *error) {
    assert(options->threads <= THREADS_MAX && options->agencies > 0);
    unsigned threads = options->threads > 0 ? options->threads : cores();
    struct root *root = calloc(1, sizeof *root);
    if (root == NULL) {
        error_set(error, ERROR_NO_MEMORY, "no memory to compute the seal");
        return NULL;
    }
    root->options = *options;
    root->next_agency = 1;
    root->agency = 1;
    merkle_begin(&root->merkle);
    draw_tree_begin(&root->tree, options->origin, &options->rules, options->agencies, options->bets);
    pthread_mutex_init(&root->mutex, NULL);
    pthread_cond_init(&root->has_work, NULL);
    pthread_cond_init(&root->has_result, NULL);
    bool is_ready =
        (allocate(root, threads) || error_set(error, ERROR_NO_MEMORY, "no memory to compute the seal")) &&
        start(root, threads, error);
    if (!is_ready) {
        root_free(root);
        return NULL;
    }
    return root;
}

// All bets of the agency are in its tree.
static bool end_agency(struct root *root, struct error *error) {
    struct hash hash;
    enum entry_state state = ENTRY_CUT;
    merkle_root(&root->merkle, &hash);
    if (!root->options.on_agency(root->options.context, root->agency, root->merkle.count, &hash, &state,
                                 error)) {
        return false;
    }
    draw_tree_add(&root->tree, state, root->merkle.count, &hash, NULL);
    root->agency++;
    merkle_begin(&root->merkle);
    return true;
}

static bool is_stopped(const struct root *root, struct error *error) {
    return atomic_load_explicit(root->options.stop, memory_order_relaxed) &&
           !error_set(error, ERROR_SEAL_STOPPED, "the seal's computation was stopped");
}

// Ends the agencies before this one; those between have no bets.
static bool go_to(struct root *root, uint32_t agency, struct error *error) {
    while (root->agency < agency) {
        if (is_stopped(root, error) || !end_agency(root, error)) {
            return false;
        }
    }
    return true;
}

// Puts the parts of the oldest batch into the trees, once they are computed, and empties it.
static bool put_batch(struct root *root, struct error *error) {
    struct place *place = place_of(root, root->put++);
    struct root_batch *batch = &place->batch;
    pthread_mutex_lock(&root->mutex);
    while (!place->is_computed) {
        pthread_cond_wait(&root->has_result, &root->mutex);
    }
    pthread_mutex_unlock(&root->mutex);
    if (batch->error.code != ERROR_NONE) {
        *error = batch->error;
        return false;
    }
    const struct merkle_part *part = batch->parts;
    for (size_t i = 0; i < batch->count; i++) {
        if (!go_to(root, batch->pieces[i].agency, error)) {
            return false;
        }
        for (const struct merkle_part *end = part + batch->pieces[i].parts; part < end; part++) {
            merkle_add_whole(&root->merkle, &part->root, part->level);
        }
    }
    root_batch_clear(batch);
    place->is_computed = false;
    return true;
}

// Gives the batch that is being filled to the threads, and makes the next place free.
static bool give(struct root *root, struct error *error) {
    pthread_mutex_lock(&root->mutex);
    uint64_t given = ++root->given;
    pthread_cond_signal(&root->has_work);
    pthread_mutex_unlock(&root->mutex);
    return given - root->put < root->places_count || put_batch(root, error);
}

static bool check_order(struct root *root, const struct root_chunk *chunk, struct error *error) {
    if (chunk->agency > root->next_agency && chunk->agency <= root->options.agencies) {
        root->next_agency = chunk->agency;
        root->next_bet = 0;
    }
    if (chunk->agency != root->next_agency || chunk->first != root->next_bet) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "the chunk from bet %" PRIu64 " of agency %" PRIu32
                         " on does not follow what came before: bet %" PRIu64 " of agency %" PRIu32
                         " comes next, of %" PRIu32,
                         chunk->first, chunk->agency, root->next_bet, root->next_agency,
                         root->options.agencies);
    }
    root->next_bet += chunk->count;
    return true;
}

bool root_add(struct root *root, const struct root_chunk *chunk, struct error *error) {
    if (is_stopped(root, error) || !check_order(root, chunk, error)) {
        return false;
    }
    // Only this thread changes `given`.
    if (!root_batch_has_room(&place_of(root, root->given)->batch, chunk) && !give(root, error)) {
        return false;
    }
    return root_batch_add(&place_of(root, root->given)->batch, chunk) ||
           error_set(error, ERROR_NO_MEMORY, "no memory for the bets of agency %" PRIu32, chunk->agency);
}

bool root_end(struct root *root, struct checkpoint *seal, struct error *error) {
    if (place_of(root, root->given)->batch.count > 0 && !give(root, error)) {
        return false;
    }
    while (root->put < root->given) {
        if (!put_batch(root, error)) {
            return false;
        }
    }
    return go_to(root, root->options.agencies + 1, error) && draw_tree_end(&root->tree, seal, error);
}

void root_free(struct root *root) {
    if (root == NULL) {
        return;
    }
    pthread_mutex_lock(&root->mutex);
    root->is_over = true;
    pthread_cond_broadcast(&root->has_work);
    pthread_mutex_unlock(&root->mutex);
    for (unsigned i = 0; i < root->threads; i++) {
        pthread_join(root->thread[i], NULL);
    }
    for (unsigned i = 0; i < root->places_count; i++) {
        root_batch_end(&root->places[i].batch);
    }
    pthread_mutex_destroy(&root->mutex);
    pthread_cond_destroy(&root->has_work);
    pthread_cond_destroy(&root->has_result);
    free(root->places);
    free(root->thread);
    free(root);
}
