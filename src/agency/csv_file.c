#include "agency/csv_file.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_BYTES = 128 * 1024, MARK_BYTES = sizeof UTF8_BYTE_ORDER_MARK - 1 };

struct csv_file {
    int descriptor;
    char *path;
    struct stat status; // when it was opened
    uint64_t offset;    // bytes taken
    size_t start, end;  // the bytes in the buffer that are not taken
    bool ended;         // the file has nothing beyond the buffer
    char buffer[BUFFER_BYTES];
};

// Opening -------------------------------------------------------------------------------------------------

// If the folder does not exist the error names the folder, because the file is not at fault.
static void refuse_file(const char *path, int reason, struct error *error) {
    struct stat status;
    const char *slash = strrchr(path, '/');
    int length = slash == NULL || slash == path ? 0 : (int)(slash - path);
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%.*s", length, path);
    if (reason == ENOENT && length > 0 && stat(folder, &status) != 0 && errno == ENOENT) {
        error_set(error, ERROR_SYSTEM, "%.150s: cannot be read: there is no folder \"%.150s\"", path, folder);
    } else {
        error_set_system(error, reason, "%s: cannot be read", path);
    }
}

static bool open_descriptor(struct csv_file *file, struct error *error) {
    file->descriptor = open(file->path, O_RDONLY | O_CLOEXEC);
    bool is_open = file->descriptor >= 0 && fstat(file->descriptor, &file->status) == 0;
    if (is_open && !S_ISDIR(file->status.st_mode)) {
        return true;
    }
    refuse_file(file->path, is_open ? EISDIR : errno, error);
    if (file->descriptor >= 0) {
        close(file->descriptor);
    }
    return false;
}

bool csv_file_open(const char *path, struct csv_file **result, struct error *error) {
    *result = NULL;
    struct csv_file *file = memory_allocate(sizeof *file); // not calloc: most of it is the buffer
    char *copy = memory_duplicate(path);
    if (file == NULL || copy == NULL) {
        memory_free(file);
        memory_free(copy);
        return error_set(error, ERROR_NO_MEMORY, "no memory to read %s", path);
    }
    file->path = copy;
    file->offset = 0;
    file->start = file->end = 0;
    file->ended = false;
    if (!open_descriptor(file, error)) {
        memory_free(file);
        memory_free(copy);
        return false;
    }
    *result = file;
    return true;
}

void csv_file_close(struct csv_file **file) {
    close((*file)->descriptor);
    memory_free((*file)->path);
    memory_free(*file);
    *file = NULL;
}

// What it is ----------------------------------------------------------------------------------------------

const char *csv_file_path(const struct csv_file *file) {
    return file->path;
}

uint64_t csv_file_offset(const struct csv_file *file) {
    return file->offset;
}

uint64_t csv_file_size(const struct csv_file *file) {
    return csv_file_is_ordinary(file) ? (uint64_t)file->status.st_size : 0;
}

bool csv_file_is_ordinary(const struct csv_file *file) {
    return S_ISREG(file->status.st_mode);
}

// Whether its content is, whatever has become of its name.
static bool is_untouched(const struct csv_file *file) {
    struct stat now;
    const struct stat *then = &file->status;
    return csv_file_is_ordinary(file) && fstat(file->descriptor, &now) == 0 && now.st_size == then->st_size &&
           now.st_mtim.tv_sec == then->st_mtim.tv_sec && now.st_mtim.tv_nsec == then->st_mtim.tv_nsec;
}

bool csv_file_is_settled(const struct csv_file *file, const struct csv_text *line) {
    return is_untouched(file) && file->offset + line->taken == (uint64_t)file->status.st_size;
}

bool csv_file_is_unchanged(const struct csv_file *file) {
    struct stat named;
    const struct stat *then = &file->status;
    return is_untouched(file) &&
           (stat(file->path, &named) != 0 || (named.st_ino == then->st_ino && named.st_dev == then->st_dev));
}

// Lines ---------------------------------------------------------------------------------------------------

// Reads more into the buffer.
static bool read_more(struct csv_file *file, struct error *error) {
    memmove(file->buffer, file->buffer + file->start, file->end - file->start);
    file->end -= file->start;
    file->start = 0;
    ssize_t length;
    do {
        length = read(file->descriptor, file->buffer + file->end, BUFFER_BYTES - file->end);
    } while (length < 0 && errno == EINTR);
    if (length < 0) {
        return error_set_system(error, errno, "%s: cannot be read", file->path);
    }
    file->ended = length == 0;
    file->end += (size_t)length;
    return true;
}

static void skip_byte_order_mark(struct csv_file *file) {
    const char *text = file->buffer + file->start;
    if (file->offset == 0 && file->end - file->start >= MARK_BYTES &&
        memcmp(text, UTF8_BYTE_ORDER_MARK, MARK_BYTES) == 0) {
        file->start += MARK_BYTES;
        file->offset += MARK_BYTES;
    }
}

bool csv_file_peek(struct csv_file *file, struct csv_text *line, bool *found, struct error *error) {
    for (;;) {
        skip_byte_order_mark(file);
        const char *text = file->buffer + file->start;
        size_t available = file->end - file->start;
        const char *newline = memchr(text, '\n', available);
        if (newline != NULL || (file->ended && available > 0) || available == BUFFER_BYTES) {
            size_t length = newline != NULL ? (size_t)(newline - text) : available;
            *line = (struct csv_text){text, length, length + (newline != NULL), newline != NULL};
            if (line->length > 0 && text[line->length - 1] == '\r') {
                line->length--;
            }
            *found = true;
            return true;
        }
        if (file->ended) {
            *found = false;
            return true;
        }
        if (!read_more(file, error)) {
            return false;
        }
    }
}

void csv_file_take(struct csv_file *file, const struct csv_text *line) {
    file->start += line->taken;
    file->offset += line->taken;
}

bool csv_file_rewind(struct csv_file *file, struct error *error) {
    if (lseek(file->descriptor, 0, SEEK_SET) != 0) {
        return errno == ESPIPE ? error_set(error, ERROR_SYSTEM,
                                           "%.120s: is a pipe or the like, and what came from it is needed "
                                           "once more: write the "
                                           "same bets to a file, and start the agency again with that",
                                           file->path)
                               : error_set_system(error, errno, "%s: cannot go back", file->path);
    }
    file->offset = 0;
    file->start = file->end = 0;
    file->ended = false;
    return true;
}
