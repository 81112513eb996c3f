#include "claims/package.h"

#include "seal/errors.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

static const char manifest_name[] = "manifest.txt";

bool package_open(const char *path, struct package *package, struct error *error) {
    *package = (struct package){.path = strdup(path)};
    if (package->path == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "%.250s: no memory", path);
    }
    package->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (package->folder < 0) {
        int reason = errno;
        package_close(package);
        return error_set_system(error, reason, "%.250s", path);
    }
    return true;
}

void package_close(struct package *package) {
    for (size_t i = 0; package->sources != NULL && i < package->manifest->count; i++) {
        source_close(&package->sources[i]);
    }
    free(package->sources);
    free(package->manifest);
    small_file_free(&package->text);
    if (package->path != NULL && package->folder >= 0) {
        close(package->folder);
    }
    free(package->path);
    *package = (struct package){.folder = -1};
}

// The manifest
// -----------------------------------------------------------------------------------------------

static bool read_text(struct package *package, struct error *error) {
    struct source source;
    if (!source_open_in(package->folder, package->path, manifest_name, &source, error)) {
        return false;
    }
    bool done = source_read(&source, MANIFEST_BYTES_MAX, &package->text, error);
    source_close(&source);
    if (!done && error->code == ERROR_BAD_FORM) {
        const struct error reason = *error;
        error_set(error, ERROR_BAD_FORM, "%s: %s", manifest_name, reason.text);
    }
    return done;
}

static bool read_manifest(struct package *package, struct error *error) {
    if (!read_text(package, error)) {
        return false;
    }
    hash_of(package->text.bytes, package->text.size, &package->hash);
    package->has_manifest = true;
    package->manifest = malloc(sizeof *package->manifest);
    if (package->manifest == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "%.250s: no memory", package->path);
    }
    if (!manifest_parse(small_file_text(&package->text), package->manifest, error)) {
        free(package->manifest);
        package->manifest = NULL;
        return false;
    }
    package->sources = calloc(package->manifest->count + 1, sizeof *package->sources);
    return package->sources != NULL || error_set(error, ERROR_NO_MEMORY, "%.250s: no memory", package->path);
}

static bool is_listed(const struct manifest *manifest, const char *name) {
    for (size_t i = 0; i < manifest->count; i++) {
        if (strcmp(manifest->files[i].name, name) == 0) {
            return true;
        }
    }
    return strcmp(name, manifest_name) == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

// The folder
// -------------------------------------------------------------------------------------------------

static bool look_for_others(const struct package *package, struct verdicts *verdicts, const char *what,
                            DIR *folder, size_t *faults, struct error *error) {
    size_t seen = 0;
    errno = 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL; errno = 0) {
        if (++seen > PACKAGE_FILES_MAX + 3) { // the manifest, ".", ".."
            verdicts_add(verdicts, VERDICT_FALSE, what, "there are more than %d files", PACKAGE_FILES_MAX);
            ++*faults;
            return true;
        }
        if (!is_listed(package->manifest, entry->d_name)) {
            verdicts_add(verdicts, VERDICT_FALSE, what, "%s: is not in the manifest", entry->d_name);
            ++*faults;
        }
    }
    return errno == 0 || error_set_system(error, errno, "%.250s", package->path);
}

static bool check_nothing_more(const struct package *package, struct verdicts *verdicts, const char *what,
                               size_t *faults, struct error *error) {
    int copy = fcntl(package->folder, F_DUPFD_CLOEXEC, 0);
    DIR *folder = copy < 0 ? NULL : fdopendir(copy);
    if (folder == NULL) {
        int reason = errno;
        if (copy >= 0) {
            close(copy);
        }
        return error_set_system(error, reason, "%.250s", package->path);
    }
    bool done = look_for_others(package, verdicts, what, folder, faults, error);
    closedir(folder);
    return done;
}

static bool hash_source(const struct source *source, struct hash *hash, uint64_t *size, struct error *error) {
    enum { PIECE_BYTES = 256 * 1024 };
    struct hasher hasher;
    char *piece = malloc(PIECE_BYTES);
    bool done = piece != NULL || error_set(error, ERROR_NO_MEMORY, "%.250s: no memory", source->path);
    hasher_begin(&hasher);
    *size = 0;
    for (size_t taken = PIECE_BYTES; done && taken == PIECE_BYTES;) {
        done = source_take(source, *size, piece, PIECE_BYTES, &taken, error);
        hasher_add(&hasher, piece, taken);
        *size += taken;
    }
    hasher_end(&hasher, hash);
    free(piece);
    return done;
}

// Opens a file, and holds it against what the manifest says of it.
static bool check_file(struct package *package, size_t index, struct error *error) {
    const struct package_file *file = &package->manifest->files[index];
    struct source *source = &package->sources[index];
    struct hash hash;
    uint64_t size;
    if (!source_open_in(package->folder, package->path, file->name, source, error)) {
        return false;
    }
    size = source->size; // of which it takes no reading to see that it is another
    if (size == file->size && !hash_source(source, &hash, &size, error)) {
        return false;
    }
    if (size != file->size) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "%s: has %" PRIu64 " bytes, and %" PRIu64 " in the manifest", file->name, size,
                         file->size);
    }
    return hash_equal(&hash, &file->hash) ||
           error_set(error, ERROR_FALSE_CLAIM, "%s: has another SHA-256 than in the manifest", file->name);
}

bool package_check(struct package *package, struct verdicts *verdicts, const char *what, size_t *faults,
                   struct error *error) {
    *faults = 0;
    if (!read_manifest(package, error)) {
        *faults = 1;
        return verdicts_refuse(verdicts, what, error);
    }
    if (!check_nothing_more(package, verdicts, what, faults, error)) {
        return false;
    }
    for (size_t i = 0; i < package->manifest->count; i++) {
        if (!check_file(package, i, error)) {
            ++*faults;
            if (!verdicts_refuse(verdicts, what, error)) {
                return false;
            }
        }
        if (package->manifest->files[i].kind == PACKAGE_AUDIT) {
            source_close(&package->sources[i]); // of which there may be many, and nothing more is read
        }
    }
    return true;
}
