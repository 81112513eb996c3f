#include "net/tally.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void leave(struct tally *tally, struct tally_entry *entry) {
    struct tally_list *list = &tally->lists[entry->count];
    *(entry->previous != NULL ? &entry->previous->next : &list->first) = entry->next;
    *(entry->next != NULL ? &entry->next->previous : &list->last) = entry->previous;
}

static void enter(struct tally *tally, struct tally_entry *entry) {
    struct tally_list *list = &tally->lists[entry->count];
    entry->previous = list->last;
    entry->next = NULL;
    *(list->last != NULL ? &list->last->next : &list->first) = entry;
    list->last = entry;
}

static bool make_room(struct tally *tally, uint32_t count) {
    if (count < tally->room) {
        return true;
    }
    uint32_t room = count * 2 + 2;
    struct tally_list *larger = reallocarray(tally->lists, room, sizeof *larger);
    if (larger == NULL) {
        return false;
    }
    memset(larger + tally->room, 0, (room - tally->room) * sizeof *larger);
    tally->lists = larger;
    tally->room = room;
    return true;
}

bool tally_more(struct tally *tally, struct tally_entry *entry) {
    if (!make_room(tally, entry->count + 1)) {
        return false;
    }
    if (entry->count > 0) {
        leave(tally, entry);
    }
    entry->count++;
    enter(tally, entry);
    tally->most = entry->count > tally->most ? entry->count : tally->most;
    return true;
}

void tally_less(struct tally *tally, struct tally_entry *entry) {
    assert(entry->count > 0);
    leave(tally, entry);
    if (tally->lists[tally->most].first == NULL) {
        tally->most--; // the count the entry gets, or 0 if no entry has any
    }
    entry->count--;
    if (entry->count > 0) {
        enter(tally, entry);
    }
}

struct tally_entry *tally_most(const struct tally *tally) {
    return tally->most == 0 ? NULL : tally->lists[tally->most].first;
}

void tally_free(struct tally *tally) {
    free(tally->lists);
    *tally = (struct tally){0};
}
