#include "cli/recount_files.h"

#include "base/path.h"
#include "cli/output_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

// Before -------------------------------------------------------------------------------------------------

static bool is_given(const struct given *given, const struct stat *status) {
    for (size_t i = 0; i < given->own_count; i++) {
        if (given->own[i].device == status->st_dev && given->own[i].inode == status->st_ino) {
            return true;
        }
    }
    return false;
}

static bool check_apart(const char *flag, const char *path, const char resolved[PATH_MAX],
                        const struct given *given, struct error *error) {
    char folder[PATH_MAX];
    struct stat status, package;
    path_folder(resolved, folder);
    if (stat(resolved, &status) == 0 && is_given(given, &status)) {
        return error_set(error, ERROR_BAD_SETTING, "%s: %.150s is a file that is to be read", flag, path);
    }
    if (stat(folder, &status) == 0 && fstat(given->package->folder, &package) == 0 &&
        path_is_same(&status, &package)) {
        return error_set(error, ERROR_BAD_SETTING,
                         "%s: %.150s is in the package's folder: write it elsewhere", flag, path);
    }
    return true;
}

static bool check_one(const char *flag, const char *path, const struct given *given, char resolved[PATH_MAX],
                      struct error *error) {
    struct output_file *file;
    resolved[0] = '\0';
    if (path == NULL) {
        return true;
    }
    if (strcmp(path, "-") == 0) {
        return error_set(error, ERROR_BAD_SETTING, "%s: needs the name of a file", flag);
    }
    if (!path_resolve(path, resolved, error) || !check_apart(flag, path, resolved, given, error) ||
        !output_file_open_whole(path, &file, error)) {
        return false;
    }
    output_file_drop(&file);
    return true;
}

bool recount_files_check(const struct recount_files *files, const struct given *given, struct error *error) {
    char json[PATH_MAX], page[PATH_MAX];
    if (!check_one("--json", files->json, given, json, error) ||
        !check_one("--page", files->page, given, page, error)) {
        return false;
    }
    return json[0] == '\0' || strcmp(json, page) != 0 ||
           error_set(error, ERROR_BAD_SETTING, "--json and --page are one file");
}

// After --------------------------------------------------------------------------------------------------

// Reports are made in files without a name: of ten million agencies they are too long for the memory.
static FILE *begin(struct error *error) {
    FILE *made = tmpfile();
    if (made == NULL) {
        error_set_system(error, errno, "no temporary file for a report");
    }
    return made;
}

// Puts what was made into the file `path`.
static bool finish(FILE *made, const char *path, struct hash *hash, struct error *error) {
    struct output_file *file;
    if (fflush(made) != 0 || ferror(made)) {
        return error_set_system(error, errno, "a temporary file for a report cannot be written");
    }
    if (!output_file_open_whole(path, &file, error)) {
        return false;
    }
    if (!output_file_copy(file, made, hash, error)) {
        output_file_drop(&file);
        return false;
    }
    return output_file_finish(&file, error);
}

static bool write_json(const char *path, const struct recount *recount, struct hash *hash,
                       struct error *error) {
    FILE *made = begin(error);
    if (made == NULL) {
        return false;
    }
    bool done = recount_write_json(recount, made, error) && finish(made, path, hash, error);
    fclose(made);
    return done;
}

static bool write_page(const char *path, const struct recount *recount, const struct hash *json,
                       struct error *error) {
    struct hash hash;
    FILE *made = begin(error);
    if (made == NULL) {
        return false;
    }
    recount_write_page(recount, json, made);
    bool done = finish(made, path, &hash, error);
    fclose(made);
    return done;
}

bool recount_files_write(const struct recount_files *files, const struct recount *recount,
                         struct error *error) {
    struct hash json;
    bool has_json = files->json != NULL;
    return (!has_json || write_json(files->json, recount, &json, error)) &&
           (files->page == NULL || write_page(files->page, recount, has_json ? &json : NULL, error));
}
