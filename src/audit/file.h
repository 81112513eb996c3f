// An audit log's file: a regular file with one name, locked against other servers.
#ifndef QUINIELA_AUDIT_FILE_H
#define QUINIELA_AUDIT_FILE_H

#include "audit/read.h"

#include <sys/stat.h>

// Opens the file at `path`, or creates it, for this process alone. Returns the descriptor and fills in
// *status. With `waits` it tries a lock again for a moment: it may be that of who only looks. Returns -1 with
// ERROR_BAD_SETTING when another server has locked the file or it cannot serve as a log, and with
// ERROR_SYSTEM for any other failure.
int audit_file_open(const char *path, bool waits, struct stat *status, struct error *error);

// Opens it only to be read, if it is there; -1 without an error when not. With `is_own` its lock is not
// looked at. Otherwise like audit_file_open; it leaves the file unlocked.
int audit_file_look(const char *path, bool is_own, struct error *error);

// Reads the file from its start, by its descriptor: its name may belong to another file by now. Begins the
// chain. Otherwise it is like audit_read, but errors name the path.
bool audit_file_read(int file, const char *path, struct chain *chain, audit_on_record on_record,
                     void *context, char **rest, size_t *rest_length, struct error *error) MUST_CHECK;

#endif
