// The tables of the SQLite store, as SQL. docs/decisions.md has the reasons.
#ifndef QUINIELA_STORE_SQLITE_SCHEMA_H
#define QUINIELA_STORE_SQLITE_SCHEMA_H

#include "store/version.h"

// "quin" in ASCII: `file` and other programs recognise the file by it.
#define SQLITE_SCHEMA_APPLICATION_ID 0x7175696e
// "quiu": what an upgrade has not finished. No other command takes it, and nothing else is overwritten by
// one.
#define SQLITE_SCHEMA_UNFINISHED_ID 0x71756975
#define SQLITE_SCHEMA_VERSION STORE_VERSION
enum { SQLITE_SCHEMA_TABLES = 9 }; // including the view

// A row of a chunk of 1000 bets has 47 KB. Larger pages mean fewer writes for it, smaller ones less overhead
// for a row of one bet; docs/benchmarks.md has the figures.
enum { SQLITE_PAGE_BYTES = 16384 };

// Among a chunk's columns, `numbers` comes before `rows`, and `digest` and `checksum` before both. SQLite
// reads a row from its beginning, so a draw, which needs only the numbers, never touches the text.
//
// `voided` has the chunks of agencies that were reset, `voiding` from 1 on: neither the view nor a draw sees
// them.
//
// `secret` is the salts' secret of a signed draw, and goes when the draw is erased. `papers` has the texts
// that were signed or prove something; erasing leaves them.
//
// The inbox has a line for each bet of a small chunk, "agency,index,…", until it is filed among the chunks: a
// line with an index below its agency's `bets` has been (filing.h). `inboxes` says how many rows of the inbox
// a draw has.
//
// The view bets turns the text into JSON (a list of lists of strings) and lets SQLite take that apart. This
// costs time in proportion to the text; taking lines off a text one by one would cost its square.
#define LIST_OF_LISTS(text)                                                                                  \
    "'[[\"' || replace(replace(replace(replace(rtrim(" text ", char(10)),"                                   \
    " '\\', '\\\\'), '\"', '\\\"'), ',', '\",\"'), char(10), '\"],[\"') || '\"]]'"
#define ROWS_AS_LISTS LIST_OF_LISTS("chunks.rows")
#define LINES_AS_LISTS LIST_OF_LISTS("inbox.lines")

static const char sqlite_schema[] =
    "CREATE TABLE draws ("
    " draw TEXT NOT NULL PRIMARY KEY,"
    " state TEXT NOT NULL CHECK (state IN ('open', 'sealed', 'drawn')),"
    " agencies INTEGER NOT NULL,"
    " number_mode TEXT NOT NULL CHECK (number_mode IN ('fixed', 'manual', 'beacon')),"
    " winning_number INTEGER,"
    " opened_at TEXT NOT NULL,"
    " closes_at TEXT,"
    " closes_text TEXT,"
    " closed_at TEXT,"
    " sealed_at TEXT,"
    " drawn_at TEXT,"
    " erased_at TEXT,"
    " changed_at TEXT,"
    " voided INTEGER NOT NULL,"
    " rules INTEGER NOT NULL,"
    " secret BLOB,"
    " root BLOB,"
    " forked_at TEXT,"
    " winners_checksum INTEGER NOT NULL,"
    " checksum INTEGER NOT NULL"
    ") WITHOUT ROWID;"
    "CREATE TABLE agencies ("
    " draw TEXT NOT NULL,"
    " agency INTEGER NOT NULL,"
    " bets INTEGER NOT NULL,"
    " finished_at TEXT,"
    " ending TEXT CHECK (ending IN ('finished', 'operator', 'close')),"
    " told_at TEXT,"
    " voidings INTEGER NOT NULL,"
    " receipted INTEGER NOT NULL,"
    " checksum INTEGER NOT NULL,"
    " PRIMARY KEY (draw, agency)"
    ") WITHOUT ROWID;"
    "CREATE TABLE chunks ("
    " draw TEXT NOT NULL,"
    " agency INTEGER NOT NULL,"
    " first INTEGER NOT NULL,"
    " count INTEGER NOT NULL,"
    " digest BLOB NOT NULL,"
    " checksum INTEGER NOT NULL,"
    " numbers BLOB NOT NULL,"
    " rows TEXT NOT NULL,"
    " PRIMARY KEY (draw, agency, first)"
    ");"
    "CREATE TABLE voided ("
    " draw TEXT NOT NULL,"
    " agency INTEGER NOT NULL,"
    " voiding INTEGER NOT NULL,"
    " first INTEGER NOT NULL,"
    " count INTEGER NOT NULL,"
    " digest BLOB NOT NULL,"
    " checksum INTEGER NOT NULL,"
    " numbers BLOB NOT NULL,"
    " rows TEXT NOT NULL,"
    " PRIMARY KEY (draw, agency, voiding, first)"
    ");"
    "CREATE TABLE winners ("
    " draw TEXT NOT NULL,"
    " agency INTEGER NOT NULL,"
    " bet INTEGER NOT NULL,"
    " document TEXT NOT NULL,"
    " PRIMARY KEY (draw, agency, bet)"
    ") WITHOUT ROWID;"
    "CREATE TABLE papers ("
    " draw TEXT NOT NULL,"
    " kind TEXT NOT NULL CHECK (kind IN ('rules', 'seal', 'cosignature', 'timestamp', 'approval', 'pulse',"
    "  'result', 'fork')),"
    " number INTEGER NOT NULL,"
    " checksum INTEGER NOT NULL,"
    " body BLOB NOT NULL,"
    " PRIMARY KEY (draw, kind, number)"
    ");"
    "CREATE TABLE inbox ("
    " id INTEGER PRIMARY KEY,"
    " draw TEXT NOT NULL,"
    " digest BLOB NOT NULL,"
    " lines TEXT NOT NULL"
    ");"
    "CREATE TABLE inboxes ("
    " draw TEXT NOT NULL PRIMARY KEY,"
    " rows INTEGER NOT NULL,"
    " last INTEGER NOT NULL,"
    " checksum INTEGER NOT NULL"
    ") WITHOUT ROWID;"
    "CREATE VIEW bets AS SELECT"
    " chunks.draw, chunks.agency, chunks.first + bet.key AS bet,"
    " json_extract(bet.value, '$[0]') AS nombre,"
    " json_extract(bet.value, '$[1]') AS apellido,"
    " json_extract(bet.value, '$[2]') AS documento,"
    " json_extract(bet.value, '$[3]') AS nacimiento,"
    " CAST(json_extract(bet.value, '$[4]') AS INTEGER) AS numero"
    " FROM chunks, json_each(" ROWS_AS_LISTS ") AS bet"
    " UNION ALL SELECT"
    " inbox.draw,"
    " CAST(json_extract(bet.value, '$[0]') AS INTEGER),"
    " CAST(json_extract(bet.value, '$[1]') AS INTEGER),"
    " json_extract(bet.value, '$[2]'),"
    " json_extract(bet.value, '$[3]'),"
    " json_extract(bet.value, '$[4]'),"
    " json_extract(bet.value, '$[5]'),"
    " CAST(json_extract(bet.value, '$[6]') AS INTEGER)"
    " FROM inbox, json_each(" LINES_AS_LISTS ") AS bet"
    " WHERE CAST(json_extract(bet.value, '$[1]') AS INTEGER) >= coalesce("
    "  (SELECT bets FROM agencies WHERE agencies.draw = inbox.draw"
    "   AND agencies.agency = CAST(json_extract(bet.value, '$[0]') AS INTEGER)), 0);";

// The tables that have a draw's rows, but for `draws` itself.
static const char *const sqlite_schema_of_draws[] = {"agencies", "chunks", "voided", "winners",
                                                     "papers",   "inbox",  "inboxes"};

#endif
