#include "cli/command.h"

#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

int command_fail(const struct settings_command *command, const struct error *error) {
    (void)fflush(stdout); // where both are one file, the reason is to come last
    fprintf(stderr, "quiniela %s: %s\n", command->name, error->text);
    return error->code == ERROR_BAD_SETTING ? EXIT_WRONG_USE : EXIT_FAILED;
}

bool command_flush_output(struct error *error) {
    errno = EIO; // an earlier write failed, and its reason is lost
    return (fflush(stdout) == 0 && !ferror(stdout)) ||
           error_set_system(error, errno, "standard output: cannot write");
}

// Overwrites the password in a store's address, because ps(1) would show it. Whatever the flag is called: it
// may be abbreviated.
static void conceal_addresses(const struct command_line *line) {
    for (int i = 1; i < line->argc; i++) {
        char *word = line->argv[i];
        char *value = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
        store_conceal_address(value != NULL ? value + 1 : word);
    }
}

bool command_begin(const struct settings_command *command, const struct command_line *line, void *options,
                   struct settings **settings, int *status) {
    struct error error;
    enum settings_outcome outcome = settings_load(command, line, options, settings, &error);
    *status = EXIT_DONE;
    if (outcome == SETTINGS_WRONG) {
        command_fail(command, &error);
        *status = EXIT_WRONG_USE; // also when memory ran out
    }
    conceal_addresses(line); // the settings have a copy
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

void command_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit); // if that fails, the limit stays as it was
    }
}

void command_keep_private(void) {
    umask(S_IRWXG | S_IRWXO);
}
