#include "cli/command.h"

#include "bet/errors.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

int command_fail(const struct settings_command *command, const struct error *error) {
    fprintf(stderr, "quiniela %s: %s\n", command->name, error->text);
    return error->code == ERROR_BAD_SETTING ? EXIT_WRONG_USE : EXIT_FAILED;
}

bool command_begin(const struct settings_command *command, int argc, char **argv, struct settings **settings,
                   int *status) {
    struct error error;
    enum settings_outcome outcome = settings_load(command, argc, argv, settings, &error);
    if (outcome == SETTINGS_WRONG) {
        command_fail(command, &error);
        *status = EXIT_WRONG_USE; // also when it was for want of memory
    } else {
        *status = EXIT_DONE;
    }
    for (int i = 1; i < argc; i++) { // from here on the settings have it, and nobody else should
        char *flag = strncmp(argv[i], "--store=", 8) == 0 ? argv[i] + 8 : argv[i];
        store_conceal_address(flag);
    }
    return outcome == SETTINGS_READY;
}

bool command_has_descriptors(struct error *error) {
    enum { DESCRIPTORS_MIN = 16 };
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max >= DESCRIPTORS_MIN ||
           error_set(error, ERROR_SYSTEM,
                     "this process may have %llu descriptors, and needs %d to begin with: raise that limit "
                     "(ulimit -n)",
                     (unsigned long long)limit.rlim_max, DESCRIPTORS_MIN);
}

void command_keep_private(void) {
    umask(S_IRWXG | S_IRWXO);
}

bool command_open_draw(const struct settings *settings, struct store **store, struct stored_draw *draw,
                       struct error *error) {
    const char *path = settings_text(settings, "STORE"), *name = settings_text(settings, "DRAW");
    if (!store_open(path, name, STORE_READ, store, error)) {
        return false;
    }
    bool found;
    char shown[STORE_ADDRESS_BYTES];
    store_show_address(path, shown);
    if (store_get_draw(*store, draw, &found, error) &&
        (found || error_set(error, ERROR_STORE_FAILED, "%.150s: it has no draw \"%s\"", shown, name))) {
        return true;
    }
    store_close(store);
    return false;
}
