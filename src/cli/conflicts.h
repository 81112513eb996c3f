// Settings that are each valid alone but do not go together.
#ifndef QUINIELA_CLI_CONFLICTS_H
#define QUINIELA_CLI_CONFLICTS_H

#include "base/settings.h"

#include <stddef.h>

// Two settings, by their fields, that exclude each other, and why.
struct conflict {
    const void *one, *other;
    const char *why;
};

// Whether at most one setting of each pair is given (settings_is_given). ERROR_BAD_SETTING names both and
// says why.
bool conflicts_check(const struct settings *settings, const struct conflict *conflicts, size_t count,
                     struct error *error) MUST_CHECK;

// Sets `error` to say that these two, by their fields, do not go together, and why. Returns false.
bool conflicts_refuse(const struct settings *settings, const struct conflict *conflict, struct error *error);

// Whether no flag gives any of these `count` settings, by their fields, which `why` has no effect.
// ERROR_BAD_SETTING names the first one that is given, and says why. What the environment or a file has may
// be meant for other commands.
bool conflicts_check_unused(const struct settings *settings, const void *const *fields, size_t count,
                            const char *why, struct error *error) MUST_CHECK;

#endif
