// The statements of sql.h as text. P is the database's prefix for the number of a parameter: "?" in SQLite,
// "$" in PostgreSQL. Columns and parameters are in the order in which sql.c reads and adds them.
#ifndef QUINIELA_STORE_SQL_TEXTS_H
#define QUINIELA_STORE_SQL_TEXTS_H

// A number that is not known yet is NULL in the table, and -1 on its way.
#define SQL_DRAW_COLUMNS                                                                                     \
    "state, agencies, number_mode, coalesce(winning_number, -1), opened_at, closes_at, closes_text,"         \
    " closed_at, sealed_at, drawn_at, erased_at, changed_at, voided, rules, secret, root, forked_at,"        \
    " winners_checksum, checksum"
enum { SQL_DRAW_NUMBER = 19, SQL_DRAW_NAME }; // the places of the columns behind them, where these are read
#define SQL_AGENCY_COLUMNS "agency, bets, finished_at, ending, told_at, voidings, receipted, checksum"
#define SQL_NUMBERS_COLUMNS "agency, first, count, digest, checksum, numbers"

// The draw's number is the last column of its row where there is one: `number` is then ", number", and
// `number_value` its parameter. `unless` is the condition for replacing an existing row; $21 is the checksum
// of the row to replace.
#define SQL_PUT_DRAW_TEXT(P, number, number_value, unless)                                                   \
    "INSERT INTO draws (draw, state, agencies, number_mode, winning_number, opened_at, closes_at,"           \
    " closes_text, closed_at, sealed_at, drawn_at, erased_at, changed_at, voided, rules, secret, root,"      \
    " forked_at, winners_checksum, checksum" number ") VALUES (" P "1, " P "2, " P "3, " P "4, nullif(" P    \
    "5, -1), " P "6, nullif(" P "7, ''), nullif(" P "8, ''), nullif(" P "9, ''), nullif(" P                  \
    "10, ''), nullif(" P "11, ''), nullif(" P "12, ''), nullif(" P "13, ''), " P "14, " P "15, " P "16, " P  \
    "17, nullif(" P "18, ''), " P "19, " P "20" number_value ") ON CONFLICT (draw) DO UPDATE SET state = " P \
    "2, agencies = " P "3, number_mode = " P "4, winning_number = nullif(" P "5, -1), opened_at = " P        \
    "6, closes_at = nullif(" P "7, ''), closes_text = nullif(" P "8, ''), closed_at = nullif(" P             \
    "9, ''), sealed_at = nullif(" P "10, ''), drawn_at = nullif(" P "11, ''), erased_at = nullif(" P         \
    "12, ''), changed_at = nullif(" P "13, ''), voided = " P "14, rules = " P "15, secret = " P              \
    "16, root = " P "17, forked_at = nullif(" P "18, ''), winners_checksum = " P "19, checksum = " P         \
    "20" unless

// Likewise, with $10.
#define SQL_PUT_AGENCY_TEXT(P, unless)                                                                       \
    "INSERT INTO agencies (draw, agency, bets, finished_at, ending, told_at, voidings, receipted, checksum)" \
    " VALUES (" P "1, " P "2, " P "3, nullif(" P "4, ''), nullif(" P "5, ''), nullif(" P "6, ''), " P        \
    "7, " P "8, " P "9) ON CONFLICT (draw, agency) DO UPDATE SET bets = " P "3, finished_at = nullif(" P     \
    "4, ''), ending = nullif(" P "5, ''), told_at = nullif(" P "6, ''), voidings = " P "7, receipted = " P   \
    "8, checksum = " P "9" unless

#define SQL_GET_DRAW_TEXT(P, number) "SELECT " SQL_DRAW_COLUMNS number " FROM draws WHERE draw = " P "1"

// All but those three, for a database's table of statements.
#define SQL_TEXTS(P)                                                                                         \
    [SQL_ADD_CHUNK] = "INSERT INTO chunks (draw, agency, first, count, digest, checksum, numbers, rows)"     \
                      " VALUES (" P "1, " P "2, " P "3, " P "4, " P "5, " P "6, " P "7, " P "8)",            \
    [SQL_ADD_WINNER] = "INSERT INTO winners (draw, agency, bet, document)"                                   \
                       " VALUES (" P "1, " P "2, " P "3, " P "4)",                                           \
    [SQL_ADD_PAPER] = "INSERT INTO papers (draw, kind, number, checksum, body)"                              \
                      " VALUES (" P "1, " P "2, " P "3, " P "4, " P "5)",                                    \
    [SQL_ALL_AGENCIES] = "SELECT " SQL_AGENCY_COLUMNS " FROM agencies WHERE draw = " P "1 ORDER BY agency",  \
    [SQL_ALL_NUMBERS] =                                                                                      \
        "SELECT " SQL_NUMBERS_COLUMNS " FROM chunks WHERE draw = " P "1 ORDER BY agency, first",             \
    [SQL_ALL_CHUNKS] = "SELECT " SQL_NUMBERS_COLUMNS ", rows FROM chunks WHERE draw = " P "1"                \
                       " AND " P "2 < " P "3 AND first < " P "3 AND first + count > " P "2"                  \
                       " ORDER BY agency, first",                                                            \
    [SQL_SOME_CHUNKS] = "SELECT " SQL_NUMBERS_COLUMNS ", rows FROM chunks WHERE draw = " P "1"               \
                        " AND agency = " P "4 AND first < " P "3 AND first >= coalesce("                     \
                        "  (SELECT max(first) FROM chunks WHERE draw = " P "1 AND agency = " P "4"           \
                        "   AND first <= " P "2), 0)" /* it may end before, or the range be empty */         \
                        " AND " P "2 < " P "3 AND first + count > " P "2 ORDER BY first",                    \
    [SQL_SOME_PIECES] = "SELECT first, count, digest FROM chunks"                                            \
                        " WHERE draw = " P "1 AND agency = " P "2 AND first >= coalesce("                    \
                        "  (SELECT max(first) FROM chunks WHERE draw = " P "1 AND agency = " P "2"           \
                        "   AND first <= " P "3), 0)"                                                        \
                        " AND first + count > " P "3 ORDER BY first LIMIT " P "4",                           \
    [SQL_ALL_WINNERS] =                                                                                      \
        "SELECT agency, bet, document FROM winners WHERE draw = " P "1 ORDER BY agency, bet",                \
    [SQL_ALL_VOIDED] = "SELECT " SQL_NUMBERS_COLUMNS ", rows, voiding FROM voided WHERE draw = " P "1"       \
                       " ORDER BY agency, voiding, first",                                                   \
    [SQL_ALL_PAPERS] =                                                                                       \
        "SELECT kind, number, checksum, body FROM papers WHERE draw = " P "1 ORDER BY CASE kind"             \
        " WHEN 'rules' THEN 0 WHEN 'seal' THEN 1 WHEN 'cosignature' THEN 2 WHEN 'timestamp' THEN 3"          \
        " WHEN 'approval' THEN 4 WHEN 'pulse' THEN 5 WHEN 'result' THEN 6 ELSE 7 END, number"

// The checksum of a chunk that is voided (stored_voided_checksum): a bit is set where `checksum` and the
// number of the voiding, parameter 3, differ.
#define SQL_VOIDED_CHECKSUM(P) "~(checksum & " P "3) & (checksum | " P "3)"

#endif
