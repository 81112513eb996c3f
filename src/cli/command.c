#include "cli/command.h"

#include "base/translate.h"
#include "store/address.h"
#include "store/store.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERVICE_SETTINGS "/etc/quiniela/server.ini" // of the package

// Whether the store that is not there is the default one, and this machine has a service, which keeps its own
// elsewhere.
static bool is_service_meant(const struct error *error) {
    static const char missing[] = "quiniela.db: cannot open: there is no such file";
    return strncmp(error->text, missing, strlen(missing)) == 0 && access(SERVICE_SETTINGS, F_OK) == 0;
}

int command_fail(const struct settings_command *command, const struct error *error) {
    (void)fflush(stdout); // where both are one file, the reason is to come last
    fprintf(stderr, "quiniela %s: %s%s\n", command->name, error->text,
            is_service_meant(error) ? "; the store of the service: --config " SERVICE_SETTINGS : "");
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

static bool is_anywhere(const char *key, const char *path) {
    char file[PATH_MAX];
    struct error ignored;
    if (strcmp(key, "STORE") == 0 && (!store_file(path, file, &ignored) || file[0] == '\0')) {
        return true; // it is a database, or its name is wrong anyway
    }
    return path[0] == '/' || strcmp(path, "off") == 0;
}

// A relative path in the server's own file is meant from the folder that the server was started in. Nobody
// else knows that one, and in another there may be another server's store.
static bool check_path_in_file(const struct settings *settings, const char *key, const char *flag,
                               struct error *error) {
    const void *field = settings_field(settings, key);
    const char *path = field == NULL ? NULL : settings_written(settings, field);
    bool is_of_file =
        path != NULL && (!settings_is_set(settings, field) || settings_is_from_file(settings, field));
    if (!is_of_file || is_anywhere(key, path)) {
        return true;
    }
    const char *place = settings_is_set(settings, field) ? settings_place(settings, field) : NULL;
    const char *file = settings_file_path(settings);
    return error_set(
        error, ERROR_BAD_SETTING,
        "%.200s%s%s: %.100s%s: only the server knows from which folder that path is meant: write an "
        "absolute one there, or say %s by hand",
        place != NULL ? place : file, place != NULL ? "" : ": ", place != NULL ? "" : key, path,
        place != NULL ? "" : _(" (it is not set)"), flag);
}

static bool check_paths(const struct settings_command *command, const struct settings *settings,
                        struct error *error) {
    static const struct {
        const char *key, *flag;
    } paths[] = {{"STORE", "--store"},
                 {"CONTROL", "--control"},
                 {"SEAL_DIR", "--seal-dir"},
                 {"AUDIT_LOG", "--audit-log"}};
    if (command->file_of == NULL || settings_file_path(settings) == NULL) {
        return true;
    }
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        if (!check_path_in_file(settings, paths[i].key, paths[i].flag, error)) {
            return false;
        }
    }
    return true;
}

bool command_begin(const struct settings_command *command, const struct command_line *line, void *options,
                   struct settings **settings, int *status) {
    struct error error;
    enum settings_outcome outcome = settings_load(command, line, options, settings, &error);
    if (outcome == SETTINGS_READY && !check_paths(command, *settings, &error)) {
        settings_free(*settings);
        *settings = NULL;
        outcome = SETTINGS_WRONG;
    }
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
