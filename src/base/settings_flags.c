#include "base/settings_flags.h"

#include "base/setting_show.h"
#include "base/translate.h"

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FOUND_HELP = 'h',
    FOUND_SETTING = 256, // plus its index; letters have lower numbers
};

// The tables for getopt_long.
struct flags {
    struct option options[2 * SETTINGS_MAX + 2]; // some have two names
    char names[SETTINGS_MAX][FLAG_BYTES_MAX];
    char letters[2 * SETTINGS_MAX + 4];
};

static void flags_of(const struct settings_values *values, struct flags *flags) {
    // With a leading colon, getopt_long tells a missing value from an unknown flag.
    char *letter = stpcpy(flags->letters, ":h");
    struct option *option = flags->options;
    for (int i = 0; i < values->count; i++) {
        const struct setting *setting = values->list[i].setting;
        int takes = setting->type == SETTING_SWITCH ? optional_argument : required_argument;
        setting_flag_name(setting, flags->names[i]);
        *option++ = (struct option){flags->names[i], takes, NULL, FOUND_SETTING + i};
        if (setting->other_flag != NULL) {
            *option++ = (struct option){setting->other_flag, takes, NULL, FOUND_SETTING + i};
        }
        if (setting->letter != 0) {
            *letter++ = setting->letter;
            letter = stpcpy(letter, takes == required_argument ? ":" : "");
        }
    }
    *option++ = (struct option){"help", no_argument, NULL, FOUND_HELP};
    *option = (struct option){0};
    *letter = '\0';
}

static int setting_found(const struct settings_values *values, int found) {
    if (found >= FOUND_SETTING) {
        return found - FOUND_SETTING;
    }
    for (int i = 0; i < values->count; i++) {
        if (values->list[i].setting->letter == found) {
            return i;
        }
    }
    abort();
}

// Sets `error` to what getopt_long refused. `found` is its result, `argument` the one it stopped at.
static void flag_error(const struct settings_values *values, const struct flags *flags, int found,
                       const char *argument, struct error *error) {
    const char *command = values->command->name;
    char shown[SETTING_SHOWN_BYTES];
    setting_show(argument, shown);
    shown[strcspn(shown, "=")] = '\0';
    if (found == ':') {
        error_set(error, ERROR_BAD_SETTING, "--%s: needs a value",
                  flags->names[setting_found(values, optopt)]);
    } else if (optopt == FOUND_HELP) {
        error_set(error, ERROR_BAD_SETTING, "--help: does not take a value");
    } else if (optopt != 0) {
        error_set(error, ERROR_BAD_SETTING, "-%c: unknown flag; see quiniela %s --help",
                  isgraph(optopt) ? optopt : '?', command);
    } else {
        error_set(error, ERROR_BAD_SETTING, "%s: unknown flag, or short for several; see quiniela %s --help",
                  shown, command);
    }
}

static bool take_flag(const struct settings_values *values, struct setting_value *value, const char *name,
                      const char *text, struct error *error) {
    char place[FLAG_BYTES_MAX + 2];
    snprintf(place, sizeof place, "--%s", name);
    // Only a switch may come without a value.
    return settings_values_take(values, value, ORIGIN_FLAG, place, text != NULL ? text : "true", error) ||
           settings_values_note(values, error);
}

static bool take_operands(const struct settings_values *values, int argc, char **argv,
                          struct settings_operands *operands, struct error *error) {
    const struct settings_command *command = values->command;
    *operands = (struct settings_operands){.list = argv + optind, .count = argc - optind};
    if (operands->count < command->arguments_min) {
        return error_set(error, ERROR_BAD_SETTING, "needs %s; see quiniela %s --help",
                         command->arguments != NULL ? command->arguments : _("more arguments"),
                         command->name);
    }
    if (operands->count > command->arguments_max) {
        char shown[SETTING_SHOWN_BYTES];
        setting_show(operands->list[command->arguments_max], shown);
        return error_set(error, ERROR_BAD_SETTING, "\"%s\": one argument too many; see quiniela %s --help",
                         shown, command->name);
    }
    return true;
}

bool settings_flags_read(struct settings_values *values, int argc, char **argv,
                         struct settings_operands *operands, bool *wants_help, struct error *error) {
    struct flags flags;
    flags_of(values, &flags);
    optind = 0; // makes getopt_long start again
    opterr = 0;
    *wants_help = false;
    int found, option = 0;
    while ((found = getopt_long(argc, argv, flags.letters, flags.options, &option)) != -1) {
        if (found == FOUND_HELP) {
            *wants_help = true;
            return true;
        }
        if (found == ':' || found == '?') {
            flag_error(values, &flags, found, argv[optind - 1], error);
            return false;
        }
        int index = setting_found(values, found);
        const char *name = found >= FOUND_SETTING ? flags.options[option].name : flags.names[index];
        if (!take_flag(values, &values->list[index], name, optarg, error)) {
            return false;
        }
    }
    return take_operands(values, argc, argv, operands, error);
}
