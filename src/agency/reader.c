#include "agency/reader.h"

#include "agency/csv_diagnosis.h"
#include "agency/shown_text.h"
#include "base/log.h"
#include "bet/bet.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "wire/message.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
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
    struct stat status; // of the file when it was opened
    bool is_strict;     // a last line without an end is refused
    bool warned;        // of such a line
    uint64_t size;      // bytes of the file, 0 when it is no ordinary one
    uint64_t offset;    // bytes taken
    uint64_t bets;      // lines taken
    size_t start, end;  // what is in the buffer and not taken
    bool had_empty;     // empty lines have been read
    bool ended;         // the file has nothing behind the buffer
    char buffer[BUFFER_BYTES];
};

struct line {
    const char *text;
    size_t length; // without its end
    size_t taken;  // with it
    bool has_end;  // false: the file ends in the middle of it, perhaps
};

// A folder that is not there is named: the file in it is not what is wrong.
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
        refuse_file(path, is_open ? EISDIR : errno, error);
        if (descriptor >= 0) {
            close(descriptor);
        }
        free(reader);
        free(copy);
        return false;
    }
    reader->descriptor = descriptor;
    reader->path = copy;
    reader->status = status;
    reader->is_strict = reader->warned = false;
    reader->size = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    reader->offset = reader->bets = 0;
    reader->start = reader->end = 0;
    reader->ended = reader->had_empty = false;
    *result = reader;
    return true;
}

void reader_set_strict(struct reader *reader) {
    reader->is_strict = true;
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

static const char mark[] = {'\xef', '\xbb', '\xbf'}; // the byte order mark, U+FEFF, in UTF-8

static bool begins_with_mark(const struct line *line) {
    return line->length >= sizeof mark && memcmp(line->text, mark, sizeof mark) == 0;
}

static void skip_byte_order_mark(struct reader *reader) {
    if (reader->offset == 0 && reader->end - reader->start >= sizeof mark &&
        memcmp(reader->buffer + reader->start, mark, sizeof mark) == 0) {
        reader->start += 3;
        reader->offset += 3;
    }
}

// Looks at the next line without taking it, empty or not. *found is false at the file's end. Of a line that
// the buffer does not hold it shows what the buffer does hold: too long for a bet anyway.
static bool peek_any_line(struct reader *reader, struct line *line, bool *found, struct error *error) {
    for (;;) {
        skip_byte_order_mark(reader);
        const char *text = reader->buffer + reader->start;
        size_t available = reader->end - reader->start;
        const char *newline = memchr(text, '\n', available);
        if (newline != NULL || (reader->ended && available > 0) || available == BUFFER_BYTES) {
            size_t length = newline != NULL ? (size_t)(newline - text) : available;
            *line = (struct line){text, length, length + (newline != NULL), newline != NULL};
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

static void skip(struct reader *reader, const struct line *line) {
    reader->start += line->taken;
    reader->offset += line->taken;
}

static bool bad_line(const struct reader *reader, const struct line *line, const struct error *reason,
                     struct error *error) {
    const struct csv_line bad = {
        .path = reader->path, .number = reader->bets + 1, .text = line->text, .length = line->length};
    return csv_diagnose(&bad, reason, error);
}

// Looks at the next line that is not empty. Those that are may only stand at the file's end: check_place
// refuses what comes behind them.
static bool peek_line(struct reader *reader, struct line *line, bool *found, struct error *error) {
    for (;;) {
        if (!peek_any_line(reader, line, found, error)) {
            return false;
        }
        if (!*found || line->length > 0) {
            return true;
        }
        reader->had_empty = true;
        skip(reader, line);
    }
}

// Whether a line may stand where it does, whatever is in it.
static bool check_place(const struct reader *reader, const struct line *line, struct error *error) {
    if (!reader->had_empty && !begins_with_mark(line) && line->length <= LINE_BYTES_MAX) {
        return true;
    }
    struct error reason;
    error_set(&reason, ERROR_BAD_BET, "the line is too long for a bet");
    return bad_line(reader, reader->had_empty ? &(struct line){.text = ""} : line, &reason, error);
}

// Whether the file is what it was when it was opened, all of it read: nobody is writing it, as far as one can
// see.
static bool is_settled(const struct reader *reader, const struct line *line) {
    struct stat now;
    const struct stat *then = &reader->status;
    return S_ISREG(then->st_mode) && fstat(reader->descriptor, &now) == 0 && now.st_size == then->st_size &&
           now.st_mtim.tv_sec == then->st_mtim.tv_sec && now.st_mtim.tv_nsec == then->st_mtim.tv_nsec &&
           reader->offset + line->taken == (uint64_t)now.st_size;
}

// A last line that has no end may have been cut short: of "7574" there may be a "75".
static bool check_end(struct reader *reader, const struct line *line, struct error *error) {
    if (line->has_end) {
        return true;
    }
    bool settled = is_settled(reader, line);
    char shown[SHOWN_BYTES];
    shown_text(line->text, line->length, shown);
    if (reader->is_strict || !settled) {
        return error_set(error, ERROR_BAD_BET,
                         "%.100s:%" PRIu64
                         ": the last line has no line end, and may be cut short%s: \"%s\"; see "
                         "whether the file is whole, and end the line",
                         reader->path, reader->bets + 1,
                         settled                           ? ""
                         : S_ISREG(reader->status.st_mode) ? ", as the file has changed while it was read"
                                                           : ", as it does not come from a file",
                         shown);
    }
    if (!reader->warned) {
        log_event(LOG_LEVEL_WARNING, "read_bets", LOG_IN_PROGRESS,
                  "message: %.200s:%" PRIu64 ": the last line has no line end, and is taken as it is: \"%s\"",
                  reader->path, reader->bets + 1, shown);
    }
    reader->warned = true;
    return true;
}

static bool take_line(struct reader *reader, const struct line *line, struct error *error) {
    if (!check_end(reader, line, error)) {
        return false;
    }
    skip(reader, line);
    reader->bets++;
    return true;
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

bool reader_seek(struct reader *reader, uint64_t index, struct error *error) {
    if (index < reader->bets) {
        if (lseek(reader->descriptor, 0, SEEK_SET) != 0) {
            return error_set_system(error, errno, "%s: cannot go back", reader->path);
        }
        reader->offset = reader->bets = 0;
        reader->start = reader->end = 0;
        reader->ended = reader->had_empty = false;
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
        if (!check_place(reader, &line, error) || !take_line(reader, &line, error)) {
            return false;
        }
    }
    return true;
}

static bool bad_quotes(const struct reader *reader, const struct line *line, struct error *error) {
    const struct csv_line bad = {.path = reader->path,
                                 .number = reader->bets + 1,
                                 .text = line->text,
                                 .length = line->length,
                                 .bad_quotes = true};
    struct error reason;
    error_clear(&reason);
    return csv_diagnose(&bad, &reason, error);
}

// Adds the line to the chunk, unless its message would become too long; *fits tells.
static bool add_line(struct reader *reader, const struct line *line, struct chunk *chunk,
                     size_t *message_bytes, size_t message_max, bool *fits, struct error *error) {
    char plain[LINE_BYTES_MAX];
    struct line bet = *line; // without its quotes
    if (!check_place(reader, line, error)) {
        return false;
    }
    if (memchr(line->text, '"', line->length) != NULL) {
        if (!unquote(line, plain, &bet.length)) {
            return bad_quotes(reader, line, error);
        }
        bet.text = plain;
    }
    size_t bytes = message_bet_bytes(bet.text, bet.length);
    *fits = *message_bytes + bytes <= message_max;
    if (!*fits) {
        return true;
    }
    struct error reason;
    if (!chunk_add(chunk, bet.text, bet.length, &reason)) {
        return bad_line(reader, &bet, &reason, error);
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
        if (!take_line(reader, &line, error)) {
            return false;
        }
    }
}
