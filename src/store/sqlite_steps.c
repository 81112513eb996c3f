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

// The last step makes the tables of now. When there is a next version, what they were is kept here, too.
static const struct sqlite_step steps[] = {
    {.from = 2,
     .schema = schema_2,
     .tables = 5,
     .change = "DROP VIEW bets;",
     .new_schema = sqlite_schema,
     .new_tables = SQLITE_SCHEMA_TABLES},
};

const struct sqlite_step *sqlite_step_from(int64_t version) {
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (steps[i].from == version) {
            return &steps[i];
        }
    }
    return NULL;
}
