// Makes an agency of options: opens its files, reads its certificates.
#include "lib/options.h"

#include "agency/codes.h"
#include "agency/promises.h"
#include "base/path.h"
#include "base/random.h"
#include "lib/entry.h"
#include "tls/context.h"

#include <string.h>

static bool missing(const char *what, struct error *error) {
    return error_set(error, ERROR_BAD_SETTING, "%s: is missing", what);
}

static bool check(const struct quiniela_options *options, struct error *error) {
    if (options->agency == 0) {
        return missing("agency", error);
    }
    if (options->texts[OPTION_FILE] == NULL && options->bet[0] == '\0') {
        return missing("file", error);
    }
    return options->has_bets || options->only_checks || missing("servers", error);
}

static bool open_bets(const struct quiniela_options *options, struct dialogue_options *dialogue,
                      struct error *error) {
    size_t length = strlen(options->bet);
    if (length > 0) {
        struct chunk *single = chunk_new(1, length);
        dialogue->single = single;
        return single == NULL ? error_set(error, ERROR_NO_MEMORY, "no memory for a bet")
                              : chunk_add(single, options->bet, length, error);
    }
    if (!reader_open(options->texts[OPTION_FILE], &dialogue->reader, error)) {
        return false;
    }
    if (options->is_strict) {
        reader_set_strict(dialogue->reader);
    }
    return true;
}

static bool read_tls(const struct quiniela_options *options, struct tls_context **tls, struct error *error) {
    const struct tls_options files = {.certificate = options->texts[OPTION_CERTIFICATE],
                                      .key = options->texts[OPTION_KEY],
                                      .authority = options->texts[OPTION_AUTHORITY],
                                      .revocations = options->texts[OPTION_REVOCATIONS]};
    return files.authority == NULL || options->only_checks || tls_context_new(TLS_CLIENT, &files, tls, error);
}

// Receipts are appended to their file, so it must not be that of the bets.
static bool check_apart(const struct quiniela_options *options, struct error *error) {
    const char *bets = options->bet[0] != '\0' ? NULL : options->texts[OPTION_FILE];
    const char *receipts = options->texts[OPTION_RECEIPTS];
    struct stat one, other;
    bool is_same = bets != NULL &&
                   (strcmp(bets, receipts) == 0 ||
                    (stat(bets, &one) == 0 && stat(receipts, &other) == 0 && path_is_same(&one, &other)));
    return !is_same || error_set(error, ERROR_BAD_SETTING, "receipts: %.150s is the file of bets", receipts);
}

static bool open_promises(const struct quiniela_options *options, const struct tls_context *tls,
                          struct promises **promises, struct error *error) {
    const char *receipts = options->texts[OPTION_RECEIPTS];
    if (options->texts[OPTION_CENTRAL_KEY] == NULL || options->only_checks) {
        return true;
    }
    struct promises_options opened = {
        .agency = options->agency, .receipts = receipts, .asks_key = tls != NULL};
    return check_apart(options, error) &&
           vkey_parse(slice_of(options->texts[OPTION_CENTRAL_KEY]), &opened.key, error) &&
           promises_open(&opened, promises, error);
}

static struct agency_setup setup_of(const struct quiniela_options *options) {
    return (struct agency_setup){
        .dialogue =
            {
                .agency = options->agency,
                .bets = options->bets,
                .consult = options->consult,
                .has_consult = options->has_consult,
                .chunk_size = options->chunk_size,
                .window = options->window,
                .poll = options->polls,
                .answer_timeout_ms = options->answer_timeout_ms,
                .seed = random_seed(),
            },
        .memory = options->memory,
        .listener = options->listener,
        .resolver = options->resolver,
        .keep = options->keep,
        .keep_context = options->keep_context,
        .only_checks = options->only_checks,
    };
}

static void close_parts(struct agency_setup *setup) {
    struct dialogue_options *dialogue = &setup->dialogue;
    if (dialogue->reader != NULL) {
        reader_close(&dialogue->reader);
    }
    chunk_free((struct chunk *)dialogue->single);
    promises_close(&dialogue->promises);
    tls_context_release(setup->tls);
}

// What is told while the files are opened goes to the caller as it is.
static void on_event(void *context, const struct quiniela_event *event) {
    const struct quiniela_options *options = context;
    struct quiniela_event told = *event;
    told.bytes = sizeof told;
    told.agency = options->agency;
    if (options->listener.event != NULL) {
        options->listener.event(options->listener.context, &told);
    }
}

enum quiniela_code quiniela_agency_new(struct quiniela_options *options, struct quiniela_agency **agency) {
    struct error error;
    *agency = NULL;
    if (options->is_in_use) {
        return options_misuse(options);
    }
    if (!check(options, &error)) {
        return options_fail(options, &error);
    }
    const struct listener listener = {on_event, options};
    struct entry entry = entry_begin(&options->memory, &listener);
    struct agency_setup setup = setup_of(options);
    options->is_in_use = true;
    bool is_made = open_bets(options, &setup.dialogue, &error) && read_tls(options, &setup.tls, &error) &&
                   open_promises(options, setup.tls, &setup.dialogue.promises, &error) &&
                   agency_make(&setup, agency, &error);
    if (!is_made) {
        close_parts(&setup);
    }
    options->is_in_use = false;
    entry_end(&entry);
    return is_made ? QUINIELA_OK : options_fail(options, &error);
}
