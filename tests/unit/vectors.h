// Reading the vectors of tests/golden (docs/vectors.md). The JSON is read by SQLite, so that nothing that is
// tested reads what it is tested with.
#ifndef QUINIELA_TESTS_VECTORS_H
#define QUINIELA_TESTS_VECTORS_H

#include "cmocka_all.h"

#include <sqlite3.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VECTOR_TEXTS_MAX = 128, VECTOR_BYTES_MAX = 256 * 1024 };

// A file of vectors, and the one of them that is looked at.
struct vectors {
    sqlite3 *database;
    char *file;
    sqlite3_stmt *each, *extract;
    const char *one, *about;       // its JSON, and what it is
    char *texts[VECTOR_TEXTS_MAX]; // that were asked of it
    int text_count;
};

static inline sqlite3_stmt *vectors_prepare(struct vectors *vectors, const char *sql) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(vectors->database, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(vectors->database));
    }
    return statement;
}

// Reads the file NAME of tests/golden. Ended by vectors_end.
static inline void vectors_begin(struct vectors *vectors, const char *name) {
    char path[512];
    *vectors = (struct vectors){.file = calloc(1, VECTOR_BYTES_MAX)};
    snprintf(path, sizeof path, "%s/%s", GOLDEN_DIR, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_in_range(fread(vectors->file, 1, VECTOR_BYTES_MAX - 1, file), 1, VECTOR_BYTES_MAX - 2);
    fclose(file);
    assert_int_equal(sqlite3_open(":memory:", &vectors->database), SQLITE_OK);
    vectors->extract = vectors_prepare(vectors, "SELECT json_extract(?1, ?2)");
    vectors->each = vectors_prepare(
        vectors, "SELECT value, coalesce(value ->> 'file', value ->> 'is') FROM json_each(?1, '$.' || ?2)");
}

static inline void vectors_forget(struct vectors *vectors) {
    while (vectors->text_count > 0) {
        free(vectors->texts[--vectors->text_count]);
    }
}

static inline void vectors_end(struct vectors *vectors) {
    vectors_forget(vectors);
    sqlite3_finalize(vectors->each);
    sqlite3_finalize(vectors->extract);
    sqlite3_close(vectors->database);
    free(vectors->file);
}

// Begins with the list of that name.
static inline void vectors_list(struct vectors *vectors, const char *name) {
    sqlite3_reset(vectors->each);
    sqlite3_bind_text(vectors->each, 1, vectors->file, -1, SQLITE_STATIC);
    sqlite3_bind_text(vectors->each, 2, name, -1, SQLITE_STATIC);
}

// Goes on to the next one of the list. Returns false after the last.
static inline bool vectors_next(struct vectors *vectors) {
    vectors_forget(vectors);
    int step = sqlite3_step(vectors->each);
    assert_true(step == SQLITE_ROW || step == SQLITE_DONE);
    vectors->one = (const char *)sqlite3_column_text(vectors->each, 0);
    vectors->about = (const char *)sqlite3_column_text(vectors->each, 1);
    return step == SQLITE_ROW;
}

static inline void vector_find(struct vectors *vectors, const char *path) {
    sqlite3_reset(vectors->extract);
    sqlite3_bind_text(vectors->extract, 1, vectors->one, -1, SQLITE_STATIC);
    sqlite3_bind_text(vectors->extract, 2, path, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(vectors->extract), SQLITE_ROW);
}

// The text there (JSONPath), valid until the next vector; of a list its JSON. NULL when there is none.
static inline const char *vector_text(struct vectors *vectors, const char *path) {
    vector_find(vectors, path);
    const char *text = (const char *)sqlite3_column_text(vectors->extract, 0);
    if (text == NULL) {
        return NULL;
    }
    assert_true(vectors->text_count < VECTOR_TEXTS_MAX);
    return vectors->texts[vectors->text_count++] = strdup(text);
}

// The number there, true being 1; `missing` when there is none.
static inline int64_t vector_number(struct vectors *vectors, const char *path, int64_t missing) {
    vector_find(vectors, path);
    return sqlite3_column_type(vectors->extract, 0) == SQLITE_NULL
               ? missing
               : sqlite3_column_int64(vectors->extract, 0);
}

// The text at `index` of the list at `path`; NULL after the last.
static inline const char *vector_item(struct vectors *vectors, const char *path, size_t index) {
    char at[64];
    snprintf(at, sizeof at, "%s[%zu]", path, index);
    return vector_text(vectors, at);
}

// Whether it is to be refused.
static inline bool vector_is_refused(struct vectors *vectors) {
    return vector_text(vectors, "$.expect.refused") != NULL;
}

// Fails, and says of which vector, unless both texts are the same, or neither is there.
static inline void vector_same_text(struct vectors *vectors, const char *what, const char *text,
                                    const char *expected) {
    if ((text == NULL) != (expected == NULL) || (text != NULL && strcmp(text, expected) != 0)) {
        fail_msg("%s: %s is %s, and not %s", vectors->about, what, text == NULL ? "missing" : text,
                 expected == NULL ? "missing" : expected);
    }
}

static inline void vector_same_number(struct vectors *vectors, const char *what, int64_t number,
                                      int64_t expected) {
    if (number != expected) {
        fail_msg("%s: %s is %lld, and not %lld", vectors->about, what, (long long)number,
                 (long long)expected);
    }
}

#endif
