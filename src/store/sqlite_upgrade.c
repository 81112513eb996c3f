#include "store/sqlite_upgrade.h"

#include "base/path.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "store/sqlite_ask.h"
#include "store/sqlite_copy.h"
#include "store/sqlite_error.h"
#include "store/sqlite_files.h"
#include "store/sqlite_log.h"
#include "store/sqlite_schema.h"
#include "store/sqlite_setup.h"
#include "store/sqlite_steps.h"
#include "store/version.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
    BUSY_MS_MAX = 5000,
    SQL_BYTES = SQLITE_ANSWER_BYTES,
    USERS_MS_MAX = 2000, // who has the store open is waited for
    WAIT_MS = 20,
    NAME_BYTES = 64, // of who that is
};

struct stepping {
    const struct store_upgrade *upgrade;
    const struct sqlite_step *first; // from the store's version; the others follow
    struct sqlite_files files;       // the store's, taken as a server takes them
    struct sqlite_copy copy;
    sqlite3 *store; // with SQLite's lock, until the copy has taken the store's place
};

// SQL -----------------------------------------------------------------------------------------------------

static bool open_database(const char *path, const char *shown, int flags, sqlite3 **database,
                          struct error *error) {
    if (sqlite3_open_v2(path, database, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, NULL) ==
            SQLITE_OK &&
        sqlite3_busy_timeout(*database, BUSY_MS_MAX) == SQLITE_OK) {
        return true;
    }
    sqlite_fail(*database, shown, "open", error);
    sqlite3_close(*database);
    *database = NULL;
    return false;
}

static bool execute(sqlite3 *database, const char *shown, const char *sql, struct error *error) {
    return sqlite_execute(database, shown, sql, "upgrade it", error);
}

static bool ask(sqlite3 *database, const char *shown, const char *sql, char answer[SQL_BYTES],
                struct error *error) {
    return sqlite_ask(database, shown, sql, "upgrade it", answer, error);
}

// Its version ---------------------------------------------------------------------------------------------

// Before SQLite opens it, and nobody in this process has it open.
static bool check_beginning(const struct sqlite_names *names, struct error *error) {
    char bytes[SQLITE_NAMES_BEGINNING_BYTES];
    int file = open(names->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t length = file < 0 ? -1 : pread(file, bytes, sizeof bytes, 0);
    if (file >= 0) {
        close(file);
    }
    return length < 0 || sqlite_names_check_beginning(names, bytes, (size_t)length, error); // SQLite says why
}

// Opens it as one who only reads, unless an earlier attempt was cut short in a change that must be undone
// first. 0: there is no store.
static bool read_version(const char *path, int64_t *version, struct error *error) {
    struct sqlite_names names;
    sqlite3 *database;
    char uri[SQLITE_URI_BYTES], journal[PATH_MAX];
    *version = 0;
    if (!sqlite_names_find(path, &names, error)) {
        return false;
    }
    if (access(names.path, F_OK) != 0) {
        return true;
    }
    // SQLite would make files beside it that have its rights, and that nobody can write once it can be
    // written.
    if (access(names.path, W_OK) != 0) {
        return error_set(
            error, ERROR_STORE_FAILED,
            "%.150s: it cannot be opened for writing; the file and its folder must be writable for "
            "an upgrade",
            names.name);
    }
    sqlite_names_beside(&names, "-journal", journal);
    sqlite_names_uri(&names, uri);
    int flags = access(journal, F_OK) == 0 ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    if (!sqlite_sizes_check_mark(&names, error) || !check_beginning(&names, error) ||
        !sqlite_log_check(&names, error) ||
        !open_database(uri, path, flags | SQLITE_OPEN_URI, &database, error)) {
        return false;
    }
    bool read = sqlite_setup_version(database, path, SQLITE_SCHEMA_APPLICATION_ID, version, error);
    sqlite3_close(database);
    *version = *version == SQLITE_SETUP_EMPTY ? 0 : *version;
    return read;
}

// The store -----------------------------------------------------------------------------------------------

static void name_user(const struct stepping *stepping, char name[NAME_BYTES]) {
    char path[64], command[32] = "";
    pid_t process = sqlite_files_user(&stepping->files);
    snprintf(path, sizeof path, "/proc/%d/comm", (int)process);
    FILE *file = process > 0 ? fopen(path, "re") : NULL;
    if (file != NULL) {
        command[fread(command, 1, sizeof command - 1, file)] = '\0';
        command[strcspn(command, "\n")] = '\0';
        fclose(file);
    }
    if (process > 0) {
        snprintf(name, NAME_BYTES, "process %d (%s)", (int)process, command);
    } else {
        snprintf(name, NAME_BYTES, "somebody");
    }
}

// SQLite does not wait for those who have the store open, whatever its timeout is. Most of them end soon.
static bool switch_log_off(const struct stepping *stepping, char answer[SQL_BYTES], struct error *error) {
    const struct sqlite_names *names = &stepping->files.names;
    const struct store_upgrade *upgrade = stepping->upgrade;
    char user[NAME_BYTES], text[NAME_BYTES + 64];
    for (int waited_ms = 0; !ask(stepping->store, names->name, "PRAGMA journal_mode = DELETE", answer, error);
         waited_ms += WAIT_MS) {
        if (sqlite3_errcode(stepping->store) != SQLITE_BUSY) {
            return false;
        }
        name_user(stepping, user);
        if (waited_ms >= USERS_MS_MAX) {
            return error_set(error, ERROR_STORE_FAILED,
                             "%.120s: %s has it open; end every server, sqlite3, export, status, check and "
                             "backup that reads it, and upgrade it again",
                             names->name, user);
        }
        if (waited_ms == 0) {
            snprintf(text, sizeof text, "waits for %s, which has it open", user);
            upgrade->note(upgrade->context, text);
        }
        sqlite3_sleep(WAIT_MS);
    }
    return true;
}

// Its log is moved into it, and goes; then the file alone is the store, and can be copied. That takes nobody
// else who has it open: a reader would go on with a log that belongs to another file by then. From then on
// nobody can write into it, or give it a log again.
static bool settle(struct stepping *stepping, struct error *error) {
    const struct sqlite_names *names = &stepping->files.names;
    int64_t version;
    char answer[SQL_BYTES];
    if (!sqlite_log_settle(names, error) ||
        !open_database(names->path, names->name, SQLITE_OPEN_READWRITE, &stepping->store, error)) {
        return false;
    }
    sqlite3 *database = stepping->store;
    bool settled =
        sqlite_setup_version(database, names->name, SQLITE_SCHEMA_APPLICATION_ID, &version, error) &&
        (version == stepping->first->from ||
         error_set(error, ERROR_STORE_FAILED, "%.150s: it changed meanwhile; upgrade it again",
                   names->name)) &&
        sqlite_setup_check_tables(database, names->name, stepping->first->schema, stepping->first->tables,
                                  error) &&
        execute(database, names->name, "PRAGMA synchronous = FULL", error) &&
        switch_log_off(stepping, answer, error) &&
        (strcmp(answer, "delete") == 0 ||
         error_set(error, ERROR_STORE_FAILED, "%.150s: its log cannot be moved into it", names->name)) &&
        execute(database, names->name, "BEGIN IMMEDIATE", error);
    if (!settled) {
        return false;
    }
    char log[PATH_MAX];
    sqlite_names_beside(names, "-wal", log);
    return access(log, F_OK) != 0 ||
           error_set(error, ERROR_STORE_FAILED, "%.150s: its log cannot be moved into it", names->name);
}

// The copy ------------------------------------------------------------------------------------------------

// Whether an earlier attempt has made and changed it, out of the store as it is now. Opening it undoes a
// change that was cut short, so it must be ours.
static bool is_changed_already(const struct stepping *stepping) {
    const char *made = stepping->copy.made;
    sqlite3 *database;
    struct error ignored;
    int64_t version;
    char source[SQL_BYTES];
    if (!sqlite_copy_is_unfinished(made) ||
        !open_database(made, made, SQLITE_OPEN_READWRITE, &database, &ignored)) {
        return false;
    }
    bool changed = sqlite_setup_version(database, made, SQLITE_SCHEMA_UNFINISHED_ID, &version, &ignored) &&
                   version == SQLITE_SCHEMA_VERSION &&
                   ask(database, made, "SELECT source FROM quiniela_upgrade", source, &ignored) &&
                   strcmp(source, stepping->copy.source) == 0;
    sqlite3_close(database);
    return changed;
}

// Makes those tables of the schema that are missing. No statement of a schema has a semicolon within.
static bool make_missing(sqlite3 *database, const char *shown, const char *schema, struct error *error) {
    bool done = true;
    for (const char *end; done && (end = strchr(schema, ';')) != NULL; schema = end + 1) {
        char *sql = sqlite3_mprintf("SELECT count(*) FROM sqlite_schema WHERE sql = %.*Q",
                                    (int)(end - schema), schema),
             *make = sqlite3_mprintf("%.*s", (int)(end - schema), schema), there[SQL_BYTES] = "";
        done = (sql != NULL && make != NULL) || error_set(error, ERROR_NO_MEMORY, "no memory for the tables");
        done = done && ask(database, shown, sql, there, error) &&
               (strcmp(there, "0") != 0 || execute(database, shown, make, error));
        sqlite3_free(sql);
        sqlite3_free(make);
    }
    return done;
}

static bool take_step(const struct stepping *stepping, const struct sqlite_step *step, sqlite3 *database,
                      struct error *error) {
    const char *made = stepping->copy.made;
    return execute(database, made, step->change, error) &&
           make_missing(database, made, step->new_schema, error) &&
           execute(database, made, step->fill, error) &&
           sqlite_setup_check_tables(database, made, step->new_schema, step->new_tables, error);
}

// All steps, one after the other, in one transaction.
static bool change(const struct stepping *stepping, sqlite3 *database, struct error *error) {
    const char *made = stepping->copy.made;
    char note[SQL_BYTES];
    snprintf(note, sizeof note,
             "CREATE TABLE quiniela_upgrade (source TEXT); INSERT INTO quiniela_upgrade VALUES ('%s');"
             "PRAGMA user_version = %d; COMMIT",
             stepping->copy.source, SQLITE_SCHEMA_VERSION);
    bool changed = execute(database, made, "PRAGMA synchronous = FULL; BEGIN IMMEDIATE", error);
    const struct sqlite_step *step = stepping->first;
    for (; changed && step != NULL; step = sqlite_step_from(step->from + 1)) {
        changed = take_step(stepping, step, database, error);
    }
    return changed && execute(database, made, note, error);
}

static bool change_copy(const struct stepping *stepping, struct error *error) {
    sqlite3 *database;
    if (!open_database(stepping->copy.made, stepping->copy.made, SQLITE_OPEN_READWRITE, &database, error)) {
        return false;
    }
    bool changed = change(stepping, database, error);
    sqlite3_close(database);
    return changed;
}

// Checking ------------------------------------------------------------------------------------------------

// All of it at once, however many draws it has.
static bool check_file(const struct stepping *stepping, sqlite3 *database, struct error *error) {
    const struct store_upgrade *upgrade = stepping->upgrade;
    char found[SQL_BYTES];
    upgrade->progress(upgrade->context, "file checked", 0, 1);
    if (!ask(database, stepping->copy.made, "PRAGMA integrity_check(1)", found, error)) {
        return false;
    }
    upgrade->progress(upgrade->context, "file checked", 1, 1);
    return strcmp(found, "ok") == 0 ||
           error_set(
               error, ERROR_STORE_FAILED,
               "%.100s: is damaged, so it is not upgraded, and stays as it was; keep it, and restore it "
               "from a copy: %.120s",
               stepping->files.names.name, found);
}

// Rows of a draw that has no row of its own would be checked with none of the draws.
static bool check_orphans(const struct stepping *stepping, sqlite3 *database, struct error *error) {
    bool good = true;
    for (size_t i = 0; good && i < sizeof sqlite_schema_of_draws / sizeof sqlite_schema_of_draws[0]; i++) {
        char sql[SQL_BYTES], draw[SQL_BYTES];
        snprintf(
            sql, sizeof sql,
            "SELECT 'draw \"' || draw || '\"' FROM %s WHERE draw NOT IN (SELECT draw FROM draws) LIMIT 1",
            sqlite_schema_of_draws[i]);
        good = ask(database, stepping->copy.made, sql, draw, error) &&
               (draw[0] == '\0' ||
                error_set(error, ERROR_STORE_FAILED,
                          "%.100s: the store is damaged: the row of %.80s is missing; restore "
                          "it from a copy",
                          stepping->files.names.name, draw));
    }
    return good;
}

struct checking {
    const struct stepping *stepping;
    uint64_t checked, count; // draws
};

static bool check_draw(void *context, const char *draw, struct error *error) {
    struct checking *checking = context;
    const struct store_upgrade *upgrade = checking->stepping->upgrade;
    if (!upgrade->check(upgrade->context, checking->stepping->copy.made, draw, error)) {
        return false;
    }
    upgrade->progress(upgrade->context, "draws checked", ++checking->checked, checking->count);
    return true;
}

static bool check_draws(const struct stepping *stepping, sqlite3 *database, struct error *error) {
    struct checking checking = {.stepping = stepping};
    char draws[SQL_BYTES];
    if (!ask(database, stepping->copy.made, "SELECT count(*) FROM draws", draws, error)) {
        return false;
    }
    checking.count = strtoull(draws, NULL, 10);
    return sqlite_each_draw(database, stepping->copy.made, check_draw, &checking, error);
}

static bool check(const struct stepping *stepping, struct error *error) {
    sqlite3 *database;
    if (!open_database(stepping->copy.made, stepping->copy.made, SQLITE_OPEN_READONLY, &database, error)) {
        return false;
    }
    bool good = check_file(stepping, database, error) && check_orphans(stepping, database, error) &&
                check_draws(stepping, database, error);
    sqlite3_close(database);
    return good;
}

// What the copy needed only while it was one.
static bool clear(const struct stepping *stepping, struct error *error) {
    sqlite3 *database;
    if (!open_database(stepping->copy.made, stepping->copy.made, SQLITE_OPEN_READWRITE, &database, error)) {
        return false;
    }
    bool cleared = execute(database, stepping->copy.made,
                           "PRAGMA synchronous = FULL; DROP TABLE quiniela_upgrade", error);
    return sqlite3_close(database) == SQLITE_OK && cleared;
}

// The order -----------------------------------------------------------------------------------------------

// An upgrade that is at work has the lock of a server.
static bool take(struct stepping *stepping, struct error *error) {
    struct sqlite_files *files = &stepping->files;
    if (sqlite_files_take(files, NULL, error)) {
        return true;
    }
    return files->lock < 0 || flock(files->lock, LOCK_EX | LOCK_NB) == 0 ||
                   !sqlite_copy_is_unfinished(stepping->copy.made)
               ? false
               : error_set(error, ERROR_STORE_FAILED,
                           "%.150s: another upgrade is at work on this store, or a server; wait for its end, "
                           "or end it",
                           files->names.name);
}

static bool take_all_steps(struct stepping *stepping, struct error *error) {
    return sqlite_copy_is_kept_free(&stepping->copy, error) && sqlite_copy_is_alone(&stepping->copy, error) &&
           settle(stepping, error) &&
           sqlite_copy_note_source(&stepping->copy, stepping->files.database, error) &&
           (is_changed_already(stepping) ||
            (sqlite_copy_has_room(&stepping->copy, error) &&
             sqlite_copy_make(&stepping->copy, stepping->upgrade, error) && change_copy(stepping, error))) &&
           check(stepping, error) && clear(stepping, error) && sqlite_copy_swap(&stepping->copy, error);
}

// Another upgrade may have ended before this one had the store.
static bool take_and_upgrade(struct stepping *stepping, const char *path, struct store_upgraded *upgraded,
                             struct error *error) {
    return sqlite_copy_begin(&stepping->copy, &stepping->files.names, stepping->first->from, error) &&
           take(stepping, error) && read_version(path, &upgraded->from, error) &&
           (upgraded->from == SQLITE_SCHEMA_VERSION || take_all_steps(stepping, error));
}

static bool upgrade_from(const char *path, int64_t version, const struct store_upgrade *upgrade,
                         struct store_upgraded *upgraded, struct error *error) {
    struct stepping stepping = {.upgrade = upgrade, .first = sqlite_step_from(version)};
    if (version > SQLITE_SCHEMA_VERSION) {
        return store_version_newer(path, version, error);
    }
    if (stepping.first == NULL) {
        return store_version_older(path, path, version, error);
    }
    bool done =
        sqlite_files_find(path, &stepping.files, error) && take_and_upgrade(&stepping, path, upgraded, error);
    sqlite3_close(stepping.store);
    sqlite_files_release(&stepping.files);
    if (done) {
        snprintf(upgraded->kept, sizeof upgraded->kept, "%.250s", stepping.copy.kept);
    }
    return done;
}

static bool take_back(const char *real, struct error *error) {
    bool done = true;
    for (int older = 1; done && older < SQLITE_SCHEMA_VERSION; older++) {
        done = sqlite_copy_take_back(real, older, error);
    }
    return done;
}

bool sqlite_upgrade(const char *path, const struct store_upgrade *upgrade, struct store_upgraded *upgraded,
                    struct error *error) {
    char real[PATH_MAX];
    if (!path_resolve(path, real, error)) {
        error->code = ERROR_STORE_FAILED;
        return false;
    }
    if (!take_back(real, error) || !read_version(path, &upgraded->from, error)) {
        return false;
    }
    return upgraded->from == 0 || upgraded->from == SQLITE_SCHEMA_VERSION ||
           upgrade_from(path, upgraded->from, upgrade, upgraded, error);
}
