#include "agency/receipts_file.h"

#include "agency/file_report.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/translate.h"
#include "notary/small_file.h"
#include "seal/draft.h"
#include "seal/encoding.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum {
    NOTE_ROOM = 16 * 1024, // of a commit's note; the server's own has less than 1 KiB
    BLOCK_BYTES_MAX = 64 + BASE64_TEXT_BYTES(RECEIPT_BYTES_MAX) + BASE64_TEXT_BYTES(NOTE_ROOM) +
                      MERKLE_LEVELS_MAX * BASE64_TEXT_BYTES(HASH_BYTES),
};

struct receipts_file {
    int descriptor;
    char *path;
    off_t end; // of the last whole receipt
    uint64_t covered;
    size_t origin_length;
    char origin[ORIGIN_BYTES_MAX];
};

static void take(struct receipts_file *file, const struct receipt *receipt) {
    memcpy(file->origin, receipt->origin.text, receipt->origin.length);
    file->origin_length = receipt->origin.length;
    uint64_t end = receipt->first + receipt->count;
    if (receipt->first <= file->covered && end > file->covered) {
        file->covered = end;
    }
}

// What is there already
// --------------------------------------------------------------------------------------

// Reading goes line by line.
struct reading {
    struct receipts_file *file;
    uint32_t agency;
    FILE *stream;
    char *line;
    size_t room;
    uint64_t number;               // of the line
    char entry[RECEIPT_BYTES_MAX]; // of the block
    struct receipt receipt;        // what it says
};

static bool refuse(const struct reading *reading, const char *why, struct error *error) {
    return error_set(error, ERROR_BAD_SETTING,
                     "%.150s:%" PRIu64 ": %s: move it away, or name another file (--receipts)",
                     reading->file->path, reading->number, translate(why));
}

// Reads the next line; *length is without its end. Returns false at the end of the file, and for a line that
// lacks its end; *length is then what there is of it.
static bool next_line(struct reading *reading, size_t *length) {
    ssize_t got = getline(&reading->line, &reading->room, reading->stream);
    *length = got <= 0 ? 0 : (size_t)got;
    reading->number += got > 0;
    if (got <= 0 || reading->line[got - 1] != '\n') {
        return false;
    }
    *length = (size_t)got - 1;
    return true;
}

static bool read_entry(struct reading *reading, size_t length, struct error *error) {
    struct slice entry = {reading->entry, 0}, line = {reading->line, length};
    struct receipt *receipt = &reading->receipt;
    struct error ignored;
    if (!slice_begins(line, "entry ") ||
        !base64_decode((struct slice){line.text + 6, line.length - 6}, reading->entry, sizeof reading->entry,
                       &entry.length) ||
        !receipt_parse(entry, receipt, &ignored)) {
        return refuse(reading, "is no entry of a receipt", error);
    }
    if (receipt->agency != reading->agency) {
        return refuse(reading, "is a receipt of another agency", error);
    }
    struct slice origin = receipts_file_origin(reading->file);
    return origin.length == 0 || slice_equal(origin, receipt->origin) ||
           refuse(reading, "is a receipt of another draw than those before it", error);
}

// The file ends in a line that is to begin with `begin`. It is cut off there only if it may have been the
// agency that wrote it: a file of something else that was named by mistake stays as it is.
static bool take_cut_line(struct reading *reading, size_t length, const char *begin, struct error *error) {
    size_t known = strlen(begin) < length ? strlen(begin) : length;
    if (ferror(reading->stream)) {
        return error_set_system(error, errno, "%.150s: cannot be read", reading->file->path);
    }
    return (length == 0 || (known > 0 && memcmp(reading->line, begin, known) == 0)) ||
           refuse(reading, "is no line of a receipt", error);
}

// Reads one block; *whole is false at the end of the file, be it in a block or not: what was cut off counts
// for nothing.
static bool read_block(struct reading *reading, bool *whole, struct error *error) {
    static const char *const begin[] = {"entry ", "index ", "path", "note ", ""};
    *whole = false;
    for (size_t i = 0; i < sizeof begin / sizeof *begin; i++) {
        size_t length;
        if (!next_line(reading, &length)) {
            return take_cut_line(reading, length, begin[i], error);
        }
        bool is_it = i + 1 < sizeof begin / sizeof *begin
                         ? slice_begins((struct slice){reading->line, length}, begin[i])
                         : length == 0;
        if (!is_it) {
            return refuse(reading, "is no line of a receipt", error);
        }
        if (i == 0 && !read_entry(reading, length, error)) {
            return false;
        }
    }
    take(reading->file, &reading->receipt);
    *whole = true;
    return true;
}

static bool read_all(struct reading *reading, struct error *error) {
    bool whole = true;
    while (whole) {
        if (!read_block(reading, &whole, error)) {
            return false;
        }
        if (whole) {
            reading->file->end = ftello(reading->stream);
        }
    }
    return true;
}

static bool read_receipts(struct receipts_file *file, uint32_t agency, struct error *error) {
    int copy = fcntl(file->descriptor, F_DUPFD_CLOEXEC, 0);
    struct reading reading = {.file = file, .agency = agency, .stream = copy < 0 ? NULL : fdopen(copy, "r")};
    if (reading.stream == NULL) {
        if (copy >= 0) {
            close(copy);
        }
        return error_set_system(error, errno, "%.150s: cannot be read", file->path);
    }
    bool done = read_all(&reading, error);
    free(reading.line);
    fclose(reading.stream);
    return done;
}

// Opening
// ----------------------------------------------------------------------------------------------------

static bool cut_off_rest(struct receipts_file *file, struct error *error) {
    struct stat status;
    if (fstat(file->descriptor, &status) != 0 ||
        (status.st_size > file->end &&
         (ftruncate(file->descriptor, file->end) != 0 || fsync(file->descriptor) != 0))) {
        return error_set_system(error, errno, "%.150s: cannot be written", file->path);
    }
    if (status.st_size > file->end) {
        report_receipt_cut(file->path);
    }
    return true;
}

// Whether it could be written to; where it cannot, errno is as if it had been opened for that.
static bool is_writable(const struct receipts_file *file, const struct stat *status) {
    errno = EISDIR;
    return !S_ISDIR(status->st_mode) && faccessat(AT_FDCWD, file->path, W_OK, AT_EACCESS) == 0;
}

static bool open_it(struct receipts_file *file, bool only_looks, struct error *error) {
    char resolved[PATH_MAX];
    struct stat status;
    int access = only_looks ? O_RDONLY : O_RDWR | O_CREAT | O_APPEND;
    file->descriptor = open(file->path, access | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
    if (only_looks && file->descriptor < 0 && errno == ENOENT) {
        return true; // there are none yet
    }
    if (file->descriptor < 0 || fstat(file->descriptor, &status) != 0 ||
        (only_looks && !is_writable(file, &status))) {
        return error_set_system(error, errno, "%.150s: the receipts cannot be kept there", file->path);
    }
    if (!S_ISREG(status.st_mode)) {
        return error_set(error, ERROR_BAD_SETTING, "%.150s: is no regular file", file->path);
    }
    if (!only_looks && flock(file->descriptor, LOCK_EX | LOCK_NB) != 0) {
        return error_set(
            error, ERROR_BAD_SETTING,
            "%.150s: another client keeps its receipts there: end it first, or name another file "
            "(--receipts)",
            file->path);
    }
    return path_resolve(file->path, resolved, error) &&
           (path_sync_folder_if_able(resolved) ||
            error_set_system(error, errno, "%.150s: its folder cannot be synced", file->path));
}

// What is there. Who only looks may come while a client writes: it leaves a cut receipt to that one.
static bool go_on_with_it(struct receipts_file *file, uint32_t agency, bool only_looks, struct error *error) {
    return file->descriptor < 0 ||
           (read_receipts(file, agency, error) && (only_looks || cut_off_rest(file, error)));
}

bool receipts_file_open(const char *path, uint32_t agency, bool only_looks, struct receipts_file **result,
                        struct error *error) {
    struct receipts_file *file = memory_zeroed(1, sizeof *file);
    *result = NULL;
    if (file == NULL || (file->path = memory_duplicate(path)) == NULL) {
        memory_free(file);
        return error_set(error, ERROR_NO_MEMORY, "%.150s: no memory to keep receipts", path);
    }
    if (!open_it(file, only_looks, error) || !go_on_with_it(file, agency, only_looks, error)) {
        receipts_file_close(&file);
        return false;
    }
    *result = file;
    return true;
}

void receipts_file_close(struct receipts_file **file) {
    if (*file != NULL) {
        if ((*file)->descriptor >= 0) {
            close((*file)->descriptor);
        }
        memory_free((*file)->path);
        memory_free(*file);
        *file = NULL;
    }
}

struct slice receipts_file_origin(const struct receipts_file *file) {
    return (struct slice){file->origin, file->origin_length};
}

uint64_t receipts_file_covered(const struct receipts_file *file) {
    return file->covered;
}

// Adding
// -----------------------------------------------------------------------------------------------------

static void write_block(struct draft *draft, const struct given_receipt *given) {
    draft_print(draft, "entry ");
    draft_base64(draft, given->entry.text, given->entry.length);
    draft_print(draft, "\nindex %" PRIu64 "\npath", given->index);
    for (size_t i = 0; i < given->path->length; i++) {
        draft_hash(draft, " ", &given->path->hashes[i], "");
    }
    draft_print(draft, "\nnote ");
    draft_base64(draft, given->note.text, given->note.length);
    draft_print(draft, "\n\n");
}

bool receipts_file_add(struct receipts_file *file, const struct given_receipt *given,
                       const struct receipt *receipt, struct error *error) {
    char block[BLOCK_BYTES_MAX];
    struct draft draft;
    draft_begin(&draft, block, sizeof block);
    write_block(&draft, given);
    if (draft.is_over) {
        return error_set(error, ERROR_SYSTEM, "%.150s: the receipt is too long to be kept", file->path);
    }
    if (!small_file_write(file->descriptor, draft_text(&draft))) {
        error_set_system(error, errno, "%.150s: the receipt cannot be kept", file->path);
        int cut = ftruncate(file->descriptor, file->end);
        (void)cut; // where it fails, the next start removes what was written
        return false;
    }
    file->end += (off_t)draft.length;
    take(file, receipt);
    return true;
}
