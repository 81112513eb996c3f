// The program `quiniela`: finds the subcommand that is meant, and runs it.
#include "base/near_word.h"
#include "base/standard_streams.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/subcommands.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUBCOMMAND_RUN(group, name, only_prints) {cli_##name, only_prints},
static const struct {
    int (*run)(const struct command_line *line);
    bool only_prints;
} runs[SUBCOMMANDS] = {SUBCOMMANDS_EACH(SUBCOMMAND_RUN)};

static int print_help(void) {
    printf("Usage: quiniela SUBCOMMAND [OPTION ...]\n\nThe central of a lottery and its agencies.\n");
    const char *group = "";
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        if (strcmp(group, subcommands[i].group) != 0) {
            group = subcommands[i].group;
            printf("\n%s:\n", group);
        }
        printf("  %-8s %s\n", subcommands[i].command->name, subcommands[i].command->summary);
    }
    printf("\n\"quiniela SUBCOMMAND --help\" lists a subcommand's options, \"quiniela --version\" prints the "
           "version.\n"
           "Exit codes: 0 done, 1 failed, 2 wrong use; of verify and recount also 3: nothing is false, but "
           "something was not checked.\n");
    return EXIT_DONE;
}

static int print_version(void) {
    printf("quiniela %s\n", QUINIELA_VERSION);
    return EXIT_DONE;
}

static int run_subcommand(int index, int argc, char **argv) {
    const struct settings_command *known[SUBCOMMANDS + 1] = {NULL};
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        known[i] = subcommands[i].command;
    }
    const struct command_line line = {.argc = argc, .argv = argv, .known = known};
    if (runs[index].only_prints) {
        signal(SIGPIPE, SIG_DFL);
    }
    return runs[index].run(&line);
}

static int no_subcommand(const char *word) {
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        if (near_word(word, subcommands[i].command->name)) {
            fprintf(stderr, "quiniela: there is no subcommand \"%s\"; did you mean \"%s\"?\n", word,
                    subcommands[i].command->name);
            return EXIT_WRONG_USE;
        }
    }
    fprintf(stderr, "quiniela: there is no subcommand \"%s\"; see quiniela --help\n", word);
    return EXIT_WRONG_USE;
}

static int run(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "quiniela: a subcommand is missing; see quiniela --help\n");
        return EXIT_WRONG_USE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        return print_help();
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        return print_version();
    }
    for (int i = 0; i < SUBCOMMANDS; i++) {
        if (strcmp(argv[1], subcommands[i].command->name) == 0) {
            return run_subcommand(i, argc - 1, argv + 1);
        }
    }
    return no_subcommand(argv[1]);
}

// The reader of what was printed has seen enough (`quiniela server --help | head -3`): it ends as other
// programs do, without a word.
static void end_without_reader(void) {
    struct stat status;
    struct pollfd output = {.fd = STDOUT_FILENO};
    if (fstat(STDOUT_FILENO, &status) == 0 && S_ISFIFO(status.st_mode) && poll(&output, 1, 0) == 1 &&
        (output.revents & POLLERR) != 0) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
}

int main(int argc, char **argv) {
    standard_streams_fill(); // before any library opens something
    // A peer that goes away fails one write; it does not end the program.
    signal(SIGPIPE, SIG_IGN);
    // A file at its size limit is like a full disk: the write fails with an error.
    signal(SIGXFSZ, SIG_IGN);
    int status = run(argc, argv);
    struct error error;
    // A command whose output is lost has failed.
    if (status == EXIT_DONE && !command_flush_output(&error)) {
        end_without_reader();
        fprintf(stderr, "quiniela: %s\n", error.text);
        return EXIT_FAILED;
    }
    return status;
}
