// `quiniela verify`: whether what is said of a draw holds; or whether an audit log still says what was
// recorded.
#include "cli/cli.h"

#include "audit/audit.h"
#include "base/settings_help.h"
#include "cli/command.h"
#include "cli/help_verify_texts.h"
#include "cli/verifying.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct verify_options {
    const char *audit; // one path, or several separated by commas; NULL when not set
    const char *head;  // a hash, or NULL
    struct given_options draw;
};

static const struct setting table[] = {
    SETTING_TEXT_IN(struct verify_options, audit, "AUDIT", NULL, HELP_VERIFY_AUDIT, .flag_only = true),
    SETTING_TEXT_IN(struct verify_options, head, "HEAD", NULL, HELP_VERIFY_HEAD, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    SETTING_GROUP_IN(struct verify_options, draw, struct given_options, "A draw", verifying_settings),
    {"An audit log", table, 0},
    {.settings = NULL}};

const struct settings_command verify_command = {
    .name = "verify",
    .summary = HELP_VERIFY_SUMMARY,
    .details = HELP_VERIFY_DETAILS,
    .groups = groups,
    .arguments = "[FILE ...]",
    .arguments_max = INT_MAX,
};

// Takes the files one after the other. Commas separate them, unless the whole text is the name of a file.
static bool verify_files(char *paths, const char *head, struct chain *chain, bool *head_found,
                         struct error *error) {
    if (access(paths, F_OK) == 0) {
        return audit_verify(paths, head, chain, head_found, error);
    }
    for (char *path; (path = strsep(&paths, ",")) != NULL;) {
        if (!audit_verify(path, head, chain, head_found, error)) {
            return false;
        }
    }
    return true;
}

static void print_what_was_found(const char *path, const struct chain *chain) {
    if (chain->older > 0) {
        const char *name = chain->older_file;
        printf("%s: goes on from record %" PRIu64 " of an older file, whose last hash was %s%s%s\n", path,
               chain->older, chain->older_hash, name[0] == '\0' ? "" : "; it was left as ", name);
    }
    if (chain->backwards > 0) {
        printf("%s: %" PRIu64 " times run backwards, first on line %" PRIu64
               ": %s, and %s before it: a clock was set back\n",
               path, chain->backwards, chain->backwards_line, chain->backwards_at[0], chain->backwards_at[1]);
    }
    printf("%s: %" PRIu64 " records, first %s, last %s, %" PRIu64 " recovered, chain intact, last hash %s\n",
           path, chain->records - chain->older, chain->first_at, chain->last_at, chain->torn, chain->hash);
}

// The files given besides --audit come after it.
static bool verify_operands(const struct settings *settings, const char *head, struct chain *chain,
                            bool *head_found, struct error *error) {
    const char *path;
    for (int i = 0; (path = settings_operand(settings, i)) != NULL; i++) {
        if (!audit_verify(path, head, chain, head_found, error)) {
            return false;
        }
    }
    return true;
}

static const char *last_operand(const struct settings *settings) {
    const char *last = NULL, *path;
    for (int i = 0; (path = settings_operand(settings, i)) != NULL; i++) {
        last = path;
    }
    return last;
}

static bool verify(const struct verify_options *options, const struct settings *settings,
                   struct error *error) {
    const char *last = last_operand(settings), *head = options->head;
    const char *path = options->audit != NULL ? options->audit : last;
    struct chain chain;
    bool head_found = false;
    if (path == NULL) {
        settings_help_print(&verify_command, stderr);
        return error_set(error, ERROR_BAD_SETTING, "--audit: is missing; or a draw's files, such as --seal");
    }
    if (head != NULL &&
        (strlen(head) != CHAIN_HASH_BYTES - 1 || head[strspn(head, "0123456789abcdef")] != '\0')) {
        return error_set(error, ERROR_BAD_SETTING, "--head: \"%.80s\" is not a hash: 64 hexadecimal digits",
                         head);
    }
    char *paths = options->audit == NULL ? NULL : strdup(options->audit);
    if (paths == NULL && options->audit != NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the names of the files");
    }
    chain_begin(&chain);
    bool good = (paths == NULL || verify_files(paths, head, &chain, &head_found, error)) &&
                verify_operands(settings, head, &chain, &head_found, error);
    free(paths);
    if (!good) {
        return false;
    }
    if (head != NULL && !head_found) {
        return error_set(error, ERROR_BROKEN_CHAIN,
                         "%.100s: no line has the hash %s: it was cut off, or is another chain", path, head);
    }
    print_what_was_found(last != NULL ? last : path, &chain);
    return true;
}

// Of a draw, and nothing of an audit log beside it.
static int verify_a_draw(const struct verify_options *options, const struct settings *settings) {
    struct error error;
    if (options->audit == NULL && options->head == NULL && settings_operand(settings, 0) == NULL) {
        return verify_draw(&verify_command, &options->draw);
    }
    error_set(&error, ERROR_BAD_SETTING, "an audit log is verified by itself: leave out the draw's flags");
    return command_fail(&verify_command, &error);
}

int cli_verify(const struct command_line *line) {
    struct verify_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&verify_command, line, &options, &settings, &status)) {
        return status;
    }
    if (options.draw.as_json || given_is_any(&options.draw)) {
        status = verify_a_draw(&options, settings);
    } else {
        status = verify(&options, settings, &error) ? EXIT_DONE : command_fail(&verify_command, &error);
    }
    settings_free(settings);
    return status;
}
