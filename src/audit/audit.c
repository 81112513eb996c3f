#include "audit/audit.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/path.h"

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

enum { SECOND_MS = 1000, AGAIN_MS = 1000 };

struct audit {
    pthread_mutex_t mutex;
    int file;
    char *path;
    struct chain chain; // up to the last byte of the file, unless `broken`
    bool broken;        // a write failed: nobody knows how far it came
    uint64_t again_ms;  // when to try again then
    int64_t lost;       // records, since
    uint64_t second_ms; // the second of the limit that is under way began then
    int64_t in_second;  // limited records in it
    int64_t suppressed; // and of those that were not written
};

// Reading -------------------------------------------------------------------------------------------------

struct scan {
    const char *head; // a hash to look for, or NULL
    bool found;
};

static void look(struct scan *scan, const struct chain *chain) {
    scan->found = scan->found || (scan->head != NULL && strcmp(scan->head, chain->hash) == 0);
}

// Takes every line of the stream; what has no newline at the end goes into *rest, which the caller frees.
static bool scan_lines(FILE *stream, struct scan *scan, struct chain *chain, char **rest, size_t *rest_length,
                       struct error *error) {
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool good = true;
    *rest = NULL;
    *rest_length = 0;
    errno = 0;
    while (good && (length = getline(&line, &room, stream)) > 0) {
        if (line[length - 1] != '\n') {
            *rest = line;
            *rest_length = (size_t)length;
            line = NULL;
            break;
        }
        good = chain_take(chain, line, (size_t)length - 1, error);
        look(scan, chain);
    }
    if (good && (ferror(stream) || errno != 0)) {
        good = error_set_system(error, errno, "cannot be read");
    }
    free(line);
    return good;
}

static bool scan_file(const char *path, struct scan *scan, struct chain *chain, char **rest,
                      size_t *rest_length, struct error *error) {
    struct error reason;
    FILE *stream = fopen(path, "re");
    chain_begin(chain);
    if (stream == NULL) {
        *rest = NULL;
        return error_set_system(error, errno, "%.150s", path);
    }
    bool good = scan_lines(stream, scan, chain, rest, rest_length, &reason);
    fclose(stream);
    return good || error_set(error, reason.code, "%.150s: %s", path, reason.text);
}

bool audit_verify(const char *path, const char *head, struct chain *chain, bool *head_found,
                  struct error *error) {
    struct scan scan = {.head = head};
    char *rest;
    size_t rest_length;
    struct error reason;
    bool good = scan_file(path, &scan, chain, &rest, &rest_length, error);
    if (good && rest != NULL) {
        good = error_set(error, ERROR_BAD_MESSAGE,
                         "%.150s: line %" PRIu64
                         ": has no newline: it is being written, or was when the power went",
                         path, chain->lines + 1);
    } else if (good && !chain_end(chain, &reason)) {
        good = error_set(error, reason.code, "%.150s: %s", path, reason.text);
    }
    free(rest);
    *head_found = scan.found;
    return good;
}

// Writing -------------------------------------------------------------------------------------------------

static bool write_bytes(struct audit *audit, const char *bytes, size_t length) {
    errno = ENOSPC; // for a write that is cut short
    return write(audit->file, bytes, length) == (ssize_t)length;
}

static bool add(struct audit *audit, const char *event, const struct audit_field *fields, size_t count) {
    char line[CHAIN_LINE_BYTES_MAX];
    size_t length = chain_write(&audit->chain, event, fields, count, line);
    return length == 0 || write_bytes(audit, line, length);
}

// Reads what there is, and closes a line that was written in part.
static bool go_on_from_file(struct audit *audit, struct error *error) {
    struct scan scan = {0};
    char *rest;
    size_t rest_length;
    if (!scan_file(audit->path, &scan, &audit->chain, &rest, &rest_length, error)) {
        free(rest);
        return false;
    }
    bool written = true;
    if (rest != NULL) {
        struct error reason;
        if (!chain_take_rest(&audit->chain, rest, rest_length, &reason)) {
            free(rest);
            return error_set(error, reason.code, "%.150s: %s", audit->path, reason.text);
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

static void note_failure(struct audit *audit, int reason) {
    if (!audit->broken) {
        log_event(LOG_LEVEL_ERROR, "audit", LOG_FAIL, "file: %s | error: %s", audit->path, strerror(reason));
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
    if (!go_on_from_file(audit, &error) || !add(audit, "lost", &lost, 1)) {
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
    if (!is_good(audit)) {
        audit->lost++;
    } else if (!add(audit, event, fields, count)) {
        audit->lost++;
        note_failure(audit, errno);
    }
}

void audit_write(struct audit *audit, const char *event, const struct audit_field *fields, size_t count) {
    if (audit != NULL) {
        pthread_mutex_lock(&audit->mutex);
        write_locked(audit, event, fields, count);
        pthread_mutex_unlock(&audit->mutex);
    }
}

static void tell_of_suppressed(struct audit *audit) {
    if (audit->suppressed > 0) {
        struct audit_field suppressed = {.name = "count", .number = audit->suppressed};
        audit->suppressed = 0;
        write_locked(audit, "suppressed", &suppressed, 1);
    }
}

void audit_write_limited(struct audit *audit, const char *event, const struct audit_field *fields,
                         size_t count) {
    if (audit == NULL) {
        return;
    }
    pthread_mutex_lock(&audit->mutex);
    uint64_t now_ms = clock_steady_ms();
    if (now_ms - audit->second_ms >= SECOND_MS) {
        tell_of_suppressed(audit);
        audit->second_ms = now_ms;
        audit->in_second = 0;
    }
    if (audit->in_second < AUDIT_LIMIT) {
        audit->in_second++;
        write_locked(audit, event, fields, count);
    } else {
        audit->suppressed++;
    }
    pthread_mutex_unlock(&audit->mutex);
}

void audit_sync(struct audit *audit) {
    if (audit != NULL && fdatasync(audit->file) != 0) {
        log_event(LOG_LEVEL_ERROR, "audit", LOG_FAIL, "file: %s | error: %s", audit->path, strerror(errno));
    }
}

// From its opening to its end -----------------------------------------------------------------------------

// A file of several names would be two logs to those who come by them: rotated under one, it grows under the
// other.
static bool has_one_name(const struct audit *audit, struct error *error) {
    struct stat status;
    if (fstat(audit->file, &status) != 0) {
        return error_set_system(error, errno, "%.150s", audit->path);
    }
    return status.st_nlink <= 1 ||
           error_set(error, ERROR_BAD_SETTING, "%.150s: has %ju names (hard links); an audit log has one",
                     audit->path, (uintmax_t)status.st_nlink);
}

static bool open_file(struct audit *audit, struct error *error) {
    audit->file = open(audit->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (audit->file < 0) {
        return error_set_system(error, errno, "%.150s", audit->path);
    }
    if (!has_one_name(audit, error)) {
        return false;
    }
    if (flock(audit->file, LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK ? error_set(error, ERROR_BAD_SETTING,
                                                "%.150s: another server writes this file", audit->path)
                                    : error_set_system(error, errno, "%.150s", audit->path);
    }
    return go_on_from_file(audit, error);
}

bool audit_open(const char *path, struct audit **result, struct error *error) {
    char resolved[PATH_MAX];
    *result = NULL;
    if (!path_resolve(path, resolved, error)) {
        return false;
    }
    struct audit *audit = *result = calloc(1, sizeof *audit);
    if (audit == NULL || (audit->path = strdup(resolved)) == NULL) {
        free(audit);
        *result = NULL;
        return error_set(error, ERROR_NO_MEMORY, "no memory for the audit log");
    }
    pthread_mutex_init(&audit->mutex, NULL);
    if (!open_file(audit, error)) {
        error->code = error->code == ERROR_BAD_MESSAGE ? ERROR_BAD_SETTING : error->code;
        audit_close(result);
        return false;
    }
    return true;
}

void audit_close(struct audit **pointer) {
    struct audit *audit = *pointer;
    *pointer = NULL;
    if (audit == NULL) {
        return;
    }
    if (audit->file >= 0) {
        tell_of_suppressed(audit);
        audit_sync(audit);
        close(audit->file);
    }
    pthread_mutex_destroy(&audit->mutex);
    free(audit->path);
    free(audit);
}
