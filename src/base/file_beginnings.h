// How files begin that more than one part of the program recognises.
#ifndef QUINIELA_BASE_FILE_BEGINNINGS_H
#define QUINIELA_BASE_FILE_BEGINNINGS_H

// An SQLite database (sqlite.org/fileformat.html, 1.3). A NUL follows, and is part of it.
#define SQLITE_BEGINNING "SQLite format 3"
enum { SQLITE_BEGINNING_BYTES = sizeof SQLITE_BEGINNING };

// Its log (sqlite.org/walformat.html, 2.1), with checksums over little-endian or big-endian words.
#define SQLITE_LOG_BEGINNING_LITTLE "\x37\x7f\x06\x82"
#define SQLITE_LOG_BEGINNING_BIG "\x37\x7f\x06\x83"
enum { SQLITE_LOG_BEGINNING_BYTES = 4 };

// Its journal (sqlite.org/fileformat.html, 3).
#define SQLITE_JOURNAL_BEGINNING "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
enum { SQLITE_JOURNAL_BEGINNING_BYTES = 8 };

#endif
