// The lines of a file, as a stream: through a buffer of fixed size, whatever the file's.
#ifndef QUINIELA_CLAIMS_FILE_LINES_H
#define QUINIELA_CLAIMS_FILE_LINES_H

#include "claims/source.h"

enum { FILE_LINES_BUFFER_BYTES = 256 * 1024 };

struct file_lines {
    const struct source *source;
    size_t max;        // bytes of a line, its end included
    uint64_t number;   // of the line read last, from 1
    uint64_t at;       // where it begins in the file
    uint64_t offset;   // of what is in the buffer
    size_t start, end; // what of the buffer has not been taken
    bool is_at_end;    // the file has nothing behind the buffer
    char buffer[FILE_LINES_BUFFER_BYTES];
};

struct line {
    struct slice text; // without its line end; valid until the next line is read
    bool has_end;      // only the last line of a file may lack it
};

// Begins to read the lines from `offset` on; none may have more than `max` bytes with its end.
// ERROR_NO_MEMORY. Freed by the caller (free).
bool file_lines_begin(const struct source *source, size_t max, uint64_t offset, struct file_lines **lines,
                      struct error *error) MUST_CHECK;

// Reads the next line; *found is false at the end of the file. ERROR_BAD_FORM for a line that is too long,
// ERROR_SYSTEM.
bool file_lines_next(struct file_lines *lines, struct line *line, bool *found,
                     struct error *error) MUST_CHECK;

// Goes on from `offset`, where a line begins; lines that are still in the buffer are not read again. The
// number of the line then counts from there.
void file_lines_seek(struct file_lines *lines, uint64_t offset);

// Sets `error` to ERROR_BAD_FORM with the number of the line read last and the text. Returns false.
bool file_lines_refuse(const struct file_lines *lines, struct error *error, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
