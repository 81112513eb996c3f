#include "manual/completion.h"

#include "cli/subcommands.h"

#include <string.h>

static const char BEGINNING[] =
    "# bash completion for quiniela. Made by quiniela-manual from the program's tables of settings.\n"
    "\n"
    "_quiniela_words() # WORDS: those that begin with what is typed\n"
    "{\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$word\")\n"
    "}\n"
    "\n"
    "_quiniela_paths() # -f or -d: files, or folders\n"
    "{\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$word\")\n"
    "}\n"
    "\n"
    "_quiniela()\n"
    "{\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}\n"
    "    local flags=--help operands= other\n"
    "    local IFS=$' \\t\\n' # whatever the shell's is\n"
    "    COMPREPLY=()\n"
    "    # Of --flag=value bash makes three words.\n"
    "    if [[ $word == = ]]; then\n"
    "        word=\n"
    "    elif [[ $before == = ]]; then\n"
    "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n";

static const char END[] = "    esac\n"
                          "    if [[ $word == -* || -z $operands ]]; then\n"
                          "        _quiniela_words \"$flags\"\n"
                          "    elif [[ $operands == -f ]]; then\n"
                          "        _quiniela_paths -f\n"
                          "    else\n"
                          "        _quiniela_words \"$operands\"\n"
                          "    fi\n"
                          "} &&\n"
                          "    complete -F _quiniela quiniela\n";

static void print_first(FILE *stream) {
    fputs("    if ((COMP_CWORD == 1)); then\n        local subcommands='", stream);
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        fprintf(stream, "%s%s", i > 0 ? " " : "", subcommands[i].command->name);
    }
    fputs("'\n"
          "        [[ $word != -* ]] || subcommands='--help --version'\n"
          "        _quiniela_words \"$subcommands\"\n"
          "        return\n"
          "    fi\n",
          stream);
}

// `config client --…` has the flags of `client`: the last of the names that stands in the line.
static void print_others(FILE *stream, const char *command, const char *names) {
    fprintf(stream,
            "    if [[ $command == %s ]]; then\n"
            "        operands='%s'\n"
            "        command=%.*s\n"
            "        for other in \"${COMP_WORDS[@]:2:COMP_CWORD-2}\"; do\n"
            "            [[ \" $operands \" != *\" $other \"* ]] || command=$other\n"
            "        done\n"
            "    fi\n",
            command, names, (int)strcspn(names, " "), names);
}

static void print_flag(FILE *stream, const struct settings_command *command,
                       const struct completed_flag *flag) {
    (void)command;
    fprintf(stream, " --%s", flag->name);
}

static void print_value(FILE *stream, const struct settings_command *command,
                        const struct completed_flag *flag) {
    (void)command;
    if (flag->kind == VALUE_NONE) {
        return;
    }
    fprintf(stream, "                --%s", flag->name);
    if (flag->setting->letter != 0) {
        fprintf(stream, " | -%c", flag->setting->letter);
    }
    if (flag->kind == VALUE_WORDS) {
        fprintf(stream, ") _quiniela_words '%s'; return ;;\n", value_words(flag->setting));
    } else if (flag->kind == VALUE_ANY) {
        fputs(") return ;;\n", stream);
    } else {
        fprintf(stream, ") _quiniela_paths %s; return ;;\n", flag->kind == VALUE_FILE ? "-f" : "-d");
    }
}

static void print_command(FILE *stream, const struct settings_command *command) {
    char names[COMPLETION_BYTES];
    if (completion_of_others(command, names)) {
        return;
    }
    fprintf(stream, "        %s)\n            flags+='", command->name);
    completion_each_flag(stream, command, print_flag);
    fputs("'\n", stream);
    if (value_kind_of_operand(command->arguments) == VALUE_FILE) {
        fputs("            operands=-f\n", stream);
    }
    fputs("            case $before in\n", stream);
    completion_each_flag(stream, command, print_value);
    fputs("            esac\n            ;;\n", stream);
}

void completion_bash(FILE *stream) {
    fputs(BEGINNING, stream);
    print_first(stream);
    completion_each_of_others(stream, print_others);
    fputs("    case $command in\n", stream);
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        print_command(stream, subcommands[i].command);
    }
    fputs(END, stream);
}
