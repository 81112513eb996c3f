// SQLite writes a log in many small pieces: for each page a header of 24 bytes, and the page. This gathers
// them, so that a commit's log leaves in few large writes, which cost the system less.
#ifndef QUINIELA_STORE_SQLITE_GATHER_H
#define QUINIELA_STORE_SQLITE_GATHER_H

// The name of a VFS (sqlite.org/vfs.html) for connections that write: it is SQLite's default one, except that
// what is written to a log (-wal) stays in memory until the log is synced or the memory is full. Whoever
// wrote it reads it from there. Nobody else needs it before the sync: SQLite shows nobody a commit that is
// not synced (synchronous=FULL). A write that fails is reported by the call that came upon it, at the latest
// by the sync. NULL when it cannot be registered: no memory. May be called by any thread, any number of
// times.
const char *sqlite_gather_vfs(void);

#endif
