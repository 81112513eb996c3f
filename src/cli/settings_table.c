// The program's one table of settings, in four parts, and the subcommands that are told with it. Flags, names
// in the environment, keys in files and --help all follow from it.
#include "cli/settings_table.h"

#include "cli/settings_parts.h"

#include <stddef.h>

// In the order in which --help shows them.
static const struct setting *const settings_tables[] = {settings_server, settings_client, settings_tools,
                                                        settings_bench, NULL};

const struct settings_command server_command = {
    .name = "server",
    .summary = "Run the central: take the agencies' bets, make the draw, tell each agency its winners.",
    .details = "It ends on SIGTERM or SIGINT, and with --once by itself. Started again on the same store, it "
               "goes on "
               "where it was.",
    .bit = COMMAND_SERVER,
    .format = SETTINGS_INI,
    .file_commands = COMMAND_SERVER | COMMAND_PING,
    .tables = settings_tables,
};

const struct settings_command client_command = {
    .name = "client",
    .summary = "Run an agency: send its bets to the central, then ask for its winners.",
    .details = "With NOMBRE, APELLIDO, DOCUMENTO, NACIMIENTO and NUMERO set, that one bet is sent instead of "
               "the file.",
    .bit = COMMAND_CLIENT,
    .format = SETTINGS_YAML,
    .file_commands = COMMAND_CLIENT,
    .tables = settings_tables,
};

const struct settings_command export_command = {
    .name = "export",
    .summary = "Write the stored bets as CSV: agency,nombre,apellido,documento,nacimiento,numero.",
    .details = "It may run while a server does.",
    .bit = COMMAND_EXPORT,
    .tables = settings_tables,
};

const struct settings_command status_command = {
    .name = "status",
    .summary = "Show the state of the draw, and of each agency.",
    .details = "It may run while a server does.",
    .bit = COMMAND_STATUS,
    .tables = settings_tables,
};

const struct settings_command check_command = {
    .name = "check",
    .summary = "Check every stored bet of the draw, and the files it is in: exit 0 when all is well, 1 when "
               "not.",
    .details = "It changes nothing, and may run while a server does. It says which chunk is damaged, and how "
               "much is good.",
    .bit = COMMAND_CHECK,
    .tables = settings_tables,
};

const struct settings_command ping_command = {
    .name = "ping",
    .summary = "Ask a server, of either service, whether it is alive: exit 0 when it is, 1 when it is not.",
    .details =
        "Without --address it asks on this machine, where the server's own settings say that it listens.",
    .bit = COMMAND_PING,
    .format = SETTINGS_INI,
    .file_commands = COMMAND_SERVER | COMMAND_PING,
    .tables = settings_tables,
};

const struct settings_command compose_command = {
    .name = "compose",
    .arguments = "N",
    .summary = "Write a compose file with a server, or several, and N clients, N from 0 to 10000.",
    .details = "The images are made by `make docker-image`; `make docker-compose-up` brings it all up.",
    .bit = COMMAND_COMPOSE,
    .tables = settings_tables,
    .arguments_min = 1,
    .arguments_max = 1,
};

const struct settings_command sample_command = {
    .name = "sample",
    .summary = "Write files of made-up bets, the same ones each time, with a known number of winners.",
    .bit = COMMAND_SAMPLE,
    .tables = settings_tables,
};

const struct settings_command keys_command = {
    .name = "keys",
    .summary = "Make a test authority, and certificates of a server and of the agencies.",
    .details =
        "What is there is kept, and what is missing is made. For trying it out and for tests: a real central "
        "has a real authority.",
    .bit = COMMAND_KEYS,
    .tables = settings_tables,
};

const struct settings_command verify_command = {
    .name = "verify",
    .summary = "Check that nothing in an audit log was changed, left out or put in between: exit 0 when so, "
               "1 when not.",
    .details = "Whoever can write the file can make a whole new chain: note the last hash elsewhere now and "
               "then, and "
               "give it with --head.",
    .bit = COMMAND_VERIFY,
    .tables = settings_tables,
};

const struct settings_command bench_command = {
    .name = "bench",
    .summary = "Measure how fast a central takes bets: one that runs, or with --self one of its own.",
    .details =
        "The draw must have no bets yet. Latencies count from the first write of a chunk to its answer. "
        "Every answer is checked; a wrong one ends the run, with exit code 1.",
    .bit = COMMAND_BENCH,
    .tables = settings_tables,
};
