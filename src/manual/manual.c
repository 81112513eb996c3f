#include "manual/manual.h"

#include "manual/command_page.h"
#include "manual/completion.h"
#include "manual/file_page.h"
#include "manual/overview_page.h"
#include "manual/protocol_page.h"

#include "cli/cli.h"
#include "cli/subcommands.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct making {
    const char *folder;
    const struct manual_given *given;
    struct manual_source source;
    struct error *error;
};

// Files -----------------------------------------------------------------------------------------------------

static FILE *begin_file(const struct making *making, const char *name) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", making->folder, name);
    FILE *stream = fopen(path, "w");
    if (stream == NULL) {
        error_set_system(making->error, errno, "%.200s", path);
    }
    return stream;
}

static bool end_file(const struct making *making, const char *name, FILE *stream) {
    bool is_lost = ferror(stream) != 0;
    return (fclose(stream) == 0 && !is_lost) || error_set_system(making->error, errno, "%.200s", name);
}

static FILE *begin_page(const struct making *making, const char *name, int section, char file[PATH_MAX]) {
    snprintf(file, PATH_MAX, "man%d/%s.%d", section, name, section);
    return begin_file(making, file);
}

// Pages -----------------------------------------------------------------------------------------------------

static bool make_command(const struct making *making, const struct settings_command *command) {
    char name[PAGE_NAME_BYTES], file[PATH_MAX];
    manual_page_name(command, name);
    FILE *stream = begin_page(making, name, 1, file);
    bool good = stream != NULL && command_page_print(stream, &making->source, command, making->error);
    return stream != NULL && end_file(making, file, stream) && good;
}

static bool make_file(const struct making *making, const struct settings_command *owner) {
    char file[PATH_MAX];
    FILE *stream = begin_page(making, manual_page_of_file(owner), 5, file);
    bool good = stream != NULL && file_page_print(stream, &making->source, owner, making->error);
    return stream != NULL && end_file(making, file, stream) && good;
}

static bool make_overview(const struct making *making) {
    char file[PATH_MAX];
    FILE *stream = begin_page(making, "quiniela", 1, file);
    bool good = stream != NULL && overview_page_print(stream, &making->source, making->error);
    return stream != NULL && end_file(making, file, stream) && good;
}

static bool make_protocol(const struct making *making) {
    char file[PATH_MAX];
    FILE *stream = begin_page(making, "quiniela-protocol", 7, file);
    bool good = stream != NULL &&
                protocol_page_print(stream, &making->source, making->given->protocol, making->error);
    return stream != NULL && end_file(making, file, stream) && good;
}

static bool make_commands(const struct making *making) {
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        if (!make_command(making, subcommands[i].command)) {
            return false;
        }
    }
    return true;
}

static bool make_completion(const struct making *making) {
    static const struct {
        const char *file;
        void (*print)(FILE *stream);
    } shells[] = {{"quiniela.bash", completion_bash},
                  {"quiniela.zsh", completion_zsh},
                  {"quiniela.fish", completion_fish}};
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        FILE *stream = begin_file(making, shells[i].file);
        if (stream == NULL) {
            return false;
        }
        shells[i].print(stream);
        if (!end_file(making, shells[i].file, stream)) {
            return false;
        }
    }
    return true;
}

// Texts that nothing is made of -----------------------------------------------------------------------------

static bool is_page(const char *name) {
    static const char *const others[] = {"quiniela.mdoc", "quiniela-protocol.mdoc", "quiniela.ini.mdoc",
                                         "quiniela-client.yaml.mdoc"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strcmp(name, others[i]) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        char own[PAGE_NAME_BYTES + 8];
        snprintf(own, sizeof own, "quiniela-%s.mdoc", subcommands[i].command->name);
        if (strcmp(name, own) == 0) {
            return true;
        }
    }
    return false;
}

static bool check_texts(const struct making *making) {
    DIR *folder = opendir(making->given->texts);
    if (folder == NULL) {
        return error_set_system(making->error, errno, "%.200s", making->given->texts);
    }
    bool good = true;
    for (struct dirent *entry; good && (entry = readdir(folder)) != NULL;) {
        const char *ending = strrchr(entry->d_name, '.');
        if (ending != NULL && strcmp(ending, ".mdoc") == 0 && !is_page(entry->d_name)) {
            good = error_set(making->error, ERROR_BAD_SETTING, "%.200s/%.100s: there is no such command",
                             making->given->texts, entry->d_name);
        }
    }
    closedir(folder);
    return good;
}

// All of it -------------------------------------------------------------------------------------------------

static bool make_folders(const struct making *making) {
    static const char *const names[] = {"man1", "man5", "man7"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", making->folder, names[i]);
        if (mkdir(path, 0777) != 0 && errno != EEXIST) {
            return error_set_system(making->error, errno, "%.200s", path);
        }
    }
    return true;
}

static bool set_date(struct making *making) {
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    time_t epoch = (time_t)making->given->epoch_s;
    struct tm day;
    if (gmtime_r(&epoch, &day) == NULL) {
        return error_set(making->error, ERROR_BAD_SETTING, "SOURCE_DATE_EPOCH: no such date");
    }
    snprintf(making->source.date, sizeof making->source.date, "%s %d, %d", months[day.tm_mon], day.tm_mday,
             day.tm_year + 1900);
    return true;
}

bool manual_make(const char *folder, const struct manual_given *given, struct error *error) {
    struct making making = {folder, given, {.folder = given->texts}, error};
    return set_date(&making) && check_texts(&making) && make_folders(&making) && make_overview(&making) &&
           make_commands(&making) && make_file(&making, &server_command) &&
           make_file(&making, &client_command) && make_protocol(&making) && make_completion(&making);
}
