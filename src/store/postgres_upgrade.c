#include "store/postgres_upgrade.h"

#include "base/clock.h"
#include "bet/errors.h"
#include "store/postgres_ask.h"
#include "store/postgres_connect.h"
#include "store/postgres_holders.h"
#include "store/postgres_own.h"
#include "store/postgres_session.h"
#include "store/postgres_steps.h"
#include "store/rows.h"
#include "store/sql.h"
#include "store/sql_texts.h"
#include "store/version.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOCK_MS_MIN = 500, LOCK_MS_MAX = 2000, PAUSE_MS = 1000, SAY_EVERY_MS = 5000 };
enum { NUMBER_BYTES = 24, PARAMETERS_MAX = 4 };

static const char what[] = "upgrade it";

struct upgrading {
    const struct store_upgrade *upgrade;
    const char *address;
    const struct postgres_step *step;
    struct postgres_session session;
    bool is_damaged;    // what is being copied
    bool is_taken_back; // what this one has begun: the tables are as they were before
    uint64_t say_at_ms; // when to say next who is waited for
};

// Statements ----------------------------------------------------------------------------------------------

static bool execute(struct upgrading *upgrading, const char *sql, char value[POSTGRES_VALUE_BYTES],
                    struct error *error) {
    return postgres_link_execute(&upgrading->session.link, sql, what, value, error);
}

// Runs a statement with parameters as text. The caller clears the result; NULL when it failed.
static PGresult *ask(struct upgrading *upgrading, const char *sql, int count, const char *const *values,
                     struct error *error) {
    return postgres_ask(&upgrading->session.link, sql, count, values, what, error);
}

// Every transaction of the upgrade is as durable as one that stores bets.
static bool begin(struct upgrading *upgrading, struct error *error) {
    return postgres_session_read(&upgrading->session, "BEGIN ISOLATION LEVEL READ COMMITTED", error);
}

static bool commit(struct upgrading *upgrading, struct error *error) {
    return execute(upgrading, "COMMIT", NULL, error);
}

// Ends a transaction that has failed or is not wanted. `error` keeps what it says.
static void roll_back(struct upgrading *upgrading) {
    struct error ignored;
    (void)!execute(upgrading, "ROLLBACK", NULL, &ignored);
}

// 0: there are no tables.
static bool read_version(struct upgrading *upgrading, int64_t *version, struct error *error) {
    char value[POSTGRES_VALUE_BYTES];
    *version = 0;
    if (!execute(upgrading, "SELECT to_regclass('quiniela_schema')::text", value, error)) {
        return false;
    }
    if (value[0] == '\0') {
        return true;
    }
    if (!execute(upgrading, "SELECT version::text FROM quiniela_schema", value, error)) {
        return false;
    }
    *version = strtoll(value, NULL, 10);
    return true;
}

// Remembers it, too: then everything is taken back.
static bool damaged(struct upgrading *upgrading, const char *draw, const char *how, struct error *error) {
    upgrading->is_damaged = true;
    return error_set(error, ERROR_STORE_FAILED,
                     "%.80s: the store is damaged: the row of draw \"%.80s\" %s; restore it from a copy",
                     upgrading->session.link.place, draw, how);
}

// Renaming ------------------------------------------------------------------------------------------------

// In one transaction: from then on no statement of an older server succeeds, and what those have stored
// before is there to be copied. quiniela_upgrade says how far the copying is.
static bool rename_tables(struct upgrading *upgrading, int lock_ms, struct error *error) {
    char version[POSTGRES_VALUE_BYTES], sql[512], lock[64];
    snprintf(lock, sizeof lock, "SET LOCAL lock_timeout = %d", lock_ms);
    int from = upgrading->step->from;
    if (!begin(upgrading, error) || !execute(upgrading, lock, NULL, error) ||
        !execute(upgrading, upgrading->step->lock, NULL, error) ||
        !execute(upgrading, "SELECT version::text FROM quiniela_schema FOR UPDATE", version, error)) {
        return false;
    }
    if (strtoll(version, NULL, 10) != from) {
        return error_set(error, ERROR_STORE_STALE, "another upgrade was quicker");
    }
    snprintf(
        sql, sizeof sql,
        "UPDATE quiniela_schema SET version = %d;"
        "CREATE TABLE quiniela_upgrade (has_few BOOLEAN NOT NULL, draw TEXT NOT NULL, agency BIGINT NOT NULL,"
        " first BIGINT NOT NULL, chunks BIGINT NOT NULL, target INTEGER NOT NULL);"
        "INSERT INTO quiniela_upgrade VALUES (false, '', 0, -1, 0, %d)",
        -from, STORE_VERSION);
    return execute(upgrading, upgrading->step->rename, NULL, error) && execute(upgrading, sql, NULL, error) &&
           postgres_own_carry_over(&upgrading->session.link, upgrading->step->pairs, error) &&
           commit(upgrading, error);
}

static bool has_no_orphans(struct upgrading *upgrading, struct error *error) {
    char draw[POSTGRES_VALUE_BYTES];
    return execute(upgrading, upgrading->step->orphans, draw, error) &&
           (draw[0] == '\0' || damaged(upgrading, draw, "is missing", error));
}

// Waits until those that hold the tables now have let them go, and says who they are when that takes long.
// Nothing waits for a lock meanwhile, so that servers go on. *version: the tables' in the end.
static bool wait_for_holders(struct upgrading *upgrading, int64_t *version, struct error *error) {
    const struct store_upgrade *upgrade = upgrading->upgrade;
    struct postgres_link *link = &upgrading->session.link;
    struct postgres_holders holders;
    char text[ERROR_TEXT_BYTES];
    if (!postgres_holders_find(link, false, &holders, error)) {
        return false;
    }
    do {
        if (postgres_interrupted(PAUSE_MS)) {
            return error_set(error, ERROR_STORE_AWAY, "%s: the central is stopping", link->place);
        }
        if (!read_version(upgrading, version, error) ||
            (holders.transactions[0] != '\0' && !postgres_holders_find(link, true, &holders, error))) {
            return false;
        }
        if (holders.transactions[0] != '\0' && clock_steady_ms() >= upgrading->say_at_ms) {
            upgrading->say_at_ms = clock_steady_ms() + SAY_EVERY_MS;
            snprintf(text, sizeof text, "waits, and servers go on, until %s", holders.shown);
            upgrade->note(upgrade->context, text);
        }
    } while (holders.transactions[0] != '\0' && *version == upgrading->step->from);
    return true;
}

// Somebody may hold the tables for as long as he likes, or another upgrade be at work. Whoever wants them
// waits behind this one's attempts, so they are short; a slow disk makes servers' transactions long, so they
// become longer.
static bool rename_in_the_end(struct upgrading *upgrading, struct error *error) {
    int64_t version = upgrading->step->from;
    if (!has_no_orphans(upgrading, error)) {
        return false;
    }
    for (int wait_ms = LOCK_MS_MIN; version == upgrading->step->from; wait_ms *= 2) {
        if (rename_tables(upgrading, wait_ms > LOCK_MS_MAX ? LOCK_MS_MAX : wait_ms, error)) {
            return true;
        }
        if (error->code != ERROR_STORE_STALE) {
            return false;
        }
        roll_back(upgrading);
        if (!wait_for_holders(upgrading, &version, error)) {
            return false;
        }
        wait_ms = wait_ms > LOCK_MS_MAX ? LOCK_MS_MAX : wait_ms;
    }
    return true; // somebody else has
}

// The store as it was: nobody has changed it since. Only one upgrade may do that, as another one would take
// away the tables that the first has put back; so the version is looked at again.
static bool undo(struct upgrading *upgrading, struct error *error) {
    char version[POSTGRES_VALUE_BYTES], sql[128];
    int from = upgrading->step->from;
    snprintf(sql, sizeof sql, "DROP TABLE quiniela_upgrade; UPDATE quiniela_schema SET version = %d", from);
    if (!begin(upgrading, error) ||
        !execute(upgrading, "SELECT version::text FROM quiniela_schema FOR UPDATE", version, error)) {
        return false;
    }
    if (strtoll(version, NULL, 10) != -from) {
        return commit(upgrading, error);
    }
    upgrading->is_taken_back = execute(upgrading, upgrading->step->undo, NULL, error) &&
                               execute(upgrading, sql, NULL, error) && commit(upgrading, error);
    return upgrading->is_taken_back;
}

// Copying -------------------------------------------------------------------------------------------------

// A row of an answer as text. "" is NULL, which no column of the draws' tells from it.
struct text_row {
    const PGresult *rows;
    int row;
};

static const char *text_of(void *row, int column, size_t *length) {
    const struct text_row *text = row;
    *length = (size_t)PQgetlength(text->rows, text->row, column);
    return PQgetvalue(text->rows, text->row, column);
}

static int64_t integer_of(void *row, int column) {
    size_t ignored;
    return strtoll(text_of(row, column, &ignored), NULL, 10);
}

// No version before has any.
static const void *bytes_of(void *row, int column, size_t *length) {
    (void)row, (void)column;
    *length = 0;
    return NULL;
}

static bool read_draw(const PGresult *rows, int row, struct stored_draw *draw) {
    static const struct sql_columns columns = {integer_of, text_of, bytes_of};
    struct error ignored; // it says less than the caller does
    return sql_read_draw(&(struct sql_row){&columns, &(struct text_row){rows, row}}, draw, &ignored);
}

static bool copy_draw(struct upgrading *upgrading, const PGresult *rows, int row, struct error *error) {
    const char *name = PQgetvalue(rows, row, SQL_DRAW_NAME);
    char number[NUMBER_BYTES], checksum[NUMBER_BYTES];
    struct stored_draw draw;
    if (!read_draw(rows, row, &draw) || draw.checksum != stored_draw_checksum(name, &draw)) {
        return damaged(upgrading, name, "is not as it was stored", error);
    }
    draw.number = draw.number == 0 ? (uint32_t)row + 1 : draw.number;
    snprintf(number, sizeof number, "%" PRIu32, draw.number);
    snprintf(checksum, sizeof checksum, "%" PRId64, (int64_t)stored_draw_checksum(name, &draw));
    PGresult *copied =
        ask(upgrading, upgrading->step->copy_draw, 3, (const char *[]){number, checksum, name}, error);
    PQclear(copied);
    return copied != NULL;
}

static bool copy_draws(struct upgrading *upgrading, struct error *error) {
    PGresult *rows = ask(upgrading, upgrading->step->draws, 0, NULL, error);
    bool done = rows != NULL;
    for (int row = 0; done && row < PQntuples(rows); row++) {
        done = copy_draw(upgrading, rows, row, error);
    }
    PQclear(rows);
    return done;
}

// Draws, agencies and winners.
static bool copy_few(struct upgrading *upgrading, struct error *error) {
    return copy_draws(upgrading, error) && execute(upgrading, upgrading->step->copy_few, NULL, error) &&
           execute(upgrading, "UPDATE quiniela_upgrade SET has_few = true", NULL, error);
}

// The next chunks after those that quiniela_upgrade says. *more: there may be others.
static bool copy_chunks(struct upgrading *upgrading, const PGresult *place, bool *more, struct error *error) {
    PGresult *last = ask(
        upgrading, upgrading->step->copy_chunks, 3,
        (const char *[]){PQgetvalue(place, 0, 1), PQgetvalue(place, 0, 2), PQgetvalue(place, 0, 3)}, error);
    *more = last != NULL && PQntuples(last) > 0;
    bool done = last != NULL;
    if (*more) {
        PGresult *noted =
            ask(upgrading,
                "UPDATE quiniela_upgrade SET draw = $1, agency = $2::BIGINT, first = $3::BIGINT,"
                " chunks = chunks + $4::BIGINT",
                4,
                (const char *[PARAMETERS_MAX]){PQgetvalue(last, 0, 0), PQgetvalue(last, 0, 1),
                                               PQgetvalue(last, 0, 2), PQgetvalue(last, 0, 3)},
                error);
        done = noted != NULL;
        PQclear(noted);
    }
    PQclear(last);
    return done;
}

// The next part of the work, in a transaction of its own. Whoever else does the same waits for it at the row
// of quiniela_upgrade. *more: it was not the last one. *copied: how many chunks there are before.
static bool copy_part(struct upgrading *upgrading, bool *more, uint64_t *copied, struct error *error) {
    if (!begin(upgrading, error)) {
        return false;
    }
    PGresult *place =
        ask(upgrading, "SELECT has_few, draw, agency, first, chunks FROM quiniela_upgrade FOR UPDATE", 0,
            NULL, error);
    if (place == NULL) {
        return false;
    }
    bool done = PQntuples(place) == 1 || error_set(error, ERROR_STORE_STALE, "%s: another upgrade has ended",
                                                   upgrading->session.link.place);
    if (done && strcmp(PQgetvalue(place, 0, 0), "t") != 0) {
        *more = true;
        *copied = 0;
        done = copy_few(upgrading, error);
    } else if (done) {
        *copied = strtoull(PQgetvalue(place, 0, 4), NULL, 10);
        done = copy_chunks(upgrading, place, more, error);
    }
    PQclear(place);
    return done && commit(upgrading, error);
}

static bool copy(struct upgrading *upgrading, struct error *error) {
    char count[POSTGRES_VALUE_BYTES];
    uint64_t copied = 0;
    if (!execute(upgrading, upgrading->step->count_chunks, count, error)) {
        return false;
    }
    uint64_t all = strtoull(count, NULL, 10);
    for (bool more = true; more;) {
        if (!copy_part(upgrading, &more, &copied, error)) {
            return false;
        }
        upgrading->upgrade->progress(upgrading->upgrade->context, "copied", more ? copied : all, all);
    }
    return true;
}

// Checking ------------------------------------------------------------------------------------------------

static bool check_draws(struct upgrading *upgrading, struct error *error) {
    const struct store_upgrade *upgrade = upgrading->upgrade;
    PGresult *draws = ask(upgrading, "SELECT draw FROM draws ORDER BY draw", 0, NULL, error);
    bool good = draws != NULL;
    for (int row = 0; good && row < PQntuples(draws); row++) {
        good = upgrade->check(upgrade->context, upgrading->address, PQgetvalue(draws, row, 0), error);
        upgrade->progress(upgrade->context, "draws checked", (uint64_t)row + 1, (uint64_t)PQntuples(draws));
    }
    PQclear(draws);
    return good;
}

static bool check(struct upgrading *upgrading, struct error *error) {
    char same[POSTGRES_VALUE_BYTES];
    bool good =
        execute(upgrading, upgrading->step->compare, same, error) &&
        (strcmp(same, "t") == 0 || error_set(error, ERROR_STORE_FAILED, "%s: not every row was copied",
                                             upgrading->session.link.place)) &&
        check_draws(upgrading, error);
    upgrading->is_damaged = !good && error->code == ERROR_STORE_FAILED;
    return good;
}

static void say_left_behind(void *context, const char *thing) {
    const struct store_upgrade *upgrade = context;
    char text[ERROR_TEXT_BYTES];
    snprintf(text, sizeof text, "still on the tables of before, and not on the new ones: %s", thing);
    upgrade->note(upgrade->context, text);
}

static bool end(struct upgrading *upgrading, struct error *error) {
    char sql[160];
    snprintf(
        sql, sizeof sql,
        "UPDATE quiniela_schema SET version = %d WHERE version = %d; DROP TABLE IF EXISTS quiniela_upgrade",
        STORE_VERSION, -upgrading->step->from);
    return begin(upgrading, error) && execute(upgrading, sql, NULL, error) && commit(upgrading, error);
}

// The order -----------------------------------------------------------------------------------------------

// What fails for good, such as for want of room, is taken back: until it is mended no server of any version
// would take the store.
static bool finish(struct upgrading *upgrading, struct error *error) {
    struct error failure;
    if (copy(upgrading, error) && check(upgrading, error)) {
        return postgres_own_left_behind(&upgrading->session.link, upgrading->step->pairs, say_left_behind,
                                        (void *)upgrading->upgrade, error) &&
               end(upgrading, error);
    }
    roll_back(upgrading);
    if (error->code != ERROR_STORE_FAILED && !upgrading->is_damaged) {
        return false; // the next attempt goes on from here
    }
    if (!undo(upgrading, &failure)) {
        *error = failure;
    } else if (upgrading->is_taken_back && !upgrading->is_damaged) {
        char why[ERROR_TEXT_BYTES];
        snprintf(why, sizeof why, "%s", error->text);
        return error_set(error, ERROR_STORE_FAILED,
                         "%.260s; everything is as it was before, and older servers go on", why);
    }
    return false;
}

// What a program of another version has begun is taken back, as it does not lead to the tables of now.
static bool take_back_others(struct upgrading *upgrading, int64_t *version, struct error *error) {
    char target[POSTGRES_VALUE_BYTES];
    if (*version > 0) {
        return true;
    }
    if (!execute(upgrading, "SELECT coalesce(to_jsonb(begun)->>'target', '3') FROM quiniela_upgrade AS begun",
                 target, error)) {
        return false;
    }
    if (strtoll(target, NULL, 10) == STORE_VERSION) {
        return true;
    }
    *version = -*version;
    bool undone = undo(upgrading, error);
    upgrading->is_taken_back = false; // it was not this one's, which begins now
    return undone;
}

static bool upgrade_from(struct upgrading *upgrading, int64_t version, struct store_upgraded *upgraded,
                         struct error *error) {
    const char *place = upgrading->session.link.place;
    if (version > STORE_VERSION) {
        return store_version_newer(place, version, error);
    }
    upgrading->step = postgres_step_from(version < 0 ? -version : version);
    if (upgrading->step == NULL) {
        return store_version_older(place, place, version < 0 ? -version : version, error);
    }
    snprintf(upgraded->kept, sizeof upgraded->kept, "%s", upgrading->step->kept);
    upgraded->from = upgrading->step->from;
    return take_back_others(upgrading, &version, error) &&
           (version < 0 || rename_in_the_end(upgrading, error)) && finish(upgrading, error);
}

// Another upgrade may do meanwhile what this one was in the middle of. Then this one goes on from there. A
// version changes at most twice on its way.
static bool upgrade_with_others(struct upgrading *upgrading, struct store_upgraded *upgraded,
                                struct error *error) {
    int64_t version = 0, before;
    bool done = read_version(upgrading, &version, error);
    upgraded->from = version;
    if (!done || version == 0 || version == STORE_VERSION) {
        return done;
    }
    do {
        struct error ignored;
        before = version;
        if (upgrade_from(upgrading, version, upgraded, error)) {
            return true;
        }
        roll_back(upgrading);
        if (upgrading->is_damaged || upgrading->is_taken_back ||
            !read_version(upgrading, &version, &ignored)) {
            return false;
        }
    } while (version != before && version != STORE_VERSION);
    return version == STORE_VERSION;
}

bool postgres_upgrade(const char *address, const struct store_upgrade *upgrade,
                      struct store_upgraded *upgraded, struct error *error) {
    struct upgrading upgrading = {.upgrade = upgrade, .address = address};
    bool done = postgres_connect(&upgrading.session.link, address, true, error) &&
                postgres_session_begin(&upgrading.session, error) &&
                upgrade_with_others(&upgrading, upgraded, error);
    postgres_session_end(&upgrading.session);
    return done;
}
