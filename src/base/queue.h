// A queue that any thread may push to; one thread takes everything together. The nodes are part of the
// elements: nothing is allocated.
#ifndef QUINIELA_BASE_QUEUE_H
#define QUINIELA_BASE_QUEUE_H

#include "base/attributes.h"

#include <pthread.h>
#include <stdbool.h>

struct queue_node {
    struct queue_node *next;
};

// Nodes that go into a queue together; begins zeroed. For one thread at a time.
struct queue_chain {
    struct queue_node *first, *last;
};

struct queue {
    pthread_mutex_t mutex;
    pthread_cond_t not_empty;
    struct queue_node *head;
    struct queue_node **tail;
    bool closed, woken;
};

// Makes an empty, open queue in `queue`. queue_destroy ends it.
void queue_init(struct queue *queue);

// Frees what queue_init took. No other thread may still use the queue; nodes in it are not touched.
void queue_destroy(struct queue *queue);

// Appends `node`, which then belongs to the queue until it is taken. When the queue is closed, returns false
// and leaves the node with the caller.
bool queue_push(struct queue *queue, struct queue_node *node) MUST_CHECK;

// Adds `node` at the end of the chain, which does not own it.
void queue_chain_add(struct queue_chain *chain, struct queue_node *node);

// queue_push for a whole chain, which is not empty, at the cost of one node. Empties the chain, unless the
// queue is closed.
bool queue_push_chain(struct queue *queue, struct queue_chain *chain) MUST_CHECK;

// Takes every node, in the order in which they were pushed, linked by `next`; NULL when the queue is empty.
struct queue_node *queue_take_all(struct queue *queue);

// As queue_take_all, but waits while the queue is empty and open, for at most `wait_ms` milliseconds, or
// forever when that is negative.
struct queue_node *queue_wait_all(struct queue *queue, int wait_ms);

// Makes one queue_wait_all return, the current one or else the next, even with nothing to take.
void queue_wake(struct queue *queue);

// Whether the queue is closed.
bool queue_is_closed(struct queue *queue);

// Refuses further nodes and wakes the waiting thread. What is in the queue can still be taken.
void queue_close(struct queue *queue);

#endif
