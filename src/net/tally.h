// Finds who has the most of something. There is a list for each count, so counting up, counting down and
// finding the most take constant time for any number of entries. Entries are embedded in what is counted.
#ifndef QUINIELA_NET_TALLY_H
#define QUINIELA_NET_TALLY_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

struct tally_entry {
    struct tally_entry *previous, *next; // with the same count
    uint32_t count;                      // 0: it is in no list
};

struct tally_list {
    struct tally_entry *first, *last;
};

struct tally {
    struct tally_list *lists; // [room], by count; NULL at first
    uint32_t room;
    uint32_t most; // the highest count of any entry
};

// Counts one more. False when there is no memory; then nothing has changed.
bool tally_more(struct tally *tally, struct tally_entry *entry) MUST_CHECK;

// Counts one less. The entry's count must not be 0.
void tally_less(struct tally *tally, struct tally_entry *entry);

// The entry with the highest count; of several, the one that reached it first. NULL when all are 0.
struct tally_entry *tally_most(const struct tally *tally);

// Frees the lists. The entries belong to their owners.
void tally_free(struct tally *tally);

#endif
