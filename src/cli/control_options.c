#include "cli/control_options.h"

#include "cli/help_texts.h"
#include "store/address.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERED_BEGINNING "quiniela-"
#define ENDING ".control"

const struct setting control_settings[] = {
    SETTING_TEXT_IN(struct control_settings, path, "CONTROL", NULL, HELP_CONTROL),
    {.key = NULL},
};

static bool has_folder(const struct control_place *place, const char *folder) {
    for (size_t i = 0; i < place->folder_count; i++) {
        if (strcmp(place->folders[i], folder) == 0) {
            return true;
        }
    }
    return false;
}

// Two variables may name the same one.
static void add_folder(struct control_place *place, const char *folder, size_t length, const char *below) {
    char *to = place->folders[place->folder_count];
    if (length > 0 && snprintf(to, PATH_MAX, "%.*s%s", (int)length, folder, below) < PATH_MAX &&
        !has_folder(place, to)) {
        place->folder_count++;
    }
}

// A service manager may give several folders, separated by colons (systemd.exec(5)).
static void find_folders(struct control_place *place) {
    const char *given = getenv("RUNTIME_DIRECTORY"), *of_user = getenv("XDG_RUNTIME_DIR");
    if (given != NULL) {
        add_folder(place, given, strcspn(given, ":"), "");
    }
    if (of_user != NULL) {
        add_folder(place, of_user, strlen(of_user), "/quiniela");
    }
    static const char of_system[] = "/run/quiniela";
    add_folder(place, of_system, sizeof of_system - 1, "");
}

bool control_place_find(const struct control_settings *settings, const char *store,
                        struct control_place *place, struct error *error) {
    char file[PATH_MAX];
    *place = (struct control_place){.is_given = settings->path != NULL};
    if (settings->path != NULL) {
        place->is_off = strcmp(settings->path, "off") == 0;
        return snprintf(place->path, sizeof place->path, "%s", settings->path) < (int)sizeof place->path ||
               error_set_system(error, ENAMETOOLONG, "%.150s", settings->path);
    }
    if (!store_file(store, file, error)) {
        return false;
    }
    if (file[0] == '\0') {
        find_folders(place);
        return true;
    }
    return snprintf(place->path, sizeof place->path, "%s" ENDING, file) < (int)sizeof place->path ||
           error_set_system(error, ENAMETOOLONG, "%.150s", file);
}

void control_place_numbered(const char *folder, unsigned port, unsigned number, char path[PATH_MAX]) {
    char name[64];
    if (number == 1) {
        snprintf(name, sizeof name, NUMBERED_BEGINNING "%u" ENDING, port);
    } else {
        snprintf(name, sizeof name, NUMBERED_BEGINNING "%u-%u" ENDING, port, number);
    }
    if (snprintf(path, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX) {
        path[0] = '\0';
    }
}

bool control_place_is_numbered(const char *name) {
    size_t length = strlen(name), beginning = sizeof NUMBERED_BEGINNING - 1, ending = sizeof ENDING - 1;
    return length > beginning + ending && strncmp(name, NUMBERED_BEGINNING, beginning) == 0 &&
           strcmp(name + length - ending, ENDING) == 0;
}
