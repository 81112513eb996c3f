#include "ledger/early_seals.h"

#include <stdlib.h>
#include <string.h>

static bool has(const struct early_seals *seals, const struct hash *root) {
    unsigned i = 0;
    while (i < seals->count && !hash_equal(&seals->list[i].root, root)) {
        i++;
    }
    return i < seals->count;
}

bool early_seals_add(struct early_seals *seals, struct slice note, const struct hash *root,
                     struct error *error) {
    if (seals->count == EARLY_SEALS_MAX || has(seals, root)) {
        return true;
    }
    char *copy = malloc(note.length);
    if (copy == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a seal");
    }
    memcpy(copy, note.text, note.length);
    seals->list[seals->count++] = (struct early_seal){*root, copy, note.length};
    return true;
}

char *early_seals_take_other(struct early_seals *seals, const uint8_t root[HASH_BYTES], size_t *length) {
    for (unsigned i = 0; i < seals->count; i++) {
        if (memcmp(seals->list[i].root.bytes, root, HASH_BYTES) != 0) {
            char *note = seals->list[i].note;
            *length = seals->list[i].length;
            seals->list[i] = seals->list[--seals->count];
            return note;
        }
    }
    return NULL;
}

void early_seals_free(struct early_seals *seals) {
    while (seals->count > 0) {
        free(seals->list[--seals->count].note);
    }
}
