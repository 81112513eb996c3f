// Small texts of the central's that an agency keeps on its disk beside its receipts: the records of the
// rules, the seal, the result, its salt key; and what contradicts them. Each is written once.
#ifndef QUINIELA_AGENCY_KEPT_TEXTS_H
#define QUINIELA_AGENCY_KEPT_TEXTS_H

#include "notary/folder.h"

enum { KEPT_NAME_BYTES_MAX = 100 }; // of the receipts' file

struct kept_texts {
    struct folder folder;           // of the receipts
    char name[KEPT_NAME_BYTES_MAX]; // of their file, without ".receipts": "agency-3"
};

// Opens the folder of the receipts' file `receipts`, which is there. Who holds that file's lock alone writes
// these texts; who only looks tries a name of its own. ERROR_SYSTEM, ERROR_BAD_SETTING, naming
// it. Closed by kept_texts_close.
bool kept_texts_open(const char *receipts, struct kept_texts *texts, struct error *error) MUST_CHECK;
void kept_texts_close(struct kept_texts *texts);

// Reads the text whose file's name ends in `suffix` ("seal", or another of endings in kept_texts.c); *found
// is false when there is none. Errors as small_file_read. Freed by the caller.
bool kept_texts_read(const struct kept_texts *texts, const char *suffix, struct small_file *file, bool *found,
                     struct error *error) MUST_CHECK;

// Writes the text, and syncs it. The same once more changes nothing. ERROR_KEPT_OTHER when another one is
// there; ERROR_SYSTEM.
bool kept_texts_write(const struct kept_texts *texts, const char *suffix, struct slice text,
                      struct error *error) MUST_CHECK;

// Whether a text can be written there at all: finds it out with one that is removed again, under a name that
// nobody else tries at the same time. ERROR_SYSTEM.
bool kept_texts_try(const struct kept_texts *texts, const char *suffix, struct error *error) MUST_CHECK;

// Whether a file at `path`, be it there or not, has a name that such a text beside the receipts has or may
// get. A path that leads nowhere has none.
bool kept_texts_may_be(const char *receipts, const char *path) MUST_CHECK;

#endif
