#include "claims/checks.h"

#include "seal/errors.h"
#include "seal/pulse.h"
#include "seal/pulse_json.h"

#include <inttypes.h>
#include <stdlib.h>

static const struct rules_pulse *named_pulse(const struct evidence *evidence) {
    const struct rules *rules = evidence->rules;
    return rules != NULL && rules->how == RULES_BEACON ? &rules->pulse : NULL;
}

// The certificate -------------------------------------------------------------------------------------------

static bool take_certificate(struct evidence *evidence, const struct source *source, const char *what,
                             struct pulse_certificate *certificate, struct error *error) {
    const struct rules_pulse *named = named_pulse(evidence);
    struct small_file file;
    if (!source_read(source, CERTIFICATE_BYTES_MAX, &file, error)) {
        return false;
    }
    bool done = pulse_certificate_read(small_file_text(&file), certificate, error);
    small_file_free(&file);
    if (!done || named == NULL) {
        return done;
    }
    if (memcmp(certificate->id, named->certificate_id, CERTIFICATE_ID_BYTES) != 0 ||
        !hash_equal(&certificate->public_key, &named->public_key)) {
        pulse_certificate_free(certificate);
        return error_set(error, ERROR_FALSE_CLAIM, "is not the one that the rules name");
    }
    verdicts_add(&evidence->verdicts, VERDICT_OK, what, "is the one that the rules name");
    return true;
}

// *has_one: there is a certificate that the rules name; the caller frees it.
static bool read_certificate(struct evidence *evidence, struct pulse_certificate *certificate, bool *has_one,
                             struct error *error) {
    const struct source *source = given_file(evidence->given, GIVEN_CERTIFICATE);
    char what[WHAT_BYTES];
    *has_one = false;
    if (source == NULL) {
        return true;
    }
    what_of(what, "nist certificate", source->path);
    *has_one = take_certificate(evidence, source, what, certificate, error);
    return *has_one || verdicts_refuse(&evidence->verdicts, what, error);
}

// The pulse -------------------------------------------------------------------------------------------------

// What is signed, and its output, SHA-512 of that and the signature: computed, and equal to the one given.
static bool check_output(const struct pulse *pulse, struct error *error) {
    uint8_t message[PULSE_MESSAGE_BYTES_MAX], output[LONG_HASH_BYTES];
    size_t length = pulse_message(pulse, message);
    long_hash_of_two(message, length, pulse->signature, pulse->signature_length, output);
    return (pulse->output.length == sizeof output &&
            memcmp(output, pulse->output.bytes, sizeof output) == 0) ||
           error_set(error, ERROR_FALSE_CLAIM, "the pulse has an output that is not its own");
}

// Without the certificate, the rules' own pins stand for it: the pulse is the one that they name, but whose
// signature it has is not known.
static bool is_named(const struct pulse *pulse, const struct pulse_certificate *certificate,
                     const struct rules_pulse *named, struct error *error) {
    struct pulse_certificate pinned = {.key = NULL, .public_key = named->public_key};
    memcpy(pinned.id, named->certificate_id, sizeof pinned.id);
    return pulse_is_named(pulse, certificate != NULL ? certificate : &pinned, named, error);
}

static bool take_pulse(struct evidence *evidence, const struct pulse *pulse, const char *what,
                       const struct pulse_certificate *certificate, struct error *error) {
    const struct rules *rules = evidence->rules;
    if (!check_output(pulse, error)) {
        return false;
    }
    if (rules != NULL && rules->how != RULES_BEACON) {
        return error_set(error, ERROR_FALSE_CLAIM, "the rules take a %s number, and no pulse",
                         rules->how == RULES_FIXED ? "fixed" : "manual");
    }
    if ((rules != NULL && !is_named(pulse, certificate, &rules->pulse, error)) ||
        (certificate != NULL && !pulse_check(pulse, certificate, error))) {
        return false;
    }
    bool is_whole = rules != NULL && certificate != NULL;
    verdicts_add(&evidence->verdicts, is_whole ? VERDICT_OK : VERDICT_NOT_CHECKED, what,
                 "of %.*s, chain %" PRIu64 ", index %" PRIu64 ": %s", (int)pulse->time_stamp.length,
                 pulse->time_stamp.text, pulse->chain, pulse->index,
                 rules == NULL ? "no rules, which name the pulse"
                 : is_whole    ? "the one that the rules name, signed"
                 : given_file(evidence->given, GIVEN_CERTIFICATE) == NULL
                     ? "no certificate (--nist-cert) to check its signature with, and the rules' is the "
                       "central's word"
                     : "no certificate (--nist-cert) that can be taken to check its signature with, and the "
                       "rules' is the central's word");
    return true;
}

static bool read_pulse(const struct source *source, struct pulse *pulse, struct error *error) {
    struct small_file file;
    if (!source_read(source, PULSE_BYTES_MAX, &file, error)) {
        return false;
    }
    bool done = pulse_json_read(small_file_text(&file), pulse, error);
    small_file_free(&file);
    return done;
}

static bool check_with(struct evidence *evidence, const struct pulse_certificate *certificate,
                       bool *has_output, uint8_t output[BEACON_OUTPUT_BYTES], struct error *error) {
    const struct source *source = given_file(evidence->given, GIVEN_PULSE);
    char what[WHAT_BYTES];
    struct pulse *pulse = calloc(1, sizeof *pulse);
    if (pulse == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the pulse");
    }
    what_of(what, "pulse", source->path);
    *has_output = read_pulse(source, pulse, error) && take_pulse(evidence, pulse, what, certificate, error);
    if (*has_output) {
        memcpy(output, pulse->output.bytes, BEACON_OUTPUT_BYTES);
    }
    free(pulse);
    return *has_output || verdicts_refuse(&evidence->verdicts, what, error);
}

bool check_pulse(struct evidence *evidence, bool *has_output, uint8_t output[BEACON_OUTPUT_BYTES],
                 struct error *error) {
    struct pulse_certificate certificate;
    bool has_certificate;
    *has_output = false;
    if (!read_certificate(evidence, &certificate, &has_certificate, error)) {
        return false;
    }
    bool done = given_file(evidence->given, GIVEN_PULSE) == NULL ||
                check_with(evidence, has_certificate ? &certificate : NULL, has_output, output, error);
    if (has_certificate) {
        pulse_certificate_free(&certificate);
    }
    return done;
}
