#include "claims/file_lines.h"

#include "seal/errors.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool file_lines_begin(const struct source *source, size_t max, uint64_t offset, struct file_lines **lines,
                      struct error *error) {
    assert(max < FILE_LINES_BUFFER_BYTES);
    struct file_lines *made = malloc(sizeof *made); // not calloc: most of it is the buffer
    *lines = made;
    if (made == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "%.250s: no memory to read it", source->path);
    }
    made->source = source;
    made->max = max;
    made->number = 0;
    made->at = made->offset = offset;
    made->start = made->end = 0;
    made->is_at_end = false;
    return true;
}

static bool read_more(struct file_lines *lines, struct error *error) {
    size_t left = lines->end - lines->start, taken, room = FILE_LINES_BUFFER_BYTES - left;
    memmove(lines->buffer, lines->buffer + lines->start, left);
    lines->offset += lines->start;
    lines->start = 0;
    lines->end = left;
    if (!source_take(lines->source, lines->offset + left, lines->buffer + left, room, &taken, error)) {
        return false;
    }
    lines->end += taken;
    lines->is_at_end = taken < room;
    return true;
}

bool file_lines_next(struct file_lines *lines, struct line *line, bool *found, struct error *error) {
    for (;;) {
        const char *text = lines->buffer + lines->start;
        size_t available = lines->end - lines->start;
        const char *end = memchr(text, '\n', available);
        if (end == NULL && !lines->is_at_end && available <= lines->max) {
            if (!read_more(lines, error)) {
                return false;
            }
            continue;
        }
        *found = available > 0;
        if (!*found) {
            return true;
        }
        size_t length = end == NULL ? available : (size_t)(end - text);
        line->text = (struct slice){text, length};
        line->has_end = end != NULL;
        lines->number++;
        lines->at = lines->offset + lines->start;
        lines->start += length + line->has_end;
        return length + line->has_end <= lines->max ||
               file_lines_refuse(lines, error, "has more than %zu bytes", lines->max);
    }
}

void file_lines_seek(struct file_lines *lines, uint64_t offset) {
    lines->number = 0;
    if (offset >= lines->offset && offset - lines->offset <= lines->end) {
        lines->start = (size_t)(offset - lines->offset);
        return;
    }
    lines->offset = offset;
    lines->start = lines->end = 0;
    lines->is_at_end = false;
}

bool file_lines_refuse(const struct file_lines *lines, struct error *error, const char *format, ...) {
    char text[ERROR_TEXT_BYTES];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    return error_set(error, ERROR_BAD_FORM, "line %" PRIu64 ": %s", lines->number, text);
}
