#include "notary/notary.h"

#include "base/memory.h"
#include "notary/key_file.h"
#include "notary/key_list.h"
#include "notary/small_file.h"
#include "seal/instant.h"
#include "seal/origin.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { WITNESSES_MAX = NOTE_SIGNATURES_MAX - 1 }; // on one note with the server's own signature

static bool is_set(const char *text) {
    return text != NULL && text[0] != '\0';
}

// Puts the setting's name before what is wrong. A file that is not there is a wrong setting, as others are: a
// start with the same one fails again. Returns false.
static bool blame(const char *setting, struct error *error) {
    const struct error reason = *error;
    return error_set(error, reason.code == ERROR_SYSTEM ? ERROR_BAD_SETTING : reason.code, "%s: %s", setting,
                     reason.text);
}

// Keys ----------------------------------------------------------------------------------------------------

static bool read_own_key(const struct notary_options *options, struct notary *notary, struct error *error) {
    if (!is_set(options->name)) {
        return error_set(error, ERROR_BAD_SETTING,
                         "SIGN_NAME: is missing: SIGN_KEY signs under a name, such as "
                         "lottery.example/central");
    }
    if (!sign_name_is_valid(slice_of(options->name))) {
        return error_set(
            error, ERROR_BAD_SETTING,
            "SIGN_NAME: \"%.120s\" is no name, such as lottery.example/central: lower case letters, digits, "
            "'.' and '-', then any parts behind '/', at most %d bytes",
            options->name, SIGN_NAME_BYTES_MAX);
    }
    if (!key_file_read(options->key, options->name, &notary->key, error)) {
        return blame("SIGN_KEY", error);
    }
    notary->terms.key = *signing_key_public(notary->key);
    return true;
}

static bool read_previous_key(const struct notary_options *options, struct notary *notary,
                              struct error *error) {
    if (!is_set(options->previous_key)) {
        return true;
    }
    const char *name = is_set(options->previous_name) ? options->previous_name : options->name;
    if (!key_file_read(options->previous_key, name, &notary->previous, error)) {
        return blame("PREVIOUS_SIGN_KEY", error);
    }
    return !vkey_same_public_key(signing_key_public(notary->previous), &notary->terms.key) ||
           error_set(error, ERROR_BAD_SETTING, "PREVIOUS_SIGN_KEY: is the key of SIGN_KEY");
}

// Lists ---------------------------------------------------------------------------------------------------

static bool read_keys(const char *setting, const char *text, enum vkey_type type, const struct vkey *own,
                      struct key_list *list, struct error *error) {
    if (!key_list_read(is_set(text) ? text : "", type, list, error)) {
        return blame(setting, error);
    }
    for (size_t i = 0; i < list->count; i++) {
        if (vkey_same_public_key(&list->keys[i], own)) {
            return error_set(error, ERROR_BAD_SETTING, "%s: %s has the server's own key", setting,
                             list->keys[i].name);
        }
    }
    return true;
}

static bool read_approvers(const struct notary_options *options, struct rules *terms, struct error *error) {
    struct key_list list = {NULL, 0};
    bool done = read_keys("APPROVERS", options->approvers, VKEY_ED25519, &terms->key, &list, error);
    terms->approvers = list.keys;
    terms->approver_count = list.count;
    terms->approvals = options->approvals;
    if (!done) {
        return false;
    }
    if (options->how != RULES_MANUAL && (list.count > 0 || options->approvals > 0)) {
        return error_set(error, ERROR_BAD_SETTING, "APPROVERS: a number is approved with NUMBER=manual only");
    }
    return (options->approvals > 0) == (list.count > 0) && options->approvals <= list.count
               ? true
               : error_set(error, ERROR_BAD_SETTING,
                           "APPROVALS: is %" PRIu32 ", and APPROVERS has %zu keys: at least one, and "
                           "at most as many as there are, or neither is set",
                           options->approvals, list.count);
}

static bool read_witnesses(const struct notary_options *options, struct rules *terms, struct error *error) {
    struct key_list list = {NULL, 0};
    bool done = read_keys("WITNESSES", options->witnesses, VKEY_COSIGNATURE, &terms->key, &list, error);
    terms->witnesses = list.keys;
    terms->witness_count = list.count;
    return done && (list.count <= WITNESSES_MAX ||
                    error_set(error, ERROR_BAD_SETTING,
                              "WITNESSES: has %zu keys, and a seal has room for the signatures of %d",
                              list.count, WITNESSES_MAX));
}

static int compare_hashes(const void *one, const void *other) {
    return memcmp(one, other, HASH_BYTES);
}

// Keeps the authority's certificate, too. It is freed with the notary, or here.
static bool keep_authority(struct notary *notary, struct timestamp_authority *authority) {
    struct rules *terms = &notary->terms;
    size_t count = terms->authority_count;
    struct hash *hashes = memory_resize_array(terms->authorities, count + 1, sizeof *hashes);
    terms->authorities = hashes != NULL ? hashes : terms->authorities;
    struct timestamp_authority *authorities =
        memory_resize_array(notary->authorities, count + 1, sizeof *authorities);
    notary->authorities = authorities != NULL ? authorities : notary->authorities;
    if (hashes == NULL || authorities == NULL) {
        timestamp_authority_free(authority);
        return false;
    }
    hashes[count] = authority->hash;
    authorities[count] = *authority;
    terms->authority_count++;
    return true;
}

static bool add_authority(struct notary *notary, const char *path, struct error *error) {
    const struct rules *terms = &notary->terms;
    struct small_file file;
    struct timestamp_authority authority;
    struct error reason;
    if (!small_file_read(path, CERTIFICATE_BYTES_MAX, &file, error)) {
        return blame("TSA_CERTS", error);
    }
    bool done = timestamp_authority_read(small_file_text(&file), &authority, &reason);
    small_file_free(&file);
    if (!done) {
        return error_set(error, ERROR_BAD_SETTING, "TSA_CERTS: %.150s: %s", path, reason.text);
    }
    for (size_t i = 0; i < terms->authority_count; i++) {
        if (hash_equal(&terms->authorities[i], &authority.hash)) {
            timestamp_authority_free(&authority);
            return error_set(error, ERROR_BAD_SETTING, "TSA_CERTS: %.150s: is there twice", path);
        }
    }
    return keep_authority(notary, &authority) || error_set(error, ERROR_NO_MEMORY, "no memory for TSA_CERTS");
}

static bool read_authorities(const struct notary_options *options, struct notary *notary,
                             struct error *error) {
    struct rules *terms = &notary->terms;
    char path[PATH_MAX];
    for (const char *at = is_set(options->authorities) ? options->authorities : ""; *at != '\0';) {
        size_t length = strcspn(at, ",");
        if (length == 0 || length >= sizeof path) {
            return error_set(error, ERROR_BAD_SETTING, "TSA_CERTS: has a name of %zu bytes", length);
        }
        memcpy(path, at, length);
        path[length] = '\0';
        if (!add_authority(notary, path, error)) {
            return false;
        }
        at += length + (at[length] == ',');
    }
    if (terms->authority_count > 0) {
        qsort(terms->authorities, terms->authority_count, sizeof *terms->authorities, compare_hashes);
    }
    return true;
}

// The beacon ----------------------------------------------------------------------------------------------

static bool read_certificate(const char *path, struct notary *notary, struct error *error) {
    struct rules_pulse *pulse = &notary->terms.pulse;
    struct pulse_certificate *certificate = &notary->certificate;
    struct small_file file;
    struct error reason;
    if (!small_file_read(path, CERTIFICATE_BYTES_MAX, &file, error)) {
        return blame("BEACON_CERT", error);
    }
    bool done = pulse_certificate_read(small_file_text(&file), certificate, &reason);
    small_file_free(&file);
    if (!done) {
        return error_set(error, ERROR_BAD_SETTING, "BEACON_CERT: %.150s: %s", path, reason.text);
    }
    notary->has_certificate = true;
    memcpy(pulse->certificate_id, certificate->id, sizeof pulse->certificate_id);
    pulse->public_key = certificate->public_key;
    return true;
}

static bool read_pulse(const struct notary_options *options, struct notary *notary, struct error *error) {
    const struct rules *terms = &notary->terms;
    struct rules_pulse *pulse = &notary->terms.pulse;
    if (options->how != RULES_BEACON) {
        return (!is_set(options->pulse) && !is_set(options->certificate)) ||
               error_set(error, ERROR_BAD_SETTING, "%s: is of NUMBER=beacon only",
                         is_set(options->pulse) ? "BEACON_PULSE" : "BEACON_CERT");
    }
    if (!is_set(options->pulse) || !is_set(options->certificate)) {
        return error_set(error, ERROR_BAD_SETTING, "%s: is missing: NUMBER=beacon names one pulse beforehand",
                         is_set(options->pulse) ? "BEACON_CERT" : "BEACON_PULSE");
    }
    if (!instant_parse(slice_of(options->pulse), &pulse->time) || pulse->time % 60 != 0) {
        return error_set(error, ERROR_BAD_SETTING,
                         "BEACON_PULSE: \"%.60s\" is no whole minute such as 2026-11-25T21:15:00Z",
                         options->pulse);
    }
    if (terms->witness_count == 0 && terms->authority_count == 0) {
        return error_set(error, ERROR_BAD_SETTING,
                         "NUMBER: beacon needs a witness (WITNESSES) or a time-stamping authority "
                         "(TSA_CERTS): else nobody can tell that the seal is older than "
                         "the pulse");
    }
    pulse->chain = options->chain;
    return read_certificate(options->certificate, notary, error);
}

static bool read_all(const struct notary_options *options, struct notary *notary, struct error *error) {
    struct rules *terms = &notary->terms;
    terms->how = options->how;
    return read_own_key(options, notary, error) && read_previous_key(options, notary, error) &&
           read_approvers(options, terms, error) && read_witnesses(options, terms, error) &&
           read_authorities(options, notary, error) && read_pulse(options, notary, error);
}

bool notary_open(const struct notary_options *options, struct notary **notary, struct error *error) {
    *notary = memory_zeroed(1, sizeof **notary);
    if (*notary == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the signing key");
    }
    if (!read_all(options, *notary, error)) {
        notary_close(notary);
        return false;
    }
    return true;
}

void notary_close(struct notary **notary) {
    if (*notary == NULL) {
        return;
    }
    signing_key_free((*notary)->key);
    signing_key_free((*notary)->previous);
    for (size_t i = 0; i < (*notary)->terms.authority_count; i++) {
        timestamp_authority_free(&(*notary)->authorities[i]);
    }
    memory_free((*notary)->authorities);
    if ((*notary)->has_certificate) {
        pulse_certificate_free(&(*notary)->certificate);
    }
    memory_free((*notary)->terms.approvers);
    memory_free((*notary)->terms.witnesses);
    memory_free((*notary)->terms.authorities);
    memory_free(*notary);
    *notary = NULL;
}
