// `quiniela export`: writes the stored bets as CSV, chunk by chunk. Each chunk is checked before any of its
// bytes is written.
#include "cli/cli.h"

#include "bet/bet.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "cli/command.h"
#include "cli/config_options.h"
#include "cli/help_texts.h"
#include "cli/output_file.h"
#include "cli/output_target.h"
#include "cli/store_options.h"
#include "ledger/chunk_check.h"
#include "ledger/continuity.h"
#include "ledger/voided_check.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BEGINNING_BYTES = 32 }; // of a line: an agency's number, and a reset's, each with a comma

struct export_options {
    struct config_options config;
    struct store_options store;
    uint32_t agency;    // 0 when not set: every agency
    const char *output; // path, or NULL for standard output
    bool for_spreadsheets;
    bool voided;
};

static const struct setting output[] = {
    SETTING_NUMBER_IN(struct export_options, agency, "AGENCY", NULL, 1, AGENCIES_MAX, HELP_EXPORT_AGENCY,
                      .flag_only = true),
    SETTING_TEXT_IN(struct export_options, output, "OUTPUT", NULL, HELP_EXPORT_OUTPUT, .letter = 'o',
                    .flag_only = true),
    SETTING_SWITCH_IN(struct export_options, for_spreadsheets, "FOR_SPREADSHEETS",
                      HELP_EXPORT_FOR_SPREADSHEETS, .flag_only = true),
    SETTING_SWITCH_IN(struct export_options, voided, "VOIDED", HELP_EXPORT_VOIDED, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    STORE_GROUP_IN(struct export_options, store),
    CONFIG_GROUP_IN(struct export_options, config),
    {"Output", output, 0},
    {.settings = NULL},
};

const struct settings_command export_command = {
    .name = "export",
    .summary = HELP_EXPORT_SUMMARY,
    .details = HELP_WHILE_A_SERVER_RUNS,
    .groups = groups,
    CONFIG_OF_SERVER,
};

// Writing -------------------------------------------------------------------------------------------------

struct export {
    struct output_file *file;
    struct continuity *continuity;
    struct voided_check voided;
    uint32_t agency; // whose voided bets are wanted; 0: everybody's
    bool for_spreadsheets;
    bool has_voided; // some of that agency
};

// A spreadsheet treats a field that begins like this as a formula, and runs it (OWASP, "CSV Injection"). A
// tab or a CR would do the same, but stored bets have none. A quote before the field makes it text.
static bool is_formula(struct bet_slice field) {
    return field.length > 0 && strchr("=+-@", field.text[0]) != NULL;
}

// Writes a field that contains quotes as RFC 4180, section 2.7, demands; `before` precedes its text.
static bool write_quoted(struct output_file *file, const char *before, struct bet_slice field,
                         struct error *error) {
    if (!output_file_write(file, "\"", 1, error) || !output_file_write(file, before, strlen(before), error)) {
        return false;
    }
    const char *end = field.text + field.length;
    for (const char *at = field.text, *next; at < end; at = next) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        next = quote == NULL ? end : quote + 1;
        if (!output_file_write(file, at, (size_t)(next - at), error) ||
            (quote != NULL && !output_file_write(file, "\"", 1, error))) {
            return false;
        }
    }
    return output_file_write(file, "\"", 1, error);
}

static bool write_field(const struct export *export, struct bet_slice field, struct error *error) {
    const char *before = export->for_spreadsheets && is_formula(field) ? "'" : "";
    if (memchr(field.text, '"', field.length) != NULL) {
        return write_quoted(export->file, before, field, error);
    }
    return output_file_write(export->file, before, strlen(before), error) &&
           output_file_write(export->file, field.text, field.length, error);
}

// Writes the bet's text, newline included, field by field.
static bool write_fields(const struct export *export, const char *row, size_t length, struct error *error) {
    struct bet_slice fields[BET_FIELDS];
    bet_split(row, length - 1, fields);
    for (int i = 0; i < BET_FIELDS; i++) {
        if (!write_field(export, fields[i], error) ||
            !output_file_write(export->file, i < BET_FIELDS - 1 ? "," : "\n", 1, error)) {
            return false;
        }
    }
    return true;
}

// `beginning` is that of each line.
static bool write_chunk(const struct export *export, const char *beginning, const struct stored_chunk *chunk,
                        struct error *error) {
    size_t beginning_length = strlen(beginning);
    bool has_quotes = memchr(chunk->rows, '"', chunk->rows_length) != NULL;
    const char *end = chunk->rows + chunk->rows_length;
    for (const char *row = chunk->rows, *next; row < end; row = next) {
        next = (const char *)memchr(row, '\n', (size_t)(end - row)) + 1;
        size_t length = (size_t)(next - row);
        bool as_it_is = !export->for_spreadsheets && !(has_quotes && memchr(row, '"', length) != NULL);
        if (!output_file_write(export->file, beginning, beginning_length, error) ||
            !(as_it_is ? output_file_write(export->file, row, length, error)
                       : write_fields(export, row, length, error))) {
            return false;
        }
    }
    return true;
}

static bool on_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    const struct export *export = context;
    char beginning[BEGINNING_BYTES];
    snprintf(beginning, sizeof beginning, "%" PRIu32 ",", chunk->agency);
    return chunk_check(chunk, error) && continuity_take(export->continuity, chunk, error) &&
           write_chunk(export, beginning, chunk, error);
}

static bool on_voided(void *context, uint32_t voiding, const struct stored_chunk *chunk,
                      struct error *error) {
    struct export *export = context;
    char beginning[BEGINNING_BYTES];
    snprintf(beginning, sizeof beginning, "%" PRIu32 ",%" PRIu32 ",", chunk->agency, voiding);
    bool is_wanted = export->agency == 0 || export->agency == chunk->agency;
    export->has_voided = export->has_voided || is_wanted;
    return voided_check_take(&export->voided, voiding, chunk, error) &&
           (!is_wanted || (chunk_check(chunk, error) && write_chunk(export, beginning, chunk, error)));
}

// The command ---------------------------------------------------------------------------------------------

// An agency whose bets were all voided may be one that the draw does not wait for any more.
static bool write_all(const struct export_options *options, struct store *store,
                      const struct stored_draw *draw, struct export *export, struct error *error) {
    return options->voided
               ? store_voided(store, on_voided, export, error) &&
                     voided_check_end(&export->voided, draw, error) &&
                     (export->has_voided || store_options_check_agency(draw, options->agency, error))
               : store_chunks(store, options->agency, 0, UINT64_MAX, on_chunk, export, error) &&
                     continuity_end(export->continuity, error);
}

// The output is opened last: when the store cannot be read, no file is touched.
static bool export_bets(const struct export_options *options, struct store *store,
                        const struct stored_draw *draw, struct error *error) {
    if (draw->erased_at[0] != '\0') {
        return error_set(error, ERROR_STORE_FAILED, "draw \"%s\" was erased at %s: it has no bets any more",
                         options->store.draw, draw->erased_at);
    }
    struct export export = {.agency = options->agency, .for_spreadsheets = options->for_spreadsheets};
    if ((!options->voided && !store_options_check_agency(draw, options->agency, error)) ||
        !output_target_apart(options->output, options->store.address, error) ||
        !continuity_new(store, options->agency, &export.continuity, error)) {
        return false;
    }
    bool done = output_file_open(options->output, &export.file, error);
    if (done && !write_all(options, store, draw, &export, error)) {
        output_file_drop(&export.file);
        done = false;
    }
    continuity_free(export.continuity);
    return done && output_file_finish(&export.file, error);
}

int cli_export(const struct command_line *line) {
    struct export_options options;
    struct settings *settings;
    struct store *store;
    struct stored_draw draw;
    struct error error;
    int status;
    if (!command_begin(&export_command, line, &options, &settings, &status)) {
        return status;
    }
    command_keep_private();
    bool done = store_options_open_draw(&options.store, &store, &draw, &error);
    if (done) {
        done = export_bets(&options, store, &draw, &error);
        store_close(&store);
    }
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&export_command, &error);
}
