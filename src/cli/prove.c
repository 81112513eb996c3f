// `quiniela prove`: proofs that bets are in the sealed draw, for their bettors; an agency's key; and an
// agency's own proofs, without the central.
#include "cli/cli.h"

#include "bet/errors.h"
#include "cli/command.h"
#include "cli/conflicts.h"
#include "cli/help_prove_texts.h"
#include "cli/output_target.h"
#include "cli/proof_output.h"
#include "cli/prove_options.h"
#include "cli/sealed_store.h"
#include "prove/bet_proofs.h"
#include "prove/entry_proof.h"
#include "prove/own_proof.h"
#include "prove/salt_key.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>

const struct settings_command prove_command = {
    .name = "prove",
    .summary = HELP_PROVE_SUMMARY,
    .details = HELP_PROVE_DETAILS,
    .groups = prove_groups,
    CONFIG_OF_SERVER,
};

static struct proof_output output_of(const struct prove_options *options, const struct vkey *key) {
    bool is_folder = options->document != NULL && !options->page;
    return (struct proof_output){.kind = options->page ? PROOF_OUTPUT_PAGE
                                         : is_folder   ? PROOF_OUTPUT_FOLDER
                                                       : PROOF_OUTPUT_TEXT,
                                 .path = options->output,
                                 .key = key,
                                 .url = options->verify_url};
}

static bool end_output(struct proof_output *output, bool done, struct error *error) {
    if (done) {
        return proof_output_finish(output, error);
    }
    proof_output_drop(output);
    return false;
}

// Out of the store ------------------------------------------------------------------------------------------

static bool prove_stored(const struct prove_options *options, const struct sealed_store *sealed,
                         struct error *error) {
    const struct bet_selection selection = {options->agency, options->document, options->bet};
    struct proof_output output = output_of(options, sealed_draw_key(sealed->sealed));
    size_t count;
    bool done = bet_proofs_make(sealed->store, sealed->sealed, &sealed->kept, &selection, proof_output_put,
                                &output, &count, error);
    if (done && count == 0) {
        done = error_set(error, ERROR_STORE_FAILED, "no bet has the document \"%.40s\"", options->document);
    }
    if (!end_output(&output, done, error)) {
        return false;
    }
    if (options->document != NULL && options->output != NULL) {
        printf("%s: %zu %s\n", options->output, count, count == 1 ? "proof" : "proofs");
    }
    return true;
}

static bool write_whole(const char *path, const char *text, size_t length, struct error *error) {
    struct output_file *file;
    if (!output_file_open_whole(path, &file, error)) {
        return false;
    }
    if (!output_file_write(file, text, length, error)) {
        output_file_drop(&file);
        return false;
    }
    return output_file_finish(&file, error);
}

static bool write_entry(const struct prove_options *options, const struct sealed_store *sealed,
                        struct error *error) {
    char text[ENTRY_PROOF_BYTES_MAX];
    struct agency_entry entry;
    struct tlog_proof proof;
    struct draft draft;
    if (options->entry == NULL) {
        return true;
    }
    if (!entry_proof_make(sealed->store, sealed->sealed, &sealed->kept, options->agency, &entry, &proof,
                          error)) {
        return false;
    }
    draft_begin(&draft, text, sizeof text);
    entry_proof_put(&draft, &entry, &proof);
    return write_whole(options->entry, text, draft.length, error);
}

static bool write_key(const struct prove_options *options, const struct sealed_store *sealed,
                      struct error *error) {
    uint8_t key[AGENCY_KEY_BYTES];
    char text[SALT_KEY_TEXT_BYTES];
    if (!store_options_check_agency(&sealed->sealed->row, options->agency, error)) {
        return false;
    }
    sealed_draw_agency_key(sealed->sealed, options->agency, key);
    size_t length = salt_key_write(key, text);
    bool done = write_entry(options, sealed, error) && write_whole(options->output, text, length, error);
    OPENSSL_cleanse(key, sizeof key);
    OPENSSL_cleanse(text, sizeof text);
    if (done) {
        printf("%s: the key of agency %" PRIu32 ": for that agency alone\n", options->output,
               options->agency);
    }
    return done;
}

static bool use_store(const struct prove_options *options, enum prove_task task, struct error *error) {
    struct sealed_store sealed;
    if (!output_target_apart(options->output, options->store.address, error) ||
        (options->entry != NULL && !output_target_apart(options->entry, options->store.address, error)) ||
        !sealed_store_open(&options->store, options->seal_dir, &sealed, error)) {
        return false;
    }
    bool done =
        task == PROVE_KEY ? write_key(options, &sealed, error) : prove_stored(options, &sealed, error);
    sealed_store_close(&sealed);
    return done;
}

// By an agency ----------------------------------------------------------------------------------------------

static bool prove_own(const struct prove_options *options, struct error *error) {
    struct vkey key;
    struct error reason;
    if (options->central_key != NULL && !vkey_parse(slice_of(options->central_key), &key, &reason)) {
        return error_set(error, ERROR_BAD_SETTING, "--central-key: %s", reason.text);
    }
    const struct own_proof own = {options->csv,
                                  options->salt_key,
                                  options->seal,
                                  options->entry,
                                  options->agency,
                                  options->bet,
                                  options->central_key == NULL ? NULL : &key};
    struct proof_output output = output_of(options, own.key);
    return end_output(&output, own_proof_make(&own, proof_output_put, &output, error), error);
}

static bool check_unused(const struct prove_options *options, const struct settings *settings,
                         enum prove_task task, struct error *error) {
    const void *const of_store[] = {&options->store.address, &options->store.draw, &options->seal_dir},
                      *const of_page[] = {&options->verify_url};
    return (task != PROVE_OWN || conflicts_check_unused(settings, of_store, 3,
                                                        "an agency by itself (--csv) has no store", error)) &&
           (options->page || conflicts_check_unused(settings, of_page, 1, "it is of a --page", error));
}

int cli_prove(const struct command_line *line) {
    struct prove_options options;
    struct settings *settings;
    struct error error;
    enum prove_task task;
    int status;
    if (!command_begin(&prove_command, line, &options, &settings, &status)) {
        return status;
    }
    options.has_bet = settings_is_set(settings, &options.bet);
    command_keep_private();
    bool done = prove_options_task(&options, &task, &error) &&
                check_unused(&options, settings, task, &error) &&
                (task == PROVE_OWN ? prove_own(&options, &error) : use_store(&options, task, &error));
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&prove_command, &error);
}
