#include "notary/folder_draft.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(const struct folder *folder, const char *name, const char *what, struct error *error) {
    return error_set_system(error, errno == 0 ? EIO : errno, "%.150s/%s: %s", folder->path, name, what);
}

bool folder_draft_begin(const struct folder *folder, const char *name, struct folder_draft *draft,
                        struct error *error) {
    *draft = (struct folder_draft){.file = NULL};
    errno = 0;
    if (!folder_temporary_make(folder->descriptor, name, &draft->temporary)) {
        return fail(folder, name, "cannot be made", error);
    }
    draft->file = fdopen(draft->temporary.file, "w+");
    if (draft->file == NULL) {
        folder_temporary_drop(folder->descriptor, &draft->temporary);
        return error_set(error, ERROR_NO_MEMORY, "no memory to write %s", name);
    }
    return true;
}

void folder_draft_drop(const struct folder *folder, struct folder_draft *draft) {
    if (draft->file != NULL) {
        (void)fclose(draft->file);
        unlinkat(folder->descriptor, draft->temporary.name, 0);
        draft->file = NULL;
    }
}

bool folder_open_file(const struct folder *folder, const char *name, FILE **file, struct error *error) {
    struct stat status;
    *file = NULL;
    int descriptor = openat(folder->descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) {
        return errno == ENOENT || fail(folder, name, "cannot be opened", error);
    }
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(descriptor);
        return error_set(error, ERROR_BAD_SETTING, "%.150s/%s: is no regular file", folder->path, name);
    }
    *file = fdopen(descriptor, "r");
    if (*file == NULL) {
        close(descriptor);
        return error_set(error, ERROR_NO_MEMORY, "no memory to read %s", name);
    }
    return true;
}

// Whether the files have the same bytes from here on.
static bool same_bytes(FILE *one, FILE *other) {
    char here[16 * 1024], there[sizeof here];
    size_t length;
    do {
        length = fread(here, 1, sizeof here, one);
        if (fread(there, 1, sizeof there, other) != length || memcmp(here, there, length) != 0) {
            return false;
        }
    } while (length > 0);
    return ferror(one) == 0 && ferror(other) == 0;
}

// Whether the name is taken by the same bytes, for good; ERROR_KEPT_OTHER when by others.
static bool is_kept(const struct folder *folder, const char *name, struct folder_draft *draft, bool *found,
                    struct error *error) {
    FILE *kept;
    if (!folder_open_file(folder, name, &kept, error)) {
        return false;
    }
    *found = kept != NULL;
    if (kept == NULL) {
        return true;
    }
    rewind(draft->file);
    bool same = same_bytes(draft->file, kept);
    (void)fclose(kept);
    if (!same) {
        return (error_set(error, ERROR_KEPT_OTHER, "%.150s/%s: is there, and is another one", folder->path,
                          name) ||
                error_because(error, CAUSE_KEPT_OTHER));
    }
    return folder_sync_kept(folder, name, error);
}

static bool keep(const struct folder *folder, const char *name, struct folder_draft *draft,
                 struct error *error) {
    bool found;
    if (!is_kept(folder, name, draft, &found, error)) {
        return false;
    }
    errno = 0;
    if (found || (fflush(draft->file) == 0 && fsync(fileno(draft->file)) == 0 &&
                  folder_give_name(folder, draft->temporary.name, name))) {
        return true;
    }
    int failure = errno;
    if (failure == EEXIST && !is_kept(folder, name, draft, &found, error)) { // another server was quicker
        return false;
    }
    return found || folder_refuse_name(folder, name, failure == 0 ? EIO : failure, error);
}

bool folder_draft_keep(const struct folder *folder, const char *name, struct folder_draft *draft,
                       struct error *error) {
    bool kept = keep(folder, name, draft, error);
    folder_draft_drop(folder, draft); // its name is not the draft's any more, once it has one
    return kept;
}
