#include "ledger/sealing_task.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>

struct sealing_task {
    struct sealing_task_options options;
    atomic_bool stop, done;
    pthread_t thread;
    // Set by the thread before it is done.
    bool has_seal;
    struct checkpoint seal;
    struct error error;
};

static void compute(struct sealing_task *task) {
    const struct sealing_task_options *options = &task->options;
    struct store *store = NULL;
    if (options->open_reader(options->context, options->draw, &store, &task->error)) {
        task->has_seal =
            sealed_tree_compute(store, &options->terms, options->list, &task->seal, &task->error);
        store_close(&store);
    }
}

// Once it is done, another thread may free it.
static void *run(void *argument) {
    struct sealing_task *task = argument;
    void (*wake)(void *context) = task->options.wake;
    void *context = task->options.wake_context;
    pthread_setname_np(pthread_self(), "sealing");
    compute(task);
    atomic_store(&task->done, true);
    if (wake != NULL) {
        wake(context);
    }
    return NULL;
}

static void free_task(struct sealing_task *task) {
    OPENSSL_cleanse(&task->options.terms, sizeof task->options.terms);
    free(task);
}

struct sealing_task *sealing_task_start(const struct sealing_task_options *options, struct error *error) {
    struct sealing_task *task = calloc(1, sizeof *task);
    if (task == NULL) {
        error_set(error, ERROR_NO_MEMORY, "no memory to compute the seal");
        return NULL;
    }
    task->options = *options;
    task->options.terms.stop = &task->stop;
    int failure = pthread_create(&task->thread, NULL, run, task);
    if (failure != 0) {
        error_set_system(error, failure, "cannot start the thread that computes the seal");
        free_task(task);
        return NULL;
    }
    return task;
}

bool sealing_task_is_done(const struct sealing_task *task) {
    return atomic_load(&task->done);
}

void sealing_task_stop(struct sealing_task *task) {
    atomic_store(&task->stop, true);
}

bool sealing_task_end(struct sealing_task **pointer, struct checkpoint *seal, struct error *error) {
    struct sealing_task *task = *pointer;
    *pointer = NULL;
    pthread_join(task->thread, NULL);
    bool done = task->has_seal;
    if (done) {
        *seal = task->seal;
        seal->origin = (struct slice){NULL, 0};
    } else {
        *error = task->error;
    }
    free_task(task);
    return done;
}
