// A new folder of files, or none: on a failure what was made is removed again.
#ifndef QUINIELA_PROVE_OUTPUT_FOLDER_H
#define QUINIELA_PROVE_OUTPUT_FOLDER_H

#include "base/error.h"
#include "seal/hash.h"

#include <limits.h>
#include <stdio.h>

enum { OUTPUT_NAME_BYTES = 64 };

struct output_folder {
    int descriptor;
    char path[PATH_MAX]; // as it was given
    bool was_made;
    struct output_name {
        char name[OUTPUT_NAME_BYTES];
        uint64_t size;
        struct hash hash;
    } * files; // those that are whole, in the order in which they were made
    size_t count, max;
    FILE *open; // the one that is being written
};

// Makes the folder (mode 0700), or opens one that is empty. ERROR_BAD_SETTING when it is not empty, or
// something else; ERROR_SYSTEM. Ended by output_folder_finish or output_folder_drop.
bool output_folder_open(const char *path, struct output_folder *folder, struct error *error) MUST_CHECK;

// Begins a file of that name in it (mode 0600), for writing, and closes it: then it is synced, and its size
// and SHA-256, as it can be read back, are known. One at a time. ERROR_SYSTEM, ERROR_NO_MEMORY.
FILE *output_folder_begin(struct output_folder *folder, const char *name, struct error *error);
bool output_folder_end(struct output_folder *folder, struct error *error) MUST_CHECK;

// The same for bytes that are there.
bool output_folder_put(struct output_folder *folder, const char *name, const void *bytes, size_t length,
                       struct error *error) MUST_CHECK;

// Syncs the names. After a failure everything has been removed.
bool output_folder_finish(struct output_folder *folder, struct error *error) MUST_CHECK;

// Removes what was made.
void output_folder_drop(struct output_folder *folder);

#endif
