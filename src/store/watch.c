#include "store/watch.h"

#include "base/log.h"
#include "store/address.h"
#include "store/backend.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { LISTEN_AGAIN_MS = 1000 };

struct store_watch {
    pthread_t thread;
    const struct store_kind *kind;
    char *address;
    void (*on_change)(void *context);
    void *context;
};

static void *run(void *argument) {
    struct store_watch *watch = argument;
    do {
        struct error error;
        watch->kind->listen(watch->address, watch->on_change, watch->context, &error);
        log_event(LOG_LEVEL_DEBUG, "listen_to_store", LOG_FAIL, "error: %s | message: %s",
                  error_name(error.code), error.text);
    } while (!watch->kind->is_interrupted(LISTEN_AGAIN_MS));
    return NULL;
}

bool store_watch_start(const char *address, void (*on_change)(void *context), void *context,
                       struct store_watch **result, struct error *error) {
    const struct store_kind *kind = store_kind_of(address);
    *result = NULL;
    if (!kind->operations->is_shared) {
        return true;
    }
    struct store_watch *watch = malloc(sizeof *watch);
    char *copy = strdup(address);
    if (watch == NULL || copy == NULL) {
        free(watch);
        free(copy);
        return error_set(error, ERROR_NO_MEMORY, "no memory to watch the store");
    }
    *watch = (struct store_watch){.kind = kind, .address = copy, .on_change = on_change, .context = context};
    int failure = pthread_create(&watch->thread, NULL, run, watch);
    if (failure != 0) {
        free(copy);
        free(watch);
        return error_set_system(error, failure, "cannot start the thread that watches the store");
    }
    *result = watch;
    return true;
}

void store_watch_stop(struct store_watch **watch) {
    if (*watch == NULL) {
        return;
    }
    pthread_join((*watch)->thread, NULL);
    free((*watch)->address);
    free(*watch);
    *watch = NULL;
}
