#include "agency/rules_told.h"

#include "agency/errors.h"
#include "bet/errors.h"
#include "seal/errors.h"
#include "seal/note.h"

#include <inttypes.h>
#include <stdio.h>

enum { RECORDS_MAX = 64, SUFFIX_BYTES = 40 };

// A note's text has no empty line, and each line after the one behind it begins with a dash.
struct slice rules_told_next(struct slice *rest) {
    static const char dash[] = "\xe2\x80\x94 ";
    const char *end = rest->text + rest->length;
    const char *at = memmem(rest->text, rest->length, "\n\n", 2);
    at = at == NULL ? end : at + 2;
    while ((size_t)(end - at) >= sizeof dash - 1 && memcmp(at, dash, sizeof dash - 1) == 0) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        at = line_end == NULL ? end : line_end + 1;
    }
    struct slice note = {rest->text, (size_t)(at - rest->text)};
    *rest = (struct slice){at, (size_t)(end - at)};
    return note;
}

static void write_suffix(const char *kind, size_t number, char suffix[SUFFIX_BYTES]) {
    snprintf(suffix, SUFFIX_BYTES, "%s-%zu", kind, number);
}

bool rules_told_read(const struct kept_texts *texts, const struct vkey *key, struct kept_rules *rules,
                     struct error *error) {
    for (size_t i = 0; i < RECORDS_MAX; i++) {
        char suffix[SUFFIX_BYTES];
        struct small_file file;
        struct error reason;
        bool found;
        write_suffix("rules", i, suffix);
        if (!kept_texts_read(texts, suffix, &file, &found, error)) {
            return false;
        }
        if (!found) {
            return true;
        }
        bool added = kept_rules_add_vouched(rules, small_file_text(&file), key, &reason);
        small_file_free(&file);
        if (!added && reason.code == ERROR_NO_MEMORY) {
            *error = reason;
            return false;
        }
        if (!added) {
            return error_set(error, ERROR_BAD_SETTING,
                             "%.100s/%.50s.%s: %.120s: name another place (--receipts), or the key of these "
                             "files (CENTRAL_KEY)",
                             texts->folder.path, texts->name, suffix, reason.text);
        }
    }
    return true;
}

bool rules_told_has(const struct kept_rules *rules, const struct hash *hash) {
    for (size_t i = 0; i < rules->count; i++) {
        if (hash_equal(&rules->records[i].rules->hash, hash)) {
            return true;
        }
    }
    return false;
}

// Both are kept: one of them is a lie.
static bool refuse_fork(const struct kept_texts *texts, size_t number, const struct kept_record *told,
                        struct error *error) {
    char suffix[SUFFIX_BYTES];
    struct error reason;
    write_suffix("other-rules", number, suffix);
    bool kept = kept_texts_write(texts, suffix, (struct slice){told->note, told->size}, &reason);
    return error_set(error, ERROR_FALSE_CLAIM,
                     "the central tells another record %zu of the rules than before, signed with its key: "
                     "%.100s/%.40s.rules-%zu and %.60s: give both to whoever audits the draw",
                     number, texts->folder.path, texts->name, number, kept ? suffix : reason.text);
}

static bool take_record(const struct kept_texts *texts, const struct kept_rules *told, size_t number,
                        struct kept_rules *rules, const struct vkey *key, struct error *error) {
    const struct kept_record *record = &told->records[number];
    struct slice note = {record->note, record->size};
    char suffix[SUFFIX_BYTES];
    if (number < rules->count) {
        return hash_equal(&rules->records[number].rules->hash, &record->rules->hash) ||
               refuse_fork(texts, number, record, error);
    }
    write_suffix("rules", number, suffix);
    return kept_texts_write(texts, suffix, note, error) && kept_rules_add_vouched(rules, note, key, error);
}

static bool take_all(const struct kept_texts *texts, const struct vkey *key, const struct kept_rules *told,
                     struct kept_rules *rules, struct error *error) {
    for (size_t i = 0; i < told->count; i++) {
        if (!take_record(texts, told, i, rules, key, error)) {
            return false;
        }
    }
    return told->count >= rules->count ||
           error_set(error, ERROR_NETWORK,
                     "the central has %zu records of the rules, and had %zu: it was put back to an earlier "
                     "state, or has not heard of them yet",
                     told->count, rules->count);
}

// Files of another night are no fault of the central's.
static bool check_draw(const struct kept_texts *texts, struct slice others, const struct kept_rules *told,
                       const struct kept_rules *known, struct error *error) {
    const struct rules *now = kept_rules_newest(told), *kept = kept_rules_newest(known);
    struct slice before = kept == NULL ? others : kept->origin;
    if (now == NULL) {
        return error_set(error, ERROR_BAD_FORM, "the central's rules are empty");
    }
    return before.length == 0 || slice_equal(before, now->origin) ||
           error_set(
               error, ERROR_OTHER_DRAW,
               "the files %.100s/%.50s.* are of draw %.*s, and the central's draw is %.*s: name another "
               "place (--receipts), or that draw's central",
               texts->folder.path, texts->name, (int)before.length, before.text, (int)now->origin.length,
               now->origin.text);
}

// A line that is the key's, and false, is another matter: kept_rules_add_vouched says so.
static bool check_key(struct slice told, const struct vkey *key, struct error *error) {
    struct note note;
    if (!note_parse("the rules", told, &note, error)) {
        return false;
    }
    for (size_t i = 0; i < note.count; i++) {
        if (note_signature_is_of(&note.signatures[i], key)) {
            return true;
        }
    }
    return error_set(error, ERROR_OTHER_KEY,
                     "the rules of the central's draw are not signed with the key of %s that this agency was "
                     "given (CENTRAL_KEY): ask whoever gave it, and not the central, which is right",
                     key->name);
}

static bool read_told(const struct vkey *key, struct slice told, struct kept_rules *records,
                      struct error *error) {
    while (told.length > 0) {
        struct slice note = rules_told_next(&told);
        if (records->count == RECORDS_MAX) {
            return error_set(error, ERROR_BAD_FORM, "the central's rules have too many records");
        }
        if ((records->count == 0 && !check_key(note, key, error)) ||
            !kept_rules_add_vouched(records, note, key, error)) {
            return false;
        }
    }
    return true;
}

const struct vkey *rules_told_key(const struct kept_rules *rules, const struct vkey *trusted) {
    const struct rules *newest = kept_rules_newest(rules);
    return newest == NULL ? trusted : &newest->key;
}

bool rules_told_take(const struct kept_texts *texts, const struct vkey *key, struct slice others,
                     struct slice told, struct kept_rules *rules, struct error *error) {
    struct kept_rules records = {.records = NULL};
    bool done = read_told(key, told, &records, error) && check_draw(texts, others, &records, rules, error) &&
                take_all(texts, key, &records, rules, error);
    kept_rules_free(&records);
    return done;
}
