// The package that an auditor takes before the number is known: a folder, and a manifest of what is in it.
#ifndef QUINIELA_CLAIMS_PACKAGE_H
#define QUINIELA_CLAIMS_PACKAGE_H

#include "claims/manifest.h"
#include "claims/source.h"
#include "claims/verdicts.h"

struct package {
    char *path;
    int folder;
    struct small_file text; // the manifest's
    bool has_manifest;      // it could be read, and its hash is:
    struct hash hash;
    struct manifest *manifest; // NULL while it has not been read, or is none
    struct source *sources;    // of the manifest's files; path NULL: it is not there, or is a log
};

// Opens the folder. ERROR_SYSTEM, ERROR_NO_MEMORY. Closed by the caller.
bool package_open(const char *path, struct package *package, struct error *error) MUST_CHECK;
void package_close(struct package *package);

// Reads the manifest, and holds the folder against it: each thing that is wrong is said of `what` in a line
// of its own. What could be opened is in `sources`, all the same. *faults counts them. ERROR_NO_MEMORY,
// ERROR_SYSTEM.
bool package_check(struct package *package, struct verdicts *verdicts, const char *what, size_t *faults,
                   struct error *error) MUST_CHECK;

#endif
