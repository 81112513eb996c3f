#include "notary/kept_rules.h"

#include "base/memory.h"
#include "seal/errors.h"
#include "seal/note.h"
#include "seal/rules_chain.h"

#include <inttypes.h>

static void free_record(struct kept_record *record) {
    rules_free(record->rules);
    memory_free(record->note);
}

// Whether it is the first record, or the one after `before`.
static bool comes_next(const struct rules *before, const struct rules *rules, struct error *error) {
    return before != NULL
               ? rules_may_follow(before, rules, error)
               : rules->number == 0 || error_set(error, ERROR_FALSE_CLAIM,
                                                 "the rules begin with record %" PRIu64, rules->number);
}

// Reads the note into the record, whose memory is freed by the caller either way.
static bool read_record(struct kept_record *record, const struct rules *before, const struct vkey *key,
                        struct note *note, struct error *error) {
    if (!note_parse("the rules", (struct slice){record->note, record->size}, note, error) ||
        !note_check(note, key, error)) {
        return false;
    }
    record->rules = rules_parse(note->text, error);
    if (record->rules == NULL) {
        return false;
    }
    return (vkey_equal(&record->rules->key, key) ||
            error_set(error, ERROR_FALSE_CLAIM, "the rules name another key, of %s",
                      record->rules->key.name)) &&
           comes_next(before, record->rules, error);
}

static bool make_record(struct slice bytes, const struct rules *before, const struct vkey *key,
                        struct kept_record *record, struct error *error) {
    struct note *note = memory_allocate(sizeof *note);
    *record = (struct kept_record){.note = memory_allocate(bytes.length + 1), .size = bytes.length};
    bool done = note != NULL && record->note != NULL;
    if (done) {
        if (bytes.length > 0) { // an empty one may be of NULL
            memcpy(record->note, bytes.text, bytes.length);
        }
        done = read_record(record, before, key, note, error);
    } else {
        error_set(error, ERROR_NO_MEMORY, "no memory for the rules");
    }
    memory_free(note);
    if (!done) {
        free_record(record);
    }
    return done;
}

bool kept_rules_add(struct kept_rules *rules, struct slice note, const struct vkey *key,
                    struct error *error) {
    struct kept_record record;
    if (!make_record(note, kept_rules_newest(rules), key, &record, error)) {
        return false;
    }
    struct kept_record *more = memory_resize_array(rules->records, rules->count + 1, sizeof *more);
    if (more == NULL) {
        free_record(&record);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the rules");
    }
    rules->records = more;
    rules->records[rules->count++] = record;
    return true;
}

void kept_rules_cut(struct kept_rules *rules, size_t count) {
    while (rules->count > count) {
        free_record(&rules->records[--rules->count]);
    }
}

void kept_rules_free(struct kept_rules *rules) {
    kept_rules_cut(rules, 0);
    memory_free(rules->records);
    *rules = (struct kept_rules){.records = NULL};
}
