#include "agency/reader.h"

#include "bet/bet.h"
#include "wire/message.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BUFFER_BYTES = 128 * 1024,
    LINE_BYTES_MAX = 2 * BET_TEXT_BYTES_MAX, // the quotes of a bet may be doubled
};

struct reader {
    int descriptor;
    char *path;
    uint64_t size;     // bytes of the file, 0 when it is no ordinary one
    uint64_t offset;   // bytes taken
    uint64_t bets;     // lines taken
    size_t start, end; // what is in the buffer and not taken
    bool ended;        // the file has nothing behind the buffer
    char buffer[BUFFER_BYTES];
};

struct line {
    const char *text;
    size_t length; // without its end
    size_t taken;  // with it
};

bool reader_open(const char *path, struct reader **result, struct error *error) {
    *result = NULL;
    struct reader *reader = malloc(sizeof *reader);
    char *copy = strdup(path);
    if (reader == NULL || copy == NULL) {
        free(reader);
        free(copy);
        return error_set(error, ERROR_NO_MEMORY, "no memory to read %s", path);
    }
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    bool is_open = descriptor >= 0 && fstat(descriptor, &status) == 0;
    if (!is_open || S_ISDIR(status.st_mode)) {
        error_set_system(error, is_open ? EISDIR : errno, "%s: cannot be read", path);
        if (descriptor >= 0) {
            close(descriptor);
        }
        free(reader);
        free(copy);
        return false;
    }
    reader->descriptor = descriptor;
    reader->path = copy;
    reader->size = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    reader->offset = reader->bets = 0;
    reader->start = reader->end = 0;
    reader->ended = false;
    *result = reader;
    return true;
}

void reader_close(struct reader **reader) {
    close((*reader)->descriptor);
    free((*reader)->path);
    free(*reader);
    *reader = NULL;
}

const char *reader_path(const struct reader *reader) {
    return reader->path;
}

uint64_t reader_position(const struct reader *reader) {
    return reader->bets;
}

uint64_t reader_offset(const struct reader *reader) {
    return reader->offset;
}

uint64_t reader_size(const struct reader *reader) {
    return reader->size;
}

// Reads more into the buffer.
static bool read_more(struct reader *reader, struct error *error) {
    memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
    reader->end -= reader->start;
    reader->start = 0;
    ssize_t length;
    do {
        length = read(reader->descriptor, reader->buffer + reader->end, BUFFER_BYTES - reader->end);
    } while (length < 0 && errno == EINTR);
    if (length < 0) {
        return error_set_system(error, errno, "%s: cannot be read", reader->path);
    }
    reader->ended = length == 0;
    reader->end += (size_t)length;
    return true;
}

static void skip_byte_order_mark(struct reader *reader) {
    if (reader->offset == 0 && reader->end - reader->start >= 3 &&
        memcmp(reader->buffer + reader->start, "\xef\xbb\xbf", 3) == 0) {
        reader->start += 3;
        reader->offset += 3;
    }
}

// Looks at the next line without taking it. *found is false at the file's end. Of a line that the buffer does
// not hold it shows what the buffer does hold: too long for a bet anyway.
static bool peek_line(struct reader *reader, struct line *line, bool *found, struct error *error) {
    for (;;) {
        skip_byte_order_mark(reader);
        const char *text = reader->buffer + reader->start;
        size_t available = reader->end - reader->start;
        const char *newline = memchr(text, '\n', available);
        if (newline != NULL || (reader->ended && available > 0) || available == BUFFER_BYTES) {
            size_t length = newline != NULL ? (size_t)(newline - text) : available;
            *line = (struct line){text, length, length + (newline != NULL)};
            if (line->length > 0 && text[line->length - 1] == '\r') {
                line->length--;
            }
            *found = true;
            return true;
        }
        if (reader->ended) {
            *found = false;
            return true;
        }
        if (!read_more(reader, error)) {
            return false;
        }
    }
}

static void take_line(struct reader *reader, const struct line *line) {
    reader->start += line->taken;
    reader->offset += line->taken;
    reader->bets++;
}

// Copies a field without its quotes to *out. Returns where it ended in the line, or NULL when its quotes do
// not close where they should, or hold a comma: without them it would pass for the end of the field.
static const char *unquote_field(const char *at, const char *end, char **out) {
    if (at == end || *at != '"') {
        while (at < end && *at != ',') {
            *(*out)++ = *at++;
        }
        return at;
    }
    for (at++; at < end; at++) {
        if (*at == '"' && (at + 1 == end || at[1] != '"')) {
            at++;
            return at == end || *at == ',' ? at : NULL;
        }
        if (*at == ',') {
            return NULL;
        }
        at += *at == '"'; // of two quotes, one
        *(*out)++ = *at;
    }
    return NULL;
}

// Takes the quotes off a line's fields. `out` has room for the line. Returns false when that cannot be done.
static bool unquote(const struct line *line, char *out, size_t *length) {
    const char *end = line->text + line->length;
    char *to = out;
    for (const char *at = line->text;;) {
        at = unquote_field(at, end, &to);
        if (at == NULL) {
            return false;
        }
        if (at == end) {
            *length = (size_t)(to - out);
            return true;
        }
        *to++ = ',';
        at++;
    }
}

static bool bad_line(const struct reader *reader, const char *reason, struct error *error) {
    return error_set(error, ERROR_BAD_BET, "%s:%" PRIu64 ": %s", reader->path, reader->bets + 1, reason);
}

bool reader_seek(struct reader *reader, uint64_t index, struct error *error) {
    if (index < reader->bets) {
        if (lseek(reader->descriptor, 0, SEEK_SET) != 0) {
            return error_set_system(error, errno, "%s: cannot go back", reader->path);
        }
        reader->offset = reader->bets = 0;
        reader->start = reader->end = 0;
        reader->ended = false;
    }
    while (reader->bets < index) {
        struct line line;
        bool found;
        if (!peek_line(reader, &line, &found, error)) {
            return false;
        }
        if (!found) {
            return error_set(error, ERROR_CONFLICT,
                             "%s: has %" PRIu64 " bets, and %" PRIu64 " are stored already", reader->path,
                             reader->bets, index);
        }
        if (line.length > LINE_BYTES_MAX) {
            return bad_line(reader, "the line is too long for a bet", error);
        }
        take_line(reader, &line);
    }
    return true;
}

// Adds the line to the chunk, unless its message would become too long; *fits tells.
static bool add_line(struct reader *reader, const struct line *line, struct chunk *chunk,
                     size_t *message_bytes, size_t message_max, bool *fits, struct error *error) {
    char plain[LINE_BYTES_MAX];
    const char *text = line->text;
    size_t length = line->length;
    if (length > sizeof plain) {
        return bad_line(reader, "the line is too long for a bet", error);
    }
    if (memchr(text, '"', length) != NULL) {
        if (!unquote(line, plain, &length)) {
            return bad_line(reader, "its quotes do not match, or hold a comma", error);
        }
        text = plain;
    }
    size_t bytes = message_bet_bytes(text, length);
    *fits = *message_bytes + bytes <= message_max;
    if (!*fits) {
        return true;
    }
    struct error reason;
    if (!chunk_add(chunk, text, length, &reason)) {
        return bad_line(reader, reason.text, error);
    }
    *message_bytes += bytes;
    return true;
}

bool reader_fill(struct reader *reader, struct chunk *chunk, uint32_t count_max, size_t message_max,
                 bool *at_end, struct error *error) {
    size_t message_bytes = 0;
    for (;;) {
        struct line line;
        bool found = false, fits = true;
        if (!peek_line(reader, &line, &found, error)) {
            return false;
        }
        *at_end = !found;
        if (!found || chunk->count == count_max) {
            return true;
        }
        if (!add_line(reader, &line, chunk, &message_bytes, message_max, &fits, error)) {
            return false;
        }
        if (!fits) {
            return true;
        }
        take_line(reader, &line);
    }
}
