// The tables of the PostgreSQL store: the same as SQLite's, with the same meaning, but that a draw has a
// number, which stands for its name in all other rows: a name would be in each of them twice, in its index,
// too. Their columns come in an order that leaves no gaps between them. Every key starts with (draw, agency),
// so that an engine which spreads tables by key can spread these.
#ifndef QUINIELA_STORE_POSTGRES_SCHEMA_H
#define QUINIELA_STORE_POSTGRES_SCHEMA_H

#include "store/version.h"

#define POSTGRES_TEXT_OF(number) #number
#define POSTGRES_TEXT(number) POSTGRES_TEXT_OF(number)
#define POSTGRES_SCHEMA_VERSION POSTGRES_TEXT(STORE_VERSION)
#define POSTGRES_CHANNEL "quiniela" // listeners on it hear that some draw has changed

// The default of columns that servers of an older version leave out, as long as they go on running: their
// statements then fail as on a store that they do not know, and not as ones whose values are refused.
#define POSTGRES_ELSEWHERE "current_setting('quiniela.tables_of_a_later_version')"

// The view bets cuts the text into lines and the lines into fields. Every database that speaks PostgreSQL's
// language knows string_to_array and unnest. Compressing bets that are stored once and read whole costs more
// time than the disk space saves.
#define POSTGRES_DRAWS_AND_AGENCIES                                                                          \
    "CREATE TABLE draws ("                                                                                   \
    " number INTEGER NOT NULL UNIQUE,"                                                                       \
    " draw TEXT NOT NULL PRIMARY KEY,"                                                                       \
    " state TEXT NOT NULL CHECK (state IN ('open', 'sealed', 'drawn')),"                                     \
    " agencies BIGINT NOT NULL,"                                                                             \
    " number_mode TEXT NOT NULL DEFAULT " POSTGRES_ELSEWHERE                                                 \
    " CHECK (number_mode IN ('fixed', 'manual', 'beacon')),"                                                 \
    " winning_number BIGINT,"                                                                                \
    " opened_at TEXT NOT NULL,"                                                                              \
    " closes_at TEXT,"                                                                                       \
    " closes_text TEXT,"                                                                                     \
    " closed_at TEXT,"                                                                                       \
    " sealed_at TEXT,"                                                                                       \
    " drawn_at TEXT,"                                                                                        \
    " erased_at TEXT,"                                                                                       \
    " changed_at TEXT,"                                                                                      \
    " voided BIGINT NOT NULL,"                                                                               \
    " rules INTEGER NOT NULL DEFAULT CAST(" POSTGRES_ELSEWHERE " AS INTEGER),"                               \
    " secret BYTEA,"                                                                                         \
    " root BYTEA,"                                                                                           \
    " forked_at TEXT,"                                                                                       \
    " winners_checksum BIGINT NOT NULL,"                                                                     \
    " checksum BIGINT NOT NULL,"                                                                             \
    " finished BIGINT NOT NULL DEFAULT 0"                                                                    \
    ");"                                                                                                     \
    "CREATE TABLE agencies ("                                                                                \
    " draw INTEGER NOT NULL,"                                                                                \
    " agency INTEGER NOT NULL,"                                                                              \
    " bets BIGINT NOT NULL,"                                                                                 \
    " checksum BIGINT NOT NULL,"                                                                             \
    " voidings INTEGER NOT NULL DEFAULT CAST(" POSTGRES_ELSEWHERE " AS INTEGER),"                            \
    " receipted INTEGER NOT NULL DEFAULT CAST(" POSTGRES_ELSEWHERE " AS INTEGER),"                           \
    " finished_at TEXT,"                                                                                     \
    " ending TEXT CHECK (ending IN ('finished', 'operator', 'close')),"                                      \
    " told_at TEXT,"                                                                                         \
    " PRIMARY KEY (draw, agency)"                                                                            \
    ");"

// A row of up to 2200 bytes stays whole, so that the numbers of a chunk of 1000 bets are not kept elsewhere,
// in two pieces.
#define POSTGRES_CHUNKS_AND_WINNERS                                                                          \
    "CREATE TABLE chunks ("                                                                                  \
    " draw INTEGER NOT NULL,"                                                                                \
    " agency INTEGER NOT NULL,"                                                                              \
    " first BIGINT NOT NULL,"                                                                                \
    " checksum BIGINT NOT NULL,"                                                                             \
    " count INTEGER NOT NULL,"                                                                               \
    " digest BYTEA NOT NULL,"                                                                                \
    " numbers BYTEA NOT NULL,"                                                                               \
    " rows TEXT NOT NULL,"                                                                                   \
    " PRIMARY KEY (draw, agency, first)"                                                                     \
    ");"                                                                                                     \
    "ALTER TABLE chunks ALTER COLUMN numbers SET STORAGE EXTERNAL, ALTER COLUMN rows SET STORAGE EXTERNAL;"  \
    "ALTER TABLE chunks SET (toast_tuple_target = 2200);"                                                    \
    "CREATE TABLE winners ("                                                                                 \
    " draw INTEGER NOT NULL,"                                                                                \
    " agency INTEGER NOT NULL,"                                                                              \
    " bet BIGINT NOT NULL,"                                                                                  \
    " document TEXT NOT NULL,"                                                                               \
    " PRIMARY KEY (draw, agency, bet)"                                                                       \
    ");"

// Chunks of agencies that were reset, `voiding` from 1 on: neither the view nor a draw sees them.
#define POSTGRES_VOIDED                                                                                      \
    "CREATE TABLE voided ("                                                                                  \
    " draw INTEGER NOT NULL,"                                                                                \
    " agency INTEGER NOT NULL,"                                                                              \
    " first BIGINT NOT NULL,"                                                                                \
    " checksum BIGINT NOT NULL,"                                                                             \
    " voiding INTEGER NOT NULL,"                                                                             \
    " count INTEGER NOT NULL,"                                                                               \
    " digest BYTEA NOT NULL,"                                                                                \
    " numbers BYTEA NOT NULL,"                                                                               \
    " rows TEXT NOT NULL,"                                                                                   \
    " PRIMARY KEY (draw, agency, voiding, first)"                                                            \
    ");"                                                                                                     \
    "ALTER TABLE voided ALTER COLUMN numbers SET STORAGE EXTERNAL, ALTER COLUMN rows SET STORAGE EXTERNAL;"

#define POSTGRES_PAPERS                                                                                      \
    "CREATE TABLE papers ("                                                                                  \
    " draw INTEGER NOT NULL,"                                                                                \
    " number INTEGER NOT NULL,"                                                                              \
    " checksum BIGINT NOT NULL,"                                                                             \
    " kind TEXT NOT NULL CHECK (kind IN ('rules', 'seal', 'cosignature', 'timestamp', 'approval', 'pulse',"  \
    "  'result', 'fork')),"                                                                                  \
    " body BYTEA NOT NULL,"                                                                                  \
    " PRIMARY KEY (draw, kind, number)"                                                                      \
    ");"

#define POSTGRES_VIEW                                                                                        \
    "CREATE VIEW bets AS SELECT"                                                                             \
    " draws.draw, chunks.agency, chunks.first + line.place - 1 AS bet,"                                      \
    " split_part(line.text, ',', 1) AS nombre,"                                                              \
    " split_part(line.text, ',', 2) AS apellido,"                                                            \
    " split_part(line.text, ',', 3) AS documento,"                                                           \
    " split_part(line.text, ',', 4) AS nacimiento,"                                                          \
    " CAST(split_part(line.text, ',', 5) AS INTEGER) AS numero"                                              \
    " FROM chunks JOIN draws ON draws.number = chunks.draw, unnest(string_to_array(rtrim(chunks.rows, "      \
    "E'\\n'), E'\\n'))"                                                                                      \
    "  WITH ORDINALITY AS line (text, place);"

static const char postgres_schema[] = "CREATE TABLE quiniela_schema (version INTEGER PRIMARY KEY);"
                                      "INSERT INTO quiniela_schema (version) VALUES (" POSTGRES_SCHEMA_VERSION
                                      ");" POSTGRES_DRAWS_AND_AGENCIES POSTGRES_CHUNKS_AND_WINNERS
                                          POSTGRES_VOIDED POSTGRES_PAPERS POSTGRES_VIEW;

#endif
