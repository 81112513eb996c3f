#include "lib/options.h"

#include "agency/codes.h"
#include "agency/limits.h"
#include "bet/bet.h"
#include "bet/chunk.h"
#include "bet/limits.h"
#include "lib/entry.h"
#include "seal/vkey.h"

#include <stdio.h>
#include <string.h>

enum { CHUNK_BETS_DEFAULT = 1000, WINDOW_DEFAULT = 4, ANSWER_TIMEOUT_MS_DEFAULT = 30 * 1000 };

// From its making to its end ------------------------------------------------------------------------------

struct quiniela_options *quiniela_options_new(const struct quiniela_allocator *allocator) {
    struct memory memory = {0};
    if (allocator != NULL && (allocator->bytes != sizeof *allocator || allocator->allocate == NULL ||
                              allocator->resize == NULL || allocator->release == NULL)) {
        return NULL;
    }
    if (allocator != NULL) {
        memory =
            (struct memory){allocator->allocate, allocator->resize, allocator->release, allocator->context};
    }
    struct entry entry = entry_begin(&memory, NULL);
    struct quiniela_options *options = memory_zeroed(1, sizeof *options);
    entry_end(&entry);
    if (options != NULL) {
        options->memory = memory;
        options->chunk_size = CHUNK_BETS_DEFAULT;
        options->window = WINDOW_DEFAULT;
        options->answer_timeout_ms = ANSWER_TIMEOUT_MS_DEFAULT;
    }
    return options;
}

void quiniela_options_free(struct quiniela_options *options) {
    if (options == NULL || options->is_in_use) {
        return;
    }
    struct memory memory = options->memory;
    struct entry entry = entry_begin(&memory, NULL);
    for (int i = 0; i < OPTION_TEXTS; i++) {
        memory_free(options->texts[i]);
    }
    memory_free(options);
    entry_end(&entry);
}

const char *quiniela_options_error(const struct quiniela_options *options) {
    return options->error.text;
}

enum quiniela_code options_fail(struct quiniela_options *options, const struct error *error) {
    options->error = *error;
    return code_of(error->code);
}

enum quiniela_code options_misuse(struct quiniela_options *options) {
    static const struct error_code misuse[1] = {{"misuse", false}};
    struct error error;
    error_set(&error, misuse, "an agency is being made of these options");
    return options_fail(options, &error);
}

static enum quiniela_code refuse(struct quiniela_options *options, const char *what, const char *why) {
    struct error error;
    error_set(&error, ERROR_BAD_SETTING, "%s: %s", what, why);
    return options_fail(options, &error);
}

// Texts -----------------------------------------------------------------------------------------------------

// Copies of all of them, or none. A text that is NULL is no longer set.
static enum quiniela_code set_texts(struct quiniela_options *options, const enum option_text *which,
                                    const char *const *texts, size_t count) {
    char *copies[OPTION_TEXTS] = {0};
    bool is_done = true;
    if (options->is_in_use) {
        return options_misuse(options);
    }
    struct entry entry = entry_begin(&options->memory, NULL);
    for (size_t i = 0; i < count && is_done; i++) {
        copies[i] = texts[i] == NULL ? NULL : memory_duplicate(texts[i]);
        is_done = texts[i] == NULL || copies[i] != NULL;
    }
    for (size_t i = 0; i < count; i++) {
        char *useless = is_done ? options->texts[which[i]] : copies[i];
        if (is_done) {
            options->texts[which[i]] = copies[i];
        }
        memory_free(useless);
    }
    entry_end(&entry);
    if (is_done) {
        return QUINIELA_OK;
    }
    struct error error;
    error_set(&error, ERROR_NO_MEMORY, "no memory for the options");
    return options_fail(options, &error);
}

enum quiniela_code quiniela_options_set_file(struct quiniela_options *options, const char *path) {
    static const enum option_text which[] = {OPTION_FILE};
    if (path == NULL || path[0] == '\0') {
        return refuse(options, "file", "is missing");
    }
    enum quiniela_code code = set_texts(options, which, &path, 1);
    if (code == QUINIELA_OK) {
        options->bet[0] = '\0';
    }
    return code;
}

enum quiniela_code quiniela_options_set_tls(struct quiniela_options *options, const char *certificate,
                                            const char *key, const char *authority, const char *revocations) {
    static const enum option_text which[] = {OPTION_CERTIFICATE, OPTION_KEY, OPTION_AUTHORITY,
                                             OPTION_REVOCATIONS};
    const char *const texts[] = {certificate, key, authority, revocations};
    if ((certificate == NULL) != (key == NULL)) {
        return refuse(options, "tls", "a certificate needs its key, and a key its certificate");
    }
    if (authority == NULL && (certificate != NULL || revocations != NULL)) {
        return refuse(options, "tls", "the authority is missing, by which the central is known");
    }
    return set_texts(options, which, texts, sizeof texts / sizeof *texts);
}

enum quiniela_code quiniela_options_set_central_key(struct quiniela_options *options, const char *key,
                                                    const char *receipts) {
    static const enum option_text which[] = {OPTION_CENTRAL_KEY, OPTION_RECEIPTS};
    const char *const texts[] = {key, receipts};
    struct vkey parsed;
    struct error reason;
    if ((key == NULL) != (receipts == NULL)) {
        return refuse(options, "central_key", "a key needs a file for its receipts, and that file the key");
    }
    if (key != NULL && !vkey_parse(slice_of(key), &parsed, &reason)) {
        return refuse(options, "central_key", reason.text);
    }
    if (key != NULL && parsed.type != VKEY_ED25519) {
        return refuse(options, "central_key", "is the key of a witness, and not of a central");
    }
    return set_texts(options, which, texts, sizeof texts / sizeof *texts);
}

// The central ---------------------------------------------------------------------------------------------

enum quiniela_code quiniela_options_set_servers(struct quiniela_options *options, const char *servers) {
    struct addresses addresses;
    struct error reason;
    if (servers == NULL) {
        return refuse(options, "servers", "are missing");
    }
    if (!addresses_parse(servers, &addresses, &reason)) {
        return refuse(options, "servers", reason.text);
    }
    options->bets = addresses;
    options->has_bets = true;
    return QUINIELA_OK;
}

enum quiniela_code quiniela_options_set_consult_servers(struct quiniela_options *options,
                                                        const char *servers) {
    struct addresses addresses;
    struct error reason;
    options->has_consult = options->has_consult && servers != NULL;
    if (servers == NULL) {
        return QUINIELA_OK;
    }
    if (!addresses_parse(servers, &addresses, &reason)) {
        return refuse(options, "consult_servers", reason.text);
    }
    options->consult = addresses;
    options->has_consult = true;
    return QUINIELA_OK;
}

// The bets ------------------------------------------------------------------------------------------------

static const char *const bet_fields[BET_FIELDS] = {"first_name", "last_name", "document", "birthdate",
                                                   "number"};

// Writes the bet as a line of a file has it. Names the field that is wrong.
static enum quiniela_code write_bet(struct quiniela_options *options, const char *const fields[BET_FIELDS],
                                    char text[BET_TEXT_BYTES_MAX + 1]) {
    size_t length = 0;
    for (int i = 0; i < BET_FIELDS; i++) {
        if (fields[i] == NULL) {
            return refuse(options, bet_fields[i], "is missing");
        }
        if (strchr(fields[i], ',') != NULL || length + strlen(fields[i]) + 1 > BET_TEXT_BYTES_MAX) {
            return refuse(options, bet_fields[i], "has a comma, or is too long");
        }
        length += (size_t)sprintf(text + length, "%s%s", i == 0 ? "" : ",", fields[i]);
    }
    return QUINIELA_OK;
}

// By the rules of chunk_add, which are the central's.
static enum quiniela_code check_bet(struct quiniela_options *options, const char *text) {
    struct error error;
    struct entry entry = entry_begin(&options->memory, NULL);
    struct chunk *chunk = chunk_new(1, strlen(text));
    bool is_good = chunk == NULL ? error_set(&error, ERROR_NO_MEMORY, "no memory for a bet")
                                 : chunk_add(chunk, text, strlen(text), &error);
    chunk_free(chunk);
    entry_end(&entry);
    return is_good ? QUINIELA_OK : options_fail(options, &error);
}

enum quiniela_code quiniela_options_set_bet(struct quiniela_options *options, const char *first_name,
                                            const char *last_name, const char *document,
                                            const char *birthdate, const char *number) {
    const char *const fields[BET_FIELDS] = {first_name, last_name, document, birthdate, number};
    char text[BET_TEXT_BYTES_MAX + 1];
    enum quiniela_code code = write_bet(options, fields, text);
    code = code == QUINIELA_OK ? check_bet(options, text) : code;
    if (code == QUINIELA_OK) {
        snprintf(options->bet, sizeof options->bet, "%s", text);
    }
    return code;
}

// Numbers and functions -----------------------------------------------------------------------------------

enum quiniela_code quiniela_options_set_agency(struct quiniela_options *options, uint32_t agency) {
    if (agency == 0) {
        return refuse(options, "agency", "is 0; agencies are counted from 1 on");
    }
    options->agency = agency;
    return QUINIELA_OK;
}

enum quiniela_code quiniela_options_set_strict(struct quiniela_options *options, int strict) {
    options->is_strict = strict != 0;
    return QUINIELA_OK;
}

enum quiniela_code quiniela_options_set_check_only(struct quiniela_options *options, int check_only) {
    options->only_checks = check_only != 0;
    return QUINIELA_OK;
}

enum quiniela_code quiniela_options_set_chunk_size(struct quiniela_options *options, uint32_t bets) {
    if (bets == 0 || bets > CHUNK_BETS_MAX) {
        return refuse(options, "chunk_size", "is not between 1 and what fits 1 MiB");
    }
    options->chunk_size = bets;
    return QUINIELA_OK;
}

enum quiniela_code quiniela_options_set_window(struct quiniela_options *options, uint32_t chunks) {
    if (chunks == 0 || chunks > WINDOW_MAX) {
        return refuse(options, "window", "is not between 1 and 64");
    }
    options->window = chunks;
    return QUINIELA_OK;
}

enum quiniela_code quiniela_options_set_poll(struct quiniela_options *options, int poll) {
    options->polls = poll != 0;
    return QUINIELA_OK;
}

enum quiniela_code quiniela_options_set_answer_timeout_ms(struct quiniela_options *options,
                                                          uint64_t timeout_ms) {
    if (timeout_ms > ANSWER_TIMEOUT_MS_MAX) {
        return refuse(options, "answer_timeout_ms", "is longer than a day");
    }
    options->answer_timeout_ms = (uint32_t)timeout_ms;
    return QUINIELA_OK;
}

enum quiniela_code quiniela_options_set_events(struct quiniela_options *options,
                                               quiniela_event_function *event, void *context) {
    options->listener = (struct listener){event, context};
    return QUINIELA_OK;
}

enum quiniela_code quiniela_options_set_keep(struct quiniela_options *options, quiniela_keep_function *keep,
                                             void *context) {
    options->keep = keep;
    options->keep_context = context;
    return QUINIELA_OK;
}

enum quiniela_code quiniela_options_set_resolver(struct quiniela_options *options,
                                                 const struct quiniela_resolver *resolver) {
    if (resolver != NULL && resolver->bytes != sizeof *resolver) {
        return refuse(options, "resolver", "is not of the size that this version knows: set its bytes");
    }
    if (resolver != NULL && (resolver->start == NULL || resolver->cancel == NULL)) {
        return refuse(options, "resolver", "needs both of its functions");
    }
    options->resolver = resolver == NULL ? (struct quiniela_resolver){0} : *resolver;
    return QUINIELA_OK;
}
