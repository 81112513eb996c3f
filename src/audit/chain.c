#include "audit/chain.h"

#include "audit/events.h"
#include "base/clock.h"
#include "wire/json_text.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct error_code ERROR_BROKEN_CHAIN[1] = {{"broken_chain", false}};

static const char ending[] = "\",\"previous\":\"",
                  torn_field[] = ",\"event\":\"" AUDIT_RECOVERED "\",\"torn\":";

enum {
    BEGINNING_BYTES = sizeof CHAIN_BEGINNING - 1,
    TAIL_BYTES = CHAIN_HASH_BYTES - 1 + 2, // the hash, then "}
};

// The hash of `before` (NULL: nothing) followed by the line.
static void hash(const char *before, const char *line, size_t length, char text[CHAIN_HASH_BYTES]) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned bytes = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool made = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
                (before == NULL || EVP_DigestUpdate(context, before, strlen(before)) == 1) &&
                EVP_DigestUpdate(context, line, length) == 1 &&
                EVP_DigestFinal_ex(context, digest, &bytes) == 1;
    EVP_MD_CTX_free(context);
    if (!made) {
        abort(); // out of memory; without a hash the chain would be broken
    }
    for (unsigned i = 0; i < bytes; i++) {
        sprintf(text + 2 * (size_t)i, "%02x", digest[i]);
    }
}

void chain_begin(struct chain *chain) {
    *chain = (struct chain){0};
    memset(chain->hash, '0', CHAIN_HASH_BYTES - 1);
}

void chain_next_file(struct chain *chain) {
    chain->lines = 0;
}

// Writing it ----------------------------------------------------------------------------------------------

// Writes the line up to the time. Returns the length.
static size_t write_beginning(const struct chain *chain, char line[CHAIN_LINE_BYTES_MAX]) {
    return (size_t)sprintf(line, CHAIN_BEGINNING "%" PRIu64 ",\"at\":\"", chain->records + 1);
}

// Returns where the next byte goes, or NULL when the field does not fit.
static char *write_field(char *to, const char *end, const struct audit_field *field) {
    size_t text_length = field->text == NULL ? 0 : strlen(field->text);
    size_t most =
        strlen(field->name) + 32 + (field->text == NULL ? 0 : json_text_bytes(field->text, text_length));
    if (to == NULL || (size_t)(end - to) < most) {
        return NULL;
    }
    to += sprintf(to, ",\"%s\":", field->name);
    return field->text == NULL ? to + sprintf(to, "%" PRId64, field->number)
                               : json_text_write(to, field->text, text_length);
}

// Without the newline. Returns the length; 0 when the fields are too long.
static size_t write_line(const struct chain *chain, const char *at, const char *event,
                         const struct audit_field *fields, size_t count, char line[CHAIN_LINE_BYTES_MAX]) {
    const char *end = line + CHAIN_LINE_BYTES_MAX - sizeof ending - TAIL_BYTES - 1;
    char *to = line + write_beginning(chain, line);
    to += sprintf(to, "%s\",\"event\":\"%s\"", at, event);
    for (size_t i = 0; i < count; i++) {
        to = write_field(to, end, &fields[i]);
    }
    return to == NULL ? 0 : (size_t)(to + sprintf(to, "%s%s\"}", ending + 1, chain->hash) - line);
}

// Reading it ----------------------------------------------------------------------------------------------

// Where the hash of `previous` begins in the line; NULL when the line does not end as a record does.
static const char *find_previous(const char *line, size_t length) {
    size_t tail = TAIL_BYTES + sizeof ending - 2; // no quote before the comma if a number ends there
    if (length < tail || memcmp(line + length - 2, "\"}", 2) != 0 ||
        memcmp(line + length - tail, ending + 1, sizeof ending - 2) != 0) {
        return NULL;
    }
    return line + length - TAIL_BYTES;
}

// Whether it is longer than a record's beginning, and has that.
static bool begins(const char *line, size_t length) {
    return length > BEGINNING_BYTES && memcmp(line, CHAIN_BEGINNING, BEGINNING_BYTES) == 0;
}

static bool is_record(const struct chain *chain, const char *line, size_t length, char at[CHAIN_AT_BYTES]) {
    char beginning[CHAIN_LINE_BYTES_MAX];
    size_t begin = write_beginning(chain, beginning);
    if (length < begin + CHAIN_AT_BYTES || memcmp(line, beginning, begin) != 0 ||
        find_previous(line, length) == NULL || memchr(line, '\0', length) != NULL) {
        return false;
    }
    size_t at_length = strcspn(line + begin, "\"");
    if (at_length >= CHAIN_AT_BYTES) {
        return false;
    }
    memcpy(at, line + begin, at_length);
    at[at_length] = '\0';
    return true;
}

// Whether the line is itself cut off: the beginning of a record that reports the fragments before it.
static bool begins_to_report(const struct chain *chain, const char *line, size_t length) {
    char whole[CHAIN_LINE_BYTES_MAX], at[CHAIN_AT_BYTES];
    struct audit_field torn = {.name = "torn", .number = (int64_t)chain->torn_bytes};
    size_t begin = write_beginning(chain, whole), at_length = clock_utc_text(at);
    if (length > begin) { // its time may be anything
        memcpy(at, line + begin, length - begin < at_length ? length - begin : at_length);
    }
    return length < write_line(chain, at, AUDIT_RECOVERED, &torn, 1, whole) &&
           memcmp(line, whole, length) == 0;
}

// Whether the line reports the fragments before it.
static bool reports_torn(const struct chain *chain, const char *line, size_t length) {
    char field[64];
    int count = snprintf(field, sizeof field, "%s%zu,", torn_field, chain->torn_bytes);
    return memmem(line, length, field, (size_t)count) != NULL;
}

// Copies the name of the file that the line, a `continued` record, says it continues.
static void take_name(struct chain *chain, const char *line, size_t length) {
    static const char field[] = ",\"" AUDIT_FILE "\":\"";
    const char *found = memmem(line, length, field, sizeof field - 1), *end = find_previous(line, length);
    if (found != NULL) {
        found += sizeof field - 1;
        size_t bytes = (size_t)(end - found) - (sizeof ending - 1); // it is the last field before `previous`
        snprintf(chain->older_file, CHAIN_FILE_BYTES, "%.*s", (int)bytes, found);
    }
}

// Whether the line is the first of a file and says that it continues another; if so, the chain follows it.
static bool take_over(struct chain *chain, const char *line, size_t length) {
    static const char event[] = "\",\"event\":\"" AUDIT_CONTINUED "\"";
    struct chain before = *chain;
    char beginning[CHAIN_LINE_BYTES_MAX], at[CHAIN_AT_BYTES];
    unsigned long long number;
    if (chain->lines > 0 || chain->records > 0 || length < 8 || !begins(line, length)) {
        return false;
    }
    number = strtoull(line + BEGINNING_BYTES, NULL, 10);
    before.records = number - 1;
    const char *found = memmem(line, length, event, sizeof event - 1);
    if (number < 2 || !is_record(&before, line, length, at) || found == NULL ||
        found != line + write_beginning(&before, beginning) + strlen(at)) {
        return false;
    }
    chain->records = chain->older = number - 1;
    memcpy(chain->hash, find_previous(line, length), CHAIN_HASH_BYTES - 1);
    memcpy(chain->older_hash, chain->hash, CHAIN_HASH_BYTES);
    take_name(chain, line, length);
    return true;
}

static bool refuse(const struct chain *chain, const char *what, struct error *error) {
    return error_set(error, ERROR_BROKEN_CHAIN, "line %" PRIu64 ": %s", chain->lines + 1, what);
}

// Times have a fixed format, so comparing their text compares the times.
static void note_time(struct chain *chain, const char *at) {
    if (strcmp(at, chain->last_at) >= 0) {
        return;
    }
    if (chain->backwards++ == 0) {
        chain->backwards_line = chain->lines;
        snprintf(chain->backwards_at[0], CHAIN_AT_BYTES, "%s", at);
        snprintf(chain->backwards_at[1], CHAIN_AT_BYTES, "%s", chain->last_at);
    }
}

static void take_record(struct chain *chain, const char *line, size_t length, const char *at) {
    hash(NULL, line, length, chain->hash);
    chain->lines++;
    chain->records++;
    chain->torn_bytes = 0;
    note_time(chain, at);
    snprintf(chain->last_at, sizeof chain->last_at, "%s", at);
    if (chain->first_at[0] == '\0') {
        snprintf(chain->first_at, sizeof chain->first_at, "%s", at);
    }
}

static void take_torn(struct chain *chain, const char *line, size_t length) {
    char hashed[CHAIN_HASH_BYTES] = "";
    hash(chain->hash, line, length, hashed);
    memcpy(chain->hash, hashed, sizeof hashed);
    chain->lines++;
    if (chain->torn_bytes == 0) {
        chain->torn++;
        chain->torn_line = chain->lines;
    }
    chain->torn_bytes += length;
}

static bool refuse_torn(const struct chain *chain, struct error *error) {
    return error_set(error, ERROR_BROKEN_CHAIN, "line %" PRIu64 ": is not record %" PRIu64, chain->torn_line,
                     chain->records + 1);
}

// Whether the first line of a file is a whole record, but not with the number expected.
static bool begins_elsewhere(const char *line, size_t length) {
    return begins(line, length) && find_previous(line, length) != NULL;
}

static bool refuse_beginning(const struct chain *chain, const char *line, struct error *error) {
    unsigned long long number = strtoull(line + 5, NULL, 10);
    if (chain->records > 0) {
        return error_set(error, ERROR_BROKEN_CHAIN,
                         "line 1: is record %llu, but the file before ends with record %" PRIu64
                         ": it is another log, or records between them are missing",
                         number, chain->records);
    }
    return error_set(error, ERROR_BROKEN_CHAIN,
                     "line 1: is not record 1, but %llu, and does not continue another file: what "
                     "was before it is missing",
                     number);
}

bool chain_take(struct chain *chain, const char *line, size_t length, struct error *error) {
    char at[CHAIN_AT_BYTES];
    bool has_form = is_record(chain, line, length, at) ||
                    (take_over(chain, line, length) && is_record(chain, line, length, at));
    if (!has_form && length == 0) {
        return refuse(chain, "is empty", error);
    }
    if (chain->torn_bytes > 0 &&
        !(has_form ? reports_torn(chain, line, length) : begins_to_report(chain, line, length))) {
        return refuse_torn(chain, error);
    }
    if (!has_form && chain->lines == 0 && begins_elsewhere(line, length)) {
        return refuse_beginning(chain, line, error);
    }
    if (!has_form) {
        take_torn(chain, line, length); // a later record has to report it
        return true;
    }
    if (chain->torn_bytes == 0 && memmem(line, length, torn_field, sizeof torn_field - 1) != NULL) {
        return refuse(chain, "reports a fragment that is not there", error);
    }
    if (memcmp(find_previous(line, length), chain->hash, CHAIN_HASH_BYTES - 1) != 0) {
        return refuse(
            chain, "does not continue the line before: one of them was changed, or a line is missing", error);
    }
    take_record(chain, line, length, at);
    return true;
}

bool chain_end(const struct chain *chain, struct error *error) {
    return chain->torn_bytes == 0 || refuse_torn(chain, error);
}

bool chain_take_rest(struct chain *chain, const char *rest, size_t length, struct error *error) {
    if (chain_take(chain, rest, length, error)) {
        return true;
    }
    if (chain->torn_bytes > 0) {
        return false;
    }
    take_torn(chain, rest, length);
    return true;
}

size_t chain_write(struct chain *chain, const char *event, const struct audit_field *fields, size_t count,
                   char line[CHAIN_LINE_BYTES_MAX]) {
    char at[CHAIN_AT_BYTES];
    static_assert((int)CHAIN_AT_BYTES >= (int)CLOCK_TEXT_BYTES, "a time has room");
    clock_utc_text(at);
    size_t length = write_line(chain, at, event, fields, count, line);
    if (length > 0) {
        take_record(chain, line, length, at);
        line[length++] = '\n';
    }
    return length;
}
