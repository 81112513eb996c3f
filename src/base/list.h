// A doubly linked list. The links are part of the elements: nothing is allocated. All zeros is an empty list.
#ifndef QUINIELA_BASE_LIST_H
#define QUINIELA_BASE_LIST_H

#include <stddef.h>

struct list_node {
    struct list_node *previous, *next;
};

struct list_head {
    struct list_node *first, *last;
};

// Adds a node that is in no list, at the beginning.
static inline void list_add_first(struct list_head *list, struct list_node *node) {
    *node = (struct list_node){.next = list->first};
    *(list->first != NULL ? &list->first->previous : &list->last) = node;
    list->first = node;
}

// The same, at the end.
static inline void list_add_last(struct list_head *list, struct list_node *node) {
    *node = (struct list_node){.previous = list->last};
    *(list->last != NULL ? &list->last->next : &list->first) = node;
    list->last = node;
}

// Removes a node that is in the list.
static inline void list_remove(struct list_head *list, struct list_node *node) {
    *(node->previous != NULL ? &node->previous->next : &list->first) = node->next;
    *(node->next != NULL ? &node->next->previous : &list->last) = node->previous;
    *node = (struct list_node){0};
}

// Removes and returns the first node; NULL when the list is empty.
static inline struct list_node *list_take_first(struct list_head *list) {
    struct list_node *first = list->first;
    if (first != NULL) {
        list->first = first->next;
        *(first->next != NULL ? &first->next->previous : &list->last) = NULL;
        *first = (struct list_node){0};
    }
    return first;
}

#endif
