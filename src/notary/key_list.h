// Lists of public keys in settings: "NAME+ID+KEY,NAME+ID+KEY", or "@FILE" with one a line.
#ifndef QUINIELA_NOTARY_KEY_LIST_H
#define QUINIELA_NOTARY_KEY_LIST_H

#include "seal/vkey.h"

struct key_list {
    struct vkey *keys; // sorted by the bytes of their texts, as the rules have them
    size_t count;
};

// Reads the list; an empty text is an empty list. In a file, lines that are empty or begin with '#' are left
// out. ERROR_BAD_SETTING says what is wrong, and where: also with a key of another type, and one that is
// there twice. ERROR_SYSTEM, ERROR_NO_MEMORY. Freed by the caller.
bool key_list_read(const char *text, enum vkey_type type, struct key_list *list,
                   struct error *error) MUST_CHECK;

void key_list_free(struct key_list *list);

#endif
