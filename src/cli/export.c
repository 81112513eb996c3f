// `quiniela export`: writes the stored bets as CSV, chunk by chunk, each checked before a byte of it is
// written.
#include "cli/cli.h"

#include "base/settings.h"
#include "bet/bet.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/settings_table.h"
#include "ledger/check.h"
#include "ledger/continuity.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { AGENCY_TEXT_BYTES = 16 }; // an agency's number and a comma

// Writing -------------------------------------------------------------------------------------------------

// Writes a field that holds quotes as RFC 4180, section 2.7, asks.
static bool write_quoted(struct output_file *file, struct bet_slice field, struct error *error) {
    if (!output_file_write(file, "\"", 1, error)) {
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

// Writes the bet's text, newline included, when there is a quote in it.
static bool write_quoted_row(struct output_file *file, const char *row, size_t length, struct error *error) {
    struct bet_slice fields[BET_FIELDS];
    bet_split(row, length - 1, fields);
    for (int i = 0; i < BET_FIELDS; i++) {
        bool quoted = memchr(fields[i].text, '"', fields[i].length) != NULL;
        if (!(quoted ? write_quoted(file, fields[i], error)
                     : output_file_write(file, fields[i].text, fields[i].length, error)) ||
            !output_file_write(file, i < BET_FIELDS - 1 ? "," : "\n", 1, error)) {
            return false;
        }
    }
    return true;
}

static bool write_chunk(struct output_file *file, const struct stored_chunk *chunk, struct error *error) {
    char agency[AGENCY_TEXT_BYTES];
    size_t agency_length = (size_t)snprintf(agency, sizeof agency, "%" PRIu32 ",", chunk->agency);
    bool has_quotes = memchr(chunk->rows, '"', chunk->rows_length) != NULL;
    const char *end = chunk->rows + chunk->rows_length;
    for (const char *row = chunk->rows, *next; row < end; row = next) {
        next = (const char *)memchr(row, '\n', (size_t)(end - row)) + 1;
        size_t length = (size_t)(next - row);
        bool row_has_quotes = has_quotes && memchr(row, '"', length) != NULL;
        if (!output_file_write(file, agency, agency_length, error) ||
            !(row_has_quotes ? write_quoted_row(file, row, length, error)
                             : output_file_write(file, row, length, error))) {
            return false;
        }
    }
    return true;
}

struct export {
    struct output_file *file;
    struct continuity *continuity;
};

static bool on_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    const struct export *export = context;
    return check_chunk(chunk, error) && continuity_take(export->continuity, chunk, error) &&
           write_chunk(export->file, chunk, error);
}

// The command ---------------------------------------------------------------------------------------------

// The output is opened last, so that what cannot be read touches no file.
static bool export_bets(const struct settings *settings, struct store *store, struct error *error) {
    uint32_t agency = settings_is_set(settings, "AGENCY") ? (uint32_t)settings_number(settings, "AGENCY") : 0;
    struct export export = {0};
    if (!continuity_new(store, agency, &export.continuity, error)) {
        return false;
    }
    bool done = output_file_open(settings_text(settings, "OUTPUT"), &export.file, error);
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
