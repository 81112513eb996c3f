#include "audit/read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// The longest line: a record, or fragments of several. There is a limit because the path may lead to
// something endless.
enum { READ_LINE_BYTES_MAX = 16 * CHAIN_LINE_BYTES_MAX };

// Reads up to and including the next newline, or to the end, or until the line is full. Returns how many
// bytes; errno is 0 unless the reading failed, whatever was done between two lines.
static size_t read_line(FILE *stream, char line[READ_LINE_BYTES_MAX]) {
    size_t length = 0;
    int byte;
    errno = 0;
    while (length < READ_LINE_BYTES_MAX && (byte = getc_unlocked(stream)) != EOF) {
        line[length++] = (char)byte;
        if (byte == '\n') {
            break;
        }
    }
    return length;
}

bool audit_read(FILE *stream, struct chain *chain, audit_on_record on_record, void *context, char **rest,
                size_t *rest_length, struct error *error) {
    char *line = malloc(READ_LINE_BYTES_MAX);
    size_t length;
    bool good = line != NULL || error_set(error, ERROR_NO_MEMORY, "no memory for a line");
    *rest = NULL;
    *rest_length = 0;
    while (good && (length = read_line(stream, line)) > 0) {
        if (line[length - 1] != '\n' && length == READ_LINE_BYTES_MAX) {
            good = error_set(error, ERROR_BROKEN_CHAIN,
                             "line %" PRIu64 ": is longer than %d bytes, so it is not a record",
                             chain->lines + 1, READ_LINE_BYTES_MAX);
            break;
        }
        if (line[length - 1] != '\n') {
            *rest = line;
            *rest_length = length;
            line = NULL;
            break;
        }
        uint64_t records = chain->records;
        good = chain_take(chain, line, length - 1, error);
        if (good && on_record != NULL && chain->records > records) {
            on_record(context, line, length - 1);
        }
    }
    if (good && (ferror(stream) || errno != 0)) {
        good = error_set_system(error, errno, "cannot be read");
    }
    free(line);
    return good;
}

// A hash to look for, and whether it was found.
struct search {
    const struct chain *chain;
    const char *head; // or NULL
    bool found;
};

static void look(void *context, const char *line, size_t length) {
    struct search *search = context;
    (void)line, (void)length;
    search->found =
        search->found || (search->head != NULL && (strcmp(search->head, search->chain->hash) == 0 ||
                                                   strcmp(search->head, search->chain->older_hash) == 0));
}

static bool verify_stream(FILE *stream, struct search *search, struct chain *chain, struct error *error) {
    char *rest;
    size_t rest_length;
    bool good = audit_read(stream, chain, look, search, &rest, &rest_length, error);
    if (good && rest != NULL) {
        good =
            error_set(error, ERROR_BROKEN_CHAIN,
                      "line %" PRIu64 ": has no newline: it is being written, or was when the power failed",
                      chain->lines + 1);
    } else if (good && chain->lines == 0) {
        good = error_set(error, ERROR_BROKEN_CHAIN,
                         "is empty: a log begins with a record; this one was emptied, or never started");
    }
    free(rest);
    return good && chain_end(chain, error);
}

bool audit_verify(const char *path, const char *head, struct chain *chain, bool *head_found,
                  struct error *error) {
    struct search search = {.chain = chain, .head = head, .found = *head_found};
    struct error reason;
    FILE *stream = fopen(path, "re"); // a pipe is waited for, as long as its writer takes
    if (stream == NULL) {
        return error_set_system(error, errno, "%.150s", path);
    }
    chain_next_file(chain);
    bool good = verify_stream(stream, &search, chain, &reason);
    fclose(stream);
    *head_found = search.found;
    return good || error_set(error, reason.code, "%.150s: %s", path, reason.text);
}
