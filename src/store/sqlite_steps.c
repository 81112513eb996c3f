#include "store/sqlite_steps.h"

#include "store/sqlite_schema.h"

#include <stddef.h>

// The tables as they were, word for word. They stay here as they are.
static const char schema_2[] = "CREATE TABLE draws ("
                               " draw TEXT NOT NULL PRIMARY KEY,"
                               " state TEXT NOT NULL CHECK (state IN ('open', 'sealed', 'drawn')),"
                               " agencies INTEGER NOT NULL,"
                               " winning_number INTEGER NOT NULL,"
                               " opened_at TEXT NOT NULL,"
                               " sealed_at TEXT,"
                               " drawn_at TEXT,"
                               " winners_checksum INTEGER NOT NULL,"
                               " checksum INTEGER NOT NULL"
                               ") WITHOUT ROWID;"
                               "CREATE TABLE agencies ("
                               " draw TEXT NOT NULL,"
                               " agency INTEGER NOT NULL,"
                               " bets INTEGER NOT NULL,"
                               " finished_at TEXT,"
                               " told_at TEXT,"
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
                               "CREATE TABLE winners ("
                               " draw TEXT NOT NULL,"
                               " agency INTEGER NOT NULL,"
                               " bet INTEGER NOT NULL,"
                               " document TEXT NOT NULL,"
                               " PRIMARY KEY (draw, agency, bet)"
                               ") WITHOUT ROWID;"
                               "CREATE VIEW bets AS SELECT"
                               " chunks.draw, chunks.agency, chunks.first + bet.key AS bet,"
                               " json_extract(bet.value, '$[0]') AS nombre,"
                               " json_extract(bet.value, '$[1]') AS apellido,"
                               " json_extract(bet.value, '$[2]') AS documento,"
                               " json_extract(bet.value, '$[3]') AS nacimiento,"
                               " CAST(json_extract(bet.value, '$[4]') AS INTEGER) AS numero"
                               " FROM chunks, json_each("
                               "  '[[\"' ||"
                               "  replace(replace(replace(replace(rtrim(chunks.rows, char(10)),"
                               "   '\\', '\\\\'), '\"', '\\\"'), ',', '\",\"'), char(10), '\"],[\"')"
                               "  || '\"]]') AS bet;";

// As the view of that version has them.
#define LISTS_3(text)                                                                                        \
    "'[[\"' || replace(replace(replace(replace(rtrim(" text ", char(10)),"                                   \
    " '\\', '\\\\'), '\"', '\\\"'), ',', '\",\"'), char(10), '\"],[\"') || '\"]]'"
#define ROWS_3 LISTS_3("chunks.rows")
#define LINES_3 LISTS_3("inbox.lines")

static const char schema_3[] =
    "CREATE TABLE draws ("
    " draw TEXT NOT NULL PRIMARY KEY,"
    " state TEXT NOT NULL CHECK (state IN ('open', 'sealed', 'drawn')),"
    " agencies INTEGER NOT NULL,"
    " winning_number INTEGER NOT NULL,"
    " opened_at TEXT NOT NULL,"
    " sealed_at TEXT,"
    " drawn_at TEXT,"
    " winners_checksum INTEGER NOT NULL,"
    " checksum INTEGER NOT NULL"
    ") WITHOUT ROWID;"
    "CREATE TABLE agencies ("
    " draw TEXT NOT NULL,"
    " agency INTEGER NOT NULL,"
    " bets INTEGER NOT NULL,"
    " finished_at TEXT,"
    " told_at TEXT,"
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
    "CREATE TABLE winners ("
    " draw TEXT NOT NULL,"
    " agency INTEGER NOT NULL,"
    " bet INTEGER NOT NULL,"
    " document TEXT NOT NULL,"
    " PRIMARY KEY (draw, agency, bet)"
    ") WITHOUT ROWID;"
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
    " FROM chunks, json_each(" ROWS_3 ") AS bet"
    " UNION ALL SELECT"
    " inbox.draw,"
    " CAST(json_extract(bet.value, '$[0]') AS INTEGER),"
    " CAST(json_extract(bet.value, '$[1]') AS INTEGER),"
    " json_extract(bet.value, '$[2]'),"
    " json_extract(bet.value, '$[3]'),"
    " json_extract(bet.value, '$[4]'),"
    " json_extract(bet.value, '$[5]'),"
    " CAST(json_extract(bet.value, '$[6]') AS INTEGER)"
    " FROM inbox, json_each(" LINES_3 ") AS bet"
    " WHERE CAST(json_extract(bet.value, '$[1]') AS INTEGER) >= coalesce("
    "  (SELECT bets FROM agencies WHERE agencies.draw = inbox.draw"
    "   AND agencies.agency = CAST(json_extract(bet.value, '$[0]') AS INTEGER)), 0);";

// The last step makes the tables of now. When there is a next version, what they were is kept here, too.
static const struct sqlite_step steps[] = {
    {.from = 2,
     .schema = schema_2,
     .tables = 5,
     .change = "DROP VIEW bets;",
     .new_schema = schema_3,
     .new_tables = 7,
     .fill = ""},
    {.from = 3,
     .schema = schema_3,
     .tables = 7,
     .change = "DROP VIEW bets; ALTER TABLE draws RENAME TO draws_of_3;"
               "ALTER TABLE agencies RENAME TO agencies_of_3;",
     .new_schema = sqlite_schema,
     .new_tables = SQLITE_SCHEMA_TABLES,
     .fill = "INSERT INTO draws (draw, state, agencies, number_mode, winning_number, opened_at, sealed_at,"
             " drawn_at, voided, winners_checksum, checksum)"
             " SELECT draw, state, agencies, 'fixed', winning_number, opened_at, sealed_at,"
             " drawn_at, 0, winners_checksum, checksum FROM draws_of_3;"
             "INSERT INTO agencies (draw, agency, bets, finished_at, ending, told_at, voidings, checksum)"
             " SELECT draw, agency, bets, finished_at,"
             " CASE WHEN finished_at IS NOT NULL THEN 'finished' END, told_at, 0, checksum"
             " FROM agencies_of_3;"
             "DROP TABLE draws_of_3; DROP TABLE agencies_of_3;"},
};

const struct sqlite_step *sqlite_step_from(int64_t version) {
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (steps[i].from == version) {
            return &steps[i];
        }
    }
    return NULL;
}
