// The orders that change the draw: `quiniela close`, `change`, `finish`, `reset`, `draw`.
#include "cli/cli.h"

#include "bet/limits.h"
#include "cli/ago.h"
#include "cli/command.h"
#include "cli/control_call.h"
#include "cli/help_texts.h"
#include "cli/paper_sending.h"
#include "cli/sign_help.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct draw_options {
    struct control_call_options call;
    uint32_t agency;
    const char *number, *at, *pulse; // of `draw` a pulse is a file, of `change` a time
    struct setting_texts approvals;  // files
    uint32_t agencies;
    bool dry_run, yes, json;
};

static const struct setting output[] = {
    SETTING_SWITCH_IN(struct draw_options, json, "JSON", HELP_JSON_ANSWER, .flag_only = true),
    {.key = NULL},
};

#define SETTING_YES SETTING_SWITCH_IN(struct draw_options, yes, "YES", HELP_YES, .flag_only = true)

// What is ordered ------------------------------------------------------------------------------------------

enum { PAIRS_MAX = 8, VALUE_BYTES = 24 };

struct line_of_order {
    struct control_pair pairs[PAIRS_MAX];
    char values[PAIRS_MAX][VALUE_BYTES];
    size_t count;
};

static void add_text(struct line_of_order *line, const char *key, const char *value) {
    line->pairs[line->count++] = (struct control_pair){key, value};
}

static void add_number(struct line_of_order *line, const char *key, uint64_t number) {
    char *value = line->values[line->count];
    snprintf(value, VALUE_BYTES, "%" PRIu64, number);
    add_text(line, key, value);
}

// What came of it ------------------------------------------------------------------------------------------

enum {
    STATE,
    BETS,
    MISSING,
    ALREADY,
    CLOSES_AT,
    AGENCY,
    AGENCY_BETS,
    AGENCY_VOIDED,
    CHANGED_NUMBER,
    CLOSED_AT,
    FIELDS
};
static const char *const fields[] = {"state",  "bets",        "missing_text",  "already", "closes_at",
                                     "agency", "agency_bets", "agency_voided", "number",  "closed_at"};

static const char *const of_draw[] = {"number", "number_winners", "already", "dry_run", "bets"};
enum { NUMBER, NUMBER_WINNERS, DRAW_ALREADY, DRY_RUN, DRAW_BETS, FIELDS_OF_DRAW };

static void print_draw(const struct json_value *values) {
    printf("the draw is %.*s, with %" PRId64 " bets\n", (int)values[STATE].text_length, values[STATE].text,
           values[BETS].integer);
}

static void print_text(const char *what, const struct json_value *value) {
    printf("%s: %.*s\n", what, (int)value->text_length, value->text);
}

static void print_close(const struct json_value *values) {
    if (values[ALREADY].boolean) {
        printf(values[CLOSED_AT].kind == JSON_STRING
                   ? "the draw was closed before: nothing has changed\n"
                   : "the draw had sealed itself, as all agencies had finished: nothing has changed\n");
    }
    print_draw(values);
    if (values[CLOSED_AT].kind == JSON_STRING) {
        print_text("agencies cut off", &values[MISSING]);
    }
}

static void print_cutoff(const struct json_value *closes_at) {
    char utc[AGO_BYTES], text[AGO_MOMENT_BYTES];
    snprintf(utc, sizeof utc, "%.*s", (int)closes_at->text_length, closes_at->text);
    ago_moment_text(utc, time(NULL), text);
    printf("it closes at: %s\n", text);
}

static void print_change(const struct json_value *values) {
    printf(values[ALREADY].boolean ? "it was so before: nothing has changed\n" : "changed\n");
    print_draw(values);
    if (values[CHANGED_NUMBER].kind == JSON_INTEGER) {
        printf("the winning number is %04" PRId64 "\n", values[CHANGED_NUMBER].integer);
    }
    if (values[CLOSES_AT].kind == JSON_STRING) {
        print_cutoff(&values[CLOSES_AT]);
    } else {
        printf("it has no cut-off\n");
    }
    print_text("agencies that have not finished", &values[MISSING]);
}

static void print_finish(const struct json_value *values) {
    printf(values[ALREADY].boolean ? "agency %" PRId64 " had ended before, with %" PRId64 " bets\n"
                                   : "agency %" PRId64 " has ended, with %" PRId64 " bets\n",
           values[AGENCY].integer, values[AGENCY_BETS].integer);
    print_draw(values);
    print_text("agencies that have not finished", &values[MISSING]);
}

static void print_reset(const struct json_value *values) {
    if (values[ALREADY].boolean) {
        printf("agency %" PRId64 " has nothing stored: nothing has changed\n", values[AGENCY].integer);
    } else {
        printf("agency %" PRId64 " was reset: %" PRId64
               " bets are set aside (quiniela export --voided); start its client again, with the right file\n"
               "one that still sends, or waits for the draw at this server, is told, and ends with exit code "
               "1; an "
               "older one, one that polls (--poll) or waits at another server is told when it comes back, or "
               "not "
               "at all: have it ended\n",
               values[AGENCY].integer, values[AGENCY_VOIDED].integer);
    }
    print_draw(values);
    print_text("agencies that have not finished", &values[MISSING]);
}

static void print_number(const struct json_value *values) {
    const char *text = values[DRY_RUN].boolean        ? "nothing is stored: with %04" PRId64 " there would be"
                       : values[DRAW_ALREADY].boolean ? "the draw was made with %04" PRId64
                                                        " before: there %s"
                                                      : "the draw is made with %04" PRId64 ": there %s";
    int64_t winners = values[NUMBER_WINNERS].integer, bets = values[DRAW_BETS].integer;
    printf(text, values[NUMBER].integer, winners == 1 ? "is" : "are");
    printf(" %" PRId64 " winner%s among %" PRId64 " bet%s\n", winners, winners == 1 ? "" : "s", bets,
           bets == 1 ? "" : "s");
}

struct printing {
    const char *const *fields;
    int count;
    void (*print)(const struct json_value *values);
};

static bool show(struct control_reply *reply, const struct printing *printing, struct error *error) {
    struct json_value values[JSON_FIELDS_MAX];
    if (!control_reply_fields(reply, printing->fields, printing->count, values, error)) {
        return false;
    }
    printing->print(values);
    return true;
}

static int give(const struct settings_command *command, const struct draw_options *options,
                struct line_of_order *line, const struct printing *printing) {
    struct control_reply reply;
    struct error error;
    if (options->yes) {
        add_text(line, "yes", "1");
    }
    if (!control_call(&options->call, command->name, line->pairs, line->count, &reply, &error)) {
        return command_fail(command, &error);
    }
    int status = control_reply_report(command, &reply, options->json);
    if (status == EXIT_DONE && !options->json && !show(&reply, printing, &error)) {
        status = command_fail(command, &error);
    }
    control_reply_free(&reply);
    return status;
}

// The commands ---------------------------------------------------------------------------------------------

static const struct setting close_order[] = {
    SETTING_TEXT_IN(struct draw_options, at, "AT", NULL, HELP_CLOSE_ORDER_AT, .flag_only = true),
    SETTING_YES,
    {.key = NULL},
};

static const struct setting_group close_groups[] = {
    {"Order", close_order, 0},
    CONTROL_CALL_GROUPS_IN(struct draw_options, call),
    {"Output", output, 0},
    {.settings = NULL},
};

const struct settings_command close_command = {
    .name = "close",
    .summary = HELP_CLOSE_SUMMARY,
    .details = HELP_CLOSE_DETAILS,
    .groups = close_groups,
    CONFIG_OF_SERVER,
};

static int close_draw(const struct draw_options *options) {
    struct line_of_order line = {.count = 0};
    if (options->at != NULL) {
        add_text(&line, "at", options->at);
        return give(&close_command, options, &line, &(struct printing){fields, FIELDS, print_change});
    }
    return give(&close_command, options, &line, &(struct printing){fields, FIELDS, print_close});
}

static const struct setting finish_order[] = {
    SETTING_NUMBER_IN(struct draw_options, agency, "AGENCY", NULL, 1, AGENCIES_MAX, HELP_FINISH_AGENCY,
                      .flag_only = true),
    SETTING_YES,
    {.key = NULL},
};

static const struct setting_group finish_groups[] = {
    {"Order", finish_order, 0},
    CONTROL_CALL_GROUPS_IN(struct draw_options, call),
    {"Output", output, 0},
    {.settings = NULL},
};

const struct settings_command finish_command = {
    .name = "finish",
    .summary = HELP_FINISH_SUMMARY,
    .details = HELP_FINISH_DETAILS,
    .groups = finish_groups,
    CONFIG_OF_SERVER,
};

static int order_of_agency(const struct settings_command *command, const struct draw_options *options,
                           void (*print)(const struct json_value *values)) {
    struct line_of_order line = {.count = 0};
    struct error error;
    if (options->agency == 0) {
        error_set(&error, ERROR_BAD_SETTING, "--agency N says which agency");
        return command_fail(command, &error);
    }
    add_number(&line, "agency", options->agency);
    return give(command, options, &line, &(struct printing){fields, FIELDS, print});
}

static int finish_agency(const struct draw_options *options) {
    return order_of_agency(&finish_command, options, print_finish);
}

static const struct setting reset_order[] = {
    SETTING_NUMBER_IN(struct draw_options, agency, "AGENCY", NULL, 1, AGENCIES_MAX, HELP_RESET_AGENCY,
                      .flag_only = true),
    SETTING_YES,
    {.key = NULL},
};

static const struct setting_group reset_groups[] = {
    {"Order", reset_order, 0},
    CONTROL_CALL_GROUPS_IN(struct draw_options, call),
    {"Output", output, 0},
    {.settings = NULL},
};

const struct settings_command reset_command = {
    .name = "reset",
    .summary = HELP_RESET_SUMMARY,
    .details = HELP_RESET_DETAILS,
    .groups = reset_groups,
    CONFIG_OF_SERVER,
};

static int reset_agency(const struct draw_options *options) {
    return order_of_agency(&reset_command, options, print_reset);
}

static const struct setting draw_order[] = {
    SETTING_TEXT_IN(struct draw_options, number, "NUMBER", NULL, HELP_DRAW_NUMBER, .flag_only = true),
    SETTING_TEXTS_IN(struct draw_options, approvals, "APPROVAL", HELP_DRAW_APPROVAL),
    SETTING_TEXT_IN(struct draw_options, pulse, "PULSE", NULL, HELP_DRAW_PULSE, .flag_only = true),
    SETTING_SWITCH_IN(struct draw_options, dry_run, "DRY_RUN", HELP_DRY_RUN, .flag_only = true),
    SETTING_YES,
    {.key = NULL},
};

static const struct setting_group draw_groups[] = {
    {"Order", draw_order, 0},
    CONTROL_CALL_GROUPS_IN(struct draw_options, call),
    {"Output", output, 0},
    {.settings = NULL},
};

const struct settings_command draw_command = {
    .name = "draw",
    .summary = HELP_DRAW_SUMMARY,
    .details = HELP_DRAW_DETAILS,
    .groups = draw_groups,
    CONFIG_OF_SERVER,
};

// A digit that is missing would make another number win.
static bool is_four_digits(const char *text) {
    return text != NULL && strlen(text) == 4 && strspn(text, "0123456789") == 4;
}

// The number that is said to win: as it is given, or as a paper has it that is not stored yet.
struct proof {
    bool is_stored; // every paper is
    char number[sizeof "0042"];
};

static bool take_answer(struct control_reply *reply, struct proof *proof, struct error *error) {
    static const char *const names[] = {"already", "number"};
    struct json_value values[2];
    if (!control_reply_fields(reply, names, 2, values, error)) {
        return false;
    }
    if (!values[0].boolean) {
        proof->is_stored = false;
        snprintf(proof->number, sizeof proof->number, "%04u", (unsigned)control_reply_number(&values[1]));
    }
    return true;
}

// One that was given before changes nothing, so the command can be given again. Without --yes none is stored.
static int send_paper(const struct draw_options *options, const char *kind, const char *path,
                      struct proof *proof) {
    const struct paper_sending sending = {
        .kind = kind, .path = path, .number = options->number, .is_dry_run = !options->yes};
    struct control_reply reply;
    struct error error;
    if (!paper_send(&options->call, &sending, &reply, &error)) {
        return command_fail(&draw_command, &error);
    }
    int status = reply.ok ? EXIT_DONE : control_reply_report(&draw_command, &reply, options->json);
    if (status != EXIT_DONE && !options->json) {
        fprintf(stderr, "quiniela draw: %s: is not taken, and nothing is drawn\n", path);
    }
    if (status == EXIT_DONE && sending.is_dry_run && !take_answer(&reply, proof, &error)) {
        status = command_fail(&draw_command, &error);
    }
    control_reply_free(&reply);
    return status;
}

static int send_papers(const struct draw_options *options, struct proof *proof) {
    int status = options->pulse == NULL ? EXIT_DONE : send_paper(options, "pulse", options->pulse, proof);
    for (size_t i = 0; status == EXIT_DONE && i < options->approvals.count; i++) {
        status = send_paper(options, "approval", options->approvals.list[i], proof);
    }
    return status;
}

// A beacon's number is nobody's to give.
static bool check_draw(const struct draw_options *options, struct error *error) {
    bool has_papers = options->pulse != NULL || options->approvals.count > 0;
    if (options->dry_run && has_papers) {
        return error_set(error, ERROR_BAD_SETTING, "--dry-run stores nothing, and so takes no --%s",
                         options->pulse != NULL ? "pulse" : "approval");
    }
    if (options->pulse != NULL && options->number != NULL) {
        return error_set(error, ERROR_BAD_SETTING, "--pulse gives the number: leave out --number");
    }
    if (options->pulse == NULL && options->number == NULL) {
        return error_set(
            error, ERROR_BAD_SETTING,
            "what gives the number is missing: --number NNNN, as it was read out; of a draw with "
            "NUMBER=beacon --pulse FILE");
    }
    return options->number == NULL || is_four_digits(options->number) ||
           error_set(error, ERROR_BAD_SETTING,
                     "--number has the four digits that were read out, such as 0042");
}

static int make_draw(const struct draw_options *options) {
    struct line_of_order line = {.count = 0};
    struct error error;
    if (!check_draw(options, &error)) {
        return command_fail(&draw_command, &error);
    }
    struct proof proof = {.is_stored = true};
    int status = send_papers(options, &proof);
    if (status != EXIT_DONE) {
        return status;
    }
    if (!proof.is_stored) {
        add_text(&line, "number", proof.number);
        add_text(&line, "unproved", "1");
    } else if (options->number != NULL) {
        add_text(&line, "number", options->number);
    }
    if (options->dry_run) {
        add_text(&line, "dry-run", "1");
    }
    return give(&draw_command, options, &line, &(struct printing){of_draw, FIELDS_OF_DRAW, print_number});
}

static const struct setting change_order[] = {
    SETTING_NUMBER_IN(struct draw_options, agencies, "AGENCIES", NULL, 1, AGENCIES_MAX, HELP_CHANGE_AGENCIES,
                      .flag_only = true),
    SETTING_TEXT_IN(struct draw_options, number, "NUMBER", NULL, HELP_CHANGE_NUMBER, .flag_only = true),
    SETTING_TEXT_IN(struct draw_options, at, "CLOSE_AT", NULL, HELP_CHANGE_CLOSE_AT, .flag_only = true),
    SETTING_TEXT_IN(struct draw_options, pulse, "BEACON_PULSE", NULL, HELP_CHANGE_BEACON_PULSE,
                    .flag_only = true),
    SETTING_YES,
    {.key = NULL},
};

static const struct setting_group change_groups[] = {
    {"Order", change_order, 0},
    CONTROL_CALL_GROUPS_IN(struct draw_options, call),
    {"Output", output, 0},
    {.settings = NULL},
};

const struct settings_command change_command = {
    .name = "change",
    .summary = HELP_CHANGE_SUMMARY,
    .details = HELP_CHANGE_DETAILS,
    .groups = change_groups,
    CONFIG_OF_SERVER,
};

static int change_draw(const struct draw_options *options) {
    struct line_of_order line = {.count = 0};
    struct error error;
    if (options->agencies == 0 && options->number == NULL && options->at == NULL && options->pulse == NULL) {
        error_set(
            &error, ERROR_BAD_SETTING,
            "nothing is to change: say --agencies N, --number NNNN, --close-at TIME or --beacon-pulse TIME");
        return command_fail(&change_command, &error);
    }
    if (options->number != NULL && !is_four_digits(options->number)) {
        error_set(&error, ERROR_BAD_SETTING, "--number has four digits, such as 0042");
        return command_fail(&change_command, &error);
    }
    if (options->agencies != 0) {
        add_number(&line, "agencies", options->agencies);
    }
    if (options->number != NULL) {
        add_text(&line, "number", options->number);
    }
    if (options->at != NULL) {
        add_text(&line, "close", options->at);
    }
    if (options->pulse != NULL) {
        add_text(&line, "pulse", options->pulse);
    }
    return give(&change_command, options, &line, &(struct printing){fields, FIELDS, print_change});
}

static int run(const struct settings_command *command, const struct command_line *line,
               int (*order)(const struct draw_options *options)) {
    struct draw_options options;
    struct settings *settings;
    int status;
    if (!command_begin(command, line, &options, &settings, &status)) {
        return status;
    }
    status = order(&options);
    settings_free(settings);
    return status;
}

int cli_close(const struct command_line *line) {
    return run(&close_command, line, close_draw);
}

int cli_finish(const struct command_line *line) {
    return run(&finish_command, line, finish_agency);
}

int cli_reset(const struct command_line *line) {
    return run(&reset_command, line, reset_agency);
}

int cli_draw(const struct command_line *line) {
    return run(&draw_command, line, make_draw);
}

int cli_change(const struct command_line *line) {
    return run(&change_command, line, change_draw);
}
