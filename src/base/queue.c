#include "base/queue.h"

#include <errno.h>
#include <time.h>

void queue_init(struct queue *queue) {
    pthread_mutex_init(&queue->mutex, NULL);
    pthread_condattr_t steady; // waiting must not depend on the time of day, which can be changed
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->not_empty, &steady);
    pthread_condattr_destroy(&steady);
    queue->head = NULL;
    queue->tail = &queue->head;
    queue->closed = queue->woken = false;
}

void queue_destroy(struct queue *queue) {
    pthread_cond_destroy(&queue->not_empty);
    pthread_mutex_destroy(&queue->mutex);
}

void queue_chain_add(struct queue_chain *chain, struct queue_node *node) {
    node->next = NULL;
    *(chain->last == NULL ? &chain->first : &chain->last->next) = node;
    chain->last = node;
}

bool queue_push_chain(struct queue *queue, struct queue_chain *chain) {
    pthread_mutex_lock(&queue->mutex);
    bool taken = !queue->closed;
    bool was_empty = queue->head == NULL;
    if (taken) {
        *queue->tail = chain->first;
        queue->tail = &chain->last->next;
    }
    pthread_mutex_unlock(&queue->mutex);
    if (taken) {
        *chain = (struct queue_chain){0};
    }
    if (taken && was_empty) { // otherwise the waiting thread has already been signalled
        pthread_cond_signal(&queue->not_empty);
    }
    return taken;
}

bool queue_push(struct queue *queue, struct queue_node *node) {
    struct queue_chain chain = {0};
    queue_chain_add(&chain, node);
    return queue_push_chain(queue, &chain);
}

static struct queue_node *take_all_locked(struct queue *queue) {
    struct queue_node *all = queue->head;
    queue->head = NULL;
    queue->tail = &queue->head;
    return all;
}

struct queue_node *queue_take_all(struct queue *queue) {
    pthread_mutex_lock(&queue->mutex);
    struct queue_node *all = take_all_locked(queue);
    pthread_mutex_unlock(&queue->mutex);
    return all;
}

struct queue_node *queue_wait_all(struct queue *queue, int wait_ms) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&queue->mutex);
    int waited = 0;
    while (queue->head == NULL && !queue->closed && !queue->woken && waited != ETIMEDOUT) {
        waited = wait_ms < 0 ? pthread_cond_wait(&queue->not_empty, &queue->mutex)
                             : pthread_cond_timedwait(&queue->not_empty, &queue->mutex, &until);
    }
    struct queue_node *all = take_all_locked(queue);
    queue->woken = false;
    pthread_mutex_unlock(&queue->mutex);
    return all;
}

void queue_wake(struct queue *queue) {
    pthread_mutex_lock(&queue->mutex);
    queue->woken = true;
    pthread_mutex_unlock(&queue->mutex);
    pthread_cond_signal(&queue->not_empty);
}

bool queue_is_closed(struct queue *queue) {
    pthread_mutex_lock(&queue->mutex);
    bool closed = queue->closed;
    pthread_mutex_unlock(&queue->mutex);
    return closed;
}

void queue_close(struct queue *queue) {
    pthread_mutex_lock(&queue->mutex);
    queue->closed = true;
    pthread_mutex_unlock(&queue->mutex);
    pthread_cond_broadcast(&queue->not_empty);
}
