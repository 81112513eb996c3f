#include "cli/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OUTPUT_BUFFER_BYTES = 1024 * 1024 };

static const char standard_output[] = "standard output";

struct output_file {
    FILE *stream;
    char *path;      // what the file is to be called, symbolic links followed; what errors name
    char *temporary; // what it is called until then, or NULL when it is written as it is
    char buffer[OUTPUT_BUFFER_BYTES];
};

static void free_file(struct output_file *file) {
    if (file->stream != NULL) {
        fclose(file->stream); // whoever wants to know whether it failed has closed it before
    }
    if (file->temporary != NULL) {
        unlink(file->temporary);
    }
    free(file->temporary);
    free(file->path);
    free(file);
}

// What a new file may be read and written by, as the process is set. There is no asking without setting.
static mode_t new_file_mode(void) {
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

// A temporary file beside the path, so that it can take its name. Returns its descriptor, or -1 with errno
// set.
static int open_temporary(struct output_file *file, mode_t mode) {
    if (asprintf(&file->temporary, "%s.XXXXXX", file->path) < 0) {
        file->temporary = NULL;
        errno = ENOMEM;
        return -1;
    }
    int descriptor = mkostemp(file->temporary, O_CLOEXEC);
    if (descriptor < 0) {
        free(file->temporary);
        file->temporary = NULL;
    } else if (fchmod(descriptor, mode) != 0) {
        int reason = errno;
        close(descriptor);
        errno = reason;
        return -1;
    }
    return descriptor;
}

// Sets file->path and returns the descriptor that is to be written, or -1 with errno set.
static int open_descriptor(struct output_file *file, const char *path) {
    if (path == NULL || strcmp(path, "-") == 0) {
        file->path = strdup(standard_output);
        return file->path == NULL ? -1 : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    }
    struct stat status;
    bool exists = stat(path, &status) == 0;
    // A new name is to stand for the file that a link leads to, not in the link's place.
    file->path = exists ? realpath(path, NULL) : strdup(path);
    if (file->path == NULL) {
        return -1;
    }
    if (exists && !S_ISREG(status.st_mode)) { // a directory is refused here
        return open(path, O_WRONLY | O_CLOEXEC);
    }
    return open_temporary(file, exists ? status.st_mode & 0777 : new_file_mode());
}

bool output_file_open(const char *path, struct output_file **file, struct error *error) {
    *file = NULL;
    struct output_file *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the output");
    }
    int descriptor = open_descriptor(made, path);
    made->stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (made->stream == NULL) {
        error_set_system(error, errno, "%.150s: cannot write", path == NULL ? standard_output : path);
        if (descriptor >= 0) {
            close(descriptor);
        }
        free_file(made);
        return false;
    }
    setvbuf(made->stream, made->buffer, _IOFBF, sizeof made->buffer);
    *file = made;
    return true;
}

bool output_file_write(struct output_file *file, const void *bytes, size_t length, struct error *error) {
    return fwrite_unlocked(bytes, 1, length, file->stream) == length ||
           error_set_system(error, errno, "%.150s: cannot write", file->path);
}

// What is written reaches the disk before it takes the place of what was there.
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

bool output_file_finish(struct output_file **file, struct error *error) {
    struct output_file *ended = *file;
    *file = NULL;
    bool done = close_stream(ended);
    if (done && ended->temporary != NULL) {
        done = rename(ended->temporary, ended->path) == 0;
    }
    if (!done) {
        error_set_system(error, errno, "%.150s: cannot write", ended->path);
    } else {
        free(ended->temporary);
        ended->temporary = NULL;
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
