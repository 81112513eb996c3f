#include "store/postgres_steps.h"

#include "store/postgres_schema.h"

#include <stddef.h>

#define RENAME(table)                                                                                        \
    "ALTER TABLE " table " RENAME TO " table "_v2;"                                                          \
    "ALTER INDEX " table "_pkey RENAME TO " table "_v2_pkey;"
#define RENAME_BACK(table)                                                                                   \
    "ALTER TABLE " table "_v2 RENAME TO " table ";"                                                          \
    "ALTER INDEX " table "_v2_pkey RENAME TO " table "_pkey;"
#define ORPHANS(table)                                                                                       \
    "SELECT draw FROM " table " WHERE NOT EXISTS (SELECT 1 FROM draws WHERE draws.draw = " table ".draw)"
#define NUMBER(table) "(SELECT number FROM draws WHERE draws.draw = " table ".draw)"
#define AS_MANY(table) "(SELECT count(*) FROM " table ") = (SELECT count(*) FROM " table "_v2)"

static const struct postgres_step steps[] = {
    {.from = 2,
     .lock = "LOCK TABLE chunks, agencies, winners, draws IN ACCESS EXCLUSIVE MODE",
     .rename = "ALTER VIEW bets RENAME TO bets_v2;" RENAME("draws") RENAME("agencies") RENAME("chunks")
         RENAME("winners") POSTGRES_TABLES,
     .undo = "DROP VIEW bets; DROP TABLE draws, agencies, chunks, winners;" RENAME_BACK("draws") RENAME_BACK(
         "agencies") RENAME_BACK("chunks") RENAME_BACK("winners") "ALTER VIEW bets_v2 RENAME TO bets;",
     .orphans =
         ORPHANS("agencies") " UNION ALL " ORPHANS("winners") " UNION ALL " ORPHANS("chunks") " LIMIT 1",
     .draws =
         "SELECT state, agencies, winning_number, opened_at, sealed_at, drawn_at, winners_checksum, checksum,"
         " 0::BIGINT, draw FROM draws_v2 ORDER BY draw",
     .copy_draw =
         "INSERT INTO draws (number, draw, state, agencies, winning_number, opened_at, sealed_at, drawn_at,"
         " winners_checksum, checksum, finished)"
         " SELECT $1::INTEGER, draw, state, agencies, winning_number, opened_at, sealed_at, drawn_at,"
         " winners_checksum, $2::BIGINT, finished FROM draws_v2 WHERE draw = $3",
     .copy_few =
         "INSERT INTO agencies (draw, agency, bets, finished_at, told_at, checksum)"
         " SELECT " NUMBER("agencies_v2") ", agency, bets, finished_at, told_at, checksum FROM agencies_v2;"
                                          "INSERT INTO winners (draw, agency, bet, document)"
                                          " SELECT " NUMBER(
                                              "winners_v2") ", agency, bet, document FROM winners_v2;",
     .copy_chunks = "WITH batch AS (SELECT " NUMBER(
         "chunks_v2") " AS number, draw, agency, first, count, digest,"
                      "  checksum, numbers, rows FROM chunks_v2"
                      "  WHERE (draw, agency, first) > ($1, $2::BIGINT, $3::BIGINT)"
                      "  ORDER BY draw, agency, first LIMIT 500),"
                      " added AS (INSERT INTO chunks (draw, agency, first, count, digest, checksum, numbers, "
                      "rows)"
                      "  SELECT number, agency, first, count, digest, checksum, numbers, rows FROM batch "
                      "RETURNING 1)"
                      " SELECT draw, agency, first, (SELECT count(*) FROM added) FROM batch"
                      " ORDER BY draw DESC, agency DESC, first DESC LIMIT 1",
     .count_chunks = "SELECT count(*) FROM chunks_v2",
     .compare = "SELECT " AS_MANY("draws") " AND " AS_MANY("agencies") " AND " AS_MANY(
         "winners") " AND " AS_MANY("chunks"),
     .kept = "the tables draws_v2, agencies_v2, chunks_v2 and winners_v2"},
};

const struct postgres_step *postgres_step_from(int64_t version) {
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (steps[i].from == version) {
            return &steps[i];
        }
    }
    return NULL;
}
