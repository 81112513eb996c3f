// `quiniela export`: writes the stored bets as CSV, chunk by chunk, each checked before a byte of it is
// written.
#include "cli/cli.h"

#include "base/settings.h"
#include "bet/bet.h"
#include "bet/limits.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/output_target.h"
#include "cli/settings_table.h"
#include "ledger/check.h"
#include "ledger/continuity.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { AGENCY_TEXT_BYTES = 16 }; // an agency's number and a comma

// Writing -------------------------------------------------------------------------------------------------

struct export {
    struct output_file *file;
    struct continuity *continuity;
    bool for_spreadsheets;
};

// A spreadsheet takes a field that begins so for a formula, and runs it (OWASP, "CSV Injection"). A tab or a
// CR, which do the same, are in no stored bet. A quote before it makes it a text.
static bool is_formula(struct bet_slice field) {
    return field.length > 0 && strchr("=+-@", field.text[0]) != NULL;
}

// Writes a field that holds quotes as RFC 4180, section 2.7, asks; `before` stands first in it.
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

static bool write_chunk(const struct export *export, const struct stored_chunk *chunk, struct error *error) {
    char agency[AGENCY_TEXT_BYTES];
    size_t agency_length = (size_t)snprintf(agency, sizeof agency, "%" PRIu32 ",", chunk->agency);
    bool has_quotes = memchr(chunk->rows, '"', chunk->rows_length) != NULL;
    const char *end = chunk->rows + chunk->rows_length;
    for (const char *row = chunk->rows, *next; row < end; row = next) {
        next = (const char *)memchr(row, '\n', (size_t)(end - row)) + 1;
        size_t length = (size_t)(next - row);
        bool as_it_is = !export->for_spreadsheets && !(has_quotes && memchr(row, '"', length) != NULL);
        if (!output_file_write(export->file, agency, agency_length, error) ||
            !(as_it_is ? output_file_write(export->file, row, length, error)
                       : write_fields(export, row, length, error))) {
            return false;
        }
    }
    return true;
}

static bool on_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    const struct export *export = context;
    return check_chunk(chunk, error) && continuity_take(export->continuity, chunk, error) &&
           write_chunk(export, chunk, error);
}

// The command ---------------------------------------------------------------------------------------------

// The output is opened last, so that what cannot be read touches no file.
static bool export_bets(const struct settings *settings, struct store *store, struct error *error) {
    uint32_t agency = settings_is_set(settings, "AGENCY") ? (uint32_t)settings_number(settings, "AGENCY") : 0;
    const char *output = settings_text(settings, "OUTPUT");
    struct export export = {.for_spreadsheets = settings_switch(settings, "FOR_SPREADSHEETS")};
    if (!output_target_apart(output, settings_text(settings, "STORE"), error) ||
        !continuity_new(store, agency, &export.continuity, error)) {
        return false;
    }
    bool done = output_file_open(output, &export.file, error);
    if (done && !(store_chunks(store, agency, 0, UINT64_MAX, on_chunk, &export, error) &&
                  continuity_end(export.continuity, error))) {
        output_file_drop(&export.file);
        done = false;
    }
    continuity_free(export.continuity);
    return done && output_file_finish(&export.file, error);
}

int cli_export(int argc, char **argv) {
    struct settings *settings;
    struct store *store;
    struct stored_draw draw;
    struct error error;
    int status;
    if (!command_begin(&export_command, argc, argv, &settings, &status)) {
        return status;
    }
    command_keep_private();
    bool done = command_open_draw(settings, &store, &draw, &error);
    if (done) {
        done = export_bets(settings, store, &error);
        store_close(&store);
    }
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&export_command, &error);
}
