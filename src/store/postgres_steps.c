#include "store/postgres_steps.h"

#include "store/postgres_schema.h"

#include <stddef.h>

#define RENAME(table, version)                                                                               \
    "ALTER TABLE " table " RENAME TO " table version ";"                                                     \
    "ALTER INDEX " table "_pkey RENAME TO " table version "_pkey;"
#define RENAME_BACK(table, version)                                                                          \
    "ALTER TABLE " table version " RENAME TO " table ";"                                                     \
    "ALTER INDEX " table version "_pkey RENAME TO " table "_pkey;"
#define ORPHANS(table)                                                                                       \
    "SELECT draw FROM " table " WHERE NOT EXISTS (SELECT 1 FROM draws WHERE draws.draw = " table ".draw)"
#define NUMBER(table) "(SELECT number FROM draws WHERE draws.draw = " table ".draw)"
#define ORPHANS_BY_NUMBER(table)                                                                             \
    "SELECT 'number ' || draw FROM " table                                                                   \
    " WHERE NOT EXISTS (SELECT 1 FROM draws WHERE draws.number = " table ".draw)"
#define AS_MANY(table, version) "(SELECT count(*) FROM " table ") = (SELECT count(*) FROM " table version ")"
#define PAIR(name, version) "('" name version "', '" name "'), "
#define LOCK "LOCK TABLE chunks, agencies, winners, draws IN ACCESS EXCLUSIVE MODE"

// The tables that a step adds have the rights of one that is like them.
#define PAIRS(version, chunks)                                                                               \
    PAIR("draws", version)                                                                                   \
    PAIR("agencies", version)                                                                                \
    PAIR("bets", version) "('" chunks "', 'papers'), ('quiniela_schema', 'quiniela_upgrade')"
#define PAIRS_WITH_VOIDED(version, chunks) PAIRS(version, chunks) ", ('" chunks "', 'voided')"

// Of a version that knew neither: its draws have a fixed number, and its agencies came to their own end.
#define DRAWS(version, number)                                                                               \
    "SELECT state, agencies, 'fixed', winning_number, opened_at, NULL, NULL, NULL, sealed_at, drawn_at, "    \
    "NULL,"                                                                                                  \
    " NULL, 0, 0, NULL, NULL, NULL, winners_checksum, checksum, " number ", draw FROM draws" version         \
    " ORDER BY draw"
#define ADD_DRAW(version)                                                                                    \
    "INSERT INTO draws (number, draw, state, agencies, number_mode, winning_number, opened_at, sealed_at,"   \
    " drawn_at, voided, rules, winners_checksum, checksum, finished)"                                        \
    " SELECT $1::INTEGER, draw, state, agencies, 'fixed', winning_number, opened_at, sealed_at,"             \
    " drawn_at, 0, 0, winners_checksum, $2::BIGINT, finished FROM draws" version " WHERE draw = $3"
#define ADD_AGENCIES(version, number)                                                                        \
    "INSERT INTO agencies (draw, agency, bets, finished_at, ending, told_at, voidings, receipted, checksum)" \
    " SELECT " number ", agency, bets, finished_at,"                                                         \
    " CASE WHEN finished_at IS NOT NULL THEN 'finished' END, told_at, 0, 0, checksum FROM agencies" version  \
    ";"

// Version 2 has the draw's name in every row.
#define RENAME_2                                                                                             \
    "ALTER VIEW bets RENAME TO bets_v2;" RENAME("draws", "_v2") RENAME("agencies", "_v2")                    \
        RENAME("chunks", "_v2") RENAME("winners", "_v2")
#define UNDO_2                                                                                               \
    "DROP VIEW bets; DROP TABLE draws, agencies, chunks, winners; DROP TABLE IF EXISTS voided, "             \
    "papers;" RENAME_BACK("draws", "_v2") RENAME_BACK("agencies", "_v2") RENAME_BACK("chunks", "_v2")        \
        RENAME_BACK("winners", "_v2") "ALTER VIEW bets_v2 RENAME TO bets;"
#define ADD_WINNERS_2                                                                                        \
    "INSERT INTO winners (draw, agency, bet, document)"                                                      \
    " SELECT " NUMBER("winners_v2") ", agency, bet, document FROM winners_v2;"
#define NUMBER_OF_CHUNK_2 NUMBER("chunks_v2")
#define ADD_CHUNKS_2                                                                                         \
    "WITH batch AS (SELECT " NUMBER_OF_CHUNK_2 " AS number, draw, agency, first, count, digest, checksum,"   \
    "  numbers, rows FROM chunks_v2 WHERE (draw, agency, first) > ($1, $2::BIGINT, $3::BIGINT)"              \
    "  ORDER BY draw, agency, first LIMIT 500),"                                                             \
    " added AS (INSERT INTO chunks (draw, agency, first, count, digest, checksum, numbers, rows)"            \
    "  SELECT number, agency, first, count, digest, checksum, numbers, rows FROM batch RETURNING 1)"         \
    " SELECT draw, agency, first, (SELECT count(*) FROM added) FROM batch"                                   \
    " ORDER BY draw DESC, agency DESC, first DESC LIMIT 1"

// Of version 3 only the draws and the agencies change: the chunks and winners stay where they are.
#define NO_CHUNKS "SELECT $1, $2::BIGINT, $3::BIGINT, 0 WHERE false"
#define RENAME_3                                                                                             \
    "ALTER VIEW bets RENAME TO bets_v3;" RENAME("draws", "_v3")                                              \
        RENAME("agencies", "_v3") "ALTER INDEX draws_number_key RENAME TO draws_v3_number_key;"
#define UNDO_3                                                                                               \
    "DROP VIEW bets; DROP TABLE draws, agencies, voided; DROP TABLE IF EXISTS papers;" RENAME_BACK("draws",  \
                                                                                                   "_v3")    \
        RENAME_BACK("agencies", "_v3") "ALTER INDEX draws_v3_number_key RENAME TO draws_number_key;"         \
                                       "ALTER VIEW bets_v3 RENAME TO bets;"

// Of version 4 the same change. Its draws are not signed.
#define RENAME_4                                                                                             \
    "ALTER VIEW bets RENAME TO bets_v4;" RENAME("draws", "_v4")                                              \
        RENAME("agencies", "_v4") "ALTER INDEX draws_number_key RENAME TO draws_v4_number_key;"
#define UNDO_4                                                                                               \
    "DROP VIEW bets; DROP TABLE draws, agencies, papers;" RENAME_BACK("draws", "_v4")                        \
        RENAME_BACK("agencies", "_v4") "ALTER INDEX draws_v4_number_key RENAME TO draws_number_key;"         \
                                       "ALTER VIEW bets_v4 RENAME TO bets;"
#define DRAWS_4                                                                                              \
    "SELECT state, agencies, number_mode, coalesce(winning_number, -1), opened_at, closes_at, closes_text,"  \
    " closed_at, sealed_at, drawn_at, erased_at, changed_at, voided, 0, NULL, NULL, NULL, winners_checksum," \
    " checksum, number, draw FROM draws_v4 ORDER BY draw"
#define ADD_DRAW_4                                                                                           \
    "INSERT INTO draws (number, draw, state, agencies, number_mode, winning_number, opened_at, closes_at,"   \
    " closes_text, closed_at, sealed_at, drawn_at, erased_at, changed_at, voided, rules, winners_checksum,"  \
    " checksum, finished)"                                                                                   \
    " SELECT $1::INTEGER, draw, state, agencies, number_mode, winning_number, opened_at, closes_at,"         \
    " closes_text, closed_at, sealed_at, drawn_at, erased_at, changed_at, voided, 0, winners_checksum,"      \
    " $2::BIGINT, finished FROM draws_v4 WHERE draw = $3"
#define ADD_AGENCIES_4                                                                                       \
    "INSERT INTO agencies (draw, agency, bets, finished_at, ending, told_at, voidings, receipted, checksum)" \
    " SELECT draw, agency, bets, finished_at, ending, told_at, voidings, 0, checksum FROM agencies_v4;"

static const struct postgres_step steps[] = {
    {.from = 2,
     .lock = LOCK,
     .rename = RENAME_2 POSTGRES_DRAWS_AND_AGENCIES POSTGRES_CHUNKS_AND_WINNERS POSTGRES_VOIDED
         POSTGRES_PAPERS POSTGRES_VIEW,
     .undo = UNDO_2,
     .pairs = PAIR("chunks", "_v2") PAIR("winners", "_v2") PAIRS_WITH_VOIDED("_v2", "chunks_v2"),
     .orphans =
         ORPHANS("agencies") " UNION ALL " ORPHANS("winners") " UNION ALL " ORPHANS("chunks") " LIMIT 1",
     .draws = DRAWS("_v2", "0"),
     .copy_draw = ADD_DRAW("_v2"),
     .copy_few = ADD_AGENCIES("_v2", NUMBER("agencies_v2")) ADD_WINNERS_2,
     .copy_chunks = ADD_CHUNKS_2,
     .count_chunks = "SELECT count(*) FROM chunks_v2",
     .compare = "SELECT " AS_MANY("draws", "_v2") " AND " AS_MANY("agencies", "_v2") " AND " AS_MANY(
         "winners", "_v2") " AND " AS_MANY("chunks", "_v2"),
     .kept = "the tables draws_v2, agencies_v2, chunks_v2 and winners_v2"},
    {.from = 3,
     .lock = LOCK,
     .rename = RENAME_3 POSTGRES_DRAWS_AND_AGENCIES POSTGRES_VOIDED POSTGRES_PAPERS POSTGRES_VIEW,
     .undo = UNDO_3,
     .pairs = PAIRS_WITH_VOIDED("_v3", "chunks"),
     .orphans = ORPHANS_BY_NUMBER("agencies") " UNION ALL " ORPHANS_BY_NUMBER(
         "winners") " UNION ALL " ORPHANS_BY_NUMBER("chunks") " LIMIT 1",
     .draws = DRAWS("_v3", "number"),
     .copy_draw = ADD_DRAW("_v3"),
     .copy_few = ADD_AGENCIES("_v3", "draw"),
     .copy_chunks = NO_CHUNKS,
     .count_chunks = "SELECT 0",
     .compare = "SELECT " AS_MANY("draws", "_v3") " AND " AS_MANY("agencies", "_v3"),
     .kept = "the tables draws_v3 and agencies_v3"},
    {.from = 4,
     .lock = LOCK,
     .rename = RENAME_4 POSTGRES_DRAWS_AND_AGENCIES POSTGRES_PAPERS POSTGRES_VIEW,
     .undo = UNDO_4,
     .pairs = PAIRS("_v4", "chunks"),
     .orphans = ORPHANS_BY_NUMBER("agencies") " UNION ALL " ORPHANS_BY_NUMBER(
         "winners") " UNION ALL " ORPHANS_BY_NUMBER("chunks") " UNION ALL " ORPHANS_BY_NUMBER("voided") " LIM"
                                                                                                        "IT "
                                                                                                        "1",
     .draws = DRAWS_4,
     .copy_draw = ADD_DRAW_4,
     .copy_few = ADD_AGENCIES_4,
     .copy_chunks = NO_CHUNKS,
     .count_chunks = "SELECT 0",
     .compare = "SELECT " AS_MANY("draws", "_v4") " AND " AS_MANY("agencies", "_v4"),
     .kept = "the tables draws_v4 and agencies_v4"},
};

const struct postgres_step *postgres_step_from(int64_t version) {
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (steps[i].from == version) {
            return &steps[i];
        }
    }
    return NULL;
}
