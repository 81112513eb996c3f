// `quiniela recount`: an auditor's independent control of a draw, from the package that was taken before its
// number was known.
#include "recount/recount.h"

#include "cli/cli.h"
#include "cli/command.h"
#include "cli/given_settings.h"
#include "cli/help_verify_texts.h"
#include "cli/recount_files.h"

#include <stdio.h>

struct recount_options {
    struct given_options draw;
    struct recount_files files;
};

static const struct setting before[] = {
    GIVEN_TEXT_IN(package, "PACKAGE", HELP_RECOUNT_PACKAGE),
    GIVEN_TEXT_IN(manifest_hash, "MANIFEST_HASH", HELP_VERIFY_MANIFEST_HASH),
    SETTING_TEXTS_IN(struct given_options, keys, "KEY", HELP_VERIFY_KEY),
    GIVEN_TEXT_IN(origin, "ORIGIN", HELP_VERIFY_ORIGIN),
    GIVEN_FILES_IN(GIVEN_RULES, "RULES", HELP_RECOUNT_RULES),
    GIVEN_FILES_IN(GIVEN_SEAL, "SEAL", HELP_VERIFY_SEAL),
    GIVEN_FILES_IN(GIVEN_TOKEN, "TOKEN", HELP_VERIFY_TOKEN),
    GIVEN_FILES_IN(GIVEN_AUTHORITY, "TSA_CERT", HELP_VERIFY_TSA_CERT),
    {.key = NULL},
};

static const struct setting after[] = {
    GIVEN_FILES_IN(GIVEN_RESULT, "RESULT", HELP_VERIFY_RESULT),
    GIVEN_FILE_IN(GIVEN_PULSE, "PULSE", HELP_VERIFY_PULSE),
    GIVEN_FILE_IN(GIVEN_CERTIFICATE, "NIST_CERT", HELP_VERIFY_NIST_CERT),
    GIVEN_FILES_IN(GIVEN_APPROVAL, "APPROVAL", HELP_VERIFY_APPROVAL),
    GIVEN_FILE_IN(GIVEN_EXPORT_AFTER, "EXPORT_AFTER", HELP_VERIFY_EXPORT_AFTER),
    GIVEN_FILE_IN(GIVEN_WINNERS, "WINNERS", HELP_VERIFY_WINNERS),
    {.key = NULL},
};

static const struct setting reports[] = {
    SETTING_TEXT_IN(struct recount_files, json, "JSON", NULL, HELP_RECOUNT_JSON, .flag_only = true,
                    .once = true),
    SETTING_TEXT_IN(struct recount_files, page, "PAGE", NULL, HELP_RECOUNT_PAGE, .flag_only = true,
                    .once = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    SETTING_GROUP_IN(struct recount_options, draw, struct given_options, "Before the draw", before),
    SETTING_GROUP_IN(struct recount_options, draw, struct given_options, "After the draw", after),
    SETTING_GROUP_IN(struct recount_options, files, struct recount_files, "Reports", reports),
    {.settings = NULL}};

const struct settings_command recount_command = {
    .name = "recount",
    .summary = HELP_RECOUNT_SUMMARY,
    .details = HELP_RECOUNT_DETAILS,
    .groups = groups,
};

static bool count_again(const struct recount_options *options, struct given *given,
                        enum verdicts_status *status, struct error *error) {
    struct recount recount;
    if (!recount_files_check(&options->files, given, error)) {
        return false;
    }
    bool done = recount_make(&recount, given, error);
    if (done) {
        recount_print(&recount, stdout);
        done = command_flush_output(error) && recount_files_write(&options->files, &recount, error);
        *status = recount.status;
    }
    recount_end(&recount);
    return done;
}

// Every error is of the command's use, or of a file: what is false is none.
static int run(const struct recount_options *options) {
    struct given given = {.keys = NULL};
    struct error error;
    enum verdicts_status status = VERDICTS_WRONG_USE;
    command_raise_descriptor_limit();
    bool done =
        (options->draw.package != NULL || error_set(&error, ERROR_BAD_SETTING, "--package is missing")) &&
        given_open(&options->draw, &given, &error) && count_again(options, &given, &status, &error);
    given_close(&given);
    if (!done) {
        (void)command_fail(&recount_command, &error);
    }
    return done ? (int)status : EXIT_WRONG_USE;
}

int cli_recount(const struct command_line *line) {
    struct recount_options options = {.draw = {.origin = NULL}}; // not every kind of file has a flag
    struct settings *settings;
    int status;
    if (!command_begin(&recount_command, line, &options, &settings, &status)) {
        return status;
    }
    status = run(&options);
    settings_free(settings);
    return status;
}
