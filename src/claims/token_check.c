#include "claims/checks.h"

#include "seal/beacon_number.h"
#include "seal/errors.h"
#include "seal/timestamp.h"

#include <stdlib.h>

struct authorities {
    struct timestamp_authority *list; // those that the rules name
    size_t count;
};

static bool is_named(const struct rules *rules, const struct hash *hash) {
    for (size_t i = 0; i < rules->authority_count; i++) {
        if (hash_equal(&rules->authorities[i], hash)) {
            return true;
        }
    }
    return false;
}

static bool read_authority(const struct evidence *evidence, const struct source *source,
                           struct authorities *authorities, struct error *error) {
    struct small_file file;
    struct timestamp_authority *authority = &authorities->list[authorities->count];
    if (!source_read(source, CERTIFICATE_BYTES_MAX, &file, error)) {
        return false;
    }
    bool done = timestamp_authority_read(small_file_text(&file), authority, error);
    small_file_free(&file);
    if (!done) {
        return false;
    }
    if (evidence->rules != NULL && !is_named(evidence->rules, &authority->hash)) {
        timestamp_authority_free(authority);
        return error_set(error, ERROR_FALSE_CLAIM, "is none that the rules name");
    }
    authorities->count++;
    return true;
}

static bool read_authorities(struct evidence *evidence, struct authorities *authorities,
                             struct error *error) {
    const struct given_files *files = &evidence->given->files[GIVEN_AUTHORITY];
    *authorities = (struct authorities){.list = calloc(files->count + 1, sizeof *authorities->list)};
    if (authorities->list == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for certificates");
    }
    for (size_t i = 0; i < files->count; i++) {
        char what[WHAT_BYTES];
        what_of(what, "tsa certificate", files->list[i]->path);
        if (!read_authority(evidence, files->list[i], authorities, error) &&
            !verdicts_refuse(&evidence->verdicts, what, error)) {
            return false;
        }
    }
    return true;
}

static void free_authorities(struct authorities *authorities) {
    for (size_t i = 0; i < authorities->count; i++) {
        timestamp_authority_free(&authorities->list[i]);
    }
    free(authorities->list);
}

// Whether one of the authorities has signed it.
static bool holds(const struct evidence *evidence, struct slice token, const struct authorities *authorities,
                  uint64_t *time, struct error *error) {
    for (size_t i = 0; i < authorities->count; i++) {
        if (timestamp_check(token, &evidence->seal_hash, &authorities->list[i], time, error)) {
            return true;
        }
        if (error->code == ERROR_NO_MEMORY) {
            return false;
        }
    }
    return false;
}

// Whether there is a certificate of every authority of the rules.
static bool has_all(const struct rules *rules, const struct authorities *authorities) {
    for (size_t i = 0; i < rules->authority_count; i++) {
        size_t at = 0;
        while (at < authorities->count && !hash_equal(&authorities->list[at].hash, &rules->authorities[i])) {
            at++;
        }
        if (at == authorities->count) {
            return false;
        }
    }
    return true;
}

// What nobody can say without who has signed a token; NULL: it is all there.
static const char *what_is_lacking(const struct evidence *evidence, const struct authorities *authorities) {
    if (!evidence->has_seal || evidence->rules == NULL) {
        return evidence->has_seal ? "no rules to check it with" : "no seal to check it with";
    }
    if (authorities->count > 0) {
        return NULL;
    }
    return given_file(evidence->given, GIVEN_AUTHORITY) == NULL
               ? "no --tsa-cert to check it with"
               : "no --tsa-cert that can be taken to check it with";
}

static bool say_stamped(struct evidence *evidence, const struct source *source, const char *what,
                        uint64_t time, struct error *error) {
    char at[TIME_TEXT_BYTES];
    time_text(time, at);
    verdicts_add(&evidence->verdicts, VERDICT_OK, what, "the seal was there at %s", at);
    return evidence_add_time(evidence, time, source->path, error);
}

// By whichever authority it is signed. *lacking is set where that cannot be said.
static bool check_signed(const struct evidence *evidence, struct slice token,
                         const struct authorities *authorities, const char **lacking, struct error *error) {
    uint64_t time;
    *lacking = what_is_lacking(evidence, authorities);
    if (*lacking != NULL) {
        return true;
    }
    if (holds(evidence, token, authorities, &time, error)) {
        return true;
    }
    if (error->code == ERROR_FALSE_CLAIM && !has_all(evidence->rules, authorities)) {
        *lacking = "is of none of the --tsa-cert, and the rules name another authority";
    }
    return *lacking != NULL;
}

// Whether a token that says it is of this time would show, with its certificate, that the seal was there
// before the pulse.
static bool would_show(const struct rules *rules, uint64_t time) {
    return rules != NULL && rules->authority_count > 0 && rules->how == RULES_BEACON &&
           beacon_time_holds(time, rules->pulse.time);
}

// Form, hash and time first, for which no certificate is needed: a file beside the draw is no reason to leave
// open what is false without it.
static bool check_token(struct evidence *evidence, const struct source *source, const char *what,
                        const struct authorities *authorities, struct error *error) {
    const struct hash *hash = evidence->has_seal ? &evidence->seal_hash : NULL;
    const char *lacking;
    struct small_file file;
    uint64_t time;
    if (!source_read(source, TIMESTAMP_BYTES_MAX, &file, error)) {
        return false;
    }
    struct slice token = small_file_text(&file);
    bool done = timestamp_read(token, hash, &time, error) &&
                check_signed(evidence, token, authorities, &lacking, error);
    small_file_free(&file);
    if (!done) {
        return false;
    }
    if (lacking == NULL) {
        return say_stamped(evidence, source, what, time, error);
    }
    verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, what, "%s", lacking);
    evidence->has_open_time |= would_show(evidence->rules, time);
    return true;
}

bool check_tokens(struct evidence *evidence, struct error *error) {
    const struct given_files *files = &evidence->given->files[GIVEN_TOKEN];
    struct authorities authorities;
    bool done = read_authorities(evidence, &authorities, error);
    for (size_t i = 0; done && i < files->count; i++) {
        char what[WHAT_BYTES];
        what_of(what, "token", files->list[i]->path);
        done = check_token(evidence, files->list[i], what, &authorities, error) ||
               verdicts_refuse(&evidence->verdicts, what, error);
    }
    free_authorities(&authorities);
    return done;
}
