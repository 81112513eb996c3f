// The list of the program's subcommands, in the order in which they are shown.
#ifndef QUINIELA_CLI_SUBCOMMANDS_H
#define QUINIELA_CLI_SUBCOMMANDS_H

#include "base/settings_command.h"

// SUBCOMMAND(GROUP, NAME, ONLY_PRINTS): the heading under which it stands (those of one heading stand
// together); NAME_command and cli_NAME of cli.h; and whether a reader that ends (`quiniela export | head`)
// ends it quietly, as it ends other programs. Whoever needs no more than the tables of settings links no
// more.
#define SUBCOMMANDS_EACH(SUBCOMMAND)                                                                         \
    SUBCOMMAND("Running the central", server, false)                                                         \
    SUBCOMMAND("Running the central", status, true)                                                          \
    SUBCOMMAND("Running the central", top, false)                                                            \
    SUBCOMMAND("Running the central", config, false)                                                         \
    SUBCOMMAND("Running the central", drain, false)                                                          \
    SUBCOMMAND("Running the central", reload, false)                                                         \
    SUBCOMMAND("Running the central", ping, false)                                                           \
    SUBCOMMAND("An agency", client, false)                                                                   \
    SUBCOMMAND("An agency", doctor, true)                                                                    \
    SUBCOMMAND("The draw", close, false)                                                                     \
    SUBCOMMAND("The draw", finish, false)                                                                    \
    SUBCOMMAND("The draw", reset, false)                                                                     \
    SUBCOMMAND("The draw", change, false)                                                                    \
    SUBCOMMAND("The draw", draw, false)                                                                      \
    SUBCOMMAND("The draw", draws, true)                                                                      \
    SUBCOMMAND("The draw", winners, true)                                                                    \
    SUBCOMMAND("The draw", report, true)                                                                     \
    SUBCOMMAND("The store", export, true)                                                                    \
    SUBCOMMAND("The store", check, true)                                                                     \
    SUBCOMMAND("The store", backup, false)                                                                   \
    SUBCOMMAND("The store", restore, false)                                                                  \
    SUBCOMMAND("The store", upgrade, false)                                                                  \
    SUBCOMMAND("The store", erase, false)                                                                    \
    SUBCOMMAND("A draw that anyone can check", seal, true)                                                   \
    SUBCOMMAND("A draw that anyone can check", approve, true)                                                \
    SUBCOMMAND("A draw that anyone can check", prove, true)                                                  \
    SUBCOMMAND("A draw that anyone can check", package, false)                                               \
    SUBCOMMAND("A draw that anyone can check", verify, true)                                                 \
    SUBCOMMAND("A draw that anyone can check", recount, false)                                               \
    SUBCOMMAND("A draw that anyone can check", page, true)                                                   \
    SUBCOMMAND("Trials and measurements", sample, false)                                                     \
    SUBCOMMAND("Trials and measurements", keys, false)                                                       \
    SUBCOMMAND("Trials and measurements", bench, false)                                                      \
    SUBCOMMAND("Trials and measurements", compose, true)

struct subcommand {
    const char *group;
    const struct settings_command *command;
};

#define SUBCOMMAND_COUNTED(group, name, only_prints) SUBCOMMAND_##name,
enum { SUBCOMMANDS_EACH(SUBCOMMAND_COUNTED) SUBCOMMANDS }; // how many there are
#undef SUBCOMMAND_COUNTED

extern const struct subcommand subcommands[SUBCOMMANDS];

#endif
