// The setting of the control socket, shared by the server and by the commands that give it orders; and where
// the socket is when it is not set.
#ifndef QUINIELA_CLI_CONTROL_OPTIONS_H
#define QUINIELA_CLI_CONTROL_OPTIONS_H

#include "base/settings.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct control_settings {
    const char *path; // CONTROL; NULL when it is not set
};

extern const struct setting control_settings[];

// The group, bound to the field `field` of the struct `options`.
#define CONTROL_GROUP_IN(options, field)                                                                     \
    SETTING_GROUP_IN(options, field, struct control_settings, "Control", control_settings)

enum { CONTROL_FOLDERS_MAX = 3, CONTROL_NUMBERED_MAX = 16 };

struct control_place {
    bool is_off;   // CONTROL=off
    bool is_given; // CONTROL names it
    char path[PATH_MAX];
    // While `path` is "", as the store is not in a file: folders that may have it, by their order. The name
    // there is control_place_numbered.
    char folders[CONTROL_FOLDERS_MAX][PATH_MAX];
    size_t folder_count;
};

// Finds out where the control socket of a server of `store` is: where CONTROL says; else beside a store that
// is a file (STORE.control); else in a runtime folder. ERROR_SYSTEM when the store's path leads nowhere.
bool control_place_find(const struct control_settings *settings, const char *store,
                        struct control_place *place, struct error *error) MUST_CHECK;

// Writes the name of a socket in a runtime folder: that of the server on this port, and when there are
// several, number 2 and so on.
void control_place_numbered(const char *folder, unsigned port, unsigned number, char path[PATH_MAX]);

// Whether a file in a runtime folder has such a name.
bool control_place_is_numbered(const char *name);

#endif
