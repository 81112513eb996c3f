// A file that the log is appended to, and which may be moved away and made anew while the program runs.
#ifndef QUINIELA_BASE_LOG_FILE_H
#define QUINIELA_BASE_LOG_FILE_H

#include "base/error.h"

// Opens the file at `path`, without following a last link, or creates it (mode 0640, less the umask). Returns
// the descriptor, which the caller closes. Returns -1 with ERROR_BAD_SETTING when it is not a regular file,
// and with ERROR_SYSTEM for any other failure; both name the path.
int log_file_open(const char *path, struct error *error);

#endif
