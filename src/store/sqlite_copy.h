// The files of an upgrade: a copy beside the store, which takes its place in the end.
#ifndef QUINIELA_STORE_SQLITE_COPY_H
#define QUINIELA_STORE_SQLITE_COPY_H

#include "store/sqlite_names.h"
#include "store/upgrading.h"

struct sqlite_copy {
    const struct sqlite_names *names; // of the store, borrowed
    char made[PATH_MAX];              // STORE.upgrade: what is made
    char kept[PATH_MAX];              // STORE.v2: the name that the store then has
    int store;                        // a descriptor of it, borrowed: closing one would drop SQLite's locks
    char source[128];                 // tells whether a copy was made of this very state of the store
};

// All of these: ERROR_STORE_FAILED, naming the file.

// Names the files of the upgrade from `version`. Makes nothing.
bool sqlite_copy_begin(struct sqlite_copy *copy, const struct sqlite_names *names, int version,
                       struct error *error) MUST_CHECK;

// Fails if something has the name that the store is to be kept by.
bool sqlite_copy_is_kept_free(const struct sqlite_copy *copy, struct error *error) MUST_CHECK;

// Fails if what has the copy's name is no file, or has another name, too; and if a log or a journal lies
// beside the copy that is not its own: SQLite would take it for that, and
// put into the copy what is in it. Only a copy that was begun has a journal, and none has a log.
bool sqlite_copy_is_alone(const struct sqlite_copy *copy, struct error *error) MUST_CHECK;

// Whether that file has the mark of a copy that has not become the store. Every copy has it from its first
// bytes on, until sqlite_copy_swap.
bool sqlite_copy_is_unfinished(const char *path);

// An attempt that ended within sqlite_copy_swap has left the store with two names, under
// which no command would take it. Takes the second one back, and makes the copy an unfinished one again.
// `path` is the store's. Does nothing if there is none, if it is not of that version (then the second name is
// no upgrade's), or if another upgrade is just at work.
bool sqlite_copy_take_back(const char *path, int version, struct error *error) MUST_CHECK;

// Sets copy->source and copy->store, the open descriptor of the store, which is borrowed. Fails if its name
// leads to another file. The store must not change from now on.
bool sqlite_copy_note_source(struct sqlite_copy *copy, int store, struct error *error) MUST_CHECK;

// Whether there is room for what is missing of a copy, and for changing it.
bool sqlite_copy_has_room(const struct sqlite_copy *copy, struct error *error) MUST_CHECK;

// Makes the copy, with the owner and the rights of the store, and syncs it. What is there already is
// compared, and kept as far as it is the same. Refuses a file of that name that has no mark, unless it is no
// more than the beginning of a copy.
bool sqlite_copy_make(const struct sqlite_copy *copy, const struct store_upgrade *upgrade,
                      struct error *error) MUST_CHECK;

// Takes the mark from the copy, and gives it the name of the store, and the store the name copy->kept. At
// every moment the store's name leads to one of them. Refuses a store that is not as it was noted, and a copy
// that still has a log or a journal, which would stay behind.
bool sqlite_copy_swap(const struct sqlite_copy *copy, struct error *error) MUST_CHECK;

#endif
