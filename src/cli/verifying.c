#include "cli/verifying.h"

#include "claims/claims.h"
#include "cli/command.h"
#include "cli/given_settings.h"
#include "cli/help_verify_texts.h"

#include <stdio.h>

const struct setting verifying_settings[] = {
    SETTING_TEXTS_IN(struct given_options, keys, "KEY", HELP_VERIFY_KEY),
    GIVEN_TEXT_IN(origin, "ORIGIN", HELP_VERIFY_ORIGIN),
    GIVEN_FILES_IN(GIVEN_RULES, "RULES", HELP_VERIFY_RULES),
    GIVEN_FILES_IN(GIVEN_SEAL, "SEAL", HELP_VERIFY_SEAL),
    GIVEN_FILE_IN(GIVEN_SEAL_JSON, "SEAL_JSON", HELP_VERIFY_SEAL_JSON),
    GIVEN_FILE_IN(GIVEN_SECRET, "SECRET", HELP_VERIFY_SECRET),
    GIVEN_FILE_IN(GIVEN_SALT_KEY, "SALT_KEY", HELP_VERIFY_SALT_KEY),
    GIVEN_TEXT_IN(agency, "AGENCY", HELP_VERIFY_AGENCY),
    GIVEN_FILE_IN(GIVEN_CSV, "CSV", HELP_VERIFY_CSV),
    GIVEN_FILES_IN(GIVEN_RECEIPTS, "RECEIPTS", HELP_VERIFY_RECEIPTS),
    GIVEN_FILES_IN(GIVEN_PROOF, "PROOF", HELP_VERIFY_PROOF),
    GIVEN_FILES_IN(GIVEN_CODE, "CODE", HELP_VERIFY_CODE),
    GIVEN_FILES_IN(GIVEN_TOKEN, "TOKEN", HELP_VERIFY_TOKEN),
    GIVEN_FILES_IN(GIVEN_AUTHORITY, "TSA_CERT", HELP_VERIFY_TSA_CERT),
    GIVEN_FILE_IN(GIVEN_PULSE, "PULSE", HELP_VERIFY_PULSE),
    GIVEN_FILE_IN(GIVEN_CERTIFICATE, "NIST_CERT", HELP_VERIFY_NIST_CERT),
    GIVEN_FILES_IN(GIVEN_APPROVAL, "APPROVAL", HELP_VERIFY_APPROVAL),
    GIVEN_FILES_IN(GIVEN_RESULT, "RESULT", HELP_VERIFY_RESULT),
    GIVEN_FILE_IN(GIVEN_EXPORT, "EXPORT", HELP_VERIFY_EXPORT),
    GIVEN_FILE_IN(GIVEN_EXPORT_AFTER, "EXPORT_AFTER", HELP_VERIFY_EXPORT_AFTER),
    GIVEN_FILE_IN(GIVEN_WINNERS, "WINNERS", HELP_VERIFY_WINNERS),
    GIVEN_TEXT_IN(package, "PACKAGE", HELP_VERIFY_PACKAGE),
    GIVEN_TEXT_IN(manifest_hash, "MANIFEST_HASH", HELP_VERIFY_MANIFEST_HASH),
    SETTING_SWITCH_IN(struct given_options, as_json, "JSON", HELP_VERIFY_JSON, .flag_only = true,
                      .once = true),
    {.key = NULL},
};

// Every error is of the command's use, or of a file: what is false is none.
static int fail(const struct settings_command *command, const struct error *error) {
    (void)command_fail(command, error);
    return EXIT_WRONG_USE;
}

int verify_draw(const struct settings_command *command, const struct given_options *options) {
    struct given given;
    struct error error;
    enum verdicts_status status = VERDICTS_WRONG_USE;
    command_raise_descriptor_limit();
    bool done = given_open(options, &given, &error) &&
                claims_check(&given, options->as_json, stdout, &status, &error) &&
                command_flush_output(&error);
    given_close(&given);
    return done ? (int)status : fail(command, &error);
}
