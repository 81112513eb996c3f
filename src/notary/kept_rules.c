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

// Whom a record must be of.
struct signer {
    const struct vkey *key;
    bool may_vouch; // for another key that the record names
};

// The key of the record before is the draw's already: a line of the one that has vouched for it is not
// needed any more, and must be right where there is one.
static bool check_signer(const struct note *note, const struct rules *rules, const struct rules *before,
                         const struct signer *signer, struct error *error) {
    bool has_signed;
    if (vkey_equal(&rules->key, signer->key)) {
        return note_check(note, signer->key, error);
    }
    if (!signer->may_vouch) {
        return note_check(note, signer->key, error) &&
               error_set(error, ERROR_FALSE_CLAIM, "the rules name another key, of %s", rules->key.name);
    }
    return (before == NULL ? note_check(note, signer->key, error)
                           : note_check_if_signed(note, signer->key, &has_signed, error)) &&
           note_check(note, &rules->key, error);
}

// Reads the note into the record, whose memory is freed by the caller either way.
static bool read_record(struct kept_record *record, const struct rules *before, const struct signer *signer,
                        struct note *note, struct error *error) {
    if (!note_parse("the rules", (struct slice){record->note, record->size}, note, error)) {
        return false;
    }
    record->rules = rules_parse(note->text, error);
    return record->rules != NULL && check_signer(note, record->rules, before, signer, error) &&
           comes_next(before, record->rules, error);
}

static bool make_record(struct slice bytes, const struct rules *before, const struct signer *signer,
                        struct kept_record *record, struct error *error) {
    struct note *note = memory_allocate(sizeof *note);
    *record = (struct kept_record){.note = memory_allocate(bytes.length + 1), .size = bytes.length};
    bool done = note != NULL && record->note != NULL;
    if (done) {
        if (bytes.length > 0) { // an empty one may be of NULL
            memcpy(record->note, bytes.text, bytes.length);
        }
        done = read_record(record, before, signer, note, error);
    } else {
        error_set(error, ERROR_NO_MEMORY, "no memory for the rules");
    }
    memory_free(note);
    if (!done) {
        free_record(record);
    }
    return done;
}

static bool add(struct kept_rules *rules, struct slice note, const struct signer *signer,
                struct error *error) {
    struct kept_record record;
    if (!make_record(note, kept_rules_newest(rules), signer, &record, error)) {
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

bool kept_rules_add(struct kept_rules *rules, struct slice note, const struct vkey *key,
                    struct error *error) {
    return add(rules, note, &(struct signer){key, false}, error);
}

bool kept_rules_add_vouched(struct kept_rules *rules, struct slice note, const struct vkey *key,
                            struct error *error) {
    return add(rules, note, &(struct signer){key, true}, error);
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
