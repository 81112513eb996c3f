#include "audit/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_ATTEMPTS = 20, LOCK_PAUSE_MS = 10 };

// A file with several names would look like several logs: rotated under one name, it would keep growing under
// the other.
static bool has_one_name(const char *path, const struct stat *status, struct error *error) {
    return status->st_nlink <= 1 ||
           error_set(error, ERROR_BAD_SETTING, "%.150s: has %ju names (hard links); an audit log has one",
                     path, (uintmax_t)status->st_nlink);
}

static bool refuse_lock(const char *path, struct error *error) {
    return errno == EWOULDBLOCK
               ? error_set(error, ERROR_BAD_SETTING, "%.150s: another server writes this file", path)
               : error_set_system(error, errno, "%.150s", path);
}

// Who only looks has the lock for an instant (audit_file_look): a start tries again.
static bool lock_file(int file, bool waits, const char *path, struct error *error) {
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};
    bool locked = flock(file, LOCK_EX | LOCK_NB) == 0;
    for (int i = 0; waits && !locked && errno == EWOULDBLOCK && i < LOCK_ATTEMPTS; i++) {
        nanosleep(&pause, NULL);
        locked = flock(file, LOCK_EX | LOCK_NB) == 0;
    }
    return locked || refuse_lock(path, error);
}

// Its lock is gone again at once: reading a long log takes seconds, and a server may start meanwhile.
static bool is_unlocked(int file, const char *path, struct error *error) {
    return (flock(file, LOCK_SH | LOCK_NB) == 0 && flock(file, LOCK_UN) == 0) || refuse_lock(path, error);
}

static bool can_be_log(const char *path, const struct stat *status, struct error *error) {
    return S_ISREG(status->st_mode)
               ? has_one_name(path, status, error)
               : error_set(error, ERROR_BAD_SETTING,
                           "%.150s: is not a regular file: an audit log is read back and appended to", path);
}

int audit_file_open(const char *path, bool waits, struct stat *status, struct error *error) {
    // O_NONBLOCK: a named pipe is refused, not waited for.
    int file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (file < 0 || fstat(file, status) != 0) {
        error_set_system(error, errno, "%.150s", path);
    } else if (can_be_log(path, status, error) && lock_file(file, waits, path, error)) {
        return file;
    }
    if (file >= 0) {
        close(file);
    }
    return -1;
}

int audit_file_look(const char *path, bool is_own, struct error *error) {
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0 && errno == ENOENT) {
        error_clear(error);
    } else if (file < 0 || fstat(file, &status) != 0) {
        error_set_system(error, errno, "%.150s", path);
    } else if (can_be_log(path, &status, error) && (is_own || is_unlocked(file, path, error))) {
        return file;
    }
    if (file >= 0) {
        close(file);
    }
    return -1;
}

struct position {
    int file;
    off_t at;
};

static ssize_t read_at(void *context, char *bytes, size_t length) {
    struct position *position = context;
    ssize_t count = pread(position->file, bytes, length, position->at);
    position->at += count > 0 ? count : 0;
    return count;
}

bool audit_file_read(int file, const char *path, struct chain *chain, audit_on_record on_record,
                     void *context, char **rest, size_t *rest_length, struct error *error) {
    struct error reason;
    struct position position = {.file = file};
    FILE *stream = fopencookie(&position, "r", (cookie_io_functions_t){.read = read_at});
    *rest = NULL;
    if (stream == NULL) {
        return error_set_system(error, errno, "%.150s", path);
    }
    chain_begin(chain);
    bool good = audit_read(stream, chain, on_record, context, rest, rest_length, &reason);
    fclose(stream);
    return good || error_set(error, reason.code, "%.150s: %s", path, reason.text);
}
