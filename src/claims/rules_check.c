#include "claims/checks.h"

#include "seal/errors.h"
#include "seal/rules_chain.h"

#include <inttypes.h>
#include <stdlib.h>

static const char *const hows[] = {
    [RULES_FIXED] = "fixed", [RULES_MANUAL] = "manual", [RULES_BEACON] = "beacon"};

// Whether one of the keys given has signed; refuses a wrong signature of any.
static bool is_trusted(const struct evidence *evidence, const struct note *note, bool *trusted,
                       struct error *error) {
    *trusted = false;
    for (size_t i = 0; i < evidence->given->key_count; i++) {
        bool has_signed;
        if (!note_check_if_signed(note, &evidence->given->keys[i], &has_signed, error)) {
            return false;
        }
        *trusted = *trusted || has_signed;
    }
    return true;
}

static bool keep_record(struct evidence *evidence, struct rules *rules, bool trusted, struct error *error) {
    struct rules_record *records =
        reallocarray(evidence->records, evidence->record_count + 1, sizeof *records);
    if (records == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the rules");
    }
    evidence->records = records;
    records[evidence->record_count++] = (struct rules_record){rules, trusted};
    return true;
}

static bool take_record(struct evidence *evidence, const char *what, const struct note *note,
                        struct error *error) {
    bool trusted;
    struct rules *rules = rules_parse(note->text, error);
    if (rules == NULL) {
        return false;
    }
    if (!note_check(note, &rules->key, error) || !is_trusted(evidence, note, &trusted, error) ||
        !evidence_take_origin(evidence, rules->origin, error) ||
        !keep_record(evidence, rules, trusted, error)) {
        rules_free(rules);
        return false;
    }
    verdicts_add(&evidence->verdicts, VERDICT_OK, what,
                 "record %" PRIu64 " of %s, signed by %s: %" PRIu32 " agencies, number %s", rules->number,
                 evidence->origin, rules->key.name, rules->agencies, hows[rules->how]);
    evidence_tell_unknown(evidence, what, note, &rules->key, 1);
    return true;
}

static bool check_record(struct evidence *evidence, const struct source *source, struct error *error) {
    char what[WHAT_BYTES];
    struct note_file file;
    what_of(what, "rules", source->path);
    bool done = note_file_read(source, "the rules", &file, error);
    if (done) {
        done = take_record(evidence, what, file.note, error);
        note_file_free(&file);
    }
    return done || verdicts_refuse(&evidence->verdicts, what, error);
}

static bool check_chain(struct evidence *evidence, struct error *error) {
    const struct rules **records = calloc(evidence->record_count, sizeof(struct rules *));
    if (records == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the rules");
    }
    for (size_t i = 0; i < evidence->record_count; i++) {
        records[i] = evidence->records[i].rules;
    }
    bool is_chain = rules_newest(records, evidence->record_count, &evidence->rules, error);
    free(records);
    if (!is_chain) {
        evidence->rules = NULL;
        return verdicts_refuse(&evidence->verdicts, "rules", error);
    }
    if (evidence->rules->number == 0) {
        verdicts_add(&evidence->verdicts, VERDICT_OK, "rules", "record 0 is the only one given");
    } else {
        verdicts_add(&evidence->verdicts, VERDICT_OK, "rules", "records 0 to %" PRIu64 " are one chain",
                     evidence->rules->number);
    }
    return true;
}

// Whether a key given has signed the first record, which names the rules' key: no later one can name another.
static bool is_vouched_for(const struct evidence *evidence) {
    for (size_t i = 0; i < evidence->record_count; i++) {
        if (evidence->records[i].rules->number == 0 && evidence->records[i].is_trusted) {
            return true;
        }
    }
    return false;
}

static void check_key(struct evidence *evidence) {
    const struct given *given = evidence->given;
    const struct rules *rules = evidence->rules;
    struct verdicts *verdicts = &evidence->verdicts;
    if (given->key_count == 0) {
        verdicts_add(verdicts, VERDICT_NOT_CHECKED, "key", "%s",
                     rules != NULL ? "no --key: the key in the rules vouches only for itself"
                                   : "no --key, and no rules");
        return;
    }
    if (rules == NULL) {
        return;
    }
    for (size_t i = 0; i < given->key_count; i++) {
        if (vkey_equal(&given->keys[i], &rules->key)) {
            verdicts_add(verdicts, VERDICT_OK, "key", "the rules' key is the one given, %s", rules->key.name);
            return;
        }
    }
    if (is_vouched_for(evidence)) {
        verdicts_add(verdicts, VERDICT_OK, "key",
                     "the rules' key, %s, is another, and the one given has signed these rules, too",
                     rules->key.name);
    } else {
        char text[VKEY_TEXT_BYTES];
        vkey_format(&rules->key, text);
        verdicts_add(verdicts, VERDICT_FALSE, "key", "the rules' key, %s, is none of those given", text);
    }
}

bool check_rules(struct evidence *evidence, struct error *error) {
    const struct given_files *files = &evidence->given->files[GIVEN_RULES];
    for (size_t i = 0; i < files->count; i++) {
        if (!check_record(evidence, files->list[i], error)) {
            return false;
        }
    }
    if (evidence->record_count > 0 && !check_chain(evidence, error)) {
        return false;
    }
    if (evidence->rules != NULL || files->count == 0) {
        check_key(evidence);
    }
    return true;
}
