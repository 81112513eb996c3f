#include "manual/completion.h"

#include "cli/subcommands.h"

#include <string.h>

static const char BEGINNING[] = "#compdef quiniela\n"
                                "# Made by quiniela-manual from the program's tables of settings.\n"
                                "\n"
                                "_quiniela() {\n"
                                "    local context state state_descr line command other\n"
                                "    typeset -A opt_args\n"
                                "    _arguments -C \\\n"
                                "        '(- *)'{-h,--help}'[list the subcommands]' \\\n"
                                "        '(- *)'{-V,--version}'[print the version]' \\\n"
                                "        '1: :->subcommand' \\\n"
                                "        '*:: :->rest'\n"
                                "    case $state in\n"
                                "        subcommand)\n"
                                "            local -a subcommands=(\n";

static void print_subcommands(FILE *stream) {
    char words[COMPLETION_BYTES];
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        completion_words(subcommands[i].command->summary, words);
        fprintf(stream, "                '%s:%s'\n", subcommands[i].command->name, words);
    }
    fputs("            )\n"
          "            _describe -t subcommands subcommand subcommands\n"
          "            ;;\n"
          "        rest)\n"
          "            command=$words[1]\n",
          stream);
}

static void print_others(FILE *stream, const char *command, const char *names) {
    fprintf(stream,
            "            local -a operands\n"
            "            if [[ $command == %s ]]; then\n"
            "                operands=('*: :(%s)')\n"
            "                command=%.*s\n"
            "                for other in $words[2,CURRENT-1]; do\n"
            "                    [[ \" %s \" != *\" $other \"* ]] || command=$other\n"
            "                done\n"
            "            fi\n",
            command, names, (int)strcspn(names, " "), names, names);
}

// "--store", or both "-o" and "--output", of which the line then has only one; `takes`: "=" where a value
// follows.
static void print_names(FILE *stream, const struct completed_flag *flag, const char *takes) {
    char letter = flag->setting->letter;
    bool is_repeated = flag->setting->type == SETTING_TEXTS && !flag->setting->once;
    fputs(" \\\n                        ", stream);
    if (letter != 0) {
        fprintf(stream, "'(-%c --%s)'{-%c%s,--%s%s}'", letter, flag->name, letter, *takes != '\0' ? "+" : "",
                flag->name, takes);
    } else {
        fprintf(stream, "'%s--%s%s", is_repeated ? "*" : "", flag->name, takes);
    }
}

static void print_flag(FILE *stream, const struct settings_command *command,
                       const struct completed_flag *flag) {
    (void)command;
    static const char *const actions[] = {
        [VALUE_FILE] = "_files", [VALUE_FOLDER] = "_path_files -/", [VALUE_ANY] = " "};
    char words[COMPLETION_BYTES], name[COMPLETION_BYTES];
    completion_words(flag->setting->help, words);
    completion_words(value_name(flag->setting), name);
    print_names(stream, flag, flag->kind == VALUE_NONE ? "" : "=");
    if (flag->kind == VALUE_NONE) {
        fprintf(stream, "[%s]'", words);
    } else if (flag->kind == VALUE_WORDS) {
        fprintf(stream, "[%s]:%s:(%s)'", words, name, value_words(flag->setting));
    } else {
        fprintf(stream, "[%s]:%s:%s'", words, name, actions[flag->kind]);
    }
}

static void print_command(FILE *stream, const struct settings_command *command) {
    char names[COMPLETION_BYTES];
    if (completion_of_others(command, names)) {
        return;
    }
    fprintf(stream,
            "                %s)\n                    _arguments -s '(- *)'{-h,--help}'[print a short help]'",
            command->name);
    completion_each_flag(stream, command, print_flag);
    bool has_files = value_kind_of_operand(command->arguments) == VALUE_FILE;
    fprintf(stream, " \\\n                        %s\n                    ;;\n",
            has_files ? "'*: :_files'" : "$operands");
}

void completion_zsh(FILE *stream) {
    fputs(BEGINNING, stream);
    print_subcommands(stream);
    completion_each_of_others(stream, print_others);
    fputs("            case $command in\n", stream);
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        print_command(stream, subcommands[i].command);
    }
    fputs("            esac\n            ;;\n    esac\n}\n\n_quiniela \"$@\"\n", stream);
}
