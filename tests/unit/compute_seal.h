// Has the ledger of a story compute its seal, and waits for that.
#ifndef QUINIELA_TESTS_COMPUTE_SEAL_H
#define QUINIELA_TESTS_COMPUTE_SEAL_H

#include "signed_story.h"

#include <semaphore.h>

static inline void wake(void *context) {
    sem_post(context);
}

static inline void compute_seal(void) {
    sem_t woken;
    assert_int_equal(sem_init(&woken, 0, 0), 0);
    ledger_on_task_end(story.ledger, wake, &woken);
    work_do(story.ledger);
    assert_int_equal(sem_wait(&woken), 0);
    work_do(story.ledger);
    ledger_on_task_end(story.ledger, NULL, NULL);
    sem_destroy(&woken);
}

#endif
