// `quiniela approve`: an approver signs the number that was turned, together with the seal; on a machine of
// the approver's own, without the central.
#include "cli/cli.h"

#include "base/path.h"
#include "bet/errors.h"
#include "cli/command.h"
#include "cli/help_texts.h"
#include "cli/output_file.h"
#include "notary/key_file.h"
#include "notary/small_file.h"
#include "seal/approval.h"
#include "seal/checkpoint.h"
#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/sealed_number.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct approve_options {
    const char *rules, *seal, *server_key, *key; // files, and a VKEY
    const char *number;
    const char *output; // NULL: standard output
    bool yes;
};

static const struct setting table[] = {
    SETTING_TEXT_IN(struct approve_options, rules, "RULES", NULL, HELP_APPROVE_RULES, .flag_only = true),
    SETTING_TEXT_IN(struct approve_options, seal, "SEAL", NULL, HELP_APPROVE_SEAL, .flag_only = true),
    SETTING_TEXT_IN(struct approve_options, server_key, "SERVER_KEY", NULL, HELP_APPROVE_SERVER_KEY,
                    .flag_only = true),
    SETTING_TEXT_IN(struct approve_options, number, "NUMBER", NULL, HELP_APPROVE_NUMBER, .flag_only = true),
    SETTING_TEXT_IN(struct approve_options, key, "KEY", NULL, HELP_APPROVE_KEY, .flag_only = true),
    SETTING_TEXT_IN(struct approve_options, output, "OUTPUT", NULL, HELP_APPROVE_OUTPUT, .flag_only = true),
    SETTING_SWITCH_IN(struct approve_options, yes, "YES", HELP_APPROVE_YES, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {{NULL, table, 0}, {.settings = NULL}};

const struct settings_command approve_command = {
    .name = "approve",
    .summary = HELP_APPROVE_SUMMARY,
    .details = HELP_APPROVE_DETAILS,
    .groups = groups,
};

// What is approved, and by whom: read and checked. Everything points into the files.
struct approving {
    struct small_file rules_file, seal_file;
    struct vkey server;
    struct rules *rules;
    struct note *note; // of the one that is read
    struct checkpoint seal;
    struct approval approval;
    struct signing_key *key;
};

static void end(struct approving *approving) {
    signing_key_free(approving->key);
    rules_free(approving->rules);
    free(approving->note);
    small_file_free(&approving->rules_file);
    small_file_free(&approving->seal_file);
}

// Puts the flag before what is wrong with its value. Returns false.
static bool blame(const char *flag, const struct error_code *code, struct error *error) {
    const struct error reason = *error;
    return error_set(error, reason.code == ERROR_NO_MEMORY ? reason.code : code, "%s: %s", flag, reason.text);
}

static bool has_all(const struct approve_options *options, struct error *error) {
    const struct {
        const char *flag, *value;
    } needed[] = {{"--rules", options->rules},
                  {"--seal", options->seal},
                  {"--server-key", options->server_key},
                  {"--number", options->number},
                  {"--key", options->key}};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (needed[i].value == NULL) {
            return error_set(error, ERROR_BAD_SETTING, "%s is missing", needed[i].flag);
        }
    }
    return true;
}

static bool read_rules(const struct approve_options *options, struct approving *approving,
                       struct error *error) {
    if (!vkey_parse(slice_of(options->server_key), &approving->server, error)) {
        return blame("--server-key", ERROR_BAD_SETTING, error);
    }
    if (!small_file_read(options->rules, NOTE_BYTES_MAX, &approving->rules_file, error)) {
        return blame("--rules", ERROR_BAD_SETTING, error);
    }
    struct note *note = approving->note;
    if (!note_parse("the rules", small_file_text(&approving->rules_file), note, error) ||
        !note_check(note, &approving->server, error) ||
        (approving->rules = rules_parse(note->text, error)) == NULL) {
        return blame("--rules", ERROR_FALSE_CLAIM, error);
    }
    return approving->rules->how == RULES_MANUAL && approving->rules->approvals > 0
               ? true
               : error_set(error, ERROR_FALSE_CLAIM, "--rules: this draw's number is approved by nobody");
}

static bool read_seal(const struct approve_options *options, struct approving *approving,
                      struct error *error) {
    const struct rules *rules = approving->rules;
    struct note *note = approving->note;
    if (!small_file_read(options->seal, NOTE_BYTES_MAX, &approving->seal_file, error)) {
        return blame("--seal", ERROR_BAD_SETTING, error);
    }
    if (!note_parse("the seal", small_file_text(&approving->seal_file), note, error) ||
        !note_check(note, &approving->server, error) ||
        !checkpoint_parse(note->text, &approving->seal, error)) {
        return blame("--seal", ERROR_FALSE_CLAIM, error);
    }
    if (!slice_equal(approving->seal.origin, rules->origin)) {
        return error_set(error, ERROR_FALSE_CLAIM, "--seal: is of %.*s, and the rules are of %.*s",
                         (int)approving->seal.origin.length, approving->seal.origin.text,
                         (int)rules->origin.length, rules->origin.text);
    }
    if (approving->seal.size != (uint64_t)rules->agencies + 1) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "--seal: is of %" PRIu64 " agencies, and these rules are of %" PRIu32
                         ": a later record of the rules counts",
                         approving->seal.size - 1, rules->agencies);
    }
    hash_of(note->text.text, note->text.length, &approving->approval.seal);
    return true;
}

static const struct vkey *find_approver(const struct rules *rules, const struct vkey *key) {
    for (size_t i = 0; i < rules->approver_count; i++) {
        if (vkey_same_public_key(&rules->approvers[i], key)) {
            return &rules->approvers[i];
        }
    }
    return NULL;
}

// The rules say under which name the key approves.
static bool read_key(const struct approve_options *options, struct approving *approving,
                     struct error *error) {
    struct signing_key *key;
    if (!key_file_read(options->key, "approver", &key, error)) {
        return blame("--key", ERROR_BAD_SETTING, error);
    }
    const struct vkey *approver = find_approver(approving->rules, signing_key_public(key));
    signing_key_free(key);
    if (approver == NULL) {
        return error_set(error, ERROR_FALSE_CLAIM, "--key: is the key of none of the rules' approvers");
    }
    return key_file_read(options->key, approver->name, &approving->key, error) ||
           blame("--key", ERROR_BAD_SETTING, error);
}

static bool read_all(const struct approve_options *options, struct approving *approving,
                     struct error *error) {
    struct approval *approval = &approving->approval;
    if (!sealed_number_parse(slice_of(options->number), &approval->number)) {
        return error_set(error, ERROR_BAD_SETTING, "--number: is no number of %d digits, such as 0042",
                         SEAL_NUMBER_DIGITS);
    }
    approving->note = malloc(sizeof *approving->note);
    if (approving->note == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a note");
    }
    if (!read_rules(options, approving, error) || !read_seal(options, approving, error) ||
        !read_key(options, approving, error)) {
        return false;
    }
    approval->origin = approving->seal.origin;
    return true;
}

// With what the approver compares with what was printed, or told.
static void print_what_it_is(const struct approving *approving, const char *beginning) {
    const struct approval *approval = &approving->approval;
    char seal[HEX_TEXT_BYTES(HASH_BYTES)];
    hex_encode(approval->seal.bytes, HASH_BYTES, seal);
    fprintf(stderr, "%s: the number %0*u of %.*s, by %s\n", beginning, SEAL_NUMBER_DIGITS, approval->number,
            (int)approval->origin.length, approval->origin.text, signing_key_public(approving->key)->name);
    fprintf(stderr,
            "the seal: SHA-256 %s, of %" PRIu32 " agencies\n"
            "the rules: record %" PRIu64 "; if there is a later one, that counts: ask for it\n",
            seal, approving->rules->agencies, approving->rules->number);
}

static bool write_approval(const struct approve_options *options, const struct approving *approving,
                           struct error *error) {
    char text[APPROVAL_BYTES_MAX], note[2 * APPROVAL_BYTES_MAX];
    const struct signing_key *keys[1] = {approving->key};
    struct draft draft;
    struct output_file *out;
    draft_begin(&draft, note, sizeof note);
    struct slice approval = {text, approval_write(&approving->approval, text)};
    if (!note_sign(&draft, approval, keys, 1, error) || !output_file_open(options->output, &out, error)) {
        return false;
    }
    if (!output_file_write(out, note, draft.length, error)) {
        output_file_drop(&out);
        return false;
    }
    return output_file_finish(&out, error);
}

// The approval takes the place of no file: nothing that it is made from, and no other approval.
static bool check_output(const struct approve_options *options, struct error *error) {
    const char *const read[] = {options->rules, options->seal, options->key};
    struct stat output, status;
    bool is_there = options->output != NULL && stat(options->output, &output) == 0;
    for (size_t i = 0; is_there && i < sizeof read / sizeof read[0]; i++) {
        if (read[i] != NULL && stat(read[i], &status) == 0 && path_is_same(&status, &output)) {
            return error_set(error, ERROR_BAD_SETTING,
                             "--output: %.150s is a file that is read: name another", options->output);
        }
    }
    return !is_there || !S_ISREG(output.st_mode) ||
           error_set(error, ERROR_BAD_SETTING, "--output: %.150s is there already: name another",
                     options->output);
}

static bool approve(const struct approve_options *options, struct error *error) {
    struct approving approving = {.rules = NULL};
    bool done =
        has_all(options, error) && check_output(options, error) && read_all(options, &approving, error);
    if (done && !options->yes) {
        print_what_it_is(&approving, "would be signed");
        done = error_set(error, ERROR_BAD_SETTING,
                         "two numbers signed with one key are a fraud for everybody to see: add --yes");
    } else if (done) {
        done = write_approval(options, &approving, error);
        if (done) {
            print_what_it_is(&approving, "signed");
        }
    }
    end(&approving);
    return done;
}

int cli_approve(const struct command_line *line) {
    struct approve_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&approve_command, line, &options, &settings, &status)) {
        return status;
    }
    bool done = approve(&options, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&approve_command, &error);
}
