#include "cli/config_signing.h"

#include "cli/shown_name.h"
#include "ledger/previous_signer.h"
#include "ledger/rules_note.h"
#include "ledger/signing_preview.h"
#include "notary/folder.h"

#include <limits.h>
#include <stdio.h>

static bool open_reader(void *context, const char *draw, struct store **store, struct error *error) {
    const struct server_options *options = context;
    return store_open(options->store.address, draw, STORE_READ, store, error);
}

// A draw that is to be signed needs the key of the one before, too. `store` is NULL where there is none yet.
static void check_previous(const struct server_options *options, struct store *store, struct notary *notary,
                           struct config_report *report) {
    const struct ledger_options ledger = {
        .open_reader = open_reader, .context = (void *)options, .notary = notary};
    struct error error;
    (void)config_report_check(
        report, NULL, store == NULL || previous_signer_preview(&ledger, store, options->store.draw, &error),
        &error);
}

static void print_new(const struct server_options *options, const struct notary *notary) {
    if (notary == NULL) {
        printf("draw %s: unsigned\n", shown_name(options->store.draw).text);
    } else {
        printf("draw %s: a start would sign it as %s\n", shown_name(options->store.draw).text,
               notary->terms.key.name);
    }
}

static void print_unsigned(const struct server_options *options, const struct notary *notary) {
    printf("draw %s: unsigned%s\n", shown_name(options->store.draw).text,
           notary == NULL ? "" : ", as it was opened without SIGN_KEY, and stays so");
}

// A start refuses a draw that it has not the key of. Returns whether it has.
static bool check_signer(const struct server_options *options, const struct notary *notary,
                         const struct vkey *key, struct config_report *report) {
    char text[VKEY_TEXT_BYTES];
    struct error error;
    printf("draw %s: signed by %s\n", shown_name(options->store.draw).text, key->name);
    if (notary == NULL || !vkey_equal(key, &notary->terms.key)) {
        vkey_format(key, text);
        error_set(&error, ERROR_BAD_SETTING, "draw \"%s\" is signed by %s: a start needs that key (SIGN_KEY)",
                  options->store.draw, text);
        config_report_add(report, &options->sign.key, error.text);
        return false;
    }
    return true;
}

// Returns whether the draw's rules are there, and ours.
static bool check_stored(const struct server_options *options, struct store *store,
                         const struct notary *notary, struct config_report *report) {
    struct rules *rules;
    struct error error;
    if (!config_report_check(report, &options->store.address, rules_note_first(store, &rules, &error),
                             &error)) {
        return false;
    }
    if (rules == NULL) {
        config_report_add(report, &options->store.address, "the rules of the draw are missing");
        return false;
    }
    bool is_ours = check_signer(options, notary, &rules->key, report);
    rules_free(rules);
    return is_ours;
}

// A start makes the folder, and that of the draw in it; here neither is made. What is there must be of this
// draw, and of no other one of its name.
static void check_folder(const struct server_options *options, const struct notary *notary,
                         struct store *store, const struct stored_draw *found, struct config_report *report) {
    char folder[PATH_MAX], reason[ERROR_TEXT_BYTES + 16];
    bool is_there;
    struct error error;
    if (!config_report_check(
            report, NULL,
            sign_options_folder(&options->sign, options->store.address, folder, sizeof folder, &error),
            &error)) {
        return;
    }
    if (!folder_can_be_made(folder, options->store.draw, &is_there, &error)) {
        snprintf(reason, sizeof reason, "SEAL_DIR: %s", error.text);
        config_report_add(report, NULL, reason);
    } else if (is_there) {
        (void)config_report_check(
            report, NULL,
            signing_preview(folder, options->store.draw, &notary->terms.key, store, found, &error), &error);
    }
}

void config_signing_check(const struct server_options *options, struct store *store,
                          const struct stored_draw *found, struct config_report *report) {
    struct notary *notary;
    struct error error;
    bool is_ours = true;
    if (!config_report_check(
            report, NULL, sign_options_open(&options->sign, options->number_mode, &notary, &error), &error)) {
        return;
    }
    if (found == NULL) {
        print_new(options, notary);
        if (notary != NULL) {
            check_previous(options, store, notary, report);
        }
    } else if (found->rules == 0) {
        print_unsigned(options, notary);
    } else {
        is_ours = check_stored(options, store, notary, report);
    }
    if (notary != NULL && is_ours) {
        check_folder(options, notary, store, found, report);
    }
    notary_close(&notary);
}
