#include "cli/draw_options.h"

#include "ledger/terms.h"

struct ledger_options draw_options(const struct server_options *options) {
    const struct settings *settings = options->settings;
    return (struct ledger_options){
        .draw = options->store.draw,
        .agencies = server_options_agencies(options),
        .winning_number = options->winning_number,
        .agencies_by_default = !settings_is_set(settings, &options->agencies),
        .number_by_default = !server_options_gives_number(options),
        .number_mode = options->number_mode,
        .mode_by_default = !settings_is_set(settings, &options->number_mode),
        .closes_text = options->close_at,
        .change = options->change,
    };
}

const void *draw_options_mismatched(const struct server_options *options, const struct error_code *code) {
    if (code == ERROR_AGENCIES_MISMATCH) {
        return &options->agencies;
    }
    if (code == ERROR_CUTOFF_MISMATCH) {
        return &options->close_at;
    }
    if (code == ERROR_NUMBER_MISMATCH) {
        return server_options_gives_number(options) ? (const void *)&options->winning_number
                                                    : &options->number_mode;
    }
    return NULL;
}
