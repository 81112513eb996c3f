// `quiniela seal`: the seal of a signed draw, as a running server shows it; what others have signed of it is
// added.
#include "cli/cli.h"

#include "cli/command.h"
#include "cli/conflicts.h"
#include "cli/help_texts.h"
#include "cli/output_file.h"
#include "cli/paper_sending.h"
#include "seal/encoding.h"
#include "seal/timestamp.h"

#include <stdio.h>
#include <string.h>

struct seal_options {
    struct control_call_options call;
    const char *request;        // a file to write
    struct setting_texts added; // files
    bool json;
};

static const struct setting what[] = {
    SETTING_TEXT_IN(struct seal_options, request, "TIMESTAMP_REQUEST", NULL, HELP_SEAL_REQUEST,
                    .flag_only = true),
    SETTING_TEXTS_IN(struct seal_options, added, "ADD", HELP_SEAL_ADD),
    {.key = NULL},
};

static const struct setting output[] = {
    SETTING_SWITCH_IN(struct seal_options, json, "JSON", HELP_JSON_ANSWER, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    {"Seal", what, 0},
    CONTROL_CALL_GROUPS_IN(struct seal_options, call),
    {"Output", output, 0},
    {.settings = NULL},
};

const struct settings_command seal_command = {
    .name = "seal",
    .summary = HELP_SEAL_SUMMARY,
    .details = HELP_SEAL_DETAILS,
    .groups = groups,
    CONFIG_OF_SERVER,
};

// Adding ----------------------------------------------------------------------------------------------------

static bool print_added(struct control_reply *reply, const char *path, struct error *error) {
    static const char *const names[] = {"already", "kind", "seen_at"};
    struct json_value values[3];
    if (!control_reply_fields(reply, names, 3, values, error)) {
        return false;
    }
    if (values[0].boolean) {
        printf("%s: was there before\n", path);
    } else {
        printf("%s: taken: a %.*s of %.*s\n", path, (int)values[1].text_length, values[1].text,
               (int)values[2].text_length, values[2].text);
    }
    return true;
}

static int add(const struct seal_options *options, const char *path) {
    struct control_reply reply;
    struct paper_sending sending = {.path = path};
    struct error error;
    bool is_note = false, is_read = paper_is_note(path, &is_note, &error);
    sending.kind = is_note ? "cosignature" : "timestamp";
    if (!is_read || !paper_send(&options->call, &sending, &reply, &error)) {
        return command_fail(&seal_command, &error);
    }
    int status = control_reply_report(&seal_command, &reply, options->json);
    if (status != EXIT_DONE && !options->json) {
        fprintf(stderr, "quiniela seal: %s: is not taken\n", path);
    }
    if (status == EXIT_DONE && !options->json && !print_added(&reply, path, &error)) {
        status = command_fail(&seal_command, &error);
    }
    control_reply_free(&reply);
    return status;
}

static int add_all(const struct seal_options *options) {
    int status = EXIT_DONE;
    for (size_t i = 0; status == EXIT_DONE && i < options->added.count; i++) {
        status = add(options, options->added.list[i]);
    }
    return status;
}

// Showing ---------------------------------------------------------------------------------------------------

static bool write_request(const char *path, const struct json_value *hex, struct error *error) {
    uint8_t request[TIMESTAMP_REQUEST_BYTES_MAX];
    struct hash hash;
    struct output_file *out;
    size_t length;
    if (hex->kind != JSON_STRING ||
        !hex_decode_exactly((struct slice){hex->text, hex->text_length}, hash.bytes, HASH_BYTES)) {
        return error_set(error, ERROR_NETWORK, "the server's answer has no hash of the seal");
    }
    if (!timestamp_request(&hash, request, &length, error) || !output_file_open(path, &out, error)) {
        return false;
    }
    if (!output_file_write(out, request, length, error)) {
        output_file_drop(&out);
        return false;
    }
    return output_file_finish(&out, error);
}

static bool show(const struct seal_options *options, struct control_reply *reply, struct error *error) {
    static const char *const names[] = {"note", "hash"};
    struct json_value values[2];
    if (!control_reply_fields(reply, names, 2, values, error)) {
        return false;
    }
    if (options->request != NULL) {
        return write_request(options->request, &values[1], error);
    }
    if (!options->json) {
        (void)fwrite(values[0].text, 1, values[0].text_length, stdout);
        fprintf(stderr, "the seal: SHA-256 %.*s\n", (int)values[1].text_length, values[1].text);
    }
    return command_flush_output(error);
}

static int show_seal(const struct seal_options *options) {
    struct control_reply reply;
    struct error error;
    if (!control_call(&options->call, "seal", NULL, 0, &reply, &error)) {
        return command_fail(&seal_command, &error);
    }
    int status = control_reply_report(&seal_command, &reply, options->json);
    if (status == EXIT_DONE && !show(options, &reply, &error)) {
        status = command_fail(&seal_command, &error);
    }
    control_reply_free(&reply);
    return status;
}

int cli_seal(const struct command_line *line) {
    struct seal_options options;
    const struct conflict conflicts[] = {
        {&options.added, &options.request, "ask first, and add what answers"}};
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&seal_command, line, &options, &settings, &status)) {
        return status;
    }
    if (!conflicts_check(settings, conflicts, 1, &error)) {
        status = command_fail(&seal_command, &error);
    } else {
        status = options.added.count > 0 ? add_all(&options) : show_seal(&options);
    }
    settings_free(settings);
    return status;
}
