#include "cli/output_file.h"

#include "base/path.h"
#include "base/signals.h"
#include "cli/output_target.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    OUTPUT_BUFFER_BYTES = 1024 * 1024,
    READER_MS_MAX = 1000, // for a pipe's reader to come
    READER_LOOK_MS = 20,
};

static const char standard_output[] = "standard output";

struct output_file {
    FILE *stream;
    char *path;                     // the final name, symbolic links resolved; errors show it
    char *temporary;                // the name until then, or NULL when the file is written in place
    struct signals_put_off put_off; // while there is a temporary file
    size_t unasked;                 // bytes written since the last check for a signal
    char buffer[OUTPUT_BUFFER_BYTES];
};

// A signal that arrived in the meantime ends the program here.
static void end_temporary(struct output_file *file, bool remove) {
    if (file->temporary == NULL) {
        return;
    }
    if (remove) {
        unlink(file->temporary);
    }
    free(file->temporary);
    file->temporary = NULL;
    signals_let_come(&file->put_off);
}

static void free_file(struct output_file *file) {
    if (file->stream != NULL) {
        fclose(file->stream); // after a success it is closed already
    }
    end_temporary(file, true);
    OPENSSL_cleanse(file->buffer, sizeof file->buffer); // it may have held a secret
    free(file->path);
    free(file);
}

// The mode of a new file, by the umask of the process. The umask can only be read by setting it.
static mode_t new_file_mode(void) {
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

// Creates a file next to the path, so that it can be renamed to it. The file gets `mode`, and is never more
// open than that. Returns its descriptor, or -1 with errno set.
static int open_temporary(struct output_file *file, mode_t mode) {
    if (asprintf(&file->temporary, "%s.XXXXXX", file->path) < 0) {
        file->temporary = NULL;
        errno = ENOMEM;
        return -1;
    }
    signals_put_off(&file->put_off);
    int descriptor = mkostemp(file->temporary, O_CLOEXEC); // mode 0600
    int reason = errno;
    if (descriptor < 0) {
        end_temporary(file, false);
    } else if (fchmod(descriptor, mode) != 0) {
        reason = errno;
        close(descriptor);
        descriptor = -1;
    }
    errno = reason;
    return descriptor;
}

static bool fail(const char *path, struct error *error) {
    return error_set_system(error, errno, "%.150s: cannot write", path);
}

static bool open_standard(struct output_file *file, int *descriptor, struct error *error) {
    file->path = strdup(standard_output);
    *descriptor = file->path == NULL ? -1 : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    return *descriptor >= 0 || fail(standard_output, error);
}

// A pipe that has a name opens once somebody reads it, which may be never.
static int open_pipe(const char *path) {
    int descriptor;
    for (int waited_ms = 0; (descriptor = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0 &&
                            errno == ENXIO && waited_ms < READER_MS_MAX;
         waited_ms += READER_LOOK_MS) {
        (void)poll(NULL, 0, READER_LOOK_MS);
    }
    if (descriptor >= 0 && fcntl(descriptor, F_SETFL, O_WRONLY) != 0) {
        int reason = errno;
        close(descriptor);
        errno = reason;
        return -1;
    }
    return descriptor;
}

// What exists and is no file is written in place. A directory is refused here.
static bool open_in_place(struct output_file *file, const char *path, bool is_pipe, int *descriptor,
                          struct error *error) {
    file->path = strdup(path);
    *descriptor = file->path == NULL ? -1 : is_pipe ? open_pipe(path) : open(path, O_WRONLY | O_CLOEXEC);
    if (*descriptor < 0 && is_pipe && errno == ENXIO) {
        return error_set(error, ERROR_SYSTEM, "%.150s: it is a pipe, and nobody reads it", path);
    }
    return *descriptor >= 0 || fail(path, error);
}

// Sets file->path and *descriptor, which takes the data. If the path is a link, the file that it leads to is
// replaced, not the link.
static bool open_path(struct output_file *file, const char *path, bool in_place, int *descriptor,
                      struct error *error) {
    struct stat status;
    char resolved[PATH_MAX];
    bool exists = stat(path, &status) == 0;
    if (exists && !S_ISREG(status.st_mode)) {
        return in_place ? open_in_place(file, path, S_ISFIFO(status.st_mode), descriptor, error)
                        : error_set(error, ERROR_BAD_SETTING, "%.150s: is no regular file", path);
    }
    if (!path_resolve(path, resolved, error) || !output_target_check(resolved, path, error)) {
        return false;
    }
    file->path = strdup(resolved);
    mode_t mode = new_file_mode();
    *descriptor = file->path == NULL
                      ? -1
                      : open_temporary(file, exists ? mode & (status.st_mode | S_IRUSR | S_IWUSR) : mode);
    return *descriptor >= 0 || fail(path, error);
}

static bool open_file(const char *path, bool in_place, struct output_file **file, struct error *error) {
    *file = NULL;
    struct output_file *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the output");
    }
    int descriptor = -1;
    bool is_standard = in_place && (path == NULL || strcmp(path, "-") == 0);
    bool opened = is_standard ? open_standard(made, &descriptor, error)
                              : open_path(made, path, in_place, &descriptor, error);
    if (opened && (made->stream = fdopen(descriptor, "w")) == NULL) {
        opened = fail(made->path, error);
        close(descriptor);
    }
    if (!opened) {
        free_file(made);
        return false;
    }
    setvbuf(made->stream, made->buffer, _IOFBF, sizeof made->buffer);
    *file = made;
    return true;
}

bool output_file_open(const char *path, struct output_file **file, struct error *error) {
    return open_file(path, true, file, error);
}

bool output_file_open_whole(const char *path, struct output_file **file, struct error *error) {
    return open_file(path, false, file, error);
}

// Checks for a signal now and then, so that the signal need not wait for the end of a long output.
static bool may_go_on(struct output_file *file, size_t length, struct error *error) {
    file->unasked += length;
    if (file->temporary == NULL || file->unasked < OUTPUT_BUFFER_BYTES) {
        return true;
    }
    file->unasked = 0;
    return !signals_have_come(&file->put_off) ||
           error_set(error, ERROR_SYSTEM, "%.150s: not written: a signal ended it", file->path);
}

bool output_file_write(struct output_file *file, const void *bytes, size_t length, struct error *error) {
    return may_go_on(file, length, error) &&
           (fwrite_unlocked(bytes, 1, length, file->stream) == length || fail(file->path, error));
}

bool output_file_copy(struct output_file *file, FILE *made, struct hash *hash, struct error *error) {
    char piece[64 * 1024];
    struct hasher hasher;
    size_t length;
    hasher_begin(&hasher);
    rewind(made);
    while ((length = fread(piece, 1, sizeof piece, made)) > 0) {
        hasher_add(&hasher, piece, length);
        if (!output_file_write(file, piece, length, error)) {
            return false;
        }
    }
    hasher_end(&hasher, hash);
    return ferror(made) == 0 ||
           error_set_system(error, errno, "what is to be written to %.150s cannot be read back", file->path);
}

// The new contents reach the disk before they replace the old ones.
static bool close_stream(struct output_file *file) {
    bool written = fflush(file->stream) == 0 && (file->temporary == NULL || fsync(fileno(file->stream)) == 0);
    int reason = errno;
    bool closed = fclose(file->stream) == 0;
    file->stream = NULL;
    if (!written) {
        errno = reason;
    }
    return written && closed;
}

// The new name reaches the disk, too. A folder may be one that we can write to and not read, and some file
// systems sync no folder: there the name is as good as it can be.
static bool sync_name(const struct output_file *file, struct error *error) {
    return path_sync_folder_if_able(file->path) ||
           error_set_system(error, errno, "%.150s: written, but its directory cannot be synced", file->path);
}

// Gives the file its name.
static bool name_file(struct output_file *file, struct error *error) {
    if (rename(file->temporary, file->path) != 0) {
        return fail(file->path, error);
    }
    bool synced = sync_name(file, error);
    end_temporary(file, false);
    return synced;
}

bool output_file_finish(struct output_file **file, struct error *error) {
    struct output_file *ended = *file;
    *file = NULL;
    bool done = close_stream(ended) || fail(ended->path, error);
    if (done && ended->temporary != NULL) {
        done = name_file(ended, error);
    }
    free_file(ended);
    return done;
}

void output_file_drop(struct output_file **file) {
    if (*file != NULL) {
        free_file(*file);
        *file = NULL;
    }
}
