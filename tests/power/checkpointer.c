// The store's checkpointer, built with a log so short that a small lottery fills it many times over, and with
// a way to wait until its thread has nothing to do (the program is linked with --wrap for its start and
// stop).
#define CHECKPOINT_STEP_PAGES 8
#define CHECKPOINT_LOG_PAGES_MAX 32
#include "store/sqlite_checkpoint.c" // instead of the library's

#include "checkpointer.h"

bool __wrap_checkpointer_start(const char *path, sqlite3 *writer, struct checkpointer **checkpointer,
                               struct error *error);
bool __wrap_checkpointer_stop(struct checkpointer **checkpointer);

static struct checkpointer *current; // of the thread that uses the store

bool __wrap_checkpointer_start(const char *path, sqlite3 *writer, struct checkpointer **checkpointer,
                               struct error *error) {
    bool started = checkpointer_start(path, writer, checkpointer, error);
    current = *checkpointer;
    return started;
}

bool __wrap_checkpointer_stop(struct checkpointer **checkpointer) {
    current = NULL;
    return checkpointer_stop(checkpointer);
}

void checkpointer_wait(void) {
    if (current == NULL) {
        return;
    }
    pthread_mutex_lock(&current->mutex);
    while (current->wanted || current->working) {
        pthread_cond_wait(&current->changed, &current->mutex);
    }
    pthread_mutex_unlock(&current->mutex);
}
