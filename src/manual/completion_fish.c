#include "manual/completion.h"

#include "cli/subcommands.h"

#include <string.h>

static const char BEGINNING[] =
    "# Completion of quiniela for fish. Made by quiniela-manual from the program's tables of settings.\n"
    "\n"
    "# The subcommand whose options are meant.\n"
    "function __quiniela_command\n"
    "    set -l words (commandline -opc)\n"
    "    set -l command $words[2]\n";

static void print_others(FILE *stream, const char *command, const char *names) {
    fprintf(stream,
            "    if test \"$command\" = %s\n"
            "        set command %.*s\n"
            "        for word in $words[3..-1]\n"
            "            if contains -- $word %s\n"
            "                set command $word\n"
            "            end\n"
            "        end\n"
            "    end\n",
            command, (int)strcspn(names, " "), names, names);
}

static const char MIDDLE[] =
    "    echo $command\n"
    "end\n"
    "\n"
    "function __quiniela_is\n"
    "    test (__quiniela_command) = $argv[1]\n"
    "end\n"
    "\n"
    "function __quiniela_first\n"
    "    test (count (commandline -opc)) -eq 1\n"
    "end\n"
    "\n"
    "complete -c quiniela -f\n"
    "complete -c quiniela -s h -l help -d 'Print a short help'\n"
    "complete -c quiniela -n __quiniela_first -s V -l version -d 'Print the version'\n";

static void print_flag(FILE *stream, const struct settings_command *command,
                       const struct completed_flag *flag) {
    char words[COMPLETION_BYTES];
    completion_words(flag->setting->help, words);
    fprintf(stream, "complete -c quiniela -n '__quiniela_is %s' -l %s", command->name, flag->name);
    if (flag->setting->letter != 0) {
        fprintf(stream, " -s %c", flag->setting->letter);
    }
    switch (flag->kind) {
    case VALUE_NONE:
        break;
    case VALUE_ANY:
        fputs(" -x", stream);
        break;
    case VALUE_WORDS:
        fprintf(stream, " -x -a '%s'", value_words(flag->setting));
        break;
    case VALUE_FILE:
        fputs(" -r -F", stream);
        break;
    case VALUE_FOLDER:
        fputs(" -x -a '(__fish_complete_directories)'", stream);
        break;
    }
    fprintf(stream, " -d '%s'\n", words);
}

static void print_command(FILE *stream, const struct settings_command *command) {
    char words[COMPLETION_BYTES], names[COMPLETION_BYTES];
    completion_words(command->summary, words);
    fprintf(stream, "\ncomplete -c quiniela -n __quiniela_first -a %s -d '%s'\n", command->name, words);
    if (completion_of_others(command, names)) {
        fprintf(stream, "complete -c quiniela -n 'contains -- %s (commandline -opc)[2]' -a '%s'\n",
                command->name, names);
    }
    if (value_kind_of_operand(command->arguments) == VALUE_FILE) {
        fprintf(stream, "complete -c quiniela -n '__quiniela_is %s' -F\n", command->name);
    }
    completion_each_flag(stream, command, print_flag);
}

void completion_fish(FILE *stream) {
    fputs(BEGINNING, stream);
    completion_each_of_others(stream, print_others);
    fputs(MIDDLE, stream);
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        print_command(stream, subcommands[i].command);
    }
}
