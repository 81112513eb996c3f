#include "claims/evidence.h"

#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/instant.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdlib.h>

void evidence_begin(struct evidence *evidence, struct given *given) {
    *evidence = (struct evidence){.given = given};
    if (given->origin.text != NULL) {
        memcpy(evidence->origin, given->origin.text, given->origin.length);
    }
}

void evidence_end(struct evidence *evidence) {
    for (size_t i = 0; i < evidence->record_count; i++) {
        rules_free(evidence->records[i].rules);
    }
    for (size_t i = 0; i < evidence->copy_count; i++) {
        small_file_free(&evidence->copies[i]->file);
        free(evidence->copies[i]);
    }
    free(evidence->records);
    free(evidence->copies);
    free(evidence->times);
    free(evidence->proofs);
    free(evidence->entries);
    free(evidence->receipts);
    free(evidence->receipt_files);
    free(evidence->numbers);
    free(evidence->csv_numbers);
    verdicts_free(&evidence->verdicts);
    OPENSSL_cleanse(evidence, sizeof *evidence);
}

// Texts -----------------------------------------------------------------------------------------------------

void what_of(char what[WHAT_BYTES], const char *kind, const char *path) {
    snprintf(what, WHAT_BYTES, "%s %.900s", kind, path);
}

void bets_of(char text[BETS_BYTES], uint64_t first, uint64_t count) {
    if (count > 0) {
        snprintf(text, BETS_BYTES, "bets %" PRIu64 " to %" PRIu64, first, first + count - 1);
    } else {
        snprintf(text, BETS_BYTES, "no bets at %" PRIu64, first);
    }
}

void time_text(uint64_t seconds, char text[TIME_TEXT_BYTES]) {
    if (seconds <= INSTANT_MAX) {
        instant_format(seconds, text);
    } else {
        snprintf(text, TIME_TEXT_BYTES, "second %" PRIu64, seconds);
    }
}

void names_of(const struct vkey *keys, size_t count, char names[NAMES_BYTES]) {
    size_t length = 0;
    names[0] = '\0';
    for (size_t i = 0; i < count && length < NAMES_BYTES - 1; i++) {
        int more = snprintf(names + length, NAMES_BYTES - length, "%s%s", i == 0 ? "" : " or ", keys[i].name);
        length += (size_t)more;
    }
}

bool note_file_read(const struct source *source, const char *kind, struct note_file *file,
                    struct error *error) {
    *file = (struct note_file){.note = malloc(sizeof *file->note)};
    bool done = file->note == NULL ? error_set(error, ERROR_NO_MEMORY, "no memory for a note")
                                   : source_read(source, NOTE_BYTES_MAX, &file->file, error) &&
                                         note_parse(kind, small_file_text(&file->file), file->note, error);
    if (!done) {
        note_file_free(file);
    }
    return done;
}

void note_file_free(struct note_file *file) {
    small_file_free(&file->file);
    free(file->note);
    file->note = NULL;
}

// Whose -----------------------------------------------------------------------------------------------------

bool evidence_take_origin(struct evidence *evidence, struct slice origin, struct error *error) {
    if (evidence->origin[0] == '\0') {
        memcpy(evidence->origin, origin.text,
               origin.length); // of at most ORIGIN_BYTES_MAX, as all that are read
        evidence->origin[origin.length] = '\0';
    }
    return slice_is(origin, evidence->origin) ||
           error_set(error, ERROR_FALSE_CLAIM, "is of another draw: %.*s instead of %s", (int)origin.length,
                     origin.text, evidence->origin);
}

size_t evidence_keys(const struct evidence *evidence, const struct vkey **keys) {
    *keys = evidence->rules != NULL ? &evidence->rules->key : evidence->given->keys;
    return evidence->rules != NULL ? 1 : evidence->given->key_count;
}

const char *evidence_broken_word(const struct evidence *evidence) {
    const struct vkey *keys;
    return evidence_keys(evidence, &keys) > 0 ? ": the central broke its word" : "";
}

bool evidence_check_signed(const struct evidence *evidence, const struct note *note, bool *is_signed,
                           struct error *error) {
    const struct vkey *keys;
    size_t count = evidence_keys(evidence, &keys);
    *is_signed = false;
    for (size_t i = 0; i < count; i++) {
        bool has_signed;
        if (!note_check_if_signed(note, &keys[i], &has_signed, error)) {
            return false;
        }
        *is_signed = *is_signed || has_signed;
    }
    // A line of any key that is known is right.
    for (size_t i = 0; evidence->rules != NULL && i < evidence->given->key_count; i++) {
        const struct vkey *given = &evidence->given->keys[i];
        bool ignored;
        if (!vkey_equal(given, keys) && !note_check_if_signed(note, given, &ignored, error)) {
            return false;
        }
    }
    if (count > 0 && !*is_signed) {
        char names[NAMES_BYTES];
        names_of(keys, count, names);
        return error_set(error, ERROR_FALSE_CLAIM, "is not signed by %s", names);
    }
    return true;
}

static bool is_of_any(const struct note_signature *signature, const struct vkey *keys, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (note_signature_is_of(signature, &keys[i])) {
            return true;
        }
    }
    return false;
}

void evidence_tell_unknown(struct evidence *evidence, const char *what, const struct note *note,
                           const struct vkey *further, size_t further_count) {
    const struct vkey *keys;
    size_t count = evidence_keys(evidence, &keys);
    for (size_t i = 0; i < note->count; i++) {
        const struct note_signature *signature = &note->signatures[i];
        if (!is_of_any(signature, keys, count) &&
            !is_of_any(signature, evidence->given->keys, evidence->given->key_count) &&
            !is_of_any(signature, further, further_count)) {
            char id[HEX_TEXT_BYTES(KEY_ID_BYTES)];
            hex_encode(signature->id, KEY_ID_BYTES, id);
            verdicts_add(&evidence->verdicts, VERDICT_NOTE, what,
                         "line %zu is of a key that is not known, %.*s+%s", signature->line,
                         (int)signature->name.length, signature->name.text, id);
        }
    }
}

bool evidence_agency_key(const struct evidence *evidence, uint32_t agency, uint8_t key[AGENCY_KEY_BYTES]) {
    if (evidence->has_salt_key && agency == evidence->given->agency) {
        memcpy(key, evidence->salt_key, AGENCY_KEY_BYTES);
        return true;
    }
    if (!evidence->has_secret || evidence->origin[0] == '\0') {
        return false;
    }
    agency_key_make(evidence->secret, evidence_origin(evidence), agency, key);
    return true;
}

// The seal --------------------------------------------------------------------------------------------------

static bool check_size(const struct evidence *evidence, uint64_t size, struct error *error) {
    const struct rules *rules = evidence->rules;
    return rules == NULL || size == (uint64_t)rules->agencies + 1 ||
           error_set(error, ERROR_FALSE_CLAIM,
                     "is of %" PRIu64 " agencies, and the rules' record %" PRIu64 " has %" PRIu32, size - 1,
                     rules->number, rules->agencies);
}

bool evidence_take_seal(struct evidence *evidence, const struct checkpoint *seal, bool is_signed,
                        struct error *error) {
    char text[CHECKPOINT_BYTES_MAX];
    size_t length = checkpoint_write(seal, text);
    if (!check_size(evidence, seal->size, error)) {
        evidence->has_misfit = evidence->has_misfit || is_signed;
        return false;
    }
    if (!evidence->has_seal) {
        evidence->has_seal = true;
        memcpy(evidence->seal_text, text, length);
        evidence->seal_length = length;
        hash_of(text, length, &evidence->seal_hash);
        evidence->seal = *seal;
        evidence->seal.origin = evidence_origin(evidence);
    }
    if (length == evidence->seal_length && memcmp(text, evidence->seal_text, length) == 0) {
        return true;
    }
    evidence->has_second = true;
    return error_set(error, ERROR_FALSE_CLAIM, "is another seal of this draw%s",
                     is_signed ? ": two seals were signed. A fraud, whichever is right" : "");
}

bool evidence_keep_copy(struct evidence *evidence, struct note_file *file, const struct source *source,
                        struct error *error) {
    struct seal_copy **copies =
        reallocarray(evidence->copies, evidence->copy_count + 1, sizeof(struct seal_copy *));
    struct seal_copy *copy = malloc(sizeof *copy);
    evidence->copies = copies != NULL ? copies : evidence->copies;
    if (copies == NULL || copy == NULL) {
        free(copy);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the seal's copies");
    }
    *copy = (struct seal_copy){file->file, *file->note, source};
    file->file = (struct small_file){NULL, 0};
    copies[evidence->copy_count++] = copy;
    return true;
}

bool evidence_check_seal_hash(const struct evidence *evidence, const struct hash *hash, bool *is_sealed,
                              struct error *error) {
    *is_sealed = evidence->has_seal;
    return !evidence->has_seal || hash_equal(hash, &evidence->seal_hash) ||
           error_set(error, ERROR_FALSE_CLAIM, "is of another seal than this one");
}

bool evidence_add_time(struct evidence *evidence, uint64_t seconds, const char *who, struct error *error) {
    struct seal_time *times = reallocarray(evidence->times, evidence->time_count + 1, sizeof *times);
    if (times == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for times");
    }
    evidence->times = times;
    times[evidence->time_count].seconds = seconds;
    snprintf(times[evidence->time_count++].who, WHAT_BYTES, "%.900s", who);
    return true;
}

const struct agency_entry *evidence_entry(const struct evidence *evidence, uint32_t agency) {
    for (size_t i = 0; i < evidence->entry_count; i++) {
        if (evidence->entries[i].agency == agency) {
            return &evidence->entries[i];
        }
    }
    return NULL;
}

bool evidence_add_entry(struct evidence *evidence, const struct agency_entry *entry, struct error *error) {
    if (evidence_entry(evidence, entry->agency) != NULL) {
        return true; // both are in the one seal
    }
    struct agency_entry *entries =
        reallocarray(evidence->entries, evidence->entry_count + 1, sizeof *entries);
    if (entries == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for agencies");
    }
    evidence->entries = entries;
    entries[evidence->entry_count] = *entry;
    entries[evidence->entry_count++].origin = evidence_origin(evidence);
    return true;
}
