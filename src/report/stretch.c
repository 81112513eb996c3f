#include "report/stretch.h"

#include <stdlib.h>
#include <string.h>

// Puts a spell at a place of the list, if it is long enough.
static bool insert(struct stretch *stretch, size_t place, struct silent_spell spell, int64_t silence_s) {
    if (spell.to - spell.from < silence_s) {
        return true;
    }
    struct silent_spell *more =
        reallocarray(stretch->spells, (size_t)stretch->spell_count + 1, sizeof *stretch->spells);
    if (more == NULL) {
        return false;
    }
    stretch->spells = more;
    memmove(more + place + 1, more + place, (stretch->spell_count - place) * sizeof *more);
    more[place] = spell;
    stretch->spell_count++;
    return true;
}

static void take_out(struct stretch *stretch, size_t place) {
    struct silent_spell *at = stretch->spells + place;
    memmove(at, at + 1, (stretch->spell_count - place - 1) * sizeof *at);
    stretch->spell_count--;
}

// A chunk within what was taken for a silence: what is left of it, before and after.
static bool interrupt(struct stretch *stretch, int64_t at, int64_t silence_s) {
    for (size_t i = 0; i < stretch->spell_count; i++) {
        const struct silent_spell spell = stretch->spells[i];
        if (spell.from < at && at < spell.to) {
            take_out(stretch, i);
            return insert(stretch, i, (struct silent_spell){at, spell.to}, silence_s) &&
                   insert(stretch, i, (struct silent_spell){spell.from, at}, silence_s);
        }
    }
    return true;
}

bool stretch_end(struct stretch *stretch, int64_t at, int64_t silence_s) {
    const struct silent_spell spell = {stretch->last, at};
    return stretch->chunks == 0 || insert(stretch, stretch->spell_count, spell, silence_s);
}

bool stretch_add(struct stretch *stretch, int64_t at, uint64_t bets, int64_t silence_s) {
    bool done = true;
    if (stretch->chunks == 0) {
        stretch->first = stretch->last = at;
    } else if (at > stretch->last) {
        done = stretch_end(stretch, at, silence_s);
        stretch->last = at;
    } else if (at < stretch->first) {
        done = insert(stretch, 0, (struct silent_spell){at, stretch->first}, silence_s);
        stretch->first = at;
    } else {
        done = interrupt(stretch, at, silence_s);
    }
    stretch->chunks++;
    stretch->bets += bets;
    return done;
}

const struct silent_spell *stretch_longest(const struct stretch *stretch) {
    const struct silent_spell *longest = NULL;
    for (size_t i = 0; i < stretch->spell_count; i++) {
        const struct silent_spell *spell = &stretch->spells[i];
        longest = longest == NULL || spell->to - spell->from > longest->to - longest->from ? spell : longest;
    }
    return longest;
}

void stretch_clear(struct stretch *stretch) {
    free(stretch->spells);
    *stretch = (struct stretch){.chunks = 0};
}
