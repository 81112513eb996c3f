#include "audit/audit.h"

#include "audit/events.h"
#include "audit/file.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/path.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RETRY_MS = 1000, NAME_BYTES = 512 };

struct audit {
    pthread_mutex_t sync_mutex; // of the thread that syncs; taken before `mutex`
    pthread_mutex_t mutex;      // of all that follows
    int file;
    char *path;
    struct chain chain; // up to the last byte of the file, unless `broken`
    off_t size;         // of the file, unless `broken`
    bool syncing;       // a thread is syncing the file without holding the mutex
    int retired;        // the file being synced, if another has replaced it meanwhile; -1 otherwise
    bool broken;        // a write failed, so we don't know how much of it reached the file
    bool is_left;       // the file has lost its name, and stays in use: nothing can take its place
    uint64_t move_ms;   // when to try that again, if `is_left`
    uint64_t retry_ms;  // when to try again, if `broken`
    int64_t lost;       // records lost since then
    struct audit_budget budget;
};

// Appending -----------------------------------------------------------------------------------------------

static bool write_bytes(struct audit *audit, const char *bytes, size_t length) {
    errno = ENOSPC; // the reason for a short write
    bool written = write(audit->file, bytes, length) == (ssize_t)length;
    if (written) {
        audit->size += (off_t)length;
    }
    return written;
}

// A record that is too long for a line is lost: a record in its place says so. When nothing can be written
// the chain stays as it was.
static bool add(struct audit *audit, const char *event, const struct audit_field *fields, size_t count) {
    char line[CHAIN_LINE_BYTES_MAX];
    const struct chain before = audit->chain;
    size_t length = chain_write(&audit->chain, event, fields, count, line);
    if (length == 0) {
        const struct audit_field lost = {.name = "count", .number = 1};
        log_event(LOG_LEVEL_ERROR, "audit", LOG_FAIL,
                  "file: %s | error: a record is too long for a line | event: %s", audit->path, event);
        length = chain_write(&audit->chain, AUDIT_LOST, &lost, 1, line);
    }
    bool written = write_bytes(audit, line, length);
    if (!written) {
        audit->chain = before;
    }
    return written;
}

// Reads what the file holds, and closes a partly written last line.
static bool continue_file(struct audit *audit, audit_on_record on_record, void *context,
                          struct error *error) {
    char *rest;
    size_t rest_length;
    struct stat status;
    if (!audit_file_read(audit->file, audit->path, &audit->chain, on_record, context, &rest, &rest_length,
                         error)) {
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
            on_record(context, rest, rest_length); // only its newline is missing
        }
        written = write_bytes(audit, "\n", 1);
    }
    free(rest);
    if (written && audit->chain.torn_bytes > 0) {
        struct audit_field torn = {.name = "torn", .number = (int64_t)audit->chain.torn_bytes};
        written = add(audit, AUDIT_RECOVERED, &torn, 1);
    }
    return written || error_set_system(error, errno, "%.150s: cannot be written", audit->path);
}

// A file that was moved, deleted or changed ---------------------------------------------------------------

// `name`: of the file before; or "". When the record cannot be written the file is left empty, and the chain
// stays where it was, so that this can be tried again.
static bool continue_in_new_file(struct audit *audit, const char *reason, const char *name) {
    const struct audit_field fields[] = {{.name = "reason", .text = reason},
                                         {.name = AUDIT_FILE, .text = name}};
    const struct chain before = audit->chain;
    const off_t size = audit->size;
    chain_next_file(&audit->chain);
    audit->size = 0;
    uint64_t from = audit->chain.records + 1;
    bool added = add(audit, AUDIT_CONTINUED, fields, name[0] == '\0' ? 1 : 2);
    if (added) {
        log_event(LOG_LEVEL_WARNING, "audit", LOG_SUCCESS,
                  "file: %s | reason: %s | message: continues in a new file, from record %" PRIu64,
                  audit->path, reason, from);
    } else {
        int why = errno;
        (void)!ftruncate(audit->file, 0);
        audit->chain = before;
        audit->size = size;
        errno = why;
    }
    return added;
}

// The name that the file has now, as the kernel knows it; "" when it has none, or one that is too long for a
// record.
static void find_name(int file, char name[NAME_BYTES]) {
    char link[32];
    struct stat status, named;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, name, NAME_BYTES);
    bool fits = length > 0 && length < NAME_BYTES;
    name[fits ? length : 0] = '\0';
    if (!fits || fstat(file, &status) != 0 || lstat(name, &named) != 0 || !path_is_same(&status, &named)) {
        name[0] = '\0';
    }
}

// Closes what was the log's file. While another thread is syncing it, that thread closes it instead.
static void retire_file(struct audit *audit, int file) {
    if (audit->syncing && audit->retired < 0) {
        audit->retired = file;
    } else {
        close(file);
    }
}

// The file has lost its name: a successor has it now, or there is none yet. The successor takes its place
// once its first record is written: without that record nobody knows where its chain comes from.
static bool open_successor(struct audit *audit, const char *reason, struct error *error) {
    struct stat status;
    int file = audit_file_open(audit->path, false, &status, error);
    if (file < 0) {
        return false;
    }
    if (status.st_size > 0) { // fine if it is a copy of ours, such as an editor writes
        struct chain chain;
        char *rest;
        size_t rest_length;
        bool is_copy =
            audit_file_read(file, audit->path, &chain, NULL, NULL, &rest, &rest_length, error) &&
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
    int old = audit->file;
    char name[NAME_BYTES];
    find_name(old, name);
    audit->file = file;
    if (status.st_size == 0 && !continue_in_new_file(audit, reason, name)) {
        error_set_system(error, errno, "%.150s: cannot be written", audit->path);
        audit->file = old;
        close(file);
        return false;
    }
    audit->size = status.st_size > 0 ? status.st_size : audit->size;
    retire_file(audit, old);
    return true;
}

// Somebody has emptied it, and no record says so yet: only the chain in memory knows what was in it.
static bool is_emptied(const struct audit *audit) {
    struct stat ours;
    return fstat(audit->file, &ours) == 0 && ours.st_size == 0 && audit->size > 0;
}

// The file has lost its name. Switches to its successor. Where there can be none, one that was moved stays in
// use, with a warning, and it is tried again each RETRY_MS. Returns false, with the reason, for one that was
// deleted: nobody could read what is written to it.
static bool leave_file(struct audit *audit, bool is_deleted, struct error *error) {
    if (audit->is_left && !is_deleted && clock_steady_ms() < audit->move_ms) {
        return true;
    }
    if (open_successor(audit, is_deleted ? "deleted" : "moved", error)) {
        audit->is_left = false;
        return true;
    }
    if (!audit->is_left && !is_deleted) {
        log_event(LOG_LEVEL_WARNING, "audit", LOG_FAIL,
                  "error: %s | message: %s; the file that was open stays in use", error_name(error->code),
                  error->text);
    }
    audit->is_left = !is_deleted;
    audit->move_ms = clock_steady_ms() + RETRY_MS;
    return audit->is_left;
}

// Checks that the file still has its name, and its length. Switches to its successor if it doesn't.
static bool keep_file(struct audit *audit, struct error *error) {
    struct stat ours, named;
    if (fstat(audit->file, &ours) != 0) {
        return error_set_system(error, errno, "%.150s", audit->path);
    }
    if (lstat(audit->path, &named) == 0 && path_is_same(&ours, &named)) {
        audit->is_left = false;
    } else if (!leave_file(audit, ours.st_nlink == 0, error)) {
        return false;
    } else if (!audit->is_left) {
        return true; // it goes on in the new file
    }
    if (ours.st_size == 0 && audit->size > 0) {
        return continue_in_new_file(audit, "emptied", "") ||
               error_set_system(error, errno, "%.150s: cannot be written", audit->path);
    }
    if (ours.st_size != audit->size) { // the chain will not fit: verify says where
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
    audit->retry_ms = clock_steady_ms() + RETRY_MS;
}

// After a failure, tries to write again, at most once each RETRY_MS, and records what was lost meanwhile.
// Returns whether records can be written; if not, *error says why, unless it is too soon to try.
static bool mend(struct audit *audit, struct error *error) {
    if (!audit->broken) {
        return true;
    }
    if (clock_steady_ms() < audit->retry_ms) {
        return false;
    }
    struct audit_field lost = {.name = "count", .number = audit->lost};
    audit->move_ms = 0; // that, too, is tried again
    bool mended = (is_emptied(audit) || continue_file(audit, NULL, NULL, error)) && keep_file(audit, error) &&
                  (audit->lost == 0 || add(audit, AUDIT_LOST, &lost, 1) ||
                   error_set_system(error, errno, "%.150s: cannot be written", audit->path));
    if (!mended) {
        audit->retry_ms = clock_steady_ms() + RETRY_MS;
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
    if (!mend(audit, &error)) {
        audit->lost++;
    } else if (!keep_file(audit, &error)) {
        audit->lost++;
        note_failure(audit, error.text);
    } else if (!add(audit, event, fields, count)) {
        audit->lost++;
        note_failure(audit, strerror(errno));
    }
}

static void write_suppressed(struct audit *audit, bool all) {
    struct audit_suppressed suppressed;
    while (audit_budget_take(&audit->budget, clock_steady_ms(), all, &suppressed)) {
        const struct audit_field fields[] = {
            {.name = "count", .number = suppressed.count},
            {.name = "of", .text = suppressed.event},
            {.name = "reason", .text = suppressed.reason == NULL ? "" : suppressed.reason}};
        write_locked(audit, AUDIT_SUPPRESSED, fields, suppressed.reason == NULL ? 2 : 3);
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
    write_suppressed(audit, false);
    if (audit_budget_allows(&audit->budget, sort, clock_steady_ms())) {
        write_locked(audit, sort->event, fields, count);
    }
    pthread_mutex_unlock(&audit->mutex);
}

bool audit_reopen(struct audit *audit, struct error *error) {
    if (audit == NULL) {
        return true;
    }
    pthread_mutex_lock(&audit->mutex);
    audit->move_ms = audit->retry_ms = 0;
    bool done = audit->broken ? mend(audit, error) : keep_file(audit, error);
    if (!done && !audit->broken) {
        note_failure(audit, error->text);
    }
    done = done && !audit->is_left;
    pthread_mutex_unlock(&audit->mutex);
    return done;
}

void audit_tick(struct audit *audit) {
    struct error ignored;
    if (audit != NULL) {
        pthread_mutex_lock(&audit->mutex);
        write_suppressed(audit, false);
        (void)mend(audit, &ignored); // records a loss as soon as possible
        pthread_mutex_unlock(&audit->mutex);
    }
}

void audit_write_last(struct audit *audit, const char *event) {
    if (audit != NULL) {
        pthread_mutex_lock(&audit->mutex);
        audit->retry_ms = 0; // now or never
        write_suppressed(audit, true);
        audit->retry_ms = 0;
        write_locked(audit, event, NULL, 0);
        pthread_mutex_unlock(&audit->mutex);
    }
}

// Writers don't wait for the disk meanwhile. The file may be replaced during the sync; then it is closed
// afterwards. One thread syncs at a time, so no other one ends the sync for it.
void audit_sync(struct audit *audit) {
    if (audit == NULL) {
        return;
    }
    pthread_mutex_lock(&audit->sync_mutex);
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
    pthread_mutex_unlock(&audit->sync_mutex);
}

// Opening and closing ---------------------------------------------------------------------------------

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
    pthread_mutex_init(&audit->sync_mutex, NULL);
    pthread_mutex_init(&audit->mutex, NULL);
    audit->retired = -1;
    audit->file = audit_file_open(audit->path, true, &status, error);
    if (audit->file < 0 || !continue_file(audit, on_record, context, error)) {
        error->code = error->code == ERROR_BROKEN_CHAIN ? ERROR_BAD_SETTING : error->code;
        audit_close(&audit);
        return false;
    }
    *result = audit;
    return true;
}

bool audit_check(const char *path, bool is_own, struct error *error) {
    char resolved[PATH_MAX], *rest = NULL;
    size_t rest_length;
    struct chain chain;
    struct error reason;
    if (!path_resolve(path, resolved, error)) {
        return false;
    }
    int file = audit_file_look(resolved, is_own, error);
    if (file < 0) {
        return error->code == ERROR_NONE;
    }
    bool good = audit_file_read(file, resolved, &chain, NULL, NULL, &rest, &rest_length, error);
    if (good && rest != NULL && !chain_take_rest(&chain, rest, rest_length, &reason)) {
        good = error_set(error, reason.code, "%.150s: %s", resolved, reason.text);
    }
    error->code = !good && error->code == ERROR_BROKEN_CHAIN ? ERROR_BAD_SETTING : error->code;
    close(file);
    free(rest);
    return good;
}

void audit_close(struct audit **pointer) {
    struct audit *audit = *pointer;
    struct error ignored;
    *pointer = NULL;
    if (audit == NULL) {
        return;
    }
    if (audit->file >= 0) {
        write_suppressed(audit, true);
        audit->retry_ms = 0;
        (void)mend(audit, &ignored); // records a loss, if possible
        audit_sync(audit);
        close(audit->file);
    }
    pthread_mutex_destroy(&audit->mutex);
    pthread_mutex_destroy(&audit->sync_mutex);
    free(audit->path);
    free(audit);
}
