#include "audit/audit.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/path.h"
#include "bet/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AGAIN_MS = 1000 };

struct audit {
    pthread_mutex_t mutex;
    int file;
    char *path;
    struct chain chain; // up to the last byte of the file, unless `broken`
    off_t size;         // of the file, then
    bool syncing;       // somebody syncs the file, without the mutex
    int retired;        // the file that is synced, when another has taken its place meanwhile; else -1
    bool broken;        // a write failed: nobody knows how far it came
    uint64_t again_ms;  // when to try again then
    int64_t lost;       // records, since: one at least
    struct audit_budget budget;
};

// The file ------------------------------------------------------------------------------------------------

// A file of several names would be two logs to those who come by them: rotated under one, it grows under the
// other.
static bool has_one_name(const char *path, const struct stat *status, struct error *error) {
    return status->st_nlink <= 1 ||
           error_set(error, ERROR_BAD_SETTING, "%.150s: has %ju names (hard links); an audit log has one",
                     path, (uintmax_t)status->st_nlink);
}

static bool lock_file(int file, const char *path, struct error *error) {
    if (flock(file, LOCK_EX | LOCK_NB) == 0) {
        return true;
    }
    return errno == EWOULDBLOCK
               ? error_set(error, ERROR_BAD_SETTING, "%.150s: another server writes this file", path)
               : error_set_system(error, errno, "%.150s", path);
}

// Opens the file at `path`, or makes it, for us alone. -1 with `error` set when that cannot be.
static int open_file(const char *path, struct stat *status, struct error *error) {
    // Without waiting for a pipe's other end: it is refused.
    int file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (file < 0 || fstat(file, status) != 0) {
        error_set_system(error, errno, "%.150s", path);
    } else if (!S_ISREG(status->st_mode)) {
        error_set(error, ERROR_BAD_SETTING, "%.150s: is no file: an audit log is read again and gone on with",
                  path);
    } else if (has_one_name(path, status, error) && lock_file(file, path, error)) {
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

// Reads the file from its beginning, by its descriptor: what has its name may be another one by now.
static bool read_file(int file, const char *path, struct chain *chain, audit_on_record on_record,
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

static bool write_bytes(struct audit *audit, const char *bytes, size_t length) {
    errno = ENOSPC; // for a write that is cut short
    bool written = write(audit->file, bytes, length) == (ssize_t)length;
    if (written) {
        audit->size += (off_t)length;
    }
    return written;
}

static bool add(struct audit *audit, const char *event, const struct audit_field *fields, size_t count) {
    char line[CHAIN_LINE_BYTES_MAX];
    size_t length = chain_write(&audit->chain, event, fields, count, line);
    return length == 0 || write_bytes(audit, line, length);
}

// Reads what there is, and closes a line that was written in part.
static bool go_on_from_file(struct audit *audit, audit_on_record on_record, void *context,
                            struct error *error) {
    char *rest;
    size_t rest_length;
    struct stat status;
    if (!read_file(audit->file, audit->path, &audit->chain, on_record, context, &rest, &rest_length, error)) {
        free(rest);
        return false;
    }
    bool written = fstat(audit->file, &status) == 0;
    audit->size = status.st_size;
    if (written && rest != NULL) {
        struct error reason;
        uint64_t records = audit->chain.records;
        if (!chain_take_rest(&audit->chain, rest, rest_length, &reason)) {
            free(rest);
            return error_set(error, reason.code, "%.150s: %s", audit->path, reason.text);
        }
        if (on_record != NULL && audit->chain.records > records) {
            on_record(context, rest, rest_length); // only its newline was missing
        }
        written = write_bytes(audit, "\n", 1);
    }
    free(rest);
    if (written && audit->chain.torn_bytes > 0) {
        struct audit_field torn = {.name = "torn", .number = (int64_t)audit->chain.torn_bytes};
        written = add(audit, "recovered", &torn, 1);
    }
    return written || error_set_system(error, errno, "%.150s: cannot be written", audit->path);
}

// A file that is moved, gone, or changed
// ---------------------------------------------------------------------

static bool go_on_as_new(struct audit *audit, const char *reason) {
    struct audit_field why = {.name = "reason", .text = reason};
    chain_next_file(&audit->chain);
    audit->size = 0;
    log_event(LOG_LEVEL_WARNING, "audit", LOG_SUCCESS,
              "file: %s | reason: %s | message: goes on in a new file, from record %" PRIu64, audit->path,
              reason, audit->chain.records + 1);
    return add(audit, "continued", &why, 1);
}

// Closes the file; when somebody is just syncing it, then he does.
static void retire_file(struct audit *audit) {
    if (audit->syncing && audit->retired < 0) {
        audit->retired = audit->file;
    } else {
        close(audit->file);
    }
}

// The file has lost its name: its successor has it, or there is none yet.
static bool open_successor(struct audit *audit, const char *reason, struct error *error) {
    struct stat status;
    int file = open_file(audit->path, &status, error);
    if (file < 0) {
        return false;
    }
    if (status.st_size > 0) { // a copy of ours would do, such as an editor writes
        struct chain chain;
        char *rest;
        size_t rest_length;
        bool is_copy =
            read_file(file, audit->path, &chain, NULL, NULL, &rest, &rest_length, error) &&
            (rest == NULL ||
             error_set(error, ERROR_BAD_SETTING, "%.150s: another file is in its place", audit->path)) &&
            (strcmp(chain.hash, audit->chain.hash) == 0 ||
             error_set(error, ERROR_BAD_SETTING, "%.150s: another file is in its place", audit->path));
        free(rest);
        if (!is_copy) {
            close(file);
            return false;
        }
    }
    retire_file(audit);
    audit->file = file;
    audit->size = status.st_size;
    return status.st_size > 0 || go_on_as_new(audit, reason) ||
           error_set_system(error, errno, "%.150s: cannot be written", audit->path);
}

// Looks whether the file is still the one that has the name, and as long as it was left.
static bool keep_file(struct audit *audit, struct error *error) {
    struct stat ours, named;
    if (fstat(audit->file, &ours) != 0) {
        return error_set_system(error, errno, "%.150s", audit->path);
    }
    if (lstat(audit->path, &named) != 0 || !path_is_same(&ours, &named)) {
        return open_successor(audit, ours.st_nlink == 0 ? "deleted" : "moved", error);
    }
    if (ours.st_size == 0 && audit->size > 0) {
        return go_on_as_new(audit, "emptied") ||
               error_set_system(error, errno, "%.150s: cannot be written", audit->path);
    }
    if (ours.st_size != audit->size) { // what is in it will not fit what follows: verify will say where
        log_event(LOG_LEVEL_ERROR, "audit", LOG_FAIL,
                  "file: %s | error: somebody else has changed it: it has %jd bytes, and had %jd",
                  audit->path, (intmax_t)ours.st_size, (intmax_t)audit->size);
        audit->size = ours.st_size;
    }
    return true;
}

// Writing -------------------------------------------------------------------------------------------------

static void note_failure(struct audit *audit, const char *reason) {
    if (!audit->broken) {
        log_event(LOG_LEVEL_ERROR, "audit", LOG_FAIL, "file: %s | error: %s", audit->path, reason);
    }
    audit->broken = true;
    audit->again_ms = clock_steady_ms() + AGAIN_MS;
}

// Whether records can be written, once more after a failure.
static bool is_good(struct audit *audit) {
    struct error error;
    if (!audit->broken) {
        return true;
    }
    if (clock_steady_ms() < audit->again_ms) {
        return false;
    }
    struct audit_field lost = {.name = "count", .number = audit->lost};
    if (!go_on_from_file(audit, NULL, NULL, &error) || !keep_file(audit, &error) ||
        !add(audit, "lost", &lost, 1)) {
        audit->again_ms = clock_steady_ms() + AGAIN_MS;
        return false;
    }
    log_event(LOG_LEVEL_WARNING, "audit", LOG_SUCCESS, "file: %s | lost: %" PRId64, audit->path, audit->lost);
    audit->broken = false;
    audit->lost = 0;
    return true;
}

static void write_locked(struct audit *audit, const char *event, const struct audit_field *fields,
                         size_t count) {
    struct error error;
    if (!is_good(audit)) {
        audit->lost++;
    } else if (!keep_file(audit, &error)) {
        audit->lost++;
        note_failure(audit, error.text);
    } else if (!add(audit, event, fields, count)) {
        audit->lost++;
        note_failure(audit, strerror(errno));
    }
}

static void tell_of_suppressed(struct audit *audit, bool all) {
    struct audit_suppressed suppressed;
    while (audit_budget_take(&audit->budget, clock_steady_ms(), all, &suppressed)) {
        const struct audit_field fields[] = {
            {.name = "count", .number = suppressed.count},
            {.name = "of", .text = suppressed.event},
            {.name = "reason", .text = suppressed.reason == NULL ? "" : suppressed.reason}};
        write_locked(audit, "suppressed", fields, suppressed.reason == NULL ? 2 : 3);
    }
}

void audit_write(struct audit *audit, const char *event, const struct audit_field *fields, size_t count) {
    if (audit != NULL) {
        pthread_mutex_lock(&audit->mutex);
        write_locked(audit, event, fields, count);
        pthread_mutex_unlock(&audit->mutex);
    }
}

void audit_write_limited(struct audit *audit, const struct audit_sort *sort, const struct audit_field *fields,
                         size_t count) {
    if (audit == NULL) {
        return;
    }
    pthread_mutex_lock(&audit->mutex);
    tell_of_suppressed(audit, false);
    if (audit_budget_allows(&audit->budget, sort, clock_steady_ms())) {
        write_locked(audit, sort->event, fields, count);
    }
    pthread_mutex_unlock(&audit->mutex);
}

void audit_tick(struct audit *audit) {
    if (audit != NULL) {
        pthread_mutex_lock(&audit->mutex);
        tell_of_suppressed(audit, false);
        (void)is_good(audit); // a loss is told of as soon as can be
        pthread_mutex_unlock(&audit->mutex);
    }
}

void audit_write_last(struct audit *audit, const char *event) {
    if (audit != NULL) {
        pthread_mutex_lock(&audit->mutex);
        audit->again_ms = 0; // there is no later
        tell_of_suppressed(audit, true);
        audit->again_ms = 0;
        write_locked(audit, event, NULL, 0);
        pthread_mutex_unlock(&audit->mutex);
    }
}

// Whoever writes meanwhile does not wait for the disk; the file may be replaced, and is closed when it is
// synced. For one thread at a time.
void audit_sync(struct audit *audit) {
    if (audit == NULL) {
        return;
    }
    pthread_mutex_lock(&audit->mutex);
    int file = audit->file;
    audit->syncing = true;
    pthread_mutex_unlock(&audit->mutex);
    if (fdatasync(file) != 0) {
        log_event(LOG_LEVEL_ERROR, "audit", LOG_FAIL, "file: %s | error: %s", audit->path, strerror(errno));
    }
    pthread_mutex_lock(&audit->mutex);
    audit->syncing = false;
    if (audit->retired >= 0) {
        close(audit->retired);
        audit->retired = -1;
    }
    pthread_mutex_unlock(&audit->mutex);
}

// From its opening to its end -----------------------------------------------------------------------------

bool audit_open(const char *path, audit_on_record on_record, void *context, struct audit **result,
                struct error *error) {
    char resolved[PATH_MAX];
    struct stat status;
    *result = NULL;
    if (!path_resolve(path, resolved, error)) {
        return false;
    }
    struct audit *audit = calloc(1, sizeof *audit);
    if (audit == NULL || (audit->path = strdup(resolved)) == NULL) {
        free(audit);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the audit log");
    }
    pthread_mutex_init(&audit->mutex, NULL);
    audit->retired = -1;
    audit->file = open_file(audit->path, &status, error);
    if (audit->file < 0 || !go_on_from_file(audit, on_record, context, error)) {
        error->code = error->code == ERROR_BAD_MESSAGE ? ERROR_BAD_SETTING : error->code;
        audit_close(&audit);
        return false;
    }
    *result = audit;
    return true;
}

void audit_close(struct audit **pointer) {
    struct audit *audit = *pointer;
    *pointer = NULL;
    if (audit == NULL) {
        return;
    }
    if (audit->file >= 0) {
        tell_of_suppressed(audit, true);
        audit->again_ms = 0;
        (void)is_good(audit); // a loss is told of, if it can be
        audit_sync(audit);
        close(audit->file);
    }
    pthread_mutex_destroy(&audit->mutex);
    free(audit->path);
    free(audit);
}
