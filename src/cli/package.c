// `quiniela package`: all of a sealed draw in a folder, which an auditor takes before the number is known.
#include "cli/cli.h"

#include "cli/command.h"
#include "cli/config_options.h"
#include "cli/file_list.h"
#include "cli/help_prove_texts.h"
#include "cli/sealed_store.h"
#include "prove/package_writing.h"
#include "seal/encoding.h"

#include <stdio.h>

struct package_options {
    struct config_options config;
    struct store_options store;
    const char *seal_dir;
    const char *audit_log;
    const char *output;
};

static const struct setting table[] = {
    SETTING_TEXT_IN(struct package_options, output, "OUTPUT", NULL, HELP_PACKAGE_OUTPUT, .letter = 'o',
                    .flag_only = true),
    SETTING_TEXT_IN(struct package_options, seal_dir, "SEAL_DIR", NULL, HELP_PROVE_SEAL_DIR),
    SETTING_TEXT_IN(struct package_options, audit_log, "AUDIT_LOG", NULL, HELP_PACKAGE_AUDIT_LOG),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    STORE_GROUP_IN(struct package_options, store),
    CONFIG_GROUP_IN(struct package_options, config),
    {"The package", table, 0},
    {.settings = NULL},
};

const struct settings_command package_command = {
    .name = "package",
    .summary = HELP_PACKAGE_SUMMARY,
    .details = HELP_PACKAGE_DETAILS,
    .groups = groups,
    CONFIG_OF_SERVER,
};

static void print_result(const struct package_options *options, const struct sealed_draw *sealed,
                         const struct hash *hash) {
    char hex[HEX_TEXT_BYTES(HASH_BYTES)];
    hex_encode(hash->bytes, HASH_BYTES, hex);
    if (options->audit_log == NULL) {
        fprintf(stderr, "without an audit log: AUDIT_LOG is not set\n");
    }
    if (sealed->row.state == DRAW_DRAWN) {
        fprintf(stderr, "the draw is drawn already: this package does not show what was known before\n");
    }
    printf("%s/manifest.txt: SHA-256 %s\n", options->output, hex);
}

static bool write_package(const struct package_options *options, char *const *audit_logs, size_t audit_count,
                          struct error *error) {
    struct sealed_store sealed;
    struct hash hash;
    if (!sealed_store_open(&options->store, options->seal_dir, &sealed, error)) {
        return false;
    }
    bool done = package_write(sealed.store, sealed.sealed, &sealed.kept, audit_logs, audit_count,
                              options->output, &hash, error);
    if (done) {
        print_result(options, sealed.sealed, &hash);
    }
    sealed_store_close(&sealed);
    return done;
}

static bool package(const struct package_options *options, struct error *error) {
    struct file_list audit_logs;
    if (options->output == NULL) {
        return error_set(error, ERROR_BAD_SETTING, "--output is missing: the folder to write");
    }
    bool done = file_list_cut(&audit_logs, options->audit_log, "--audit-log", error) &&
                write_package(options, audit_logs.paths, audit_logs.count, error);
    file_list_free(&audit_logs);
    return done;
}

int cli_package(const struct command_line *line) {
    struct package_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&package_command, line, &options, &settings, &status)) {
        return status;
    }
    command_keep_private();
    bool done = package(&options, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&package_command, &error);
}
