#include "cli/config_signing.h"

#include "cli/shown_name.h"
#include "ledger/rules_note.h"

#include <limits.h>
#include <stdio.h>

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

// A start refuses a draw that it has not the key of.
static void check_signer(const struct server_options *options, const struct notary *notary,
                         const struct vkey *key, struct config_report *report) {
    char text[VKEY_TEXT_BYTES];
    struct error error;
    printf("draw %s: signed by %s\n", shown_name(options->store.draw).text, key->name);
    if (notary == NULL || !vkey_equal(key, &notary->terms.key)) {
        vkey_format(key, text);
        error_set(&error, ERROR_BAD_SETTING, "draw \"%s\" is signed by %s: a start needs that key (SIGN_KEY)",
                  options->store.draw, text);
        config_report_add(report, &options->sign.key, error.text);
    }
}

static void check_stored(const struct server_options *options, struct store *store,
                         const struct notary *notary, struct config_report *report) {
    struct rules *rules;
    struct error error;
    if (!config_report_check(report, &options->store.address, rules_note_first(store, &rules, &error),
                             &error)) {
        return;
    }
    if (rules == NULL) {
        config_report_add(report, &options->store.address, "the rules of the draw are missing");
        return;
    }
    check_signer(options, notary, &rules->key, report);
    rules_free(rules);
}

void config_signing_check(const struct server_options *options, struct store *store,
                          const struct stored_draw *found, struct config_report *report) {
    char folder[PATH_MAX];
    struct notary *notary;
    struct error error;
    if (!config_report_check(
            report, NULL, sign_options_open(&options->sign, options->number_mode, &notary, &error), &error)) {
        return;
    }
    if (notary != NULL) {
        (void)config_report_check(
            report, NULL,
            sign_options_folder(&options->sign, options->store.address, folder, sizeof folder, &error),
            &error);
    }
    if (found == NULL) {
        print_new(options, notary);
    } else if (found->rules == 0) {
        print_unsigned(options, notary);
    } else {
        check_stored(options, store, notary, report);
    }
    notary_close(&notary);
}
