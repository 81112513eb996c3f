// `quiniela winners`: prints who has won, as a table, as JSON or as CSV.
#include "cli/cli.h"

#include "bet/errors.h"
#include "bet/limits.h"
#include "cli/command.h"
#include "cli/config_options.h"
#include "cli/help_texts.h"
#include "cli/shown_name.h"
#include "cli/store_json.h"
#include "cli/store_options.h"

#include <inttypes.h>
#include <stdio.h>

struct winners_options {
    struct config_options config;
    struct store_options store;
    uint32_t agency; // 0 when not set: every agency
    bool json, csv;
};

static const struct setting output[] = {
    SETTING_NUMBER_IN(struct winners_options, agency, "AGENCY", NULL, 1, AGENCIES_MAX, HELP_WINNERS_AGENCY,
                      .flag_only = true),
    SETTING_SWITCH_IN(struct winners_options, json, "JSON", HELP_JSON, .flag_only = true),
    SETTING_SWITCH_IN(struct winners_options, csv, "CSV", HELP_WINNERS_CSV, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    STORE_GROUP_IN(struct winners_options, store),
    CONFIG_GROUP_IN(struct winners_options, config),
    {"Output", output, 0},
    {.settings = NULL},
};

const struct settings_command winners_command = {
    .name = "winners",
    .summary = HELP_WINNERS_SUMMARY,
    .details = HELP_WHILE_A_SERVER_RUNS,
    .groups = groups,
    CONFIG_OF_SERVER,
};

struct printing {
    const struct winners_options *options;
    bool has_one;
};

static bool print_winner(void *context, const struct stored_winner *winner, struct error *error) {
    struct printing *printing = context;
    (void)error;
    if (printing->options->agency != 0 && printing->options->agency != winner->agency) {
        return true;
    }
    if (printing->options->csv) {
        printf("%" PRIu32 ",%" PRIu64 ",%s\n", winner->agency, winner->bet, winner->document);
    } else if (printing->options->json) {
        printf("%s{\"agency\":%" PRIu32 ",\"bet\":%" PRIu64 ",", printing->has_one ? "," : "", winner->agency,
               winner->bet);
        store_json_text("document", winner->document);
        putchar('}');
    } else {
        printf("%8" PRIu32 "  %12" PRIu64 "  %s\n", winner->agency, winner->bet, winner->document);
    }
    printing->has_one = true;
    return true;
}

static void print_beginning(const struct winners_options *options, const struct stored_draw *draw) {
    if (options->json) {
        putchar('{');
        store_json_text("draw", options->store.draw);
        printf(",\"winning_number\":%u,\"winners\":[", draw->winning_number);
    } else if (!options->csv) {
        printf("Draw %s: drawn, winning number %04u\n\n%8s  %12s  %s\n", shown_name(options->store.draw).text,
               draw->winning_number, "agency", "bet", "document");
    }
}

static bool can_tell(const struct winners_options *options, const struct stored_draw *draw,
                     struct error *error) {
    if (draw->erased_at[0] != '\0') {
        return error_set(error, ERROR_STORE_FAILED, "draw \"%s\" was erased at %s: nobody's document is left",
                         options->store.draw, draw->erased_at);
    }
    return store_options_check_agency(draw, options->agency, error) &&
           (draw->state == DRAW_DRAWN ||
            error_set(error, ERROR_STORE_FAILED, "draw \"%s\" is %s: it has no winners yet",
                      options->store.draw, draw_state_name(draw->state)));
}

static bool print_winners(const struct winners_options *options, struct error *error) {
    struct printing printing = {.options = options};
    struct store *store;
    struct stored_draw draw;
    if (options->json && options->csv) {
        return error_set(error, ERROR_BAD_SETTING, "--json and --csv exclude each other");
    }
    if (!store_options_open_draw(&options->store, &store, &draw, error)) {
        return false;
    }
    bool done = can_tell(options, &draw, error);
    if (done) {
        print_beginning(options, &draw);
        done = store_winners(store, print_winner, &printing, error);
    }
    store_close(&store);
    if (done && options->json) {
        printf("]}\n");
    } else if (done && !options->csv && !printing.has_one) {
        printf(options->agency != 0 ? "agency %" PRIu32 " has no winners\n" : "there are no winners\n",
               options->agency);
    }
    return done && command_flush_output(error);
}

int cli_winners(const struct command_line *line) {
    struct winners_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&winners_command, line, &options, &settings, &status)) {
        return status;
    }
    bool done = print_winners(&options, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&winners_command, &error);
}
