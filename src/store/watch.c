// Listens for what other servers tell of a shared store (PostgreSQL's LISTEN).
#include "store/store.h"

#include "base/log.h"
#include "store/postgres_link.h"
#include "store/postgres_schema.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_AGAIN_MS = 1000 };

struct store_watch {
    pthread_t thread;
    char *address;
    void (*on_change)(void *context);
    void *context;
};

static bool take_notifications(struct postgres_link *link) {
    bool came = false;
    for (PGnotify *notification; (notification = PQnotifies(link->connection)) != NULL; came = true) {
        PQfreemem(notification);
    }
    return came;
}

// Listens until the connection is lost or the program stops.
static void listen_to(struct store_watch *watch, struct postgres_link *link, struct error *error) {
    if (!postgres_link_execute(link, "LISTEN " POSTGRES_CHANNEL, "listen", NULL, error)) {
        return;
    }
    watch->on_change(watch->context); // whatever was missed before
    while (postgres_link_listen(link, -1, error)) {
        if (take_notifications(link)) {
            watch->on_change(watch->context);
        }
    }
}

static void *run(void *argument) {
    struct store_watch *watch = argument;
    do {
        struct postgres_link link;
        struct error error;
        if (postgres_link_open(&link, watch->address, true, &error)) {
            listen_to(watch, &link, &error);
            postgres_link_close(&link);
        }
        log_event(LOG_LEVEL_DEBUG, "listen_to_store", LOG_FAIL, "error: %s | message: %s",
                  error_name(error.code), error.text);
    } while (!postgres_interrupted(CONNECT_AGAIN_MS));
    return NULL;
}

bool store_watch_start(const char *address, void (*on_change)(void *context), void *context,
                       struct store_watch **result, struct error *error) {
    *result = NULL;
    if (!postgres_is_address(address)) {
        return true;
    }
    struct store_watch *watch = malloc(sizeof *watch);
    char *copy = strdup(address);
    if (watch == NULL || copy == NULL) {
        free(watch);
        free(copy);
        return error_set(error, ERROR_NO_MEMORY, "no memory to watch the store");
    }
    *watch = (struct store_watch){.address = copy, .on_change = on_change, .context = context};
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
