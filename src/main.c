// The program `quiniela`: the table of its subcommands, and nothing else.
#include "base/near_word.h"
#include "base/standard_streams.h"
#include "cli/cli.h"
#include "cli/command.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const struct settings_command *command;
    int (*run)(const struct command_line *line);
    bool only_prints; // a reader that ends (`quiniela export | head`) ends it quietly, as it ends other
                      // programs
} subcommands[] = {
    {&server_command, cli_server, false},   {&client_command, cli_client, false},
    {&export_command, cli_export, true},    {&status_command, cli_status, true},
    {&sample_command, cli_sample, false},   {&ping_command, cli_ping, false},
    {&bench_command, cli_bench, false},     {&compose_command, cli_compose, true},
    {&check_command, cli_check, true},      {&restore_command, cli_restore, false},
    {&backup_command, cli_backup, false},   {&keys_command, cli_keys, false},
    {&verify_command, cli_verify, true},    {&upgrade_command, cli_upgrade, false},
    {&drain_command, cli_drain, false},     {&reload_command, cli_reload, false},
    {&close_command, cli_close, false},     {&finish_command, cli_finish, false},
    {&draws_command, cli_draws, true},      {&winners_command, cli_winners, true},
    {&erase_command, cli_erase, false},     {&draw_command, cli_draw, false},
    {&change_command, cli_change, false},   {&doctor_command, cli_doctor, true},
    {&config_command, cli_config, false},   {&reset_command, cli_reset, false},
    {&approve_command, cli_approve, true},  {&prove_command, cli_prove, true},
    {&package_command, cli_package, false}, {&recount_command, cli_recount, false},
    {&page_command, cli_page, true},        {&seal_command, cli_seal, true},
    {&top_command, cli_top, false},         {&report_command, cli_report, true},
};

enum { SUBCOMMANDS = sizeof subcommands / sizeof subcommands[0] };

static int print_help(void) {
    printf("Usage: quiniela SUBCOMMAND [OPTION ...]\n\nThe central of a lottery and its "
           "agencies.\n\nSubcommands:\n");
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
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
    if (subcommands[index].only_prints) {
        signal(SIGPIPE, SIG_DFL);
    }
    return subcommands[index].run(&line);
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
