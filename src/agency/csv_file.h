// The lines of a text file, as a stream through a buffer of fixed size, whatever the file's size. Lines end
// in LF or CR LF; one byte order mark at the beginning is skipped.
#ifndef QUINIELA_AGENCY_CSV_FILE_H
#define QUINIELA_AGENCY_CSV_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv_file;

// A line of the file. The text belongs to the file, and is valid until the next look at a line.
struct csv_text {
    const char *text;
    size_t length; // without its end
    size_t taken;  // with it
    bool has_end;  // false: the file ends here, perhaps in the middle of the line
};

// Opens the file. On success the caller owns *file. ERROR_SYSTEM, naming the file, or the folder that does
// not exist; ERROR_NO_MEMORY.
bool csv_file_open(const char *path, struct csv_file **file, struct error *error) MUST_CHECK;

// Closes the file, frees it and nulls the caller's pointer.
void csv_file_close(struct csv_file **file);

// The file's path; owned by the file.
const char *csv_file_path(const struct csv_file *file);

// Looks at the next line without taking it. *found is false at the end of the file. If the line is longer
// than the buffer, shows the part in the buffer. ERROR_SYSTEM.
bool csv_file_peek(struct csv_file *file, struct csv_text *line, bool *found, struct error *error) MUST_CHECK;

// Takes the line last looked at.
void csv_file_take(struct csv_file *file, const struct csv_text *line);

// Starts over. ERROR_SYSTEM for a file that cannot be read twice, such as a pipe.
bool csv_file_rewind(struct csv_file *file, struct error *error) MUST_CHECK;

// Whether it is an ordinary file, rather than a pipe or the like.
bool csv_file_is_ordinary(const struct csv_file *file);

// Whether `line` ends an ordinary file that has not changed since it was opened. As far as can be seen,
// nobody is still writing it then.
bool csv_file_is_settled(const struct csv_file *file, const struct csv_text *line);

// Whether the file is as it was when it was opened, as far as can be seen: the same size and modification
// time, and no other file has taken its name. A file that was deleted counts as unchanged: it can still be
// read.
bool csv_file_is_unchanged(const struct csv_file *file);

// How many bytes have been taken, and how many the file had when it was opened (0: not an ordinary file).
uint64_t csv_file_offset(const struct csv_file *file);
uint64_t csv_file_size(const struct csv_file *file);

#endif
