// Lists of connections that wait, each in the order of its deadlines.
#include "net/watch.h"

#include <stddef.h>

void watch_init(struct watch *watch) {
    *watch = (struct watch){0};
    for (int kind = 0; kind < WATCH_KINDS; kind++) {
        struct watch_link *head = &watch->lists[kind];
        head->previous = head->next = head;
    }
}

void watch_set_timeout(struct watch *watch, enum watch_kind kind, uint64_t timeout_ms) {
    watch->timeouts_ms[kind] = timeout_ms;
}

uint64_t watch_now_ms(const struct watch *watch) {
    return watch->now_ms;
}

uint64_t watch_waited_ms(const struct watch *watch, const struct watch_link *link) {
    return watch->now_ms - link->since_ms;
}

void watch_advance(struct watch *watch, uint64_t elapsed_ms, uint64_t longest_ms) {
    watch->now_ms += elapsed_ms < longest_ms ? elapsed_ms : longest_ms;
}

void watch_add(struct watch *watch, struct watch_link *link, enum watch_kind kind) {
    struct watch_link *head = &watch->lists[kind];
    link->since_ms = watch->now_ms;
    link->previous = head->previous;
    link->next = head;
    head->previous->next = link;
    head->previous = link;
}

void watch_remove(struct watch_link *link) {
    link->previous->next = link->next;
    link->next->previous = link->previous;
    link->previous = link->next = NULL;
}

struct watch_link *watch_next(const struct watch *watch, enum watch_kind kind,
                              const struct watch_link *link) {
    const struct watch_link *head = &watch->lists[kind];
    struct watch_link *next = link == NULL ? head->next : link->next;
    return next == head ? NULL : next;
}

struct watch_link *watch_oldest(const struct watch *watch, enum watch_kind kind) {
    return watch_next(watch, kind, NULL);
}

struct watch_link *watch_due(const struct watch *watch, enum watch_kind kind) {
    struct watch_link *oldest = watch_oldest(watch, kind);
    uint64_t timeout_ms = watch->timeouts_ms[kind];
    bool due = oldest != NULL && timeout_ms != 0 && watch_waited_ms(watch, oldest) >= timeout_ms;
    return due ? oldest : NULL;
}

bool watch_needed(const struct watch *watch) {
    for (int kind = 0; kind < WATCH_KINDS; kind++) {
        if (watch->timeouts_ms[kind] != 0 && watch_oldest(watch, (enum watch_kind)kind) != NULL) {
            return true;
        }
    }
    return false;
}
