#include "notary/folder_draft.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(const struct folder *folder, const char *name, const char *what, struct error *error) {
    return error_set_system(error, errno == 0 ? EIO : errno, "%.150s/%s: %s", folder->path, name, what);
}

// A file that nobody writes any more: whoever does holds its lock.
static void remove_if_left(const struct folder *folder, const char *name) {
    int file = openat(folder->descriptor, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) {
        return;
    }
    if (flock(file, LOCK_EX | LOCK_NB) == 0) {
        unlinkat(folder->descriptor, name, 0);
    }
    close(file);
}

// Of interrupted runs.
static void remove_left(const struct folder *folder, const char *name) {
    char begin[FOLDER_NAME_BYTES_MAX + 4];
    int length = snprintf(begin, sizeof begin, ".%s.", name);
    int again = openat(folder->descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *files = again < 0 ? NULL : fdopendir(again);
    if (files == NULL) {
        if (again >= 0) {
            close(again);
        }
        return; // they take room, and do no harm
    }
    for (const struct dirent *entry; (entry = readdir(files)) != NULL;) {
        if (strncmp(entry->d_name, begin, (size_t)length) == 0) {
            remove_if_left(folder, entry->d_name);
        }
    }
    (void)closedir(files);
}

bool folder_draft_begin(const struct folder *folder, const char *name, struct folder_draft *draft,
                        struct error *error) {
    *draft = (struct folder_draft){.file = NULL};
    snprintf(draft->temporary, sizeof draft->temporary, ".%s.%ld", name, (long)getpid());
    remove_left(folder, name);
    int file = openat(folder->descriptor, draft->temporary,
                      O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file < 0) {
        return fail(folder, draft->temporary, "cannot be made", error);
    }
    (void)flock(file, LOCK_EX | LOCK_NB); // nobody else has it
    draft->file = fdopen(file, "w+");
    if (draft->file == NULL) {
        close(file);
        unlinkat(folder->descriptor, draft->temporary, 0);
        return error_set(error, ERROR_NO_MEMORY, "no memory to write %s", name);
    }
    return true;
}

void folder_draft_drop(const struct folder *folder, struct folder_draft *draft) {
    if (draft->file != NULL) {
        (void)fclose(draft->file);
        unlinkat(folder->descriptor, draft->temporary, 0);
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

// The name is taken: by the same bytes?
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
    return same ||
           error_set(error, ERROR_KEPT_OTHER, "%.150s/%s: is there, and is another one", folder->path, name);
}

static bool give_name(const struct folder *folder, const char *name, struct folder_draft *draft,
                      struct error *error) {
    errno = 0;
    if (fflush(draft->file) != 0 || fsync(fileno(draft->file)) != 0) {
        return fail(folder, name, "cannot be written", error);
    }
    bool named = folder_give_name(folder, draft->temporary, name);
    if (named) {
        (void)fclose(draft->file);
        draft->file = NULL;
    }
    return named || fail(folder, name, "cannot be written", error);
}

bool folder_draft_keep(const struct folder *folder, const char *name, struct folder_draft *draft,
                       struct error *error) {
    bool found;
    bool kept = is_kept(folder, name, draft, &found, error);
    if (kept && !found && !give_name(folder, name, draft, error)) {
        struct error reason; // another server may have been quicker
        kept = draft->file != NULL && is_kept(folder, name, draft, &found, &reason) && found;
    }
    folder_draft_drop(folder, draft);
    return kept;
}
