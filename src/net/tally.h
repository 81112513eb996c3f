// Who has most of something: a list for each count, so that one more, one less, and who has most, take the
// same time however many there are. What is counted has its place here in itself.
#ifndef QUINIELA_NET_TALLY_H
#define QUINIELA_NET_TALLY_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

struct tally_entry {
    struct tally_entry *previous, *next; // of the same count
    uint32_t count;                      // 0: in no list
};

struct tally_list {
    struct tally_entry *first, *last;
};

struct tally {
    struct tally_list *lists; // [room], by the count; NULL in the beginning
    uint32_t room;
    uint32_t most; // the highest count that there is
};

// One more. False, with nothing changed, when there is no memory.
bool tally_more(struct tally *tally, struct tally_entry *entry) MUST_CHECK;

// One less; the entry has some.
void tally_less(struct tally *tally, struct tally_entry *entry);

// Who has most; of several, who came to that count first. NULL when nobody has any.
struct tally_entry *tally_most(const struct tally *tally);

// Frees the lists; the entries are their owners'.
void tally_free(struct tally *tally);

#endif
